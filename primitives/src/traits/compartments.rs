// SPDX-License-Identifier: Apache-2.0

//! The question about a compartment.

use crate::{charts::Compartment, ChartId, CompartmentId};

/// Looks up the compartments of charts.
pub trait Compartments {
    /// Returns the compartment of `chart` with this number, at its current epoch.
    fn compartment(chart: ChartId, compartment: CompartmentId) -> Option<Compartment>;
}

impl Compartments for () {
    fn compartment(_: ChartId, _: CompartmentId) -> Option<Compartment> {
        None
    }
}
