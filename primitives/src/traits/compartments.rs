// SPDX-License-Identifier: Apache-2.0

//! The question about a compartment.

use crate::{charts::Compartment, ChartId, CompartmentId};
use alloc::collections::BTreeSet;

/// Looks up the compartments of charts.
pub trait Compartments {
    /// Returns the compartment of `chart` with this number, at its current epoch.
    fn compartment(chart: ChartId, compartment: CompartmentId) -> Option<Compartment>;

    /// Whether one consent may cover all of these: a sensitive compartment is consented to alone (S4-09, PIPA Art. 23).
    fn may_share_consent(chart: ChartId, compartments: &BTreeSet<CompartmentId>) -> bool {
        let is_sensitive = |id: &CompartmentId| Self::compartment(chart, *id).is_some_and(|it| it.flags.sensitive);
        compartments.len() < 2 || !compartments.iter().any(is_sensitive)
    }
}

impl Compartments for () {
    fn compartment(_: ChartId, _: CompartmentId) -> Option<Compartment> {
        None
    }
}
