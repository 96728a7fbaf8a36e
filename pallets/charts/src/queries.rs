// SPDX-License-Identifier: Apache-2.0

//! Read-only queries behind the runtime API.

use crate::{Charts, ChartsOf, Compartments, Config, Epochs, Pallet};
use alloc::vec::Vec;
use salus_primitives::{
    api::MAX_PAGE,
    charts::{Chart, Compartment, NumberedEpoch},
    ChartId, CompartmentId, MemberId,
};

impl<T: Config> Pallet<T> {
    /// Returns the chart.
    pub fn chart(chart: ChartId) -> Option<Chart> {
        Charts::<T>::get(chart)
    }

    /// Returns the charts that `controller` controls.
    pub fn charts_of(controller: MemberId) -> Vec<ChartId> {
        ChartsOf::<T>::get(controller).into_inner()
    }

    /// Returns the chart's compartments, in order.
    pub fn compartments(chart: ChartId) -> Vec<(CompartmentId, Compartment)> {
        let count = Charts::<T>::get(chart).map_or(0, |chart| chart.compartments);
        let compartment = |number| Some((number, Compartments::<T>::get(chart, number)?));
        (0..count).map(CompartmentId).filter_map(compartment).collect()
    }

    /// Returns the compartment's epochs from `from` on.
    pub fn epochs(chart: ChartId, compartment: CompartmentId, from: u32, limit: u32) -> Vec<NumberedEpoch> {
        let numbered = |number| Some(NumberedEpoch { number, epoch: Epochs::<T>::get((chart, compartment, number))? });
        (from..from.saturating_add(limit.min(MAX_PAGE))).map_while(numbered).collect()
    }
}
