// SPDX-License-Identifier: Apache-2.0

//! Sets the stage for benchmarks, across all pallets.

use crate::{Access, AccountId, Membership, Records, Runtime};
use pallet_salus_records::StageRecordGrants;
use salus_primitives::{
    access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    membership::Role,
    questions::{Membership as _, Stage},
    ChartId, CompartmentId, GrantId, Interval, MemberId, RecordId,
};

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
