// SPDX-License-Identifier: Apache-2.0

//! Opening records for a session, and reading under it.

use super::{
    chart::Refused,
    clock::{Now, HOUR},
    people::Person,
    state::{DenialRun, Expected, Model, Opening},
};
use salus_primitives::{
    access::{NumberedGrant, Permission, Purpose, Scope},
    audit::{Action, Reason, Subject},
    ChartId, MemberId, Moment, ReadingSessionId, RecordId,
};

/// The lifetime of a session, in milliseconds.
const SESSION: Moment = HOUR / 2;

impl Model {
    /// Decides on an opening, and logs the decision unless an earlier entry covers it.
    pub(super) fn open(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        session: ReadingSessionId,
    ) -> Result<Expected, Refused> {
        let decision = self.decide(me, chart, scope, Permission::Read, Some(purpose), now.at);
        let running = |(key, opening): &(ReadingSessionId, Opening)| {
            *key == session && opening.reader == me.member && opening.decision.is_ok() && now.at < opening.expires_at
        };
        if decision.is_ok() && self.openings.iter().any(running) {
            return Err("the session is under way already");
        }
        let same = |(_, opening): &&(ReadingSessionId, Opening)| {
            let of = (opening.reader, opening.chart, opening.scope, opening.purpose, opening.decision);
            of == (me.member, chart, scope, purpose, decision) && now.at < opening.expires_at
        };
        // While a session lasts, the reader's further equal openings add no log entry, and expire with it.
        let earlier =
            self.openings.iter().find(same).filter(|_| decision.is_ok()).map(|(_, opening)| opening.expires_at);
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        let subject = Subject::Scope(scope);
        match decision {
            Ok(_) if earlier.is_some() => (),
            Ok(basis) => {
                state.log(me, now, Action::ReadPermitted, subject, Some(purpose), Some(Reason::Basis(basis)));
            }
            Err(denial) => {
                let earlier = self.denials.get(&(chart, me.member)).cloned();
                let running = earlier.clone().filter(|run| now.at < run.since.saturating_add(HOUR));
                let next = match running {
                    Some(run) if run.purposes.contains(&purpose) => {
                        DenialRun { repeated: run.repeated.saturating_add(1), ..run }
                    }
                    running => {
                        if let Some(run) = earlier.filter(|run| run.repeated > 0) {
                            let of = Subject::Chart(chart);
                            state.log(me, now, Action::DenialsRepeated, of, None, Some(Reason::Count(run.repeated)));
                        }
                        state.log(me, now, Action::ReadDenied, subject, Some(purpose), Some(Reason::Denial(denial)));
                        let run = running.unwrap_or(DenialRun { since: now.at, repeated: 0, purposes: Vec::new() });
                        DenialRun { repeated: 0, purposes: [run.purposes, vec![purpose]].concat(), ..run }
                    }
                };
                self.denials.insert((chart, me.member), next);
            }
        }
        let expires_at = earlier.unwrap_or_else(|| now.at.saturating_add(SESSION));
        let opening = Opening { reader: me.member, chart, scope, purpose, block: now.block, expires_at, decision };
        self.openings.push((session, opening));
        Ok(Expected::Opening(decision))
    }

    /// Returns whether a gate had a reason to release this record to `reader` after some block in `from..=to`.
    ///
    /// The reason is a permitted opening under `session`, and a grant not revoked yet. The controller needs neither.
    pub fn might_read(
        &self,
        reader: MemberId,
        record: RecordId,
        session: Option<ReadingSessionId>,
        from: u32,
        to: u32,
    ) -> bool {
        let Some(state) = self.charts.get(&record.chart) else { return false };
        if state.chart.controller == reader {
            return true;
        }
        let Some(compartment) = state.records.get(&record.key).map(|record| record.compartment) else { return false };
        let scopes = [Scope::Compartment(compartment), Scope::Record(record.key)];
        let opened = |(key, opening): &(ReadingSessionId, Opening)| {
            Some(*key) == session
                && opening.reader == reader
                && opening.chart == record.chart
                && scopes.contains(&opening.scope)
                && opening.decision.is_ok()
                && opening.block <= to
        };
        let Some((_, opening)) = self.openings.iter().find(|opening| opened(opening)) else { return false };
        let Some(me) = self.people.values().find(|person| person.member == reader) else { return false };
        state.grants.iter().any(|NumberedGrant { number, grant }| {
            let place = (record.chart, *number);
            me.is_named_by(&grant.grantee)
                && scopes.contains(&grant.scope)
                && grant.permissions.contains(Permission::Read)
                && grant.purposes.contains(opening.purpose)
                && self.granted_in.get(&place).is_some_and(|block| *block <= to)
                && self.revoked_in.get(&place).is_none_or(|block| *block > from)
        })
    }
}
