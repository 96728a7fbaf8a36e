// SPDX-License-Identifier: Apache-2.0

//! Any sequence of grants, revocations and passing time, compared with a model: a plain list of intervals.

use super::*;
use crate::Grants;
use proptest::prelude::*;
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permissions},
    time::Interval,
    GrantId,
};

const MEMBERS: [MemberId; 3] = [DOCTOR, PHARMACIST, LAB_WORKER];
const SCOPES: [Scope; 3] = [Scope::Compartment(GENERAL), Scope::Compartment(RESULTS), Scope::Record(RECORD)];

/// A scope as its giver names it.
fn named(scope: Scope) -> GrantScope {
    match scope {
        Scope::Compartment(compartment) => GrantScope::Compartment(compartment),
        Scope::Record(key) => over_record(key, GENERAL),
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Grant { member: usize, scope: usize, reads: bool, start: Moment, end: Option<Moment> },
    Revoke { grant: u32 },
    Wait { time: Moment },
    Rotate,
}

/// The model's facts about a grant.
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
        1 => Just(Step::Rotate),
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
            let terms = GrantTerms { scope: named(scope), permissions, interval, envelope, ..terms() };
            // The list of the record is short, so some are refused, which must not change anything.
            if Access::grant_access(signed(PATIENT), CHART, Grantee::Member(member), terms).is_ok() {
                let end = interval.end.unwrap_or(Moment::MAX);
                model.push(Given { member, scope, reads, start: interval.start, end });
            }
        }
        Step::Revoke { grant } => {
            let given = usize::try_from(grant).ok().and_then(|grant| model.get_mut(grant));
            let done = Access::revoke_access(signed(PATIENT), CHART, GrantId(grant), None).is_ok();
            assert_eq!(done, given.as_ref().is_some_and(|given| *now < given.end));
            if let (Some(given), true) = (given, done) {
                given.end = *now;
            }
        }
        Step::Wait { time } => {
            *now += time;
            set_time(*now);
        }
        Step::Rotate => rotate(),
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
                let grant = Grants::<Test>::get(CHART, number).expect("grants are never removed").grant;
                for at in [NOW, given.start, given.end.saturating_sub(1), given.end.min(now), now] {
                    assert_eq!(grant.is_in_force(at), (given.start..given.end).contains(&at));
                }
            }
        });
    }
}
