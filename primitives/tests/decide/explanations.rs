// SPDX-License-Identifier: Apache-2.0

//! The way to a decision.

use crate::facts::{ask, by_grant, doctor, explain, grant, numbered, record, target, NOW};
use salus_primitives::{
    access::{Grant, Permission},
    decide::{RecordFacts, Target},
    decision::{Check, Step},
    membership::Standing,
    records::RecordState,
    GrantId,
};

#[test]
fn explains_every_step() {
    let steps = |path: &[Check]| path.iter().map(|check| (check.step, check.passed)).collect::<Vec<_>>();
    let way = |asker: Option<Standing>, target: Option<Target>, grants| {
        explain(asker.as_ref(), target.as_ref(), numbered(grants), &ask(Permission::Read))
    };

    assert_eq!(steps(&way(None, Some(target()), vec![]).path), [(Step::Membership, false)]);
    let start = [(Step::Membership, true), (Step::Institution, true)];
    assert_eq!(steps(&way(Some(doctor()), None, vec![]).path), [&start[..], &[(Step::Target, false)]].concat());
    let start = [&start[..], &[(Step::Target, true), (Step::Controller, false), (Step::Role, true)]].concat();
    let none = way(Some(doctor()), Some(target()), vec![]);
    assert_eq!(steps(&none.path), [&start[..], &[(Step::Grant, false)]].concat());

    let two = way(Some(doctor()), Some(target()), vec![grant(), Grant { revoked_at: Some(NOW), ..grant() }]);
    let looks = [(Step::Grant, true), (Step::Permission, true), (Step::Purpose, true)];
    let expected = [&start[..], &looks, &[(Step::Dates, false)], &looks, &[(Step::Dates, true)]].concat();
    assert_eq!(steps(&two.path), expected);
    assert_eq!(two.decision, by_grant(0));
    let named: Vec<_> = two.path.iter().filter_map(|check| check.grant).collect();
    assert_eq!(named, [[GrantId(1); 4], [GrantId(0); 4]].concat());

    let restricted = RecordFacts { state: RecordState::Restricted, ..record() };
    let kept = way(Some(doctor()), Some(Target { record: Some(restricted), ..target() }), vec![grant()]);
    assert_eq!(steps(&kept.path), [&start[..], &looks, &[(Step::Dates, true), (Step::State, false)]].concat());
}
