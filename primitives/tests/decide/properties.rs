// SPDX-License-Identifier: Apache-2.0

//! Properties of all questions.

use crate::facts::{
    decide, explain, grant, institution, numbered, record, target, COMPARTMENT, DOCTOR, HOSPITAL, NOW, OTHER,
    OTHER_COMPARTMENT, OTHER_HOSPITAL, OTHER_RECORD, PATIENT, RECORD,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use salus_primitives::{
    access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{RecordFacts, Target},
    decision::{Ask, Basis, Decision},
    membership::{InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    records::RecordState,
    GrantId, InstitutionId, Interval, MemberId,
};

fn members() -> impl Strategy<Value = MemberId> {
    select(vec![PATIENT, DOCTOR, OTHER])
}

fn institutions() -> impl Strategy<Value = InstitutionId> {
    select(vec![HOSPITAL, OTHER_HOSPITAL])
}

fn standings() -> impl Strategy<Value = Standing> {
    let status =
        select(vec![MemberStatus::Active, MemberStatus::Active, MemberStatus::Active, MemberStatus::Suspended]);
    let institution_status =
        select(vec![InstitutionStatus::Active, InstitutionStatus::Active, InstitutionStatus::Removed]);
    let until = option::weighted(0.3, 0..2 * NOW);
    (members(), select(Role::ALL.to_vec()), status, until, institutions(), institution_status).prop_map(
        |(member, role, status, valid_until, id, institution_status)| {
            let institution = InstitutionStanding { status: institution_status, ..institution(id) };
            let institution = role.is_staff().then_some(institution);
            Standing { member, role, status, valid_until, institution }
        },
    )
}

fn scopes() -> impl Strategy<Value = Scope> {
    select(vec![
        Scope::Compartment(COMPARTMENT),
        Scope::Compartment(OTHER_COMPARTMENT),
        Scope::Record(RECORD),
        Scope::Record(OTHER_RECORD),
    ])
}

fn targets() -> impl Strategy<Value = Target> {
    let record = (members(), institutions(), select(RecordState::ALL.to_vec()))
        .prop_map(|(author, custodian, state)| RecordFacts { author, custodian, state, ..record() });
    (any::<bool>(), any::<bool>(), any::<bool>(), option::of(record)).prop_map(
        |(sensitive, emergency, de_identified, record)| Target {
            flags: CompartmentFlags { sensitive, emergency, de_identified },
            record,
            ..target()
        },
    )
}

fn grants() -> impl Strategy<Value = Grant> {
    let grantee = prop_oneof![members().prop_map(Grantee::Member), institutions().prop_map(Grantee::Institution)];
    let times = (0..2 * NOW, option::of(0..2 * NOW), option::of(0..2 * NOW));
    let under = option::weighted(0.2, (0..12u32).prop_map(GrantId));
    (grantee, scopes(), 0..64u8, 0..128u8, times, under).prop_map(
        |(grantee, scope, permissions, purposes, (start, end, revoked_at), disclosed_under)| Grant {
            grantee,
            scope,
            compartment: if scope == Scope::Compartment(OTHER_COMPARTMENT) { OTHER_COMPARTMENT } else { COMPARTMENT },
            permissions: Permissions::from_bits(permissions).expect("six permissions"),
            purposes: Purposes::from_bits(purposes).expect("seven purposes"),
            interval: Interval { start, end },
            revoked_at,
            disclosed_under,
            ..grant()
        },
    )
}

fn asks() -> impl Strategy<Value = Ask> {
    let purpose = option::of(select(Purpose::ALL.to_vec()));
    (select(Permission::ALL.to_vec()), scopes(), purpose, 0..2 * NOW).prop_map(|(permission, scope, purpose, at)| Ask {
        permission,
        scope,
        purpose,
        at,
        version: None,
    })
}

fn many_grants() -> impl Strategy<Value = Vec<(GrantId, Grant)>> {
    vec(grants(), 0..12).prop_map(numbered)
}

/// A grant, and the one under which it was disclosed.
fn with_above(grant: &(GrantId, Grant), all: &[(GrantId, Grant)]) -> Vec<(GrantId, Grant)> {
    let above = |(number, _): &&(GrantId, Grant)| grant.1.disclosed_under == Some(*number) && grant.0 != *number;
    [grant].into_iter().chain(all.iter().filter(above)).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn without_grants_only_the_controller_is_permitted(asker in standings(), target in targets(), ask in asks()) {
        let answer = decide(Some(&asker), Some(&target), [], &ask);
        prop_assert!(!answer.is_permitted() || asker.member == target.controller);
    }

    #[test]
    fn nobody_is_permitted_what_does_not_exist(asker in standings(), grants in many_grants(), ask in asks()) {
        prop_assert!(!decide(Some(&asker), None, grants, &ask).is_permitted());
    }

    #[test]
    fn a_grant_that_permits_fits_in_every_respect(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        if let Decision::Permitted(Basis::Grant(number)) = decide(Some(&asker), Some(&target), grants.clone(), &ask) {
            let grant = &grants.iter().find(|(candidate, _)| *candidate == number).expect("one of them").1;
            prop_assert!(asker.is_active(ask.at) && asker.is_institution_active());
            prop_assert!(asker.role.may(ask.permission));
            prop_assert!(grant.grantee.includes(&asker));
            prop_assert!(grant.permissions.contains(ask.permission));
            let above = grant.disclosed_under.map(|under| grants.iter().find(|(candidate, _)| *candidate == under));
            prop_assert!(above.is_none_or(|above| above.is_some_and(|(_, above)| above.is_in_force(ask.at))));
            prop_assert!(ask.purpose.is_none_or(|purpose| grant.purposes.contains(purpose)));
            prop_assert!(grant.interval.contains(ask.at));
            prop_assert!(grant.revoked_at.is_none_or(|revoked| ask.at < revoked));
            let covers = match grant.scope {
                Scope::Compartment(compartment) => compartment == target.compartment,
                Scope::Record(key) => target.record.as_ref().is_some_and(|record| record.key == key),
            };
            prop_assert!(covers);
        }
    }

    #[test]
    fn what_is_not_active_is_given_to_the_controller_only(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let inactive = target.record.as_ref().is_some_and(|record| record.state != RecordState::Active);
        let gives = [Permission::Read, Permission::Disclose, Permission::Use].contains(&ask.permission);
        if inactive && gives && asker.member != target.controller {
            prop_assert!(!decide(Some(&asker), Some(&target), grants, &ask).is_permitted());
        }
    }

    #[test]
    fn revoking_never_permits_more(
        asker in standings(), target in targets(), mut grants in many_grants(), ask in asks(), revoked in 0..2 * NOW,
        place in any::<proptest::sample::Index>(),
    ) {
        let before = decide(Some(&asker), Some(&target), grants.clone(), &ask);
        if !grants.is_empty() {
            let place = place.index(grants.len());
            grants[place].1.revoked_at.get_or_insert(revoked);
        }
        let after = decide(Some(&asker), Some(&target), grants, &ask);
        prop_assert!(before.is_permitted() || !after.is_permitted());
    }

    #[test]
    fn what_a_grant_permitted_is_never_permitted_again_once_it_is_over(
        asker in standings(), target in targets(), grant in grants(), ask in asks(), later in 0..4 * NOW,
    ) {
        let answer = |at| {
            let grants = numbered(vec![grant.clone()]);
            decide(Some(&asker), Some(&target), grants, &Ask { at, ..ask })
        };
        if grant.is_over(ask.at) && later >= ask.at {
            for at in [ask.at, later] {
                let by_controller = answer(at) == Decision::Permitted(Basis::Controller);
                prop_assert!(by_controller || !answer(at).is_permitted());
            }
        }
    }

    #[test]
    fn explaining_decides_the_same_and_ends_with_what_decided(
        asker in option::weighted(0.9, standings()), target in option::weighted(0.9, targets()),
        grants in many_grants(), ask in asks(),
    ) {
        let explanation = explain(asker.as_ref(), target.as_ref(), grants.clone(), &ask);
        prop_assert_eq!(explanation.decision, decide(asker.as_ref(), target.as_ref(), grants, &ask));
        let last = explanation.path.last().expect("a decision has a way");
        prop_assert_eq!(last.passed, explanation.decision.is_permitted());
    }

    #[test]
    fn researchers_never_reach_identified_compartments(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let asker = Standing { role: Role::Researcher, institution: Some(institution(HOSPITAL)), ..asker };
        let answer = decide(Some(&asker), Some(&target), grants, &ask);
        let open = target.flags.de_identified || asker.member == target.controller;
        prop_assert!(!answer.is_permitted() || open);
    }

    #[test]
    fn research_never_reaches_identified_compartments(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let ask = Ask { purpose: Some(Purpose::Research), ..ask };
        let answer = decide(Some(&asker), Some(&target), grants, &ask);
        let open = target.flags.de_identified || asker.member == target.controller;
        prop_assert!(!answer.is_permitted() || open);
    }

    #[test]
    fn the_nearest_denial_is_reported_in_any_order(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let answer = decide(Some(&asker), Some(&target), grants.clone(), &ask);
        if let Decision::Denied(nearest) = answer {
            let alone =
                grants.iter().map(|grant| decide(Some(&asker), Some(&target), with_above(grant, &grants), &ask));
            let best = alone.map(|answer| match answer {
                Decision::Denied(denial) => denial,
                Decision::Permitted(_) => panic!("some grants permit what all together do not"),
            });
            let none = decide(Some(&asker), Some(&target), [], &ask);
            prop_assert_eq!(best.max().map_or(none, Decision::Denied), answer);
            let reversed = grants.into_iter().rev();
            prop_assert_eq!(decide(Some(&asker), Some(&target), reversed, &ask), Decision::Denied(nearest));
        }
    }

    #[test]
    fn grants_to_others_change_nothing(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let is_own = |(_, grant): &&(GrantId, Grant)| grant.grantee.includes(&asker);
        let above: Vec<_> = grants.iter().filter(is_own).filter_map(|(_, grant)| grant.disclosed_under).collect();
        let is_needed = |grant: &&(GrantId, Grant)| is_own(grant) || above.contains(&grant.0);
        let own: Vec<_> = grants.iter().filter(is_needed).cloned().collect();
        let with_others = decide(Some(&asker), Some(&target), grants, &ask);
        prop_assert_eq!(decide(Some(&asker), Some(&target), own, &ask), with_others);
    }
}
