// SPDX-License-Identifier: Apache-2.0

//! Compartments of charts, and their epochs.

use crate::{Charts, Compartments, Config, Epochs, Error, Event, Pallet};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::{
    audit::{Action, Subject},
    charts::{Chart, Compartment, CompartmentFlags, Epoch, MAX_COMPARTMENTS, MAX_EPOCHS},
    membership::Standing,
    traits, ChartId, CompartmentId, Digest,
};

impl<T: Config> traits::Compartments for Pallet<T> {
    fn compartment(chart: ChartId, compartment: CompartmentId) -> Option<Compartment> {
        Compartments::<T>::get(chart, compartment)
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_add_compartment(
        controller: &Standing,
        chart: ChartId,
        before: Chart,
        compartment: CompartmentId,
        flags: CompartmentFlags,
        profile: Digest,
        epoch: Epoch,
    ) -> DispatchResult {
        let compartments = before.compartments.checked_add(1).filter(|count| *count <= MAX_COMPARTMENTS);
        let compartments = compartments.ok_or(Error::<T>::TooManyCompartments)?;
        ensure!(compartment.0 == before.compartments, Error::<T>::NotNextCompartment);
        ensure!(epoch.link.is_none(), Error::<T>::InvalidLink);
        ensure!(epoch.public_key.is_acceptable(), Error::<T>::InvalidKey);

        Charts::<T>::insert(chart, Chart { compartments, ..before });
        Compartments::<T>::insert(chart, compartment, Compartment { flags, epoch: 0, profile });
        Epochs::<T>::insert((chart, compartment, 0), epoch);
        Self::log(controller, chart, Action::CompartmentAdded, Subject::Compartment(compartment, 0));
        Self::deposit_event(Event::CompartmentAdded { chart, compartment, flags });
        Ok(())
    }

    pub(crate) fn do_rotate_compartment(
        controller: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
        number: u32,
        epoch: Epoch,
    ) -> DispatchResult {
        let before = Compartments::<T>::get(chart, compartment).ok_or(Error::<T>::CompartmentNotFound)?;
        ensure!(before.epoch.checked_add(1) == Some(number), Error::<T>::InvalidEpoch);
        ensure!(number < MAX_EPOCHS, Error::<T>::TooManyEpochs);
        ensure!(epoch.link.is_some(), Error::<T>::InvalidLink);
        ensure!(epoch.public_key.is_acceptable(), Error::<T>::InvalidKey);
        let unchanged = Epochs::<T>::get((chart, compartment, before.epoch))
            .is_some_and(|current| current.public_key == epoch.public_key);
        ensure!(!unchanged, Error::<T>::KeyUnchanged);

        Compartments::<T>::insert(chart, compartment, Compartment { epoch: number, ..before });
        Epochs::<T>::insert((chart, compartment, number), epoch);
        Self::log(controller, chart, Action::CompartmentRotated, Subject::Compartment(compartment, number));
        Self::deposit_event(Event::CompartmentRotated { chart, compartment, epoch: number });
        Ok(())
    }
}
