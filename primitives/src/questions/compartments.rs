// SPDX-License-Identifier: Apache-2.0

//! The question what a compartment is like.

use crate::{charts::Compartment, ChartId, CompartmentId};

/// Knows the compartments of charts.
pub trait Compartments {
    /// The compartment of `chart` with this number, at its current epoch.
    fn compartment(chart: ChartId, compartment: CompartmentId) -> Option<Compartment>;
}

impl Compartments for () {
    fn compartment(_: ChartId, _: CompartmentId) -> Option<Compartment> {
        None
    }
}
