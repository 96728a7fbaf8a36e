// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::WeightInfo;
use frame_support::{assert_storage_noop, traits::Hooks, weights::Weight};

fn idle(remaining: Weight) -> Weight {
    Audit::on_idle(System::block_number(), remaining)
}

fn held() -> u64 {
    NextInTimeline::<Test>::get() - OldestInTimeline::<Test>::get()
}

#[test]
fn prune_removes_an_entry_at_the_horizon_and_not_before() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        let head = Audit::head(LOG);

        wait(HORIZON - 1);
        assert_storage_noop!(idle(Weight::MAX));
        wait(1);
        assert_eq!(idle(Weight::MAX), <()>::prune(1));

        assert!(Audit::page(LOG, 0, 10).is_empty());
        assert_eq!(Entries::<Test>::iter().count(), 0);
        assert_eq!(Timeline::<Test>::iter().count(), 0);
        // Length and head stay, so that the log goes on where it was.
        assert_eq!(Audit::head(LOG), head);
        Audit::append(LOG, opened());
        assert_eq!(Audit::page(LOG, 0, 10)[0].sequence, 1);
    });
}

#[test]
fn prune_removes_the_oldest_of_all_logs_first() {
    Builder.test(|| {
        Audit::append(LogId::Consortium, opened());
        Audit::append(LOG, opened());
        wait(1);
        Audit::append(LogId::Consortium, opened());
        wait(HORIZON - 1);
        assert_eq!(Audit::prune(Now::get(), 10), 2);
        assert_eq!(Audit::oldest(LogId::Consortium), 1);
        assert_eq!(Audit::oldest(LOG), 1);
        assert_eq!(held(), 1);
    });
}

#[test]
fn prune_stays_within_the_remaining_weight() {
    Builder.test(|| {
        for _ in 0..10 {
            Audit::append(LOG, opened());
        }
        wait(HORIZON);

        assert_storage_noop!(assert_eq!(idle(Weight::zero()), Weight::zero()));
        let just_short = <()>::prune(1).saturating_sub(Weight::from_parts(1, 0));
        assert_storage_noop!(assert_eq!(idle(just_short), Weight::zero()));

        assert_eq!(idle(<()>::prune(1)), <()>::prune(1));
        assert_eq!(held(), 9);
        let just_short = <()>::prune(4).saturating_sub(Weight::from_parts(1, 0));
        assert_eq!(idle(just_short), <()>::prune(3));
        assert_eq!(held(), 6);
    });
}

#[test]
fn prune_carries_over_when_a_hundred_thousand_entries_are_due() {
    Builder.test(|| {
        for chart in 0..100_000u64 {
            Audit::append(LogId::Chart(ChartId(chart % 1_000)), opened());
        }
        System::reset_events();
        wait(HORIZON);

        assert_eq!(idle(Weight::MAX), <()>::prune(MAX_PRUNED));
        assert_eq!(held(), 100_000 - u64::from(MAX_PRUNED));
        let mut blocks = 1;
        while held() > 0 {
            idle(Weight::MAX);
            blocks += 1;
        }
        assert_eq!(blocks, 100_000 / MAX_PRUNED);
        assert_eq!(Entries::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn prune_writes_repetitions_down_before_it_forgets_their_run() {
    Builder.test(|| {
        Audit::append_denial(CHART, DOCTOR, denied());
        Audit::append_denial(CHART, DOCTOR, denied());
        wait(HORIZON);
        idle(Weight::MAX);

        assert_eq!(Denials::<Test>::get(CHART, DOCTOR), None);
        let [entry] = Audit::page(LOG, 0, 10)[..] else { panic!("one entry is left") };
        assert_eq!((entry.sequence, entry.action, entry.reason), (1, Action::DenialsRepeated, Some(Reason::Count(1))));

        // It leaves in turn, and nothing is left.
        wait(HORIZON);
        idle(Weight::MAX);
        assert_eq!(held(), 0);
    });
}

#[test]
fn prune_keeps_a_run_that_is_not_over() {
    Builder.test(|| {
        Audit::append_denial(CHART, DOCTOR, denied());
        wait(HORIZON - 1);
        Audit::append_denial(CHART, DOCTOR, denied());
        wait(1);
        idle(Weight::MAX);
        assert_eq!(held(), 1);
        assert!(Denials::<Test>::contains_key(CHART, DOCTOR));
    });
}
