// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call and hook in its worst case: as many seats, authorities and motions as can be.
//!
//! They assume nothing of the genesis.

use crate::{
    Authored, BenchmarkHelper, Call, Config, KeyProof, Pallet, Resuming, Resumption, SealedHeader, SeatOf, SeatStatus,
    Seats, SessionLength, SessionStarts, Sessions, MAX_HEADER_BYTES,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::{v2::*, BenchmarkError};
use frame_support::{
    traits::{EnsureOrigin, Get, KeyOwnerProofSystem},
    BoundedVec,
};
use frame_system::{
    pallet_prelude::{BlockNumberFor, HeaderFor},
    RawOrigin,
};
use pallet_authorship::EventHandler;
use salus_primitives::{InstitutionId, SigningKey};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature};
use sp_core::{crypto::key_types::AURA, sr25519};
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::Header as _,
    AccountId32,
};

/// Gives seats with keys to so many institutions, and makes their accounts the authorities of the current session. The
/// Aura key of the last is `last`.
fn seats<T: Config>(count: u32, last: SigningKey) -> Vec<(InstitutionId, AccountId32, AccountId32)> {
    let seated: Vec<_> = (0..count).map(T::BenchmarkHelper::institution).collect();
    for ((institution, account, delegate), number) in seated.iter().zip(1u32..) {
        if !Seats::<T>::contains_key(institution) {
            Pallet::<T>::insert_seat(*institution, account.clone(), delegate.clone());
        }
        let key = if number == count { last } else { SigningKey(sp_io::hashing::blake2_256(&number.encode())) };
        T::BenchmarkHelper::set_keys(account, key);
    }
    let accounts: Vec<_> = seated.iter().map(|(_, account, _)| account.clone()).collect();
    T::BenchmarkHelper::set_authorities(&accounts);
    let delegates = Pallet::<T>::delegates();
    Pallet::<T>::change_council(&delegates, &delegates);
    T::BenchmarkHelper::crowd_council();
    seated
}

const UNUSED: SigningKey = SigningKey([7; 32]);

/// Fills all seats, and returns the last.
fn crowd<T: Config>() -> Result<(InstitutionId, AccountId32, AccountId32), BenchmarkError> {
    seats::<T>(T::MaxAuthorities::get(), UNUSED).pop().ok_or(BenchmarkError::Stop("there may be no seats"))
}

fn two_thirds<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::SeatOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

