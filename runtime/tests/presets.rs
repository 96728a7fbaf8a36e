// SPDX-License-Identifier: Apache-2.0

//! The genesis of development networks.

use crate::genesis::genesis;
use salus_primitives::{
    membership::{InstitutionKind, MemberStatus, Role},
    traits::Membership as _,
    InstitutionId, MemberId, SigningKey,
};
use salus_runtime::{presets, AccountId, Runtime, Session};
use sp_core::{crypto::Pair, sr25519};

fn public(uri: &str) -> SigningKey {
    SigningKey(sr25519::Pair::from_string(uri, None).unwrap().public().0)
}

#[test]
fn presets_have_the_hospitals_and_authorities_that_they_promise() {
    for (preset, authorities, hospitals) in [(presets::DEV, 1, 2), (presets::LOCAL, 4, 4)] {
        genesis(preset).execute_with(|| {
            assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), authorities, "{preset}");
            assert_eq!(pallet_grandpa::Authorities::<Runtime>::get().len(), authorities, "{preset}");
            assert_eq!(pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get().len(), hospitals);
            let institutions: Vec<_> = pallet_salus_membership::Institutions::<Runtime>::iter_values().collect();
            assert_eq!(institutions.len(), hospitals);
            assert!(institutions.iter().all(|found| found.profile.kind == InstitutionKind::Hospital));
            assert_eq!(pallet_salus_membership::Members::<Runtime>::iter().count(), hospitals * 4);
        });
    }
}

#[test]
fn staff_have_the_keys_of_their_published_paths() {
    genesis(presets::DEV).execute_with(|| {
        let hospital = pallet_salus_membership::Institutions::<Runtime>::get(InstitutionId(0)).unwrap();
        assert_eq!(hospital.profile.issuing_key, public("//Hospital1//membership"));
        let verifier = pallet_salus_membership::Members::<Runtime>::get(MemberId(1)).unwrap();
        assert_eq!((verifier.role, verifier.status), (Role::Verifier, MemberStatus::Active));
        assert_eq!(verifier.transaction_keys.to_vec(), [public("//Hospital1//Verifier//transaction")]);
        assert_eq!(verifier.membership_key, public("//Hospital1//Verifier//membership"));
    });
}

#[test]
fn encryption_keys_are_those_that_the_client_derives() {
    for (number, keys) in (1..).zip(presets::ENCRYPTION_KEYS) {
        let roots = ["", "//Issuer", "//Verifier", "//Delegate", "//Service"];
        for (path, key) in roots.into_iter().zip(keys) {
            let identity = salus_sealing::keys::Identity::from_uri(&format!("//Hospital{number}{path}")).unwrap();
            assert_eq!(identity.public().encryption.key, key, "//Hospital{number}{path}");
        }
    }
}

#[test]
fn seats_make_authorities_and_council() {
    for (preset, authorities, hospitals) in [(presets::DEV, 1, 2), (presets::LOCAL, 4, 4u32)] {
        genesis(preset).execute_with(|| {
            for number in 0..hospitals {
                let seat = pallet_salus_authorities::Seats::<Runtime>::get(InstitutionId(number)).unwrap();
                let service = public(&format!("//Hospital{}//Service//transaction", number + 1));
                assert_eq!(seat.account, AccountId::new(service.0), "{preset}");
                let delegate = public(&format!("//Hospital{}//Delegate//transaction", number + 1));
                assert_eq!(seat.delegate, AccountId::new(delegate.0), "{preset}");
                // The account belongs to a member, or the pool would refuse what it signs.
                let service = pallet_salus_membership::Pallet::<Runtime>::standing_of_account(&seat.account).unwrap();
                assert_eq!((service.role, service.institution_id()), (Role::Service, Some(InstitutionId(number))));
                let in_council = pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get();
                assert!(in_council.contains(&seat.delegate), "{preset}");
            }
            assert_eq!(pallet_salus_authorities::Seats::<Runtime>::count(), hospitals);
            assert_eq!(Session::validators().len(), authorities);
        });
    }
}

#[test]
fn there_is_no_other_preset() {
    assert_eq!(presets::names().len(), 2);
    assert_eq!(presets::preset(&"production".into()), None);
}
