// SPDX-License-Identifier: Apache-2.0

//! Facts that hold after every block.

use crate::{
    Charts, ChartsOf, CompartmentGrants, Compartments, Config, Epochs, Grants, GrantsTo, NextChart, OpenRequests,
    Pallet, RecordGrants, Requests,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::{
    access::{Permission, Purpose, Request, RequestState, Scope, MAX_COMPARTMENTS},
    GrantId,
};

impl<T: Config> Pallet<T> {
    /// Checks all of them.
    pub(crate) fn check_invariants() -> DispatchResult {
        Self::try_state_charts_are_indexed_by_controller()?;
        Self::try_state_compartments_and_epochs_have_no_gaps()?;
        Self::try_state_grants_are_sound()?;
        Self::try_state_grants_are_indexed_by_grantee()?;
        Self::try_state_live_grants_are_listed()?;
        Self::try_state_listed_grants_cover_their_list()?;
        Self::try_state_open_requests_are_indexed()
    }

    /// Charts are numbered below the next one, and stand exactly in the list of their controller.
    fn try_state_charts_are_indexed_by_controller() -> DispatchResult {
        for (chart, held) in Charts::<T>::iter() {
            ensure!(chart < NextChart::<T>::get(), "a chart has a number that is yet to be given");
            ensure!(ChartsOf::<T>::get(held.controller).contains(&chart), "a chart is not listed for its controller");
        }
        for (controller, charts) in ChartsOf::<T>::iter() {
            let distinct: BTreeSet<_> = charts.iter().collect();
            ensure!(distinct.len() == charts.len(), "a chart is listed twice for its controller");
            let controls = |chart| Charts::<T>::get(chart).is_some_and(|held| held.controller == controller);
            ensure!(charts.into_iter().all(controls), "a chart is listed for a member that does not control it");
        }
        Ok(())
    }

    /// A chart has the compartments `0..compartments`, each of which has the epochs `0..=epoch`; all but the first
    /// have a link.
    fn try_state_compartments_and_epochs_have_no_gaps() -> DispatchResult {
        for (chart, held) in Charts::<T>::iter() {
            ensure!(held.compartments <= MAX_COMPARTMENTS, "a chart has too many compartments");
            let stored = Compartments::<T>::iter_key_prefix(chart).count();
            ensure!(stored == usize::from(held.compartments), "a chart miscounts its compartments");
        }
        for (chart, number, compartment) in Compartments::<T>::iter() {
            let held = Charts::<T>::get(chart).ok_or("a compartment has no chart")?;
            ensure!(number.0 < held.compartments, "a compartment has a number that is yet to be given");
            let stored = Epochs::<T>::iter_prefix((chart, number)).count();
            ensure!(u32::try_from(stored) == Ok(compartment.epoch.saturating_add(1)), "epochs are miscounted");
        }
        for ((chart, number, epoch), stored) in Epochs::<T>::iter() {
            let compartment = Compartments::<T>::get(chart, number).ok_or("an epoch has no compartment")?;
            ensure!(epoch <= compartment.epoch, "an epoch is yet to begin");
            ensure!(stored.link.is_none() == (epoch == 0), "a link is missing, or leads nowhere");
            ensure!(stored.public_key.is_acceptable(), "an epoch has an unusable key");
        }
        Ok(())
    }

    /// Grants have terms that could be given, and were never in force before they were given.
    fn try_state_grants_are_sound() -> DispatchResult {
        for (chart, number, grant) in Grants::<T>::iter() {
            let held = Charts::<T>::get(chart).ok_or("a grant has no chart")?;
            ensure!(number < held.next_grant, "a grant has a number that is yet to be given");
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
        }
        Ok(())
    }

    /// Exactly the grants are indexed by their grantees.
    fn try_state_grants_are_indexed_by_grantee() -> DispatchResult {
        for (chart, number, grant) in Grants::<T>::iter() {
            ensure!(GrantsTo::<T>::contains_key(grant.grantee, (chart, number)), "a grant is not indexed");
        }
        for (grantee, (chart, number), ()) in GrantsTo::<T>::iter() {
            let grant = Grants::<T>::get(chart, number).ok_or("the index names no grant")?;
            ensure!(grant.grantee == grantee, "a grant is indexed for another grantee");
        }
        Ok(())
    }

    /// Every grant that is not over is in the list by which decisions find it.
    fn try_state_live_grants_are_listed() -> DispatchResult {
        let now = Self::now();
        for (chart, number, grant) in Grants::<T>::iter().filter(|(_, _, grant)| !grant.is_over(now)) {
            let listed = match grant.scope {
                Scope::Compartment(compartment) => CompartmentGrants::<T>::get(chart, compartment).contains(&number),
                Scope::Record(key) => RecordGrants::<T>::get(chart, key).contains(&number),
            };
            ensure!(listed, "a live grant is not listed");
        }
        Ok(())
    }

    /// Lists hold grants over what they are the list of, each once.
    fn try_state_listed_grants_cover_their_list() -> DispatchResult {
        let check = |chart, scope, list: &[GrantId]| {
            let distinct: BTreeSet<_> = list.iter().collect();
            ensure!(distinct.len() == list.len(), "a grant is listed twice");
            let covers = |number| Grants::<T>::get(chart, number).is_some_and(|grant| grant.scope == scope);
            ensure!(list.iter().all(covers), "a listed grant covers something else");
            DispatchResult::Ok(())
        };
        for (chart, compartment, list) in CompartmentGrants::<T>::iter() {
            check(chart, Scope::Compartment(compartment), &list)?;
        }
        for (chart, key, list) in RecordGrants::<T>::iter() {
            check(chart, Scope::Record(key), &list)?;
        }
        Ok(())
    }

    /// A request that waits for an answer is the one open request of its requester.
    fn try_state_open_requests_are_indexed() -> DispatchResult {
        let now = Self::now();
        for (chart, number, request) in Requests::<T>::iter() {
            let held = Charts::<T>::get(chart).ok_or("a request has no chart")?;
            ensure!(number < held.next_request, "a request has a number that is yet to be given");
            let indexed = OpenRequests::<T>::get(chart, request.requester) == Some(number);
            ensure!(indexed || !request.is_open(now), "an open request is not indexed");
        }
        for (chart, requester, number) in OpenRequests::<T>::iter() {
            let request = Requests::<T>::get(chart, number).ok_or("the index names no request")?;
            let waits = request.requester == requester && request.state == RequestState::Open;
            ensure!(waits, "the index names a request that is answered, or somebody else's");
        }
        Ok(())
    }
}