/// The longest header of the current slot, sealed with a key of the keystore.
fn sealed<T: Config>(key: &sr25519::Public, number: u32) -> Result<SealedHeader, BenchmarkError> {
    let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(T::Slot::get());
    let header = |filling: usize| {
        let digest = Digest { logs: vec![DigestItem::Other(vec![0; filling]), slot.clone()] };
        HeaderFor::<T>::new(number.into(), Default::default(), Default::default(), Default::default(), digest)
    };
    // A seal has its engine, two lengths and 64 bytes; what remains of the maximum is filled.
    let filling = (MAX_HEADER_BYTES as usize).saturating_sub(header(0).encoded_size()).saturating_sub(128);
    let mut header = header(filling);
    let signature = sp_io::crypto::sr25519_sign(AURA, key, header.hash().as_ref())
        .ok_or(BenchmarkError::Stop("the keystore has no key"))?;
    header.digest_mut().push(DigestItem::aura_seal(AuthoritySignature::from(signature)));
    header.encode().try_into().map_err(|_| BenchmarkError::Stop("the header is too long"))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn admit_authority() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        seats::<T>(T::MaxAuthorities::get().saturating_sub(1), UNUSED);
        let (institution, account, delegate) = T::BenchmarkHelper::institution(T::MaxAuthorities::get());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, institution, account, delegate);

        assert!(Seats::<T>::contains_key(institution));
        Ok(())
    }

    #[benchmark]
    fn remove_authority() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        let (institution, ..) = crowd::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, institution);

        assert!(!Seats::<T>::contains_key(institution));
        Ok(())
    }

    #[benchmark]
    fn force_remove_authority() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        let (institution, ..) = crowd::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, institution);

        assert!(!Seats::<T>::contains_key(institution));
        Ok(())
    }

    #[benchmark]
    fn suspend_authority() -> Result<(), BenchmarkError> {
        let (institution, _, delegate) = crowd::<T>()?;
        T::BenchmarkHelper::settle_members();

        #[extrinsic_call]
        _(RawOrigin::Signed(delegate), institution);

        assert_eq!(Seats::<T>::get(institution).map(|seat| seat.status), Some(SeatStatus::Suspended));
        Ok(())
    }

    #[benchmark]
    fn reinstate_authority() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        let (institution, ..) = crowd::<T>()?;
        Seats::<T>::mutate(institution, |seat| {
            if let Some(seat) = seat {
                seat.status = SeatStatus::Suspended;
            }
        });

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, institution);

        assert_eq!(Seats::<T>::get(institution).map(|seat| seat.status), Some(SeatStatus::Active));
        Ok(())
    }

    #[benchmark]
    fn report_equivocation() -> Result<(), BenchmarkError> {
        let key = sp_io::crypto::sr25519_generate(AURA, None);
        let author = SigningKey(key.0);
        let (institution, account, delegate) =
            seats::<T>(T::MaxAuthorities::get(), author).pop().ok_or(BenchmarkError::Stop("there may be no seats"))?;
        SessionStarts::<T>::insert(T::Sessions::current(), T::Slot::get());
        let (first, second) = (sealed::<T>(&key, 1)?, sealed::<T>(&key, 2)?);
        let proof = T::KeyOwners::prove((AURA, author)).ok_or(BenchmarkError::Stop("the key is not an authority's"))?;
        let proof: KeyProof =
            BoundedVec::try_from(proof.encode()).map_err(|_| BenchmarkError::Stop("the proof is too long"))?;

        #[extrinsic_call]
        _(RawOrigin::Signed(delegate), author, first, second, proof);

        assert_eq!(SeatOf::<T>::get(account), Some(institution));
        assert_eq!(Seats::<T>::get(institution).map(|seat| seat.status), Some(SeatStatus::Suspended));
        Ok(())
    }

    #[benchmark]
    fn take_vote() -> Result<(), BenchmarkError> {
        let (institution, ..) = crowd::<T>()?;
        let delegate = T::BenchmarkHelper::other_delegate(institution);
        T::BenchmarkHelper::settle_members();

        #[extrinsic_call]
        _(RawOrigin::Signed(delegate.clone()));

        assert_eq!(Seats::<T>::get(institution).map(|seat| seat.delegate), Some(delegate));
        Ok(())
    }

    #[benchmark]
    fn resume_finality() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        SessionLength::<T>::put(BlockNumberFor::<T>::from(10u32));
        frame_system::Pallet::<T>::set_block_number(1u32.into());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0u32.into(), 1u32.into());

        Ok(())
    }

    #[benchmark]
    fn withdraw_resumption() -> Result<(), BenchmarkError> {
        let origin = T::CouncilOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        Resuming::<T>::put(Resumption { last_final: 0u32.into(), wait: 1u32.into(), until: 1 });

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin);

        assert!(!Resuming::<T>::exists());
        Ok(())
    }

    #[benchmark]
    fn hand_over_account() -> Result<(), BenchmarkError> {
        let (institution, _, delegate) = crowd::<T>()?;
        let account = T::BenchmarkHelper::other_service(institution);
        T::BenchmarkHelper::settle_members();

        #[extrinsic_call]
        _(RawOrigin::Signed(delegate), institution, account.clone());

        assert_eq!(SeatOf::<T>::get(account), Some(institution));
        Ok(())
    }

    #[benchmark]
    fn set_keys() -> Result<(), BenchmarkError> {
        let (_, account, _) = crowd::<T>()?;
        let (keys, proof) = T::BenchmarkHelper::new_keys::<<T::Sessions as Sessions>::Keys>(&account)
            .ok_or(BenchmarkError::Stop("the keystore makes no keys"))?;

        #[extrinsic_call]
        _(RawOrigin::Signed(account), keys, proof);

        Ok(())
    }

    #[benchmark]
    fn note_author() -> Result<(), BenchmarkError> {
        let (_, author, _) = crowd::<T>()?;
        Authored::<T>::insert(&author, 1);

        #[block]
        {
            <Pallet<T> as EventHandler<_, _>>::note_author(author.clone());
        }

        assert_eq!(Authored::<T>::get(&author), 2);
        Ok(())
    }

    impl_benchmark_test_suite! {
        Pallet,
        crate::mock::Builder::default().seats(1).build(),
        crate::mock::Test
    }
}
