// SPDX-License-Identifier: Apache-2.0

//! Which session a record is read in: none, one that runs, or a new one, and what a new one covers.

use super::{Agent, AgentError};
use salus_chain::At;
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    decision::{Ask, Basis, Decision},
    ChartId, CompartmentId, Digest, MemberId, Moment, ReadingSessionId, RecordId,
};
use serde::{Deserialize, Serialize};

/// A session that was opened and can be used again until it expires.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunningSession {
    /// The chain.
    pub genesis: Digest,
    /// Who reads.
    pub reader: MemberId,
    /// The chart.
    pub chart: ChartId,
    /// The scope that was opened.
    pub scope: Scope,
    /// For which purpose.
    pub purpose: Purpose,
    /// Its name.
    pub session: ReadingSessionId,
    /// From when on a new one is needed.
    pub expires_at: Moment,
}

impl RunningSession {
    /// Whether it still runs at `now`, covers the record in its compartment, and is for the purpose, if one is named.
    fn fits(&self, now: Moment, record: RecordId, compartment: CompartmentId, purpose: Option<Purpose>) -> bool {
        now < self.expires_at
            && self.chart == record.chart
            && (self.scope == Scope::Record(record.key) || self.scope == Scope::Compartment(compartment))
            && purpose.is_none_or(|purpose| purpose == self.purpose)
    }
}

/// The session in which a record is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadingSession {
    /// The chart's controller reads without one.
    NotNeeded,
    /// One that was opened before.
    Running(ReadingSessionId),
    /// One that was opened now, to be remembered.
    Opened(RunningSession),
}

impl ReadingSession {
    /// The session's name, if there is one.
    pub fn key(&self) -> Option<ReadingSessionId> {
        match self {
            Self::NotNeeded => None,
            Self::Running(session) => Some(*session),
            Self::Opened(session) => Some(session.session),
        }
    }
}

impl Agent {
    /// The session in which to read `record`: none for the chart's controller, one of `remembered` that fits, or a new one
    /// for `purpose`.
    pub async fn session_for(
        &self,
        record: RecordId,
        purpose: Option<Purpose>,
        remembered: &[RunningSession],
    ) -> Result<ReadingSession, AgentError> {
        if self.chart(record.chart).await?.controller == self.id {
            return Ok(ReadingSession::NotNeeded);
        }
        let compartment =
            self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?.compartment;
        let now = self.chain.now(At::Finalized).await?;
        let own = |session: &&RunningSession| session.genesis == self.genesis() && session.reader == self.id;
        let mut own = remembered.iter().filter(own);
        if let Some(running) = own.find(|session| session.fits(now, record, compartment, purpose)) {
            return Ok(ReadingSession::Running(running.session));
        }
        let purpose = purpose.ok_or(AgentError::NoSession(record))?;
        let scope = self.scope_to_open(record, purpose).await?;
        let opened = self.open(record.chart, scope, purpose).await?;
        Ok(ReadingSession::Opened(RunningSession {
            genesis: self.genesis(),
            reader: self.id,
            chart: record.chart,
            scope,
            purpose,
            session: opened.session,
            expires_at: opened.expires_at,
        }))
    }

    /// Whether the member may read the record as things stand, and on which basis. Asking is not logged.
    pub async fn may_read(&self, record: RecordId, purpose: Option<Purpose>) -> Result<Decision, AgentError> {
        let now = self.chain.now(At::Best).await?;
        let ask =
            Ask { permission: Permission::Read, scope: Scope::Record(record.key), purpose, at: now, version: None };
        Ok(self.chain.explain_access(At::Best, self.id, record.chart, ask).await?.decision)
    }

    /// The scope that a grant covers is opened at once; where none covers the record, as little as possible is asked for.
    async fn scope_to_open(&self, record: RecordId, purpose: Purpose) -> Result<Scope, AgentError> {
        let only = Scope::Record(record.key);
        let Decision::Permitted(Basis::Grant(id)) = self.may_read(record, Some(purpose)).await? else {
            return Ok(only);
        };
        let grants = self.chain.grants(At::Best, record.chart).await?;
        Ok(grants.into_iter().find(|it| it.number == id).map_or(only, |it| it.grant.scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::RecordKey;

    const NOW: Moment = 1_000;
    const CHART: ChartId = ChartId(1);
    const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([2; 16]) };
    const COMPARTMENT: CompartmentId = CompartmentId(3);

    fn session(scope: Scope) -> RunningSession {
        RunningSession {
            genesis: Digest([1; 32]),
            reader: MemberId(4),
            chart: CHART,
            scope,
            purpose: Purpose::Treatment,
            session: ReadingSessionId([5; 16]),
            expires_at: NOW + 1,
        }
    }

    #[test]
    fn a_session_is_used_again_for_what_it_covers_until_it_expires() {
        for scope in [Scope::Compartment(COMPARTMENT), Scope::Record(RECORD.key)] {
            let session = session(scope);
            assert!(session.fits(NOW, RECORD, COMPARTMENT, None));
            assert!(session.fits(NOW, RECORD, COMPARTMENT, Some(Purpose::Treatment)));
            assert!(!session.fits(NOW, RECORD, COMPARTMENT, Some(Purpose::Research)));
            assert!(!session.fits(NOW + 1, RECORD, COMPARTMENT, None));
            let elsewhere = RecordId { chart: ChartId(9), ..RECORD };
            assert!(!session.fits(NOW, elsewhere, COMPARTMENT, None));
        }
        for scope in [Scope::Compartment(CompartmentId(9)), Scope::Record(RecordKey([9; 16]))] {
            assert!(!session(scope).fits(NOW, RECORD, COMPARTMENT, None));
        }
    }
}
