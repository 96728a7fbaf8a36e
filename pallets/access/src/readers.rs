// SPDX-License-Identifier: Apache-2.0

//! The grantees to whom keys are sealed, and those who left with a key.
//!
//! A grantee who may not read now gets no key. Such a member was suspended, dismissed or is past its validity, or its
//! institution is suspended or removed. Losing standing counts as leaving.

use crate::{CompartmentGrants, Config, Pallet, RecordGrants};
use alloc::vec::Vec;
use salus_primitives::{
    access::{Grantee, ListedGrant, Permission, Reader, Scope},
    membership::InstitutionStatus,
    traits::{Membership as _, RecordReaders},
    ChartId, CompartmentId, GrantId, Moment, RecordId,
};

impl<T: Config> RecordReaders for Pallet<T> {
    fn record_readers(record: RecordId) -> Vec<GrantId> {
        Self::readers(record.chart, Scope::Record(record.key)).into_iter().map(|reader| reader.grant).collect()
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the grants over exactly `scope` to whose grantees its key is sealed. Such a grant permits reading and is
    /// not over, nor is the one under which it was disclosed, and its grantee has the standing to read.
    pub fn readers(chart: ChartId, scope: Scope) -> Vec<Reader> {
        let now = Self::now();
        let grants = match scope {
            Scope::Compartment(compartment) => CompartmentGrants::<T>::get(chart, compartment).grants.into_inner(),
            Scope::Record(key) => RecordGrants::<T>::get(chart, key).grants.into_inner(),
        };
        let reader = |grant: &ListedGrant| {
            let reads = grant.permissions.contains(Permission::Read) && !grant.is_over(now);
            let may = reads && Self::is_upheld(chart, grant, &grants, now) && Self::has_standing(grant.grantee, now);
            let edition = grant.edition.filter(|_| may)?;
            Some(Reader { grant: grant.number, grantee: grant.grantee, edition })
        };
        grants.iter().filter_map(reader).collect()
    }

    /// Whether a grantee who may not read holds the secret of the compartment's current epoch. Such a reader lost its
    /// standing, or its grant, or the one above a disclosed grant, was revoked or expired.
    pub fn is_rotation_due(chart: ChartId, compartment: CompartmentId, epoch: u32) -> bool {
        let now = Self::now();
        let list = CompartmentGrants::<T>::get(chart, compartment);
        let has_left = |grant: &ListedGrant| {
            let reads = !grant.is_over(now)
                && Self::is_upheld(chart, grant, &list.grants, now)
                && Self::has_standing(grant.grantee, now);
            grant.edition == Some(epoch) && !reads
        };
        list.newest_dropped == Some(epoch) || list.grants.iter().any(has_left)
    }

    /// Whether the grantee itself may act at `now`, whatever it was granted.
    pub(crate) fn has_standing(grantee: Grantee, now: Moment) -> bool {
        match grantee {
            Grantee::Member(member) => T::Membership::standing(member).is_some_and(|standing| standing.may_act(now)),
            Grantee::Institution(institution) => T::Membership::institution(institution)
                .is_some_and(|standing| standing.status == InstitutionStatus::Active),
        }
    }
}
