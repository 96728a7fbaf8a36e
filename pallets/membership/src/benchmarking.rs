// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call, authorization and extension in its worst case.
//!
//! They assume nothing of the genesis. The clock stands still, so an item that has to be expired expires at once.

use crate::{
    benchmark_helper::benchmark_profile, AccountOwner, AccountOwners, BoundedNonce, Call, Challenges, Config,
    Institutions, MemberGate, Members, NextInstitution, NextMember, Pallet, Redeemed, RedemptionSignatures,
    RequiredVerifications, MAX_OPEN_CHALLENGES,
};
use alloc::vec::Vec;
use frame_benchmarking::{account, v2::*, BenchmarkError};
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    pallet_prelude::{Authorize, TransactionSource},
    traits::{EnsureOrigin, Get, Time},
    weights::Weight,
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
    membership::{
        answer_payload, key_change_payload, redemption_payload, Challenge, InstitutionKind, InstitutionStatus,
        KeyChange, MemberStatus, Newcomer, Role, Voucher, MAX_TRANSACTION_KEYS, MAX_VERIFICATIONS,
    },
    panel::Voice,
    time::DAY,
    traits::SeatHelper,
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, AsTransactionAuthorizedOrigin, DispatchTransaction, Dispatchable, TransactionExtension,
    },
    AccountId32,
};

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"salu");
const NONCE: Digest = Digest([9; 32]);
const BLOCK: u32 = 1;

/// A key in the keystore of the benchmark.
struct Key(sr25519::Public);

impl Key {
    fn generate() -> Self {
        Self(sp_io::crypto::sr25519_generate(KEY_TYPE, None))
    }

    fn public(&self) -> SigningKey {
        SigningKey(self.0 .0)
    }

    fn account(&self) -> AccountId32 {
        AccountId32::new(self.0 .0)
    }

    fn sign(&self, payload: &[u8]) -> Result<sr25519::Signature, BenchmarkError> {
        sp_io::crypto::sr25519_sign(KEY_TYPE, &self.0, payload).ok_or(BenchmarkError::Stop("the keystore has no key"))
    }
}

type Redemption = (Voucher, sr25519::Signature, Newcomer, RedemptionSignatures);

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::CouncilOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

fn institution<T: Config>() -> InstitutionId {
    Pallet::<T>::benchmark_institution(InstitutionKind::Hospital, SigningKey([1; 32]))
}

fn member<T: Config>(role: Role) -> (AccountId32, MemberId) {
    let caller: AccountId32 = account("member", role as u32, 0);
    let member = Pallet::<T>::benchmark_member(&caller, role);
    (caller, member)
}

/// Creates a voucher with the newcomer and the signatures that redeem it.
fn redemption<T: Config>() -> Result<Redemption, BenchmarkError> {
    let [issuing, voucher_key, transaction, membership] = core::array::from_fn(|_| Key::generate());
    let voucher = Voucher {
        institution: Pallet::<T>::benchmark_institution(InstitutionKind::Hospital, issuing.public()),
        issuing_epoch: 0,
        serial: u64::MAX,
        role: Role::Clinician,
        profile: Digest([2; 32]),
        expires_at: T::Time::now().saturating_add(DAY),
        valid_until: Some(u64::MAX),
        voucher_key: voucher_key.public(),
    };
    let newcomer = Newcomer {
        transaction_key: transaction.public(),
        membership_key: membership.public(),
        encryption_key: EncryptionKey::x25519([3; 32]),
    };
    let genesis = Pallet::<T>::genesis_hash();
    let payload = redemption_payload(&genesis, &voucher, &newcomer);
    let signatures = RedemptionSignatures {
        voucher_key: voucher_key.sign(&payload)?,
        transaction_key: transaction.sign(&payload)?,
        membership_key: membership.sign(&payload)?,
    };
    let issuer_signature = issuing.sign(&voucher.payload(&genesis))?;
    Ok((voucher, issuer_signature, newcomer, signatures))
}

