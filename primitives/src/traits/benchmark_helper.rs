// SPDX-License-Identifier: Apache-2.0

//! State of other pallets that only benchmarks ask for, before they measure a call.

use crate::{membership::Role, ChartId, CompartmentId, GrantId, InstitutionId, MemberId, Moment, RecordId};
use alloc::vec::Vec;

/// Makes members.
pub trait MemberHelper<AccountId> {
    /// Makes an active member of a new institution with this account. The kind of the institution fits the role.
    fn member(account: &AccountId, role: Role) -> MemberId;

    /// Returns the storage keys that the admission of a transaction by `account` reads. The weight of `MemberGate`
    /// counts them, so the weight of the call must not count them again.
    fn admitted(account: &AccountId) -> Vec<Vec<u8>>;
}

/// Lets time go by.
pub trait TimeHelper {
    /// Puts the time of the block so many milliseconds later.
    fn wait(milliseconds: Moment);
}

/// Makes charts.
pub trait ChartHelper<AccountId> {
    /// Makes a chart of `controller` with all 16 compartments at epoch zero.
    fn chart(controller: &AccountId) -> ChartId;
}

/// Makes records.
pub trait RecordHelper {
    /// Makes an active record in the first compartment of `chart`.
    fn record(chart: ChartId, author: MemberId, custodian: InstitutionId) -> RecordId;
}

/// Makes grants.
pub trait GrantHelper {
    /// Fills the compartment's list with live grants. The last is to `grantee`, with every permission and purpose that
    /// the controller can grant.
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId;

    /// Fills the list of `record`, which is in `compartment`, with live grants. The last is to `grantee`, as in
    /// [`crowded_grant`](Self::crowded_grant).
    fn crowded_record_grant(record: RecordId, compartment: CompartmentId, grantee: MemberId) -> GrantId;
}

/// Gives seats of authority.
pub trait SeatHelper<AccountId> {
    /// Gives `institution` a seat for which `delegate` votes. There are as many seats and open motions as there can be,
    /// and every delegate has voted on each motion.
    fn crowded_seat(institution: InstitutionId, delegate: &AccountId);
}

impl<AccountId> SeatHelper<AccountId> for () {
    fn crowded_seat(_: InstitutionId, _: &AccountId) {}
}
