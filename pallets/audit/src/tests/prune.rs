// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::WeightInfo;
use frame_support::{assert_storage_noop, traits::Hooks, weights::Weight};

fn idle(remaining: Weight) -> Weight {
    Audit::on_idle(System::block_number(), remaining)
}

/// Entries of all logs that the state has.
fn kept() -> u64 {
    Heads::<Test>::iter_values().map(|head| head.length - head.first).sum()
}

#[test]
fn prune_removes_a_page_at_the_horizon_of_its_newest_entry_and_not_before() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        wait(1);
        Audit::append(LOG, opened());
        let head = Audit::head(LOG);

        wait(HORIZON - 1);
        assert_storage_noop!(idle(Weight::MAX));
        wait(1);
        // The log, its page, and the end of the logs.
        assert_eq!(idle(Weight::MAX), <()>::prune(3));

        assert!(Audit::page(LOG, 0, 10).is_empty());
        assert_eq!(Pages::<Test>::iter_keys().count(), 0);
        // Length and head stay, so that the log goes on where it was.
        assert_eq!(Audit::head(LOG), head);
        Audit::append(LOG, opened());
        assert_eq!(Audit::page(LOG, 0, 10)[0].sequence, 2);
    });
}

#[test]
fn prune_visits_all_logs_in_turn_a_few_in_each_block() {
    Builder.test(|| {
        let logs: Vec<_> = (0..10).map(|chart| LogId::Chart(ChartId(chart))).collect();
        for log in &logs {
            Audit::append(*log, opened());
        }
        wait(HORIZON);
        // Two steps each: the log, and its page.
        for left in (0..10).rev() {
            assert_eq!(Audit::prune(Clock::now(), 2), 2);
            assert_eq!(kept(), left);
        }
        assert_eq!(Audit::prune(Clock::now(), 10), 1);
        assert_eq!(NextLog::<Test>::get(), None);
    });
}

#[test]
fn prune_goes_on_with_a_log_that_takes_more_than_one_block() {
    Builder.test(|| {
        let pages = 7;
        for _ in 0..pages * ENTRIES_PER_PAGE {
            Audit::append(LOG, opened());
        }
        wait(HORIZON);
        for left in (0..pages).rev() {
            assert_eq!(Audit::prune(Clock::now(), 2), 2);
            assert_eq!(Pages::<Test>::iter_keys().count() as u32, left);
            Audit::do_try_state().unwrap();
        }
    });
}

#[test]
fn prune_stays_within_the_remaining_weight() {
    Builder.test(|| {
        for chart in 0..10 {
            Audit::append(LogId::Chart(ChartId(chart)), opened());
        }
        wait(HORIZON);

        assert_storage_noop!(assert_eq!(idle(Weight::zero()), Weight::zero()));
        let just_short = <()>::prune(1).saturating_sub(Weight::from_parts(1, 0));
        assert_storage_noop!(assert_eq!(idle(just_short), Weight::zero()));

        assert_eq!(idle(<()>::prune(2)), <()>::prune(2));
        assert_eq!(kept(), 9);
        let just_short = <()>::prune(5).saturating_sub(Weight::from_parts(1, 0));
        assert_eq!(idle(just_short), <()>::prune(4));
        assert_eq!(kept(), 7);
    });
}

#[test]
fn prune_carries_over_when_a_hundred_thousand_entries_are_due() {
    Builder.test(|| {
        for number in 0..100_000u64 {
            Audit::append(LogId::Chart(ChartId(number % 1_000)), opened());
        }
        System::reset_events();
        wait(HORIZON);

        assert_eq!(idle(Weight::MAX), <()>::prune(MAX_PRUNED));
        assert!(kept() > 100_000 - u64::from(MAX_PRUNED * ENTRIES_PER_PAGE));
        let mut blocks = 1;
        while kept() > 0 {
            idle(Weight::MAX);
            blocks += 1;
        }
        // A thousand logs of seven pages each; each block may end within a log, which the next visits again.
        assert_eq!(blocks, 8 * 1_000 / MAX_PRUNED + 1);
        assert_eq!(Pages::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn prune_writes_repetitions_down_when_their_hour_is_over() {
    Builder.test(|| {
        Audit::append_denial(CHART, DOCTOR, denied());
        Audit::append_denial(CHART, DOCTOR, denied());
        wait(HOUR - 1);
        assert_storage_noop!(idle(Weight::MAX));
        // The prober has stopped.
        wait(1);
        idle(Weight::MAX);

        assert_eq!(Denials::<Test>::get(CHART, DOCTOR), None);
        let [_, entry] = Audit::page(LOG, 0, 10)[..] else { panic!("two entries") };
        assert_eq!((entry.action, entry.reason), (Action::DenialsRepeated, Some(Reason::Count(1))));
        assert_eq!((entry.at, entry.institution), (START + HOUR, Some(CLINIC)));

        // They leave in turn, and nothing is left.
        wait(HORIZON);
        idle(Weight::MAX);
        assert_eq!(kept(), 0);
    });
}

#[test]
fn prune_writes_no_count_when_nothing_was_repeated() {
    Builder.test(|| {
        Audit::append_denial(CHART, DOCTOR, denied());
        wait(HOUR);
        idle(Weight::MAX);
        assert_eq!(kept(), 1);
        assert_eq!(Denials::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn prune_closes_a_bounded_number_of_runs_in_each_block() {
    Builder.test(|| {
        let runs = 2 * MAX_PRUNED;
        for chart in 0..u64::from(runs) {
            Audit::append_denial(ChartId(chart), DOCTOR, denied());
        }
        wait(HOUR);
        for left in [MAX_PRUNED, 0] {
            assert_eq!(idle(Weight::MAX), <()>::prune(MAX_PRUNED));
            assert_eq!(Denials::<Test>::iter_keys().count() as u32, left);
        }
        idle(Weight::MAX);
        assert_eq!(NextRun::<Test>::get(), None);
    });
}

#[test]
fn prune_visits_logs_while_many_runs_are_open() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        wait(HORIZON);
        for chart in 100..100 + u64::from(3 * MAX_PRUNED) {
            Audit::append_denial(ChartId(chart), DOCTOR, denied());
        }
        (0..4).for_each(|_| {
            idle(Weight::MAX);
        });
        assert_eq!(kept(), u64::from(3 * MAX_PRUNED));
    });
}
