// SPDX-License-Identifier: Apache-2.0

//! The state of other pallets that the benchmarks of a pallet need.

use crate::{
    council::CouncilCollective, limits, Access, AccountId, Charts, Membership, Records, Runtime, Session, SessionKeys,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::storage::unhashed;
use pallet_salus_authorities::{
    BenchmarkHelper as AuthoritiesHelper, Seat, SeatOf, SeatOfAuthority, SeatStatus, Seats,
};
use pallet_salus_membership::{AccountOwners, Institutions, Members};
use pallet_salus_upgrades::BenchmarkHelper as UpgradesHelper;
use salus_primitives::{
    access::MAX_RECORD_GRANTS,
    charts::MAX_COMPARTMENTS,
    membership::{InstitutionKind, Role},
    traits::{ChartHelper, GrantHelper, MemberHelper, Membership as _, RecordHelper, SeatHelper, TimeHelper},
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, Moment, RecordId, SigningKey,
};
use sp_core::{ed25519, sr25519, H256};
use sp_io::hashing::blake2_256;

/// The helper of this runtime.
pub struct RuntimeHelper;

impl MemberHelper<AccountId> for RuntimeHelper {
    fn member(account: &AccountId, role: Role) -> MemberId {
        Membership::benchmark_member(account, role)
    }

    fn admitted(account: &AccountId) -> Vec<Vec<u8>> {
        let mut keys = alloc::vec![
            AccountOwners::<Runtime>::hashed_key_for(account),
            pallet_timestamp::Now::<Runtime>::hashed_key().to_vec(),
        ];
        if let Some(standing) = Membership::standing_of_account(account) {
            keys.push(Members::<Runtime>::hashed_key_for(standing.member));
            keys.extend(standing.institution_id().map(Institutions::<Runtime>::hashed_key_for));
        }
        keys
    }
}

impl TimeHelper for RuntimeHelper {
    fn wait(milliseconds: Moment) {
        pallet_timestamp::Now::<Runtime>::mutate(|now| *now = now.saturating_add(milliseconds));
    }
}

impl ChartHelper<AccountId> for RuntimeHelper {
    #[allow(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]
    fn chart(controller: &AccountId) -> ChartId {
        let controller = Membership::standing_of_account(controller).expect("the controller is a member").member;
        Charts::benchmark_chart(controller, MAX_COMPARTMENTS)
    }
}

impl RecordHelper for RuntimeHelper {
    fn record(chart: ChartId, author: MemberId, custodian: InstitutionId) -> RecordId {
        Records::benchmark_record(chart, CompartmentId(0), author, custodian)
    }
}

impl GrantHelper for RuntimeHelper {
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        Access::benchmark_crowded_grant(chart, compartment, grantee)
    }

    fn crowded_record_grant(record: RecordId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        let others = (1..MAX_RECORD_GRANTS).map(|number| Self::member(&account("reader", number), Role::Clinician));
        let others: Vec<_> = others.collect();
        Access::benchmark_crowded_record_grant(record, compartment, &others, grantee)
    }
}

impl AuthoritiesHelper for RuntimeHelper {
    fn institution(number: u32) -> (InstitutionId, AccountId, AccountId) {
        let issuing_key = SigningKey(blake2_256(&("benchmark", "issuing", number).encode()));
        let institution = Membership::benchmark_institution(InstitutionKind::Hospital, issuing_key);
        let (service, delegate) = (account("service", number), account("delegate", number));
        Membership::benchmark_member_of(institution, &service, Role::Service);
        Membership::benchmark_member_of(institution, &delegate, Role::Delegate);
        (institution, service, delegate)
    }

    fn other_service(institution: InstitutionId) -> AccountId {
        let service = account("other service", institution.0);
        Membership::benchmark_member_of(institution, &service, Role::Service);
        service
    }

