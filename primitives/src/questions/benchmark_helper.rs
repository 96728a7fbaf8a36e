// SPDX-License-Identifier: Apache-2.0

//! Effects that only benchmarks ask for: what other pallets must hold before a call can be measured.

use crate::{membership::Role, ChartId, CompartmentId, GrantId, MemberId, RecordId};
use alloc::vec::Vec;

/// Makes members.
pub trait MemberHelper<AccountId> {
    /// An active member of a new institution with this account; the institution's kind may admit the role.
    fn member(account: &AccountId, role: Role) -> MemberId;

    /// The storage keys that the admission of a transaction by `account` has read, and that its weight has counted: the
    /// same member is not looked up twice.
    fn admitted(account: &AccountId) -> Vec<Vec<u8>>;
}

/// Makes charts.
pub trait ChartHelper<AccountId> {
    /// A chart of `controller` with all 16 compartments at epoch zero.
    fn chart(controller: &AccountId) -> ChartId;
}

/// Makes grants.
pub trait GrantHelper {
    /// As many other grants as a compartment can hold live, and in the last place one to `grantee` with every permission and
    /// every purpose that can be granted.
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId;

    /// As many other grants over `record` alone, which lies in `compartment`, as there can be, and in the last place one to
    /// `grantee` like that of [`crowded_grant`](Self::crowded_grant).
    fn crowded_record_grant(record: RecordId, compartment: CompartmentId, grantee: MemberId) -> GrantId;
}
