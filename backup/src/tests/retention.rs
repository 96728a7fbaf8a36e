// SPDX-License-Identifier: Apache-2.0

//! Each rule, with times on both sides of its edges.

use std::collections::BTreeSet;

use jiff::Timestamp;
use salus_primitives::Moment;

use crate::retention::{Reason, Rules, Taken};

const NONE: Rules = Rules { last: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, within_days: 0 };

fn at(time: &str) -> Moment {
    time.parse::<Timestamp>().unwrap().as_millisecond().try_into().unwrap()
}

/// Judges complete snapshots of these times, the oldest first, long after them.
fn judged(rules: Rules, times: &[&str]) -> Vec<BTreeSet<Reason>> {
    let taken: Vec<_> = times.iter().map(|time| Taken { at: at(time), complete: true }).collect();
    rules.judge(&taken, at("2100-01-01T00:00:00Z"))
}

/// Which of these times stay, by their places.
fn staying(rules: Rules, times: &[&str]) -> Vec<usize> {
    let judged = judged(rules, times);
    (0..times.len()).filter(|place| !judged[*place].is_empty()).collect()
}

#[test]
fn each_rule_keeps_the_newest_of_so_many_periods() {
    let days =
        &["2026-02-27T23:59:59.999Z", "2026-02-28T00:00:00Z", "2026-02-28T23:59:59.999Z", "2026-03-01T00:00:00Z"];
    // 2026-01-05 is a Monday. The week of 2025-12-29 is the first of 2026.
    let weeks = &[
        "2025-12-28T23:59:59Z",
        "2025-12-29T00:00:00Z",
        "2026-01-01T12:00:00Z",
        "2026-01-04T23:59:59Z",
        "2026-01-05T00:00:00Z",
    ];
    let months = &["2025-11-30T23:59:59Z", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"];
    let years =
        &["2024-12-31T23:59:59.999Z", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00Z"];
    // The same week and month of other years, and the same day of the year.
    let apart = &["2024-03-10T00:00:00Z", "2025-03-10T00:00:00Z", "2026-03-10T00:00:00Z"];
    for (rules, times, stay) in [
        (Rules { last: 1, ..NONE }, &days[..], &[3][..]),
        (Rules { last: 3, ..NONE }, days, &[1, 2, 3]),
        (Rules { last: 9, ..NONE }, days, &[0, 1, 2, 3]),
        (Rules { daily: 1, ..NONE }, days, &[3]),
        (Rules { daily: 2, ..NONE }, days, &[2, 3]),
        (Rules { daily: 3, ..NONE }, days, &[0, 2, 3]),
        (Rules { daily: u32::MAX, ..NONE }, days, &[0, 2, 3]),
        (Rules { weekly: 1, ..NONE }, weeks, &[4]),
        (Rules { weekly: 2, ..NONE }, weeks, &[3, 4]),
        (Rules { weekly: 3, ..NONE }, weeks, &[0, 3, 4]),
        (Rules { monthly: 1, ..NONE }, months, &[3]),
        (Rules { monthly: 2, ..NONE }, months, &[2, 3]),
        (Rules { monthly: 3, ..NONE }, months, &[0, 2, 3]),
        (Rules { yearly: 1, ..NONE }, years, &[3]),
        (Rules { yearly: 2, ..NONE }, years, &[2, 3]),
        (Rules { yearly: 3, ..NONE }, years, &[0, 2, 3]),
        (Rules { daily: 3, ..NONE }, apart, &[0, 1, 2]),
        (Rules { weekly: 3, ..NONE }, apart, &[0, 1, 2]),
        (Rules { monthly: 3, ..NONE }, apart, &[0, 1, 2]),
        // Periods without a snapshot take no place.
        (Rules { daily: 2, ..NONE }, apart, &[1, 2]),
    ] {
        assert_eq!(staying(rules, times), stay, "{rules:?} of {times:?}");
        assert_eq!(staying(rules, &[]), [0usize; 0]);
    }
}

#[test]
fn days_are_counted_back_from_the_newest_snapshot() {
    let times = &["2026-03-01T11:59:59.999Z", "2026-03-01T12:00:00Z", "2026-03-07T12:00:00Z", "2026-03-08T12:00:00Z"];
    for (within_days, stay) in
        [(1, &[2, 3][..]), (6, &[2, 3]), (7, &[1, 2, 3]), (8, &[0, 1, 2, 3]), (u32::MAX, &[0, 1, 2, 3])]
    {
        assert_eq!(staying(Rules { within_days, ..NONE }, times), stay, "{within_days}");
    }
}

#[test]
fn a_snapshot_stays_when_any_rule_keeps_it_and_says_which() {
    let times = &["2025-12-31T10:00:00Z", "2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"];
    let rules = Rules { last: 1, daily: 2, yearly: 2, within_days: 1, ..NONE };
    use Reason::{Daily, Last, Within, Yearly};
    let reasons = [&[Yearly][..], &[Daily], &[Within], &[Last, Daily, Yearly, Within]];
    assert_eq!(judged(rules, times), reasons.map(|reasons| reasons.iter().copied().collect::<BTreeSet<_>>()));
    let all = judged(NONE, times);
    assert!(NONE.is_empty() && all.iter().all(BTreeSet::is_empty), "{all:?}");
}

#[test]
fn snapshots_of_the_future_stay_and_take_no_place() {
    let now = at("2026-03-01T00:00:00Z");
    let taken = [now - 2, now - 1, now, now + 1, Moment::MAX].map(|at| Taken { at, complete: true });
    for rules in [Rules { last: 2, ..NONE }, Rules { last: 1, within_days: 1, ..NONE }] {
        let judged = rules.judge(&taken, now);
        assert!(judged[2].contains(&Reason::Last), "{judged:?}");
        assert_eq!(judged[3..], [BTreeSet::from([Reason::Future]), BTreeSet::from([Reason::Future])]);
    }
    // A clock that went back to the beginning forgets nothing.
    assert!(Rules { last: 1, ..NONE }.judge(&taken, 0).iter().all(|reasons| reasons.contains(&Reason::Future)));
}

#[test]
fn the_newest_snapshot_that_saved_everything_stays() {
    let last = Rules { last: 1, ..NONE };
    for (complete, reasons) in [
        (&[true, true, true][..], &[None, None, Some(Reason::Last)][..]),
        (&[true, true, false], &[None, Some(Reason::Complete), Some(Reason::Last)]),
        (&[true, false, false], &[Some(Reason::Complete), None, Some(Reason::Last)]),
        (&[false, false, false], &[None, None, Some(Reason::Last)]),
    ] {
        // All of one moment: their order counts.
        let taken: Vec<_> = complete.iter().map(|complete| Taken { at: 1_000, complete: *complete }).collect();
        let judged: Vec<_> = last.judge(&taken, 1_000).iter().map(|reasons| reasons.first().copied()).collect();
        assert_eq!(judged, reasons, "{complete:?}");
    }
}
