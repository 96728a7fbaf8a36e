// SPDX-License-Identifier: Apache-2.0

//! Notes: what comes with a grant, a request or an answer, in words.
//!
//! A note is sealed to whom it is for; the chain holds the hash of the sealed bytes as the reason. So what the patient
//! was shown, and agreed to, is bound to the grant (S4-07). A note to a grantee also names the compartment: who may
//! write but not read holds no secret that would open its profile.

use super::{holders::Holders, plain_text, storing::ForVault, Agent, AgentError};
use salus_chain::At;
use salus_gate::protocol::{GateRefusal, NoteOf, NoteRequest};
use salus_primitives::{
    access::{Grantee, Scope},
    audit::{LogId, Reason},
    charts::Chart,
    ChartId, CompartmentId, Digest, EncryptionKey, MemberId,
};
use salus_sealing::{
    compartment::Profile,
    envelope::{open_reason, seal_reason, EnvelopeError, Recipient},
};
use salus_vault::object_id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its text.
    pub text: String,
    /// The compartment that a grant is about, and what it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compartment: Option<(CompartmentId, Profile)>,
}

impl Agent {
    /// Seals a note to `member`, and puts it into the chart's home vault.
    pub(super) async fn put_note(&self, chart: ChartId, member: MemberId, text: &str) -> Result<Digest, AgentError> {
        let (found, key) = (self.chart(chart).await?, self.member_of(member).await?.encryption_key);
        let mut objects = ForVault::of_chart(chart);
        let id = objects.add(self.seal_note(chart, Recipient::Member(member), &key, text, None)?);
        self.store_at_home(&found, objects).await?;
        Ok(id)
    }

    /// The same, if there is anything to say.
    pub(super) async fn put_note_if_any(
        &self,
        chart: ChartId,
        member: MemberId,
        text: Option<&str>,
    ) -> Result<Option<Digest>, AgentError> {
        match text {
            Some(text) => Ok(Some(self.put_note(chart, member, text).await?)),
            None => Ok(None),
        }
    }

    /// Seals a note to `recipient`, whose key is `key`.
    pub(super) fn seal_note(
        &self,
        chart: ChartId,
        recipient: Recipient,
        key: &EncryptionKey,
        text: &str,
        compartment: Option<(CompartmentId, Profile)>,
    ) -> Result<Vec<u8>, AgentError> {
        plain_text::lines("reason", text)?;
        let note = Note { text: text.to_owned(), compartment };
        let json = serde_json::to_string(&note).map_err(|_| AgentError::NoteTooLong)?;
        seal_reason(&json, recipient, key, self.genesis(), chart).map_err(|error| match error {
            EnvelopeError::TooLong => AgentError::NoteTooLong,
            error => error.into(),
        })
    }

    /// The note that came with a grant, a request or an entry of the log, if it is for this member and still there.
    pub async fn note(&self, chart: ChartId, of: NoteOf) -> Result<Option<Note>, AgentError> {
        let found = self.chart(chart).await?;
        let reason = match of {
            NoteOf::Grant(id) => {
                let grants = self.chain.grants(At::Finalized, chart).await?;
                grants.into_iter().find(|it| it.number == id).ok_or(AgentError::NoGrant(id))?.grant.reason
            }
            NoteOf::Request(id) => {
                let requests = self.chain.requests(At::Finalized, chart).await?;
                requests.into_iter().find(|it| it.number == id).ok_or(AgentError::NoRequest(id))?.request.reason
            }
            NoteOf::Entry(place) => {
                let entries = self.chain.log_from(At::Finalized, LogId::Chart(chart), place).await?;
                entries.first().filter(|entry| entry.sequence == place).and_then(|entry| match entry.reason {
                    Some(Reason::Text(reason)) => Some(reason),
                    _ => None,
                })
            }
        };
        match reason {
            Some(reason) => self.note_in(chart, &found, of, &reason).await,
            None => Ok(None),
        }
    }

    /// The note whose sealed bytes hash to `reason`. Each reader of the chain can seal to this member, so a note that opens is
    /// not yet the one that the chain names.
    async fn note_in(
        &self,
        chart: ChartId,
        found: &Chart,
        of: NoteOf,
        reason: &Digest,
    ) -> Result<Option<Note>, AgentError> {
        let request = NoteRequest { chart, of, reader: self.id };
        let mut holders = Holders::of(self.home_of(found).await?);
        let sealed = loop {
            let failed = match holders.next(self).await {
                Ok(holder) => match self.ask(holder, request.clone()).await {
                    Ok(released) if object_id(&released.sealed) == *reason => break released.sealed,
                    Ok(_) => holders.failed(AgentError::FalseAnswer("note")),
                    Err(error) => holders.failed(error.into()),
                },
                Err(error) => Err(error),
            };
            match failed {
                Err(AgentError::Gate(GateRefusal::NotFound | GateRefusal::NotForYou | GateRefusal::Missing(_))) => {
                    return Ok(None);
                }
                failed => failed?,
            }
        };
        let own = Recipient::Member(self.id);
        let json = open_reason(&sealed, own, self.identity.encryption(), self.genesis(), chart);
        Ok(json.ok().and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Profiles of compartments, from the notes that came with this member's grants.
    pub(super) async fn compartment_names_in_notes(
        &self,
        chart: ChartId,
        found: &Chart,
    ) -> Result<BTreeMap<CompartmentId, Profile>, AgentError> {
        let mut names = BTreeMap::new();
        for (number, grant) in self.own_grants(chart, Grantee::Member(self.id)).await? {
            let (Scope::Compartment(_), Some(reason)) = (grant.scope, grant.reason) else { continue };
            if let Some(Note { compartment: Some((number, profile)), .. }) =
                self.note_in(chart, found, NoteOf::Grant(number), &reason).await?
            {
                names.insert(number, profile);
            }
        }
        Ok(names)
    }
}
