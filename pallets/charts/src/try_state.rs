// SPDX-License-Identifier: Apache-2.0

//! Facts that hold after every block.

use crate::{Charts, ChartsOf, Compartments, Config, Epochs, NextChart, Pallet};
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::charts::{MAX_COMPARTMENTS, MAX_EPOCHS};

impl<T: Config> Pallet<T> {
    /// Checks all of them.
    pub(crate) fn check_invariants() -> DispatchResult {
        Self::try_state_charts_are_indexed_by_controller()?;
        Self::try_state_compartments_and_epochs_have_no_gaps()
    }

    /// Charts are numbered below the next one, and stand exactly in the list of their controller.
    fn try_state_charts_are_indexed_by_controller() -> DispatchResult {
        for (number, chart) in Charts::<T>::iter() {
            ensure!(number < NextChart::<T>::get(), "a chart has a number that is yet to be given");
            ensure!(ChartsOf::<T>::get(chart.controller).contains(&number), "a chart is not listed for its controller");
        }
        for (controller, charts) in ChartsOf::<T>::iter() {
            let distinct: BTreeSet<_> = charts.iter().collect();
            ensure!(distinct.len() == charts.len(), "a chart is listed twice for its controller");
            let controls = |chart| Charts::<T>::get(chart).is_some_and(|chart| chart.controller == controller);
            ensure!(charts.into_iter().all(controls), "a chart is listed for a member that does not control it");
        }
        Ok(())
    }

    /// A chart has the compartments `0..compartments`, each of which has the epochs `0..=epoch`, as many as
    /// there may be; all but the first have a link.
    fn try_state_compartments_and_epochs_have_no_gaps() -> DispatchResult {
        for (number, chart) in Charts::<T>::iter() {
            ensure!(chart.compartments <= MAX_COMPARTMENTS, "a chart has too many compartments");
            let stored = Compartments::<T>::iter_key_prefix(number).count();
            ensure!(stored == usize::from(chart.compartments), "a chart miscounts its compartments");
        }
        for (chart, number, compartment) in Compartments::<T>::iter() {
            let of = Charts::<T>::get(chart).ok_or("a compartment has no chart")?;
            ensure!(number.0 < of.compartments, "a compartment has a number that is yet to be given");
            let stored = Epochs::<T>::iter_prefix((chart, number)).count();
            ensure!(u32::try_from(stored) == Ok(compartment.epoch.saturating_add(1)), "epochs are miscounted");
            ensure!(compartment.epoch < MAX_EPOCHS, "a compartment has too many epochs");
        }
        for ((chart, number, epoch), stored) in Epochs::<T>::iter() {
            let compartment = Compartments::<T>::get(chart, number).ok_or("an epoch has no compartment")?;
            ensure!(epoch <= compartment.epoch, "an epoch is yet to begin");
            ensure!(stored.link.is_none() == (epoch == 0), "a link is missing, or leads nowhere");
            ensure!(stored.public_key.is_acceptable(), "an epoch has an unusable key");
        }
        Ok(())
    }
}
