// SPDX-License-Identifier: Apache-2.0

//! What appending and pruning cost at worst.
//!
//! The benchmarks pass the time in: without a genesis the clock stands at zero, where no entry would ever be due.

use crate::{Config, DenialRun, Denials, Entries, Heads, NextInTimeline, OldestInTimeline, Pallet};
use frame_benchmarking::v2::*;
use frame_support::traits::{Get, Time};
use salus_primitives::{
    access::{Denial, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    time::HOUR,
    ChartId, InstitutionId, MemberId, RecordKey,
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

#[benchmarks]
mod benches {
    use super::*;

    #[benchmark]
    fn append() {
        let chart = ChartId(1);
        let log = LogId::Chart(chart);
        let now = T::Time::now();
        Pallet::<T>::append_at(now, log, denied());

        #[block]
        {
            Pallet::<T>::append_at(now, log, denied());
        }

        assert_eq!(Pallet::<T>::head(log).length, 2);
    }

    /// The denial ends a run with repetitions: two entries.
    #[benchmark]
    fn append_denial() {
        let chart = ChartId(1);
        let log = LogId::Chart(chart);
        let now = T::Time::now().saturating_add(HOUR);
        Pallet::<T>::append_at(T::Time::now(), log, denied());
        Denials::<T>::insert(chart, MEMBER, DenialRun { since: T::Time::now(), repeated: 1 });

        #[block]
        {
            Pallet::<T>::append_denial_at(now, chart, MEMBER, denied());
        }

        assert_eq!(Pallet::<T>::head(log).length, 3);
    }

    /// Each entry is the last of its log and closes a run with repetitions; one more entry is not due.
    #[benchmark]
    fn prune(n: Linear<0, { T::MaxPruned::get() }>) {
        let start = T::Time::now();
        for chart in (0..n).map(|chart| ChartId(chart.into())) {
            Pallet::<T>::append_at(start, LogId::Chart(chart), denied());
            Denials::<T>::insert(chart, MEMBER, DenialRun { since: start, repeated: 1 });
        }
        let now = start.saturating_add(T::Horizon::get());
        Pallet::<T>::append_at(now, LogId::Consortium, denied());
        let pruned;

        #[block]
        {
            pruned = Pallet::<T>::prune(now, n.saturating_add(1));
        }

        assert_eq!(pruned, n);
        assert_eq!(OldestInTimeline::<T>::get(), u64::from(n));
        assert_eq!(NextInTimeline::<T>::get(), u64::from(n).saturating_mul(2).saturating_add(1));
        assert!(!Entries::<T>::contains_key(LogId::Chart(ChartId(0)), 0));
        assert_eq!(Heads::<T>::iter_keys().count() as u64, u64::from(n).saturating_add(1));
    }

    impl_benchmark_test_suite! {
        Pallet,
        crate::mock::Builder.build(),
        crate::mock::Test
    }
}
