// SPDX-License-Identifier: Apache-2.0

//! The memory of the model.

use super::{
    chart::{ChartState, Refused},
    people::Person,
};
use salus_primitives::{
    access::{Purpose, Scope},
    decision::{Basis, Denial},
    ChartId, GrantId, MemberId, Moment, ReadingSessionId, SigningKey,
};
use std::collections::BTreeMap;

/// An opening of records, as the model decided it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The reader.
    pub reader: MemberId,
    /// The chart.
    pub chart: ChartId,
    /// The compartment or the record.
    pub scope: Scope,
    /// The purpose.
    pub purpose: Purpose,
    /// The height of the block with the call.
    pub block: u32,
    /// The end of the session, in Unix milliseconds.
    pub expires_at: Moment,
    /// The basis of the permission, or the denial.
    pub decision: Result<Basis, Denial>,
}

/// Denials of one member in one chart within an hour.
#[derive(Clone, Debug)]
pub(super) struct DenialRun {
    /// The time of the first.
    pub(super) since: Moment,
    /// The number of denials without an entry, since the last one with an entry.
    pub(super) repeated: u32,
    /// The purposes that have an entry.
    pub(super) purposes: Vec<Purpose>,
}

/// The event that a call must deposit.
pub(super) enum Expected {
    /// None that the model compares.
    Nothing,
    /// The decision on an opening.
    Opening(Result<Basis, Denial>),
}

/// The state of all charts, computed from finalized transactions.
#[derive(Default)]
pub struct Model {
    /// The members who take part, by the account that signs for them.
    pub(super) people: BTreeMap<SigningKey, Person>,
    /// All charts.
    pub(super) charts: BTreeMap<ChartId, ChartState>,
    /// The denials of a member in a chart within an hour.
    pub(super) denials: BTreeMap<(ChartId, MemberId), DenialRun>,
    /// All openings, in order.
    pub(super) openings: Vec<(ReadingSessionId, Opening)>,
    /// The height at which each grant was revoked.
    pub(super) revoked_in: BTreeMap<(ChartId, GrantId), u32>,
    /// The height at which each grant was given.
    pub(super) granted_in: BTreeMap<(ChartId, GrantId), u32>,
    /// The number of applied transactions that concern charts.
    pub(super) transactions: usize,
}

impl Model {
    /// Returns a model with these members and without charts.
    pub fn new(people: impl IntoIterator<Item = Person>) -> Self {
        Self { people: people.into_iter().map(|person| (person.account, person)).collect(), ..Self::default() }
    }

    /// Returns all charts.
    pub fn charts(&self) -> &BTreeMap<ChartId, ChartState> {
        &self.charts
    }

    /// Returns the number of applied transactions that concern charts.
    pub fn transactions(&self) -> usize {
        self.transactions
    }

    /// Returns all openings, in order.
    pub fn openings(&self) -> &[(ReadingSessionId, Opening)] {
        &self.openings
    }

    /// Returns the chart if `me` controls it.
    pub(super) fn owned(&mut self, me: Person, chart: ChartId) -> Result<&mut ChartState, Refused> {
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        if state.chart.controller == me.member {
            Ok(state)
        } else {
            Err("the chart is another person's")
        }
    }
}
