// SPDX-License-Identifier: Apache-2.0

//! Values that only this pallet stores.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, PartialEqNoBound};
use salus_primitives::{
    access::{Grant, GrantRef, ListedGrant},
    GrantId, Moment,
};
use scale_info::TypeInfo;

/// A grant, and the way to the one before.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct LinkedGrant {
    /// The grant.
    pub grant: Grant,
    /// The grant to the same grantee before this one, in whichever chart.
    pub previous: Option<GrantRef>,
}

/// The reason why a list takes no further grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Full {
    /// Live grants have all places.
    OfAll,
    /// Disclosed grants have as many places as they may.
    OfDisclosed,
}

/// The grants over one scope that may still matter, in the order of their numbers.
#[derive(CloneNoBound, PartialEqNoBound, DebugNoBound, DefaultNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(skip_type_params(Bound))]
pub struct ScopeGrants<Bound: Get<u32>> {
    /// The grants.
    pub grants: BoundedVec<ListedGrant, Bound>,
    /// The newest edition whose key is held by the grantee of a grant that is over and was taken off the list.
    pub newest_dropped: Option<u32>,
}

impl<Bound: Get<u32>> ScopeGrants<Bound> {
    /// Adds a grant. A full list first drops grants that are over at `now`; if there are none, the call fails. Disclosed grants
    /// take half of the places at most.
    pub(crate) fn add(&mut self, grant: ListedGrant, now: Moment) -> Result<(), Full> {
        let is_disclosed = |grant: &&ListedGrant| grant.disclosed_under.is_some() && !grant.is_over(now);
        let disclosed = self.grants.iter().filter(is_disclosed).count();
        if grant.disclosed_under.is_some() && disclosed >= Bound::get().div_ceil(2) as usize {
            return Err(Full::OfDisclosed);
        }
        if self.grants.is_full() {
            let dropped = self.grants.iter().filter(|grant| grant.is_over(now)).filter_map(|grant| grant.edition).max();
            self.newest_dropped = self.newest_dropped.max(dropped);
            self.grants.retain(|grant| !grant.is_over(now));
        }
        self.grants.try_push(grant).map_err(|_| Full::OfAll)
    }

    /// Replaces the entry of a grant, if the grant is in the list.
    pub(crate) fn replace(&mut self, grant: ListedGrant) {
        if let Some(listed) = self.grants.iter_mut().find(|listed| listed.number == grant.number) {
            *listed = grant;
        }
    }

    /// Whether the grant with this number is in the list.
    pub fn contains(&self, number: GrantId) -> bool {
        self.grants.iter().any(|grant| grant.number == number)
    }
}
