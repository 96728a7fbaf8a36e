// SPDX-License-Identifier: Apache-2.0

//! Any sequence of entries, denials, passing time and pruning, compared with a model that forgets nothing (B3 classes 3
//! and 11).

use super::*;
use crate::WeightInfo;
use alloc::collections::BTreeMap;
use frame_support::traits::Hooks;
use proptest::{collection::vec, prelude::*, sample::select};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Appends this many entries.
    Append(LogId, u32),
    Deny(ChartId, MemberId, Purpose),
    Wait(u64),
    /// An idle block with weight for this many steps.
    Idle(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let charts = || select(vec![CHART, ChartId(0), ChartId(u64::MAX)]);
    let logs = prop_oneof![
        charts().prop_map(LogId::Chart),
        select(vec![LogId::Institution(CLINIC), LogId::Institution(InstitutionId(u32::MAX)), LogId::Consortium])
    ];
    let step = prop_oneof![
        6 => (logs, 1u32..20).prop_map(|(log, times)| Step::Append(log, times)),
        5 => (charts(), select(vec![DOCTOR, PATIENT]), select(vec![Purpose::Treatment, Purpose::Research]))
            .prop_map(|(chart, member, purpose)| Step::Deny(chart, member, purpose)),
        3 => select(vec![0, 1, HOUR - 1, HOUR, HORIZON / 2, HORIZON - 1, HORIZON]).prop_map(Step::Wait),
        2 => select(vec![0, 1, 2, 3, 100]).prop_map(Step::Idle),
    ];
    vec(step, 0..80)
}

fn denied_by(member: MemberId) -> AuditEvent {
    AuditEvent { actor: salus_primitives::audit::Actor::Member(member), ..denied() }
}

/// Returns the number of denials that the entry stands for.
fn denials_of(entry: &Entry) -> u64 {
    match (entry.action, entry.reason) {
        (Action::ReadDenied, _) => 1,
        (Action::DenialsRepeated, Some(Reason::Count(count))) => count.into(),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn logs_follow_the_model(steps in steps()) {
        Builder.test(|| {
            let mut history = BTreeMap::<LogId, Vec<Entry>>::new();
            let mut denials = 0;
            for step in steps {
                match step {
                    Step::Append(log, times) => {
                        for _ in 0..times {
                            Audit::append(log, opened());
                        }
                    }
                    Step::Deny(chart, member, purpose) => {
                        Audit::append_denial(chart, member, denied_by(member).for_purpose(purpose));
                        denials += 1;
                    }
                    Step::Wait(time) => wait(time),
                    Step::Idle(limit) => {
                        let weight = <()>::prune(limit);
                        let pages = Pages::<Test>::iter_keys().count();
                        assert!(Audit::on_idle(System::block_number(), weight).all_lte(weight));
                        assert!(pages <= Pages::<Test>::iter_keys().count() + limit as usize);
                    }
                }
                Audit::do_try_state().unwrap();
                // The state still has what was appended once, in its order; a new entry has come to the end.
                for log in Heads::<Test>::iter_keys() {
                    let past = history.entry(log).or_default();
                    let oldest = Audit::oldest(log) as usize;
                    assert!(oldest <= past.len(), "an entry went before a client could read it");
                    let kept = Audit::page(log, 0, u32::MAX);
                    assert_eq!(kept[..past.len() - oldest], past[oldest..]);
                    past.extend_from_slice(&kept[past.len() - oldest..]);
                    // No entry leaves before the horizon.
                    assert!(past[..oldest].iter().all(|entry| entry.at + HORIZON <= Clock::now()));
                }
            }
            // After the rounds past the horizon nothing is left: first the runs of denials go, then the entries.
            let rounds = || (0..2).for_each(|_| assert!(Audit::prune(Clock::now(), u32::MAX) > 0));
            wait(HORIZON);
            rounds();
            assert_eq!(Denials::<Test>::iter_keys().count(), 0);
            for log in Heads::<Test>::iter_keys() {
                let past = history.entry(log).or_default();
                past.extend(Audit::page(log, past.len() as u64, u32::MAX));
            }
            wait(HORIZON);
            rounds();
            assert_eq!(Pages::<Test>::iter_keys().count(), 0);
            // The head still proves every entry ever appended, and the counts include every denial.
            for (log, entries) in &history {
                assert_eq!(verify_log(*log, entries, &Audit::head(*log)), Ok(()));
            }
            let written: u64 = history.values().flatten().map(denials_of).sum();
            assert_eq!(written, denials);
        });
    }
}