/// Creates a pending member of staff with `fewer` challenges less than the bound, all of them expired.
fn pending<T: Config>(membership_key: SigningKey, fewer: u32) -> (InstitutionId, MemberId) {
    let (_, id) = member::<T>(Role::Clinician);
    Members::<T>::mutate(id, |member| {
        if let Some(member) = member {
            member.status = MemberStatus::Pending;
            member.membership_key = membership_key;
        }
    });
    let (_, verifier) = member::<T>(Role::Verifier);
    let challenge = Challenge { verifier, nonce: NONCE, block: BLOCK, expires_at: T::Time::now() };
    for number in 0..MAX_OPEN_CHALLENGES.saturating_sub(fewer) {
        Challenges::<T>::insert(id, InstitutionId(u32::MAX.saturating_sub(number)), challenge.clone());
    }
    let admitted_by = Members::<T>::get(id).map(|member| member.admitted_by).unwrap_or_default();
    (admitted_by, id)
}

/// Creates a pending member who needs one more answer, and that answer.
fn signed_answer<T: Config>() -> Result<(MemberId, InstitutionId, sr25519::Signature), BenchmarkError> {
    let membership = Key::generate();
    let (_, id) = pending::<T>(membership.public(), 1);
    let (_, verifier) = member::<T>(Role::Verifier);
    let institution = Members::<T>::get(verifier).map(|member| member.admitted_by).unwrap_or_default();
    RequiredVerifications::<T>::put(MAX_VERIFICATIONS);
    Members::<T>::mutate(id, |member| {
        if let Some(member) = member {
            for number in 1..MAX_VERIFICATIONS {
                let voice = Voice {
                    institution: InstitutionId(number.saturating_mul(1_000)),
                    member: MemberId(u64::MAX.saturating_sub(number.into())),
                };
                // There are as many places as verifications that can be asked for.
                let _ = member.verified_by.hear(voice, 0);
            }
        }
    });
    let expires_at = T::Time::now().saturating_add(T::ChallengeLife::get());
    let challenge = Challenge { verifier, nonce: NONCE, block: BLOCK, expires_at };
    let block_hash = H256::repeat_byte(5);
    frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::from(BLOCK), block_hash);
    let payload = answer_payload(&Pallet::<T>::genesis_hash(), id, &challenge, &Digest(block_hash.0));
    Challenges::<T>::insert(id, institution, challenge);
    Ok((id, institution, membership.sign(&payload)?))
}

/// Creates an active member with `keys` transaction keys, and its membership key.
fn member_with_keys<T: Config>(keys: u32) -> (AccountId32, MemberId, Key) {
    let membership = Key::generate();
    let (caller, id) = member::<T>(Role::Clinician);
    let more: Vec<_> = (1..keys).map(|number| account::<AccountId32>("key", number, 0)).collect();
    Members::<T>::mutate(id, |member| {
        if let Some(member) = member {
            member.membership_key = membership.public();
            let keys =
                member.transaction_keys.iter().copied().chain(more.iter().map(|key| SigningKey(key.clone().into())));
            member.transaction_keys = BoundedVec::truncate_from(keys.collect());
        }
    });
    for key in more {
        AccountOwners::<T>::insert(key, AccountOwner { member: id, live: true });
    }
    (caller, id, membership)
}

/// Creates a member of staff and an issuer of the same institution.
fn issuer_and_staff<T: Config>() -> (AccountId32, MemberId) {
    let (_, staff) = member::<T>(Role::Clinician);
    let institution = Members::<T>::get(staff).map(|member| member.admitted_by).unwrap_or_default();
    let issuer: AccountId32 = account("issuer", 0, 0);
    Pallet::<T>::benchmark_member_of(institution, &issuer, Role::Issuer);
    (issuer, staff)
}

/// Lets a member of staff vote for a seat of its institution.
fn vote_for_a_seat<T: Config>(member: MemberId) {
    if let Some(member) = Members::<T>::get(member) {
        for key in member.transaction_keys {
            T::BenchmarkHelper::crowded_seat(member.admitted_by, &Pallet::<T>::account(key));
        }
    }
}

