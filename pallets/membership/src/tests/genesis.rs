// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{GenesisConfig, NextInstitution, NextMember, RequiredVerifications};
use sp_runtime::BuildStorage;

fn fault(change: impl FnOnce(&mut GenesisConfig<Test>)) -> String {
    let mut genesis = Builder::genesis();
    change(&mut genesis);
    Builder::default().empty().build().execute_with(|| genesis.try_build().unwrap_err())
}

#[test]
fn genesis_admits_active_members_in_order() {
    Builder::default().test(|| {
        assert_eq!(NextInstitution::<Test>::get(), InstitutionId(3));
        assert_eq!(NextMember::<Test>::get(), NEWCOMER);
        assert_eq!(RequiredVerifications::<Test>::get(), 2);
        for (person, institution, role) in MEMBERS {
            let standing = Membership::standing_of_account(&person.account()).unwrap();
            assert_eq!((standing.member, standing.role), (id_of(person), role));
            assert_eq!(standing.status, MemberStatus::Active);
            assert_eq!(standing.institution_id(), role.is_staff().then_some(institution));
            assert_eq!(System::providers(&person.account()), 1);
        }
        assert_eq!(institution(HOSPITAL).admitted, 5);
    });
}

#[test]
fn genesis_fails_when_an_institution_is_unknown() {
    let text = fault(|genesis| genesis.members[1].institution = InstitutionId(3));
    assert_eq!(text, "member 1 cannot be admitted: there is no institution 3");
}

#[test]
fn genesis_fails_when_a_key_is_used_twice() {
    let text = fault(|genesis| genesis.members[1].membership_key = genesis.members[0].membership_key);
    assert_eq!(text, "member 1 cannot be admitted: a key is used twice or cannot be used");
    let text = fault(|genesis| genesis.members[2].transaction_key = genesis.members[0].transaction_key);
    assert_eq!(text, "member 2 cannot be admitted: a key is used twice or cannot be used");
}

#[test]
fn genesis_fails_when_a_role_is_not_admissible() {
    let text = fault(|genesis| genesis.members[6].role = Role::Clinician);
    assert_eq!(text, "member 6 cannot be admitted: institution 2 (Laboratory) may not admit a Clinician");
}

#[test]
fn genesis_fails_when_the_admission_quota_is_exceeded() {
    let text = fault(|genesis| genesis.institutions[0].admission_quota = 4);
    assert_eq!(text, "member 7 cannot be admitted: the admission quota of institution 0 is reached");
}

#[test]
fn genesis_fails_when_a_profile_is_invalid() {
    let text = fault(|genesis| genesis.institutions[2].encryption_key = EncryptionKey::x25519([0; 32]));
    assert_eq!(text, "institution 2 cannot be admitted: InvalidProfile");
}

#[test]
fn genesis_fails_when_no_or_too_many_verifications_are_required() {
    assert_eq!(fault(|genesis| genesis.required_verifications = 0), "`0` is not 1 to 4 verifications");
    assert_eq!(fault(|genesis| genesis.required_verifications = 5), "`5` is not 1 to 4 verifications");
}

#[test]
#[should_panic = "invalid genesis: `0` is not 1 to 4 verifications"]
fn genesis_panics_when_it_is_invalid() {
    let membership = GenesisConfig { required_verifications: 0, ..Builder::genesis() };
    let _ = RuntimeGenesisConfig { system: Default::default(), membership }.build_storage();
}
