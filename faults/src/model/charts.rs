// SPDX-License-Identifier: Apache-2.0

//! Opening charts, and adding compartments.

use super::{
    chart::{empty_head, ChartState, Refused},
    clock::Now,
    people::Person,
    state::{Expected, Model},
};
use salus_primitives::{
    audit::{Action, Subject},
    charts::{Chart, Compartment, CompartmentFlags, Epoch, NumberedCompartment},
    membership::Role,
    ChartId, CompartmentId, Digest,
};
use std::collections::BTreeMap;

impl Model {
    /// Opens a chart for `me`.
    pub(super) fn open_chart(&mut self, me: Person, now: Now) -> Result<Expected, Refused> {
        if me.role != Role::Patient {
            return Err("only patients have charts");
        }
        let number = ChartId(u64::try_from(self.charts.len()).unwrap_or(u64::MAX));
        let chart = Chart { controller: me.member, opened_at: now.at, compartments: 0 };
        let mut state = ChartState {
            chart,
            compartments: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            records: BTreeMap::new(),
            versions: BTreeMap::new(),
            head: empty_head(number),
            entries: Vec::new(),
        };
        state.log(me, now, Action::ChartOpened, Subject::Chart(number), None, None);
        self.charts.insert(number, state);
        Ok(Expected::Nothing)
    }

    /// Adds the next compartment to a chart.
    #[expect(clippy::too_many_arguments, reason = "the call has as many")]
    pub(super) fn add_compartment(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: CompartmentId,
        flags: CompartmentFlags,
        profile: Digest,
        epoch: Epoch,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        if number.0 != state.chart.compartments || number.0 >= 16 {
            return Err("it is not the next compartment");
        }
        if epoch.link.is_some() {
            return Err("a first epoch has no link");
        }
        state.chart.compartments = state.chart.compartments.saturating_add(1);
        let compartment = Compartment { flags, epoch: 0, profile };
        state.compartments.push(NumberedCompartment { number, compartment, rotation_due: false });
        state.log(me, now, Action::CompartmentAdded, Subject::Compartment(number, 0), None, None);
        Ok(Expected::Nothing)
    }
}
