// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_ok;
use salus_primitives::{
    access::{Basis, Denial, GrantTerms, Permissions, MAX_READERS, MAX_RECORD_GRANTS},
    time::Interval,
    ChartId, CompartmentId, RecordId, RecordKey,
};

const GENERAL_SCOPE: Scope = Scope::Compartment(GENERAL);
const THE_RECORD: RecordId = RecordId { chart: CHART, key: RECORD };

#[test]
fn decide_permits_the_controller_everything_but_changing_what_others_wrote() {
    on_charts(|| {
        for permission in Permission::ALL {
            let answer = decide(PATIENT, permission, Scope::Record(RECORD), NOW);
            let changes = matches!(permission, Permission::Amend | Permission::Withdraw);
            let expected = match changes {
                true => Decision::Denied(Denial::NotAuthor),
                false => Decision::Permitted(Basis::Controller),
            };
            assert_eq!(answer, expected);
        }
    });
}

#[test]
fn decide_denies_everybody_else_by_default() {
    on_charts(|| {
        for member in [OTHER_PATIENT, DOCTOR, LAB_WORKER, RESEARCHER, PHARMACIST, AUDITOR, SUSPENDED_DOCTOR] {
            for permission in Permission::ALL {
                for scope in [GENERAL_SCOPE, Scope::Compartment(COPIES), Scope::Record(RECORD)] {
                    assert!(!decide(member, permission, scope, NOW).is_permitted());
                }
            }
        }
    });
}

#[test]
fn decide_finds_grants_over_the_compartment_and_over_the_record() {
    on_charts(|| {
        let of_compartment = grant(DOCTOR, terms());
        let of_record = grant(PHARMACIST, record_terms());
        let record = Scope::Record(RECORD);
        assert_eq!(decide(DOCTOR, Permission::Read, record, NOW), Decision::Permitted(Basis::Grant(of_compartment)));
        assert_eq!(decide(PHARMACIST, Permission::Read, record, NOW), Decision::Permitted(Basis::Grant(of_record)));
        let other = RecordKey([9; 16]);
        set_record(other, GENERAL);
        assert!(decide(DOCTOR, Permission::Read, Scope::Record(other), NOW).is_permitted());
        assert!(!decide(PHARMACIST, Permission::Read, Scope::Record(other), NOW).is_permitted());
    });
}

#[test]
fn decide_finds_a_grant_in_the_last_place_of_full_lists() {
    on_charts(|| {
        for _ in 0..MAX_READERS {
            grant(DOCTOR, terms());
        }
        for _ in 1..MAX_RECORD_GRANTS {
            grant(DOCTOR, record_terms());
        }
        let last = grant(PHARMACIST, record_terms());
        let answer = decide(PHARMACIST, Permission::Read, Scope::Record(RECORD), NOW);
        assert_eq!(answer, Decision::Permitted(Basis::Grant(last)));
    });
}

#[test]
fn decide_says_not_found_when_there_is_no_such_target() {
    on_charts(|| {
        for scope in [Scope::Compartment(CompartmentId(3)), Scope::Record(RecordKey([9; 16]))] {
            for member in [PATIENT, DOCTOR] {
                let answer = decide(member, Permission::Read, scope, NOW);
                assert_eq!(answer, Decision::Denied(Denial::NotFound));
            }
        }
        let ask = Ask { permission: Permission::Read, scope: GENERAL_SCOPE, purpose: None, at: NOW };
        let answer = Access::decide(&standing(PATIENT), ChartId(9), &ask);
        assert_eq!(answer, Decision::Denied(Denial::NotFound));
    });
}

#[test]
fn decide_asks_for_the_purpose_when_one_is_stated() {
    on_charts(|| {
        grant(DOCTOR, terms());
        let answer = |purpose| {
            let ask = Ask { permission: Permission::Read, scope: GENERAL_SCOPE, purpose, at: NOW };
            Access::decide(&standing(DOCTOR), CHART, &ask)
        };
        assert!(answer(Some(Purpose::Treatment)).is_permitted());
        assert_eq!(answer(Some(Purpose::Payment)), Decision::Denied(Denial::PurposeNotGranted));
        assert_eq!(answer(Some(Purpose::Emergency)), Decision::Denied(Denial::PurposeNotGranted));
    });
}

#[test]
fn explain_decides_the_same() {
    on_charts(|| {
        grant(DOCTOR, terms_until(NOW + 10));
        for member in [PATIENT, OTHER_PATIENT, DOCTOR, LAB_WORKER, RESEARCHER, AUDITOR, SUSPENDED_DOCTOR] {
            for permission in Permission::ALL {
                for at in [NOW - 1, NOW, NOW + 9, NOW + 10] {
                    let ask = Ask { permission, scope: GENERAL_SCOPE, purpose: Some(Purpose::Treatment), at };
                    let explanation = Access::explain(Some(&standing(member)), CHART, &ask);
                    assert_eq!(explanation.decision, Access::decide(&standing(member), CHART, &ask));
                    assert!(!explanation.path.is_empty());
                }
            }
        }
        let ask = Ask { permission: Permission::Read, scope: GENERAL_SCOPE, purpose: None, at: NOW };
        assert_eq!(Access::explain(None, CHART, &ask).decision, Decision::Denied(Denial::NotActive));
    });
}

#[test]
fn chart_exists_when_it_has_been_opened() {
    on_charts(|| {
        assert!(Access::chart_exists(CHART));
        assert!(!Access::chart_exists(ChartId(2)));
    });
}

#[test]
fn epoch_is_the_current_one() {
    on_charts(|| {
        assert_eq!(Access::epoch(CHART, GENERAL), Some(0));
        assert_ok!(Access::rotate_compartment(signed(PATIENT), CHART, GENERAL, 1, epoch(2, Some(digest(3)))));
        assert_eq!(Access::epoch(CHART, GENERAL), Some(1));
        assert_eq!(Access::epoch(CHART, CompartmentId(3)), None);
        assert_eq!(Access::epoch(ChartId(9), GENERAL), None);
    });
}

#[test]
fn record_readers_are_the_live_grants_over_the_record_that_can_read() {
    on_charts(|| {
        grant(DOCTOR, terms());
        grant(DOCTOR, GrantTerms { scope: Scope::Record(RECORD), ..create_terms() });
        let revoked = grant(DOCTOR, record_terms());
        let ending = grant(DOCTOR, GrantTerms { interval: terms_until(NOW + 10).interval, ..record_terms() });
        let starting = Interval { start: NOW + 50, end: None };
        let permissions = Permissions::of(&[Permission::Read]);
        let later = grant(PHARMACIST, GrantTerms { interval: starting, permissions, ..record_terms() });
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, revoked, None));

        assert_eq!(Access::record_readers(THE_RECORD), [ending, later]);
        set_time(NOW + 10);
        assert_eq!(Access::record_readers(THE_RECORD), [later]);
        assert_eq!(Access::record_readers(RecordId { chart: OTHER_CHART, key: RECORD }), []);
    });
}
