// SPDX-License-Identifier: Apache-2.0

//! Disclosures: a grantee lets another member or institution read what it may read itself (S4-22).
//!
//! A disclosure is a grant under another one. It lets its grantee read and no more, and counts only while the grant above it is in
//! force. It cannot be disclosed further.

use crate::{grants::Giving, CompartmentGrants, Config, Error, Grants, Pallet};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::{
    access::{Grant, GrantTerms, Grantee, ListedGrant, Permission, Permissions, Scope},
    membership::Standing,
    traits::Controllers as _,
    ChartId, GrantId, MemberId, Moment,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_disclose(
        discloser: &Standing,
        chart: ChartId,
        under: GrantId,
        grantee: Grantee,
        terms: GrantTerms,
    ) -> DispatchResult {
        let above = Grants::<T>::get(chart, under).ok_or(Error::<T>::GrantNotFound)?.grant;
        ensure!(above.grantee.includes(discloser), Error::<T>::NotGrantee);
        ensure!(discloser.role.may(Permission::Disclose), Error::<T>::RoleMayNot);
        let needed = [Permission::Read, Permission::Disclose];
        ensure!(needed.into_iter().all(|it| above.permissions.contains(it)), Error::<T>::NotDisclosable);
        Self::ensure_not_over(&above)?;
        ensure!(above.is_in_force(Self::now()), Error::<T>::NotBegun);
        ensure!(!grantee.includes(discloser), Error::<T>::IsGrantee);
        ensure!(is_within(&above, &terms), Error::<T>::ExceedsGrant);
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::ChartNotFound)?;
        let giving = Self::giving(discloser, controller, chart, grantee, None)?;
        Self::give(&Giving { under: Some(under), ..giving }, terms)
    }

    /// Whether `member` disclosed by this grant.
    pub(crate) fn is_discloser(chart: ChartId, number: GrantId, member: MemberId) -> bool {
        Grants::<T>::get(chart, number)
            .is_some_and(|it| it.grant.disclosed_under.is_some() && it.grant.granted_by == member)
    }

    /// Whether nothing above `grant`, which is in `list`, is over at `now`.
    pub(crate) fn is_upheld(chart: ChartId, grant: &ListedGrant, list: &[ListedGrant], now: Moment) -> bool {
        let Some(under) = grant.disclosed_under else { return true };
        let is_above = |it: &ListedGrant| it.number == under && !it.is_over(now);
        // A record may be disclosed under a grant over its compartment.
        list.iter().any(is_above) || CompartmentGrants::<T>::get(chart, grant.compartment).grants.iter().any(is_above)
    }
}

/// Whether the terms let read, and reach no further than the grant above in scope, purpose and time.
fn is_within(above: &Grant, terms: &GrantTerms) -> bool {
    let covers = above.compartment == terms.scope.compartment()
        && match above.scope {
            Scope::Compartment(_) => true,
            Scope::Record(_) => above.scope == terms.scope.scope(),
        };
    let ends = above.interval.end.is_none_or(|end| terms.interval.end.is_some_and(|own| own <= end));
    covers
        && ends
        && terms.permissions == Permissions::of(&[Permission::Read])
        && terms.purposes.iter().all(|purpose| above.purposes.contains(purpose))
}