    fn other_delegate(institution: InstitutionId) -> AccountId {
        let delegate = account("other delegate", institution.0);
        Membership::benchmark_member_of(institution, &delegate, Role::Delegate);
        delegate
    }

    fn set_keys(account: &AccountId, aura: SigningKey) {
        let grandpa = ed25519::Public::from_raw(blake2_256(&aura.0)).into();
        let keys = SessionKeys { aura: sr25519::Public::from_raw(aura.0).into(), grandpa };
        // The benchmark takes a key for each account, and accounts with seats.
        let _ = <Session as pallet_session::SessionInterface>::set_keys(account, keys);
    }

    fn new_keys<Keys: Decode>(account: &AccountId) -> Option<(Keys, Vec<u8>)> {
        let made = SessionKeys::generate(&account.encode(), None);
        Some((Keys::decode(&mut made.keys.encode().as_slice()).ok()?, made.proof.encode()))
    }

    fn set_authorities(accounts: &[AccountId]) {
        pallet_session::Validators::<Runtime>::put(accounts.to_vec());
    }

    fn crowd_council() {
        use pallet_collective::{Members, Proposals, Voting};
        let members = Members::<Runtime, CouncilCollective>::get();
        let motions = (0..limits::MAX_MOTIONS).map(|number| H256(blake2_256(&number.encode())));
        let motions: Vec<_> = motions.collect();
        for (motion, number) in motions.iter().zip(0u32..) {
            // The fields of a motion are private: number, threshold, votes for, votes against, and end.
            let votes = (number, limits::MAX_AUTHORITIES, members.clone(), Vec::<AccountId>::new(), u32::MAX);
            unhashed::put(&Voting::<Runtime, CouncilCollective>::hashed_key_for(motion), &votes);
        }
        Proposals::<Runtime, CouncilCollective>::put(frame_support::BoundedVec::truncate_from(motions));
    }

    fn settle_members() {
        pallet_timestamp::Now::<Runtime>::mutate(|now| *now = now.saturating_add(limits::SETTLING_TIME));
    }
}

impl UpgradesHelper for RuntimeHelper {
    fn authorities(count: u32) -> Vec<(InstitutionId, AccountId)> {
        let seat = |number: u32| {
            let (institution, account, delegate) = Self::institution(number);
            SeatOf::<Runtime>::insert(&account, institution);
            SeatOfAuthority::<Runtime>::insert(&account, institution);
            let (authority, status) = (account.clone(), SeatStatus::Active);
            let seat = Seat { account: account.clone(), delegate, authority, status, admitted_at: 0, liable_from: 0 };
            Seats::<Runtime>::insert(institution, seat);
            Self::set_keys(&account, SigningKey(blake2_256(&("benchmark", "aura", number).encode())));
            (institution, account)
        };
        (0..count).map(seat).collect()
    }
}

impl SeatHelper<AccountId> for RuntimeHelper {
    fn crowded_seat(institution: InstitutionId, delegate: &AccountId) {
        <Self as UpgradesHelper>::authorities(limits::MAX_AUTHORITIES.saturating_sub(1));
        let (account, delegate) = (Self::other_service(institution), delegate.clone());
        SeatOf::<Runtime>::insert(&account, institution);
        SeatOfAuthority::<Runtime>::insert(&account, institution);
        let (authority, status) = (account.clone(), SeatStatus::Active);
        let seat = Seat { account, delegate, authority, status, admitted_at: 0, liable_from: 0 };
        Seats::<Runtime>::insert(institution, seat);
        let mut delegates: Vec<_> = Seats::<Runtime>::iter_values().map(|seat| seat.delegate).collect();
        delegates.sort();
        pallet_collective::Members::<Runtime, CouncilCollective>::put(delegates);
        Self::crowd_council();
    }
}

/// An account without a private key.
fn account(purpose: &str, number: u32) -> AccountId {
    AccountId::new(blake2_256(&("benchmark", purpose, number).encode()))
}
