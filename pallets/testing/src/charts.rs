// SPDX-License-Identifier: Apache-2.0

//! Charts and compartments, which tests set.

use crate::digest;
use core::cell::RefCell;
use salus_primitives::{
    charts::{Compartment, CompartmentFlags},
    traits::{Compartments, Controllers},
    ChartId, CompartmentId, MemberId,
};
use std::collections::BTreeMap;

thread_local! {
    static CHARTS: RefCell<BTreeMap<ChartId, (MemberId, Vec<Compartment>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// The charts of a mock runtime.
pub struct Charts;

impl Charts {
    /// Forgets every chart.
    pub fn clear() {
        CHARTS.with_borrow_mut(BTreeMap::clear);
    }

    /// How many charts there are.
    pub fn count() -> u64 {
        CHARTS.with_borrow(|charts| u64::try_from(charts.len()).expect("fits"))
    }

    /// Adds or changes a chart; its compartments have these flags and the epoch zero.
    pub fn set(chart: ChartId, controller: MemberId, compartments: &[CompartmentFlags]) {
        let compartments = compartments.iter().map(|flags| Compartment { flags: *flags, epoch: 0, profile: digest(1) });
        CHARTS.with_borrow_mut(|charts| charts.insert(chart, (controller, compartments.collect())));
    }

    /// Sets the flags of a compartment.
    pub fn set_flags(chart: ChartId, compartment: CompartmentId, flags: CompartmentFlags) {
        CHARTS.with_borrow_mut(|charts| {
            charts.get_mut(&chart).expect("a chart").1[usize::from(compartment.0)].flags = flags;
        });
    }

    /// Sets the epoch of a compartment.
    pub fn set_epoch(chart: ChartId, compartment: CompartmentId, epoch: u32) {
        CHARTS.with_borrow_mut(|charts| {
            charts.get_mut(&chart).expect("a chart").1[usize::from(compartment.0)].epoch = epoch;
        });
    }
}

impl Controllers for Charts {
    fn controller(chart: ChartId) -> Option<MemberId> {
        CHARTS.with_borrow(|charts| charts.get(&chart).map(|(controller, _)| *controller))
    }
}

impl Compartments for Charts {
    fn compartment(chart: ChartId, compartment: CompartmentId) -> Option<Compartment> {
        CHARTS.with_borrow(|charts| charts.get(&chart)?.1.get(usize::from(compartment.0)).cloned())
    }
}
