// SPDX-License-Identifier: Apache-2.0

//! Giving out notes: what came with a grant or a request, in words, sealed to whom it is for.

use salus_primitives::audit::{Action, Entry, Reason, Subject};
use salus_primitives::decision::Denial;
use salus_primitives::records::RecordState;
use salus_primitives::{ChartId, MemberId};
use salus_sealing::envelope::{is_envelope, MAX_ENVELOPE, MAX_KEY_ENVELOPE};

use super::error::GateError;
use super::release_gate::ReleaseGate;
use super::store::Store;
use super::view::{ChainView, Head};
use crate::protocol::{GateRefusal, NoteOf, NoteRequest, ReleasedNote, Signed};

impl<C: ChainView, S: Store> ReleaseGate<C, S> {
    /// The note that `signed` asks for, if the asker is the chart's controller, or the member who got the grant, made the
    /// request for access, is asked to correct the record, or wrote the one that the controller wants shredded.
    ///
    /// It stays readable after the end of the grant: it says what was agreed, and opens no record.
    pub async fn release_note(&self, signed: &Signed<NoteRequest>) -> Result<ReleasedNote, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let NoteRequest { chart, of, reader } = *signed.request();
        let finalized = &moment.finalized;
        let (party, note) = match of {
            NoteOf::Grant(id) => {
                let grant = self.ask(self.chain.grant(finalized, chart, id)).await?.ok_or(GateRefusal::NotFound)?;
                (grant.grantee.member(), grant.reason)
            }
            NoteOf::Request(id) => {
                let asked = self.ask(self.chain.request(finalized, chart, id)).await?.ok_or(GateRefusal::NotFound)?;
                (Some(asked.requester), asked.reason)
            }
            NoteOf::Entry(place) => {
                let entry = self.ask(self.chain.entry(finalized, chart, place)).await?.ok_or(GateRefusal::NotFound)?;
                let reason = match entry.reason {
                    Some(Reason::Text(reason)) => Some(reason),
                    _ => None,
                };
                // It may lie there for a while, but the chain names it no more.
                if self.is_shredded(finalized, &entry).await? {
                    return Err(GateRefusal::Denied(Denial::Shredded).into());
                }
                (self.concerned(finalized, chart, &entry).await?, reason)
            }
        };
        if party != Some(reader) {
            let chart = self.ask(self.chain.chart(finalized, chart)).await?.ok_or(GateRefusal::NotFound)?;
            if chart.controller != reader {
                return Err(GateRefusal::NotForYou.into());
            }
        }
        let note = note.ok_or(GateRefusal::NotFound)?;
        self.use_up(signed, &moment)?;
        // Who makes a grant or request chooses the hash in it, which could be that of a blob or of an envelope with a key.
        let sealed = self.object(&note, MAX_ENVELOPE).await?;
        if sealed.len() <= MAX_KEY_ENVELOPE || !is_envelope(&sealed) {
            return Err(GateRefusal::Corrupted(note).into());
        }
        Ok(ReleasedNote { sealed })
    }

    /// Whether the entry is about a record that was shredded. The reasons of its shredding stay.
    async fn is_shredded(&self, at: &Head, entry: &Entry) -> Result<bool, GateError<C::Error>> {
        let (Subject::Record(id, _) | Subject::Statement(id, _)) = entry.subject else { return Ok(false) };
        let record = self.ask(self.chain.record(at, id)).await?;
        Ok(record.is_some_and(|it| it.state == RecordState::Shredded) && !entry.action.is_of_shredding())
    }

    /// The member whom an entry concerns: the requester where it is about a request, the grantee where it is about a grant, the
    /// author where the controller asks for a correction or for a shredding, or answers about a staged record.
    async fn concerned(
        &self,
        at: &Head,
        chart: ChartId,
        entry: &Entry,
    ) -> Result<Option<MemberId>, GateError<C::Error>> {
        Ok(match entry.subject {
            Subject::Request(id) => self.ask(self.chain.request(at, chart, id)).await?.map(|asked| asked.requester),
            Subject::Grant(id) => {
                self.ask(self.chain.grant(at, chart, id)).await?.and_then(|grant| grant.grantee.member())
            }
            Subject::Record(id, _)
                if matches!(
                    entry.action,
                    Action::CorrectionRequested
                        | Action::RecordAccepted
                        | Action::RecordRefused
                        | Action::ShreddingRequested
                ) =>
            {
                self.ask(self.chain.record(at, id)).await?.map(|record| record.author)
            }
            _ => None,
        })
    }
}
