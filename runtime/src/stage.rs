// SPDX-License-Identifier: Apache-2.0

//! Sets the stage for benchmarks, across all pallets.

use crate::{
    configs::CouncilCollective, limits, Access, AccountId, Membership, Records, Runtime, Session, SessionKeys,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::storage::unhashed;
use pallet_salus_authorities::{
    BenchmarkHelper as AuthoritiesHelper, Seat, SeatOf, SeatOfAuthority, SeatStatus, Seats,
};
use pallet_salus_records::StageRecordGrants;
use pallet_salus_upgrades::BenchmarkHelper as UpgradesHelper;
use salus_primitives::{
    access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    membership::{InstitutionKind, Role},
    questions::{Membership as _, Stage},
    ChartId, CompartmentId, GrantId, InstitutionId, Interval, MemberId, RecordId, SigningKey,
};
use sp_core::{ed25519, sr25519, H256};
use sp_io::hashing::blake2_256;

/// The stage of this runtime.
pub struct RuntimeStage;

impl Stage<AccountId> for RuntimeStage {
    fn member(account: &AccountId, role: Role) -> MemberId {
        Membership::stage_member(account, role)
    }

    fn chart(controller: &AccountId) -> ChartId {
        Access::stage_chart(controller)
    }

    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        Access::stage_crowded_grant(chart, compartment, grantee)
    }

    fn record(chart: ChartId, compartment: CompartmentId, author: &AccountId) -> RecordId {
        let standing = Membership::standing_of_account(author);
        let (member, institution) =
            standing.map(|it| (it.member, it.institution_id().unwrap_or_default())).unwrap_or_default();
        Records::stage_record(chart, compartment, member, institution)
    }
}

impl StageRecordGrants for RuntimeStage {
    fn record_grants(record: RecordId, count: u32, grantee: MemberId) {
        use pallet_salus_access::{Charts, Grants, RecordGrants};
        let purposes = Purposes::of(&[
            Purpose::Treatment,
            Purpose::Laboratory,
            Purpose::Payment,
            Purpose::Operations,
            Purpose::Research,
            Purpose::PublicHealth,
        ]);
        let mut index = RecordGrants::<Runtime>::get(record.chart, record.key);
        for place in 0..count {
            let last = place.saturating_add(1) == count;
            let member = if last { grantee } else { MemberId(u64::MAX.saturating_sub(place.into())) };
            let grant = Grant {
                grantee: Grantee::Member(member),
                scope: Scope::Record(record.key),
                permissions: Permissions::of(&Permission::ALL),
                purposes,
                granted_at: 0,
                interval: Interval { start: 0, end: None },
                revoked_at: None,
                reason: None,
                envelope: None,
                granted_by: MemberId(0),
                laboratory: false,
                request: None,
            };
            Charts::<Runtime>::mutate(record.chart, |chart| {
                let Some(chart) = chart else { return };
                let id = chart.next_grant;
                chart.next_grant = GrantId(id.0.saturating_add(1));
                Grants::<Runtime>::insert(record.chart, id, grant);
                // The benchmark asks for no more than there is room for.
                let _ = index.try_push(id);
            });
        }
        RecordGrants::<Runtime>::insert(record.chart, record.key, index);
    }
}

impl AuthoritiesHelper for RuntimeStage {
    fn institution(number: u32) -> (InstitutionId, AccountId, AccountId) {
        let issuing_key = SigningKey(blake2_256(&("stage", "issuing", number).encode()));
        let institution = Membership::stage_institution(InstitutionKind::Hospital, issuing_key);
        let (service, delegate) = (staged("service", number), staged("delegate", number));
        Membership::stage_member_of(institution, &service, Role::Service);
        Membership::stage_member_of(institution, &delegate, Role::Delegate);
        (institution, service, delegate)
    }

    fn other_service(institution: InstitutionId) -> AccountId {
        let service = staged("other service", institution.0);
        Membership::stage_member_of(institution, &service, Role::Service);
        service
    }

    fn other_delegate(institution: InstitutionId) -> AccountId {
        let delegate = staged("other delegate", institution.0);
        Membership::stage_member_of(institution, &delegate, Role::Delegate);
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
            // The fields of a motion are not public: number, threshold, who is for and who against it, its end.
            let votes = (number, limits::MAX_AUTHORITIES, members.clone(), Vec::<AccountId>::new(), u32::MAX);
            unhashed::put(&Voting::<Runtime, CouncilCollective>::hashed_key_for(motion), &votes);
        }
        Proposals::<Runtime, CouncilCollective>::put(frame_support::BoundedVec::truncate_from(motions));
    }
}

impl UpgradesHelper for RuntimeStage {
    fn authorities(count: u32) -> Vec<(InstitutionId, AccountId)> {
        let seat = |number: u32| {
            let (institution, account, delegate) = Self::institution(number);
            SeatOf::<Runtime>::insert(&account, institution);
            SeatOfAuthority::<Runtime>::insert(&account, institution);
            let (authority, status) = (account.clone(), SeatStatus::Active);
            let seat = Seat { account: account.clone(), delegate, authority, status, admitted_at: 0, liable_from: 0 };
            Seats::<Runtime>::insert(institution, seat);
            Self::set_keys(&account, SigningKey(blake2_256(&("stage", "aura", number).encode())));
            (institution, account)
        };
        (0..count).map(seat).collect()
    }
}

/// An account that nobody holds.
fn staged(purpose: &str, number: u32) -> AccountId {
    AccountId::new(blake2_256(&("stage", purpose, number).encode()))
}
