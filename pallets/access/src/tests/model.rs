// SPDX-License-Identifier: Apache-2.0

//! Any sequence of grants, revocations and passing time, against a model that is a plain list of intervals.

use super::*;
use crate::Grants;
use proptest::prelude::*;
use salus_primitives::{
    access::{GrantTerms, Grantee, Permissions},
    time::Interval,
    GrantId,
};

const MEMBERS: [MemberId; 3] = [DOCTOR, PHARMACIST, LAB_WORKER];
const SCOPES: [Scope; 3] = [Scope::Compartment(GENERAL), Scope::Compartment(RESULTS), Scope::Record(RECORD)];

#[derive(Clone, Copy, Debug)]
enum Step {
    Grant { member: usize, scope: usize, reads: bool, start: Moment, end: Option<Moment> },
    Revoke { grant: u32 },
    Wait { time: Moment },
    Rotate { scope: usize },
}

/// What the model knows of a grant.
struct Given {
    member: MemberId,
    scope: Scope,
    reads: bool,
    start: Moment,
    end: Moment,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3usize, 0..3usize, any::<bool>(), 0..30u64, proptest::option::of(0..30u64))
            .prop_map(|(member, scope, reads, start, end)| Step::Grant { member, scope, reads, start, end }),
        2 => (0..40u32).prop_map(|grant| Step::Revoke { grant }),
        2 => (0..10u64).prop_map(|time| Step::Wait { time }),
        1 => (0..2usize).prop_map(|scope| Step::Rotate { scope }),
    ];
    proptest::collection::vec(step, 0..120)
}

fn perform(step: Step, now: &mut Moment, model: &mut Vec<Given>) {
    match step {
        Step::Grant { member, scope, reads, start, end } => {
            let (member, scope) = (MEMBERS[member], SCOPES[scope]);
            let interval = Interval { start: *now + start, end: end.map(|end| *now + end) };
            let permission = if reads { Permission::Read } else { Permission::Create };
            let permissions = Permissions::of(&[permission]);
            let envelope = reads.then_some(digest(22));
            let terms = GrantTerms { scope, permissions, interval, envelope, ..terms() };
            // The list of the record is short, so some are refused, which must not change anything.
            if Access::grant_access(signed(PATIENT), CHART, Grantee::Member(member), terms).is_ok() {
                let end = interval.end.unwrap_or(Moment::MAX);
                model.push(Given { member, scope, reads, start: interval.start, end });
            }
        }
        Step::Revoke { grant } => {
            let known = usize::try_from(grant).ok().and_then(|grant| model.get_mut(grant));
            let done = Access::revoke_access(signed(PATIENT), CHART, GrantId(grant), None).is_ok();
            assert_eq!(done, known.as_ref().is_some_and(|given| *now < given.end));
            if let (Some(given), true) = (known, done) {
                given.end = *now;
            }
        }
        Step::Wait { time } => {
            *now += time;
            set_time(*now);
        }
        Step::Rotate { scope } => {
            let Scope::Compartment(compartment) = SCOPES[scope] else { return };
            let number = Access::epoch(CHART, compartment).expect("the compartment") + 1;
            let next = epoch(u8::try_from(number % 250).expect("fits") + 2, Some(digest(3)));
            let done = Access::rotate_compartment(signed(PATIENT), CHART, compartment, number, next);
            assert_eq!(done, Ok(()), "rotation is always possible");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn decisions_follow_the_model(steps in steps()) {
        on_charts(|| {
            let (mut now, mut model) = (NOW, Vec::new());
            for step in steps {
                perform(step, &mut now, &mut model);
            }
            for member in MEMBERS {
                for scope in SCOPES {
                    for (permission, reads) in [(Permission::Read, true), (Permission::Create, false)] {
                        let covers = |given: &Given| {
                            given.scope == scope || (scope == SCOPES[2] && given.scope == SCOPES[0])
                        };
                        let expected = model.iter().any(|given| {
                            given.member == member
                                && given.reads == reads
                                && covers(given)
                                && (given.start..given.end).contains(&now)
                        });
                        let answer = decide(member, permission, scope, now);
                        assert_eq!(answer.is_permitted(), expected, "{member} {permission:?} {scope:?}");
                    }
                }
            }
            // History stands: each grant still says from when until when it was in force.
            for (number, given) in (0..).map(GrantId).zip(&model) {
                let grant = Grants::<Test>::get(CHART, number).expect("grants are never removed");
                for at in [NOW, given.start, given.end.saturating_sub(1), given.end.min(now), now] {
                    assert_eq!(grant.is_in_force(at), (given.start..given.end).contains(&at));
                }
            }
        });
    }
}
