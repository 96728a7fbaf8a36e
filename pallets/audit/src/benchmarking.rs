// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of appending and pruning in their worst case.
//!
//! The benchmarks pass the time in: without a genesis the clock stands at zero, where no entry would ever be due.

use crate::{
    Config, DenialRun, Denials, Heads, NextLog, Pages, Pallet, Receipts, ReceiptsNote, ENTRIES_PER_PAGE, MAX_NOTES,
};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{Get, Time},
    BoundedVec,
};
use salus_primitives::{
    access::{Purpose, Purposes, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    decision::Denial,
    time::HOUR,
    ChartId, InstitutionId, MemberId, Moment, RecordKey,
};

const MEMBER: MemberId = MemberId(u64::MAX);

/// An event of the largest size.
fn denied() -> AuditEvent {
    let scope = Scope::Record(RecordKey([0xff; 16]));
    AuditEvent {
        on_behalf: Some(MEMBER),
        ..AuditEvent::by_member(MEMBER, Some(InstitutionId(u32::MAX)), Action::ReadDenied, Subject::Scope(scope))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Denial(Denial::NoGrant))
    }
}

/// A run with repetitions.
fn run(since: Moment) -> DenialRun {
    let purposes = Purposes::of(&Purpose::ALL);
    DenialRun { since, repeated: 1, institution: Some(InstitutionId(u32::MAX)), purposes }
}

/// A page of `log` with room for one entry, all of the largest size.
fn fill<T: Config>(now: Moment, log: LogId) {
    for _ in 1..ENTRIES_PER_PAGE {
        Pallet::<T>::append_at(now, log, denied());
    }
}

#[benchmarks]
mod benches {
    use super::*;

    /// The last entry of a page.
    #[benchmark]
    fn append() {
        let chart = ChartId(1);
        let log = LogId::Chart(chart);
        let now = T::Time::now();
        fill::<T>(now, log);

        #[block]
        {
            Pallet::<T>::append_at(now, log, denied());
        }

        assert_eq!(Pallet::<T>::head(log).length, u64::from(ENTRIES_PER_PAGE));
    }

    /// The denial ends a run with repetitions: two entries, on two pages.
    #[benchmark]
    fn append_denial() {
        let chart = ChartId(1);
        let log = LogId::Chart(chart);
        let now = T::Time::now().saturating_add(HOUR);
        fill::<T>(T::Time::now(), log);
        Denials::<T>::insert(chart, MEMBER, run(T::Time::now()));

        #[block]
        {
            Pallet::<T>::append_denial_at(now, chart, MEMBER, denied());
        }

        assert_eq!(Pallet::<T>::head(log).length, u64::from(ENTRIES_PER_PAGE).saturating_add(1));
    }

    /// Each step closes a run with repetitions, which fills the last place of a page, and visits a log or removes a
    /// page.
    #[benchmark]
    fn prune(n: Linear<0, { T::MaxPruned::get() }>) {
        let start = T::Time::now();
        for chart in (0..n).map(|chart| ChartId(chart.into())) {
            fill::<T>(start, LogId::Chart(chart));
            Denials::<T>::insert(chart, MEMBER, run(start));
        }
        // The first log that the other pass visits has as many pages that are due.
        let long = LogId::Consortium;
        for _ in 0..n.saturating_mul(ENTRIES_PER_PAGE) {
            Pallet::<T>::append_at(start, long, denied());
        }
        for page in 0..u64::from(n) {
            let note = ReceiptsNote { place: page, institution: InstitutionId(u32::MAX) };
            let notes = alloc::vec![note; MAX_NOTES as usize];
            Receipts::<T>::insert((long, page), BoundedVec::truncate_from(notes));
        }
        NextLog::<T>::set(Heads::<T>::iter_keys().take_while(|log| *log != long).last());
        let now = start.saturating_add(T::Horizon::get());
        let steps;

        #[block]
        {
            steps = Pallet::<T>::prune(now, n);
        }

        assert_eq!(steps, n);
        assert_eq!(Denials::<T>::iter_keys().count(), 0);
        let size = ENTRIES_PER_PAGE as usize;
        assert!(Pages::<T>::iter_values().all(|page| page.len() == size));
        assert_eq!(Pages::<T>::iter_keys().filter(|(log, _)| *log == long).count(), n.min(1) as usize);
        assert_eq!(Receipts::<T>::iter_keys().count(), n.min(1) as usize);
    }

    impl_benchmark_test_suite! {
        Pallet,
        crate::mock::Builder.build(),
        crate::mock::Test
    }
}
