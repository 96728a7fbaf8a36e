// SPDX-License-Identifier: Apache-2.0

//! Declaring a use of records (S4-22).

use super::*;

fn declare(member: MemberId, scope: Scope) -> DispatchResult {
    Records::declare_use(signed(member), CHART, scope, Purpose::Treatment)
}

#[test]
fn a_declared_use_is_logged_and_told() {
    for scope in [compartment(GENERAL), Scope::Record(KEY)] {
        trusted_doctor().run(|| {
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
            assert_ok!(declare(DOCTOR, scope));
            let basis = Basis::Grant(GrantId(0));
            let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::UseDeclared, Subject::Scope(scope))
                .for_purpose(Purpose::Treatment)
                .because(Reason::Basis(basis));
            assert_eq!(Log::entries().pop(), Some((LogId::Chart(CHART), entry)));
            let (chart, user, purpose) = (CHART, DOCTOR, Purpose::Treatment);
            assert_eq!(events().pop(), Some(Event::UseDeclared { chart, user, scope, purpose, basis }));
        });
    }
}

#[test]
fn declare_use_fails_without_a_grant_to_use_for_this_purpose() {
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        let rest: Vec<_> = Permission::ALL.into_iter().filter(|it| *it != Permission::Use).collect();
        grant(DOCTOR, compartment(GENERAL), &rest);
        assert_noop!(declare(DOCTOR, compartment(GENERAL)), Error::<Test>::NotPermitted);
        let allowed = grant(DOCTOR, compartment(GENERAL), &[Permission::Use]);
        for purpose in [Purpose::Payment, Purpose::Emergency] {
            let used = Records::declare_use(signed(DOCTOR), CHART, compartment(GENERAL), purpose);
            assert_noop!(used, Error::<Test>::NotPermitted);
        }
        assert_noop!(declare(DOCTOR, compartment(RESULTS)), Error::<Test>::NotPermitted);
        hypothetically!({
            assert_ok!(declare(DOCTOR, Scope::Record(KEY)));
        });
        revoke(allowed);
        assert_noop!(declare(DOCTOR, Scope::Record(KEY)), Error::<Test>::NotPermitted);
    });
}

#[test]
fn declare_use_fails_when_it_is_not_there_or_may_not_be_used() {
    trusted_doctor().run(|| {
        assert_noop!(declare(DOCTOR, Scope::Record(KEY)), Error::<Test>::NotFound);
        assert_noop!(declare(DOCTOR, compartment(UNKNOWN_COMPARTMENT)), Error::<Test>::NotFound);
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        assert_ok!(Records::restrict_record(signed(PATIENT), RECORD, None));
        assert_noop!(declare(DOCTOR, Scope::Record(KEY)), Error::<Test>::WrongState);
    });
}

#[test]
fn declare_use_fails_when_the_origin_may_not_act() {
    trusted_doctor().run(|| {
        for origin in refused_origins() {
            let used = Records::declare_use(origin, CHART, compartment(GENERAL), Purpose::Treatment);
            assert_noop!(used, DispatchError::BadOrigin);
        }
    });
}
