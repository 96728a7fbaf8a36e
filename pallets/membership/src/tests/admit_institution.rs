// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::NextInstitution;
use frame_support::BoundedVec;

const NEW: InstitutionId = InstitutionId(3);

fn pharmacy() -> InstitutionProfile {
    profile(NEW, InstitutionKind::Pharmacy)
}

#[test]
fn admit_institution_admits_the_next_number() {
    Builder::default().test(|| {
        assert_ok!(Membership::admit_institution(council(), pharmacy()));

        let expected = Institution {
            profile: pharmacy(),
            issuing_epoch: 0,
            status: InstitutionStatus::Active,
            admitted: 0,
            usage: Default::default(),
        };
        assert_eq!(institution(NEW), expected);
        assert_eq!(NextInstitution::<Test>::get(), InstitutionId(4));
        let event = Event::InstitutionAdmitted { institution: NEW };
        assert_done(0, event, LogId::Consortium, decision(Action::InstitutionAdmitted, NEW));
    });
}

#[test]
fn admit_institution_accepts_the_longest_address_and_none() {
    Builder::default().test(|| {
        for length in [0, MAX_VAULT_ADDRESS as usize] {
            let vault_address = BoundedVec::try_from(vec![b'v'; length]).unwrap();
            assert_ok!(Membership::admit_institution(council(), InstitutionProfile { vault_address, ..pharmacy() }));
        }
    });
}

#[test]
fn admit_institution_fails_when_the_profile_is_invalid() {
    Builder::default().test(|| {
        let not_text = BoundedVec::truncate_from(vec![0xff]);
        for profile in [
            InstitutionProfile { issuing_key: SigningKey([0; 32]), ..pharmacy() },
            InstitutionProfile { encryption_key: EncryptionKey::x25519([0; 32]), ..pharmacy() },
            InstitutionProfile { encryption_key: EncryptionKey { suite: 2, key: [1; 32] }, ..pharmacy() },
            InstitutionProfile { vault_address: not_text, ..pharmacy() },
        ] {
            assert_fails(|| Membership::admit_institution(council(), profile), Error::<Test>::InvalidProfile);
        }
    });
}

#[test]
fn admit_institution_fails_when_its_members_could_spend_next_to_nothing() {
    Builder::default().test(|| {
        let Quota { time, bytes, refill } = LEAST_TRAFFIC;
        let admit = |traffic_quota| {
            Membership::admit_institution(council(), InstitutionProfile { traffic_quota, ..pharmacy() })
        };
        for too_small in [
            Quota { time: time - 1, ..LEAST_TRAFFIC },
            Quota { bytes: bytes - 1, ..LEAST_TRAFFIC },
            Quota { refill: refill + 1, ..LEAST_TRAFFIC },
        ] {
            assert_fails(|| admit(too_small), Error::<Test>::QuotaTooSmall);
        }
        assert_ok!(admit(LEAST_TRAFFIC));
    });
}

#[test]
fn admit_institution_fails_when_numbers_are_exhausted() {
    Builder::default().build().execute_with(|| {
        NextInstitution::<Test>::put(InstitutionId(u32::MAX));
        let admit = || Membership::admit_institution(council(), pharmacy());
        assert_fails(admit, Error::<Test>::NumbersExhausted);
    });
}
