// SPDX-License-Identifier: Apache-2.0

//! New envelopes for the readers that remain after a rotation.

use crate::{CompartmentGrants, Config, Error, Event, Grants, Pallet};
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::ConstU32, BoundedVec};
use salus_primitives::{
    access::{GrantEnvelope, Permission, Scope, SealedKey, MAX_READERS},
    audit::{Action, Reason, Subject},
    membership::Standing,
    traits::Compartments as _,
    ChartId, CompartmentId,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_renew_envelopes(
        controller: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
        epoch: u32,
        envelopes: BoundedVec<SealedKey, ConstU32<MAX_READERS>>,
    ) -> DispatchResult {
        let current = T::Compartments::compartment(chart, compartment).ok_or(Error::<T>::CompartmentNotFound)?;
        ensure!(current.epoch == epoch, Error::<T>::InvalidEpoch);
        ensure!(!envelopes.is_empty(), Error::<T>::NoEnvelopes);
        let mut list = CompartmentGrants::<T>::get(chart, compartment);
        let mut renewed = BTreeSet::new();
        for SealedKey { grant: number, envelope } in envelopes {
            ensure!(renewed.insert(number), Error::<T>::DuplicateEnvelope);
            let mut linked = Grants::<T>::get(chart, number).ok_or(Error::<T>::GrantNotFound)?;
            let grant = &mut linked.grant;
            let is_reader =
                grant.scope == Scope::Compartment(compartment) && grant.permissions.contains(Permission::Read);
            ensure!(is_reader, Error::<T>::NotReader);
            Self::ensure_not_over(grant)?;
            let is_upheld = Self::is_upheld(chart, &grant.listed(number), &list.grants, Self::now());
            ensure!(is_upheld, Error::<T>::DisclosureOver);
            ensure!(Self::has_standing(grant.grantee, Self::now()), Error::<T>::GranteeNotActive);
            grant.envelope = Some(GrantEnvelope { hash: envelope, edition: epoch });
            list.replace(grant.listed(number));
            Grants::<T>::insert(chart, number, linked);
        }

        CompartmentGrants::<T>::insert(chart, compartment, list);
        let count = u32::try_from(renewed.len()).unwrap_or(MAX_READERS);
        Self::log(controller, chart, Action::EnvelopesRenewed, Subject::Compartment(compartment, epoch), |event| {
            event.because(Reason::Count(count))
        });
        Self::deposit_event(Event::EnvelopesRenewed { chart, compartment, epoch, count });
        Ok(())
    }
}