fn status_of<T: Config>(member: MemberId) -> Option<MemberStatus> {
    Members::<T>::get(member).map(|member| member.status)
}

fn institution_status<T: Config>(institution: InstitutionId) -> Option<InstitutionStatus> {
    Institutions::<T>::get(institution).map(|institution| institution.status)
}

fn set_institution_status<T: Config>(institution: InstitutionId, status: InstitutionStatus) {
    Institutions::<T>::mutate(institution, |institution| {
        if let Some(institution) = institution {
            institution.status = status;
        }
    });
}

fn set_member_status<T: Config>(member: MemberId, status: MemberStatus) {
    Members::<T>::mutate(member, |member| {
        if let Some(member) = member {
            member.status = status;
        }
    });
}

#[benchmarks(where
    T: Send + Sync,
    T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo> + From<Call<T>>,
    <T::RuntimeCall as Dispatchable>::RuntimeOrigin:
        AsSystemOriginSigner<AccountId32> + AsTransactionAuthorizedOrigin + From<RawOrigin<AccountId32>> + Clone,
)]
mod benches {
    use super::*;

    #[benchmark]
    fn admit_institution() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let profile = benchmark_profile(InstitutionKind::Hospital, SigningKey([1; 32]));
        let before = NextInstitution::<T>::get();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, profile);

        assert!(Institutions::<T>::contains_key(before));
        Ok(())
    }

    #[benchmark]
    fn update_institution() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let id = institution::<T>();
        let mut profile = benchmark_profile(InstitutionKind::Hospital, SigningKey([1; 32]));
        profile.admission_quota = 7;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, id, profile);

        assert_eq!(Institutions::<T>::get(id).map(|institution| institution.profile.admission_quota), Some(7));
        Ok(())
    }

    #[benchmark]
    fn rotate_issuing_key() -> Result<(), BenchmarkError> {
        let origin = T::StaffingOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        let id = institution::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, id, SigningKey([2; 32]));

        assert_eq!(Institutions::<T>::get(id).map(|institution| institution.issuing_epoch), Some(1));
        Ok(())
    }

    #[benchmark]
    fn suspend_institution() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let id = institution::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, id);

        assert_eq!(institution_status::<T>(id), Some(InstitutionStatus::Suspended));
        Ok(())
    }

    #[benchmark]
    fn reinstate_institution() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let id = institution::<T>();
        set_institution_status::<T>(id, InstitutionStatus::Suspended);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, id);

        assert_eq!(institution_status::<T>(id), Some(InstitutionStatus::Active));
        Ok(())
    }

    #[benchmark]
    fn remove_institution() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let id = institution::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, id);

        assert_eq!(institution_status::<T>(id), Some(InstitutionStatus::Removed));
        Ok(())
    }

    #[benchmark]
    fn set_required_verifications() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, MAX_VERIFICATIONS);

        assert_eq!(RequiredVerifications::<T>::get(), MAX_VERIFICATIONS);
        Ok(())
    }

    #[benchmark]
    fn redeem() -> Result<(), BenchmarkError> {
        let (voucher, issuer_signature, newcomer, signatures) = redemption::<T>()?;
        let institution = voucher.institution;
        let expected = NextMember::<T>::get();

        #[extrinsic_call]
        _(RawOrigin::Authorized, voucher, issuer_signature, newcomer, signatures);

        assert_eq!(Redeemed::<T>::get(institution, (0, u64::MAX)), Some(expected));
        Ok(())
    }

    #[benchmark]
    fn authorize_redeem() -> Result<(), BenchmarkError> {
        let (voucher, issuer_signature, newcomer, signatures) = redemption::<T>()?;
        let call = Call::<T>::redeem { voucher, issuer_signature, newcomer, signatures };

        #[block]
        {
            call.authorize(TransactionSource::External).ok_or("the call is not authorized by itself")??;
        }

        Ok(())
    }

    #[benchmark]
    fn refuse_applicant() {
        let (issuer, _) = member::<T>(Role::Issuer);

        #[extrinsic_call]
        _(RawOrigin::Signed(issuer), NONCE);
    }

    /// The oldest challenges have to be cleared away.
    #[benchmark]
    fn challenge() {
        let (_, id) = pending::<T>(SigningKey([4; 32]), 0);
        let (verifier, _) = member::<T>(Role::Verifier);

        #[extrinsic_call]
        _(RawOrigin::Signed(verifier), id, NONCE);

        assert_eq!(Challenges::<T>::iter_prefix(id).count(), 1);
    }

    /// The last answer that is needed, with other challenges open.
    #[benchmark]
    fn answer() -> Result<(), BenchmarkError> {
        let (id, institution, signature) = signed_answer::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Authorized, id, institution, signature);

        assert_eq!(status_of::<T>(id), Some(MemberStatus::Active));
        assert_eq!(Challenges::<T>::iter_prefix(id).count(), 0);
        Ok(())
    }

    #[benchmark]
    fn authorize_answer() -> Result<(), BenchmarkError> {
        let (member, verifier_institution, signature) = signed_answer::<T>()?;
        let call = Call::<T>::answer { member, verifier_institution, signature };

        #[block]
        {
            call.authorize(TransactionSource::External).ok_or("the call is not authorized by itself")??;
        }

        Ok(())
    }

    #[benchmark]
    fn add_transaction_key() -> Result<(), BenchmarkError> {
        let (caller, id, membership) = member_with_keys::<T>(MAX_TRANSACTION_KEYS.saturating_sub(1));
        let added = Key::generate();
        let change = KeyChange::Add(added.public());
        let payload = key_change_payload(&Pallet::<T>::genesis_hash(), id, 0, &change);
        let (by_key, by_member) = (added.sign(&payload)?, membership.sign(&payload)?);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), added.public(), by_key, by_member);

        assert_eq!(AccountOwners::<T>::get(added.account()), Some(AccountOwner { member: id, live: true }));
        Ok(())
    }

    #[benchmark]
    fn remove_transaction_key() -> Result<(), BenchmarkError> {
        let (caller, id, membership) = member_with_keys::<T>(MAX_TRANSACTION_KEYS);
        let removed = SigningKey(account::<AccountId32>("key", 1, 0).into());
        let change = KeyChange::Remove(removed);
        let payload = key_change_payload(&Pallet::<T>::genesis_hash(), id, 0, &change);
        let by_member = membership.sign(&payload)?;
        let institution = Members::<T>::get(id).map(|member| member.admitted_by).unwrap_or_default();
        T::BenchmarkHelper::crowded_seat(institution, &AccountId32::new(removed.0));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), removed, by_member);

        let owner = AccountOwners::<T>::get(AccountId32::new(removed.0));
        assert_eq!(owner, Some(AccountOwner { member: id, live: false }));
        Ok(())
    }

    #[benchmark]
    fn suspend_member() {
        let (issuer, staff) = issuer_and_staff::<T>();
        vote_for_a_seat::<T>(staff);

        #[extrinsic_call]
        _(RawOrigin::Signed(issuer), staff);

        assert_eq!(status_of::<T>(staff), Some(MemberStatus::Suspended));
    }

    #[benchmark]
    fn reinstate_member() {
        let (issuer, staff) = issuer_and_staff::<T>();
        set_member_status::<T>(staff, MemberStatus::Suspended);

        #[extrinsic_call]
        _(RawOrigin::Signed(issuer), staff);

        assert_eq!(status_of::<T>(staff), Some(MemberStatus::Active));
    }

    #[benchmark]
    fn renew_member() {
        let (issuer, staff) = issuer_and_staff::<T>();
        Members::<T>::mutate(staff, |member| member.as_mut().map(|member| member.valid_until = Some(1)));

        #[extrinsic_call]
        _(RawOrigin::Signed(issuer), staff, None);

        assert_eq!(Members::<T>::get(staff).map(|member| member.valid_until), Some(None));
    }

    /// A pending member with all challenges open, who votes for a seat.
    #[benchmark]
    fn revoke_member() {
        let (institution, staff) = pending::<T>(SigningKey([4; 32]), 0);
        let issuer: AccountId32 = account("issuer", 0, 0);
        Pallet::<T>::benchmark_member_of(institution, &issuer, Role::Issuer);
        vote_for_a_seat::<T>(staff);

        #[extrinsic_call]
        _(RawOrigin::Signed(issuer), staff);

        assert_eq!(status_of::<T>(staff), Some(MemberStatus::Revoked));
        assert_eq!(Challenges::<T>::iter_prefix(staff).count(), 0);
    }

    /// Each newcomer is of another institution, and has as many open challenges as can be.
    #[benchmark]
    fn expire(n: Linear<0, { T::MaxExpired::get() }>) {
        let now = T::Time::now();
        let first = NextMember::<T>::get();
        let (_, verifier) = member::<T>(Role::Verifier);
        let open = Challenge { verifier, nonce: NONCE, block: BLOCK, expires_at: now };
        for number in 0..n {
            let id = Pallet::<T>::benchmark_member(&account("newcomer", number, 0), Role::Clinician);
            Members::<T>::mutate_extant(id, |member| {
                member.status = MemberStatus::Pending;
                member.voucher = Some((0, 0));
                Redeemed::<T>::insert(member.admitted_by, (0, 0), id);
            });
            for number in 0..MAX_OPEN_CHALLENGES {
                Challenges::<T>::insert(id, InstitutionId(u32::MAX.saturating_sub(number)), open.clone());
            }
        }
        crate::NextExpiry::<T>::put(first);
        let visited;

        #[block]
        {
            visited = Pallet::<T>::expire(now.saturating_add(T::PendingLife::get()), n.saturating_add(1));
        }

        assert!(visited >= n);
        assert_eq!(Redeemed::<T>::iter_keys().count(), 0);
        assert_eq!(Challenges::<T>::iter_keys().count(), 0);
    }

    /// An ordinary call of a member of staff with the largest entry, of whose weight a part is given back.
    #[benchmark]
    fn member_gate() -> Result<(), BenchmarkError> {
        let (caller, id, _) = member_with_keys::<T>(MAX_TRANSACTION_KEYS);
        let signature = sr25519::Signature::from_raw([0; 64]);
        let key = SigningKey([1; 32]);
        let call: T::RuntimeCall =
            Call::<T>::add_transaction_key { key, key_signature: signature, membership_signature: signature }.into();
        let gate = MemberGate::<T>::new();
        let call_weight = Weight::from_parts(1_000, 0);
        let info = DispatchInfo { call_weight, extension_weight: gate.weight(&call), ..Default::default() };
        let used = PostDispatchInfo { actual_weight: Some(Weight::from_parts(1, 0)), ..Default::default() };

        #[block]
        {
            gate.test_run(RawOrigin::Signed(caller).into(), &call, &info, 100, 0, |_| Ok(used))
                .map_err(|_| BenchmarkError::Stop("the gate refuses the call"))?
                .map_err(|_| BenchmarkError::Stop("the call fails"))?;
        }

        assert_eq!(Members::<T>::get(id).map(|member| member.usage.ordinary.bytes), Some(100));
        Ok(())
    }

    #[benchmark]
    fn bounded_nonce() -> Result<(), BenchmarkError> {
        let (caller, _) = member::<T>(Role::Clinician);
        let call: T::RuntimeCall = Call::<T>::refuse_applicant { application: NONCE }.into();
        let check = BoundedNonce::<T>::from(0u32.into());
        let info = DispatchInfo::default();

        #[block]
        {
            check
                .test_run(RawOrigin::Signed(caller.clone()).into(), &call, &info, 100, 0, |_| Ok(().into()))
                .map_err(|_| BenchmarkError::Stop("the nonce is refused"))?
                .map_err(|_| BenchmarkError::Stop("the call fails"))?;
        }

        assert_eq!(frame_system::Pallet::<T>::account_nonce(&caller), 1u32.into());
        Ok(())
    }

    impl_benchmark_test_suite! {
        Pallet,
        crate::mock::Builder::default().empty().build(),
        crate::mock::Test
    }
}
