// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::{
    access::{GrantTerms, MAX_READERS, MAX_RECORD_GRANTS},
    decide::{RecordFacts, VersionFacts},
    decision::{Basis, Denial},
    traits::Question,
    ChartId, CompartmentId, RecordKey,
};

const GENERAL_SCOPE: Scope = Scope::Compartment(GENERAL);

fn read(scope: Scope, purpose: Option<Purpose>) -> Ask {
    Ask { permission: Permission::Read, scope, purpose, at: NOW, version: None }
}

/// Returns the chain's decision for `member`, who wants to read a record.
fn decide_over(member: MemberId, record: &RecordFacts) -> Decision {
    let standing = standing(member);
    let ask = read(Scope::Record(record.key), Some(Purpose::Treatment));
    Access::decide(&Question { asker: Some(&standing), chart: CHART, record: Some(record.clone()), ask })
}

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
        let other = RecordFacts { key: RecordKey([9; 16]), ..record_facts() };
        assert!(decide_over(DOCTOR, &other).is_permitted());
        assert!(!decide_over(PHARMACIST, &other).is_permitted());
    });
}

#[test]
fn decide_finds_a_grant_in_the_last_place_of_full_lists() {
    on_charts(|| {
        for number in 0..MAX_READERS {
            grant(colleague(number), terms());
        }
        for number in 1..MAX_RECORD_GRANTS {
            grant(colleague(number), record_terms());
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
        let standing = standing(PATIENT);
        let question = Question { chart: ChartId(9), ..question(&standing, read(GENERAL_SCOPE, None)) };
        assert_eq!(Access::decide(&question), Decision::Denied(Denial::NotFound));
    });
}

#[test]
fn decide_asks_for_the_purpose_when_one_is_stated() {
    on_charts(|| {
        grant(DOCTOR, terms());
        let answer = |purpose| ask(DOCTOR, read(GENERAL_SCOPE, purpose));
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
                    let standing = standing(member);
                    let ask = Ask { permission, at, ..read(GENERAL_SCOPE, Some(Purpose::Treatment)) };
                    let explanation = Access::explain(&question(&standing, ask));
                    assert_eq!(explanation.decision, Access::decide(&question(&standing, ask)));
                    assert!(!explanation.path.is_empty());
                }
            }
        }
        let standing = standing(DOCTOR);
        let question = Question { asker: None, ..question(&standing, read(GENERAL_SCOPE, None)) };
        assert_eq!(Access::explain(&question).decision, Decision::Denied(Denial::NotActive));
    });
}

/// A giver who names the wrong compartment gives nothing, and cannot give away an identified record as a copy.
#[test]
fn a_grant_over_a_record_covers_nothing_when_the_record_lies_elsewhere() {
    on_charts(|| {
        let terms = GrantTerms { scope: over_record(RECORD, COPIES), ..record_terms() };
        grant(DOCTOR, terms.clone());
        assert_eq!(decide_over(DOCTOR, &record_facts()), Decision::Denied(Denial::NoGrant));
        let copy = RecordFacts { compartment: COPIES, ..record_facts() };
        assert!(decide_over(DOCTOR, &copy).is_permitted());
    });
}

/// Trap: a newer grant over one record once hid the grant over its compartment, whose secret opens earlier versions too.
#[test]
fn decide_prefers_the_grant_whose_envelope_opens_the_version_that_is_asked_for() {
    on_charts(|| {
        let of_compartment = grant(DOCTOR, terms());
        let of_record = grant(DOCTOR, record_terms());
        let at = |number, epoch, sealed_to: &[_]| {
            let version = Some(VersionFacts { number, epoch, sealed_to: sealed_to.to_vec() });
            decide_over(DOCTOR, &RecordFacts { version, ..record_facts() })
        };
        let by = |number| Decision::Permitted(Basis::Grant(number));
        assert_eq!(at(0, 0, &[]), by(of_compartment), "the record's grant has no key of an earlier version");
        assert_eq!(at(RECORD_VERSION, 0, &[]), by(of_record), "both open it, so the newest");
        // After a rotation the compartment's grant waits for its envelope.
        rotate();
        assert_eq!(at(RECORD_VERSION + 1, 1, &[of_record]), by(of_record));
        assert_eq!(at(1, 0, &[]), by(of_compartment));
    });
}
