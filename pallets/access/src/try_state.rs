// SPDX-License-Identifier: Apache-2.0

//! Facts that hold after every block.

use crate::{
    CompartmentGrants, Config, Grants, NewestGrantTo, NextGrant, NextRequest, OpenRequests, Pallet, RecordGrants,
    Requests,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::{
    access::{GrantRef, ListedGrant, Permission, Permissions, Purpose, Request, RequestState, Scope},
    traits::{Compartments as _, Controllers as _},
};

impl<T: Config> Pallet<T> {
    /// Checks all of them.
    pub(crate) fn do_try_state() -> DispatchResult {
        Self::try_state_grants_are_sound()?;
        Self::try_state_grants_are_linked_by_grantee()?;
        Self::try_state_live_grants_are_listed()?;
        Self::try_state_lists_say_what_grants_say()?;
        Self::try_state_open_requests_are_indexed()
    }

    /// Grants have terms that could be given, and were never in force before they were given.
    fn try_state_grants_are_sound() -> DispatchResult {
        for (chart, number, linked) in Grants::<T>::iter() {
            let grant = linked.grant;
            let compartment = T::Compartments::compartment(chart, grant.compartment);
            ensure!(compartment.is_some(), "a grant has no compartment");
            ensure!(number < NextGrant::<T>::get(chart), "a grant has a number that is yet to be given");
            ensure!(!grant.permissions.is_empty() && !grant.purposes.is_empty(), "a grant allows nothing");
            ensure!(!grant.purposes.contains(Purpose::Emergency), "a grant is for emergencies");
            ensure!(!grant.interval.is_empty(), "a grant has an empty interval");
            ensure!(grant.granted_at <= grant.interval.start, "a grant began before it was given");
            ensure!(grant.revoked_at.is_none_or(|at| grant.granted_at <= at), "a grant was revoked before given");
            let reads = grant.permissions.contains(Permission::Read);
            ensure!(grant.envelope.is_some() == reads, "exactly readers have envelopes");
            let request = grant.request.map(|request| Requests::<T>::get(chart, request));
            let approved =
                |request: Option<Request>| request.is_some_and(|request| request.state == RequestState::Approved);
            ensure!(request.is_none_or(approved), "a grant answers a request that was not approved");
            let Some(under) = grant.disclosed_under else { continue };
            let above = Grants::<T>::get(chart, under).ok_or("a grant was disclosed under none")?.grant;
            ensure!(above.permissions.contains(Permission::Disclose), "a grant was disclosed that cannot be");
            let ends = above.interval.end.is_none_or(|end| grant.interval.end.is_some_and(|own| own <= end));
            ensure!(ends && above.compartment == grant.compartment, "a disclosure reaches further than its grant");
            ensure!(grant.permissions == Permissions::of(&[Permission::Read]), "a disclosure lets do more than read");
        }
        Ok(())
    }

    /// From the newest grant of each grantee each leads to the one before, and all grants are on the way.
    fn try_state_grants_are_linked_by_grantee() -> DispatchResult {
        let mut on_the_way = 0usize;
        let all = Grants::<T>::iter_keys().count();
        for (grantee, newest) in NewestGrantTo::<T>::iter() {
            let mut next = Some(newest);
            while let Some(GrantRef { chart, number }) = next {
                let linked = Grants::<T>::get(chart, number).ok_or("the way leads to no grant")?;
                ensure!(linked.grant.grantee == grantee, "a grant is on the way to another grantee's");
                on_the_way = on_the_way.saturating_add(1);
                ensure!(on_the_way <= all, "grants lead to each other in a circle");
                next = linked.previous;
            }
        }
        ensure!(on_the_way == all, "a grant is not on the way from its grantee's newest");
        Ok(())
    }

    /// Every grant that is not over is in the list by which decisions find it.
    fn try_state_live_grants_are_listed() -> DispatchResult {
        let now = Self::now();
        for (chart, number, linked) in Grants::<T>::iter().filter(|(_, _, linked)| !linked.grant.is_over(now)) {
            let listed = match linked.grant.scope {
                Scope::Compartment(compartment) => CompartmentGrants::<T>::get(chart, compartment).contains(number),
                Scope::Record(key) => RecordGrants::<T>::get(chart, key).contains(number),
            };
            ensure!(listed, "a live grant is not listed");
        }
        Ok(())
    }

    /// Lists say the same of grants as the grants themselves, of each once, and hold only grants over their own scope.
    fn try_state_lists_say_what_grants_say() -> DispatchResult {
        let check = |chart, scope, list: &[ListedGrant]| {
            let distinct: BTreeSet<_> = list.iter().map(|listed| listed.number).collect();
            ensure!(distinct.len() == list.len(), "a grant is listed twice");
            for listed in list {
                let grant = Grants::<T>::get(chart, listed.number).ok_or("a listed grant does not exist")?.grant;
                ensure!(grant.scope == scope, "a listed grant covers something else");
                ensure!(grant.listed(listed.number) == *listed, "a list says something else than the grant");
            }
            DispatchResult::Ok(())
        };
        for (chart, compartment, list) in CompartmentGrants::<T>::iter() {
            check(chart, Scope::Compartment(compartment), &list.grants)?;
        }
        for (chart, key, list) in RecordGrants::<T>::iter() {
            check(chart, Scope::Record(key), &list.grants)?;
        }
        Ok(())
    }

    /// A request that waits for an answer is the one open request of its requester.
    fn try_state_open_requests_are_indexed() -> DispatchResult {
        let now = Self::now();
        for (chart, number, request) in Requests::<T>::iter() {
            ensure!(T::Controllers::controller(chart).is_some(), "a request has no chart");
            ensure!(number < NextRequest::<T>::get(chart), "a request has a number that is yet to be given");
            let indexed = OpenRequests::<T>::get(chart, request.requester) == Some(number);
            ensure!(indexed || !request.is_open(now), "an open request is not indexed");
        }
        for (chart, requester, number) in OpenRequests::<T>::iter() {
            let request = Requests::<T>::get(chart, number).ok_or("the index names no request")?;
            let waits = request.requester == requester && request.state == RequestState::Open;
            ensure!(waits, "the index names a request that is answered, or another member's");
        }
        Ok(())
    }
}
