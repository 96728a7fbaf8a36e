// SPDX-License-Identifier: Apache-2.0

//! Reading: open first, so that the log shows it, then have the gate release, then open what it released.

use super::{
    holders::Holders,
    resuming::{ResumedBlob, Wanted},
    AccessDenied, Agent, AgentError,
};
use crate::checked_blob::CheckedBlob;
use crate::sealed_files::{open, open_in_memory, open_metadata, open_to_file};
use crate::services::ServiceError;
use salus_chain::{
    events::{OpenDenied, RecordsOpened},
    At, Call,
};
use salus_gate::{
    protocol::{GateRefusal, KeyRequest, ReleaseRequest, ReleasedKey, UnsealRequest},
    BoxedBytes, Released,
};
use salus_primitives::{
    access::{Purpose, Scope},
    charts::Chart,
    decision::Basis,
    records::RecordState,
    ChartId, Digest, InstitutionId, Moment, ReadingSessionId, RecordId,
};
use salus_sealing::{
    blob::{Bindings, ContentKey, Metadata, OpenError},
    envelope::Recipient,
    secret::{random, Plaintext},
};
use salus_vault::object_id;
use std::{
    path::Path,
    sync::{Arc, PoisonError},
};
use tokio::io::AsyncWrite;

/// A session that was opened.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Opened {
    /// The session.
    pub session: ReadingSessionId,
    /// The chart.
    pub chart: ChartId,
    /// The scope that was opened.
    pub scope: Scope,
    /// For which purpose.
    pub purpose: Purpose,
    /// The basis of the permission.
    pub basis: Basis,
    /// From when on a new session is needed.
    pub expires_at: Moment,
    /// The transaction.
    pub transaction: Digest,
}

/// A record that was read. It holds content, so it has no `Debug`.
pub struct RecordContent {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The words of its sealed header.
    pub metadata: Metadata,
    /// The content.
    pub content: Plaintext,
    /// The institution whose vault gave it out.
    pub holder: InstitutionId,
}

/// A record that was read into a file.
pub struct FileContent {
    /// The version's number.
    pub version: u32,
    /// The words of its sealed header.
    pub metadata: Metadata,
    /// The institution whose vault gave it out.
    pub holder: InstitutionId,
}

/// A version that is being read: a way to its key is known, and vaults are asked for its blob.
pub(super) struct Reading {
    pub(super) wanted: Arc<Wanted>,
    key: ReleasedKey,
    key_holders: Holders,
    holders: Holders,
}

pub(super) type Blob<'a> = CheckedBlob<ResumedBlob<'a>>;

/// A version that was released, and the key that opens it.
pub(super) struct ReadableVersion<'a> {
    pub(super) blob: Blob<'a>,
    key: ContentKey,
    pub(super) holder: InstitutionId,
}

impl Agent {
    /// Opens records for reading. A denial is recorded as well.
    pub async fn open(&self, chart: ChartId, scope: Scope, purpose: Purpose) -> Result<Opened, AgentError> {
        let session = ReadingSessionId(random());
        let outcome = self.submit(&Call::open_records(chart, scope, purpose, session)).await?;
        let transaction = outcome.transaction;
        if let Some(RecordsOpened { basis, expires_at, .. }) = outcome.find()? {
            return Ok(Opened { session, chart, scope, purpose, basis, expires_at, transaction });
        }
        let OpenDenied { denial, .. } = outcome.event()?;
        Err(AccessDenied { denial }.into())
    }

    /// Reads a record into memory; the newest version when none is named. The chart's controller needs no session.
    pub async fn read(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
    ) -> Result<RecordContent, AgentError> {
        let mut reading = self.reading(record, version, session).await?;
        loop {
            let ReadableVersion { mut blob, key, holder } = self.release(&mut reading).await?;
            match open_in_memory(&mut blob, &reading.wanted.bindings, &key).await {
                Ok((metadata, content)) => {
                    let version = reading.wanted.bindings.version;
                    return Ok(RecordContent { record, version, metadata, content, holder });
                }
                Err(error) => self.try_another(&mut reading, blob, error).await?,
            }
        }
    }

    /// Reads a record, however large, into `target`, as it comes. After an error, what is there already has to be discarded.
    pub async fn read_into(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
        target: impl AsyncWrite + Unpin,
    ) -> Result<(u32, Metadata), AgentError> {
        let mut reading = self.reading(record, version, session).await?;
        let ReadableVersion { blob, key, .. } = self.release(&mut reading).await?;
        Ok((reading.wanted.bindings.version, open(blob, &reading.wanted.bindings, &key, target).await?))
    }

    /// The words of a record's sealed header. The whole blob is read, since its beginning alone proves nothing.
    pub async fn read_metadata(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
    ) -> Result<Metadata, AgentError> {
        let mut reading = self.reading(record, version, session).await?;
        loop {
            let ReadableVersion { mut blob, key, .. } = self.release(&mut reading).await?;
            let metadata = match open_metadata(&mut blob, &reading.wanted.bindings, &key).await {
                Ok(metadata) => {
                    let rest = tokio::io::copy(&mut blob, &mut tokio::io::sink()).await;
                    rest.map(|_| metadata).map_err(OpenError::Source)
                }
                Err(error) => Err(error),
            };
            match metadata {
                Ok(metadata) => return Ok(metadata),
                Err(error) => self.try_another(&mut reading, blob, error).await?,
            }
        }
    }

    /// Reads a record, however large, into a new file, which appears whole or not at all.
    pub async fn read_to_file(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
        path: &Path,
    ) -> Result<FileContent, AgentError> {
        let mut reading = self.reading(record, version, session).await?;
        loop {
            let ReadableVersion { mut blob, key, holder } = self.release(&mut reading).await?;
            match open_to_file(&mut blob, &reading.wanted.bindings, &key, path).await {
                Ok(metadata) => return Ok(FileContent { version: reading.wanted.bindings.version, metadata, holder }),
                Err(OpenError::Target(cause)) => return Err(AgentError::Unwritable { path: path.to_owned(), cause }),
                Err(error) => self.try_another(&mut reading, blob, error).await?,
            }
        }
    }

    /// Begins to read a version: the gate before the chart's home vault, or before a copy, gives the way to the content key.
    pub(super) async fn reading(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
    ) -> Result<Reading, AgentError> {
        let known = self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
        match known.state {
            RecordState::Refused => return Err(AgentError::NothingLeft(record)),
            RecordState::Shredded => return Err(AgentError::Shredded(record)),
            _ => {}
        }
        let newest = known.versions.saturating_sub(1);
        let version = version.unwrap_or(newest);
        if version > newest {
            return Err(AgentError::NoVersion { record, version, newest });
        }
        let home = self.home_of(&self.chart(record.chart).await?).await?;
        let not_before = self.not_before().await?;
        let request = ReleaseRequest { record, version, session, reader: self.id, not_before };
        let named = self.chain.version(At::Finalized, record, version).await?.ok_or(AgentError::NoRecord(record))?;
        let (genesis, compartment, epoch) = (self.genesis(), known.compartment, named.epoch);
        let bindings = Bindings { genesis, record, version, compartment, epoch };
        let (mut key_holders, holders) = (Holders::of(home), Holders::of(known.custodian));
        let wanted = Arc::new(Wanted { request, bindings, named });
        let key = self.key_path(&mut key_holders, &wanted).await?;
        Ok(Reading { wanted, key, key_holders, holders })
    }

    /// The way to the content key, from the next gate that gives one out.
    async fn key_path(&self, holders: &mut Holders, wanted: &Wanted) -> Result<ReleasedKey, AgentError> {
        loop {
            let holder = holders.next(self).await?;
            match self.key_path_from(holder, wanted).await {
                Ok(key) => return Ok(key),
                Err(error) => holders.failed(error)?,
            }
        }
    }

    /// The way to the content key, as one vault's gate gives it out, held against the chain.
    async fn key_path_from(&self, holder: InstitutionId, wanted: &Wanted) -> Result<ReleasedKey, AgentError> {
        let key = self.ask(holder, KeyRequest(wanted.request.clone())).await?;
        if key.bindings != wanted.bindings {
            return Err(AgentError::FalseAnswer("version"));
        }
        Ok(key)
    }

    /// The release of the gate before the custodian's vault, or before a copy. The answer is held against the chain.
    pub(super) async fn release(&self, reading: &mut Reading) -> Result<ReadableVersion<'_>, AgentError> {
        let (holder, released) = loop {
            let holder = reading.holders.next(self).await?;
            match self.release_from(holder, &reading.wanted).await {
                Ok(released) => break (holder, released),
                Err(error) => reading.holders.failed(error)?,
            }
        };
        let key = loop {
            match self.content_key(reading, released.key_envelope.as_deref()).await {
                Ok(key) => break key,
                Err(error) => self.try_another_key(reading, error).await?,
            }
        };
        let blob = self.resumed(holder, reading.wanted.clone(), released.blob);
        Ok(ReadableVersion { blob: CheckedBlob::new(blob, reading.wanted.named.content), key, holder })
    }

    /// After a version did not open: the next gate gives a way to the key, if the blob is the one that the chain names. Else the
    /// next vault gives a blob.
    pub(super) async fn try_another(
        &self,
        reading: &mut Reading,
        mut blob: Blob<'_>,
        error: OpenError,
    ) -> Result<(), AgentError> {
        let is_cut_off = matches!(error, OpenError::Source(_) | OpenError::Target(_));
        if is_cut_off || !blob.is_what_the_chain_names().await {
            return reading.holders.failed(error.into());
        }
        self.try_another_key(reading, error.into()).await?;
        reading.holders.again();
        Ok(())
    }

    /// After a key did not open what it should: the next gate gives a way to the key.
    async fn try_another_key(&self, reading: &mut Reading, error: AgentError) -> Result<(), AgentError> {
        let by_a_false_way = matches!(
            error,
            AgentError::Envelope(_) | AgentError::Open(_) | AgentError::Gate(GateRefusal::NotSealedHere)
        );
        if !by_a_false_way {
            return Err(error);
        }
        reading.key_holders.failed(error)?;
        reading.key = self.key_path(&mut reading.key_holders, &reading.wanted).await?;
        Ok(())
    }

    async fn release_from(&self, holder: InstitutionId, wanted: &Wanted) -> Result<Released<BoxedBytes>, AgentError> {
        let released = self.ask(holder, wanted.request.clone()).await?;
        wanted.check(&released)?;
        let envelope = released.key_envelope.as_deref();
        if envelope.is_some_and(|envelope| object_id(envelope) != wanted.named.key_envelope) {
            return Err(AgentError::FalseAnswer("key envelope"));
        }
        Ok(released)
    }

    /// The content key, at the end of the way that a gate gave out.
    async fn content_key(&self, reading: &Reading, key_envelope: Option<&[u8]>) -> Result<ContentKey, AgentError> {
        let Reading { wanted, key, .. } = reading;
        match key.path.recipient() {
            Recipient::Institution(institution) => {
                self.unsealed(institution, &wanted.request, key, key_envelope.map(<[u8]>::to_vec)).await
            }
            _ => Ok(key.open(key_envelope, self.identity.encryption())?),
        }
    }

    /// The content key of a version that was granted to this member's institution, from the service that holds its key.
    async fn unsealed(
        &self,
        institution: InstitutionId,
        release: &ReleaseRequest,
        key: &ReleasedKey,
        key_envelope: Option<Vec<u8>>,
    ) -> Result<ContentKey, AgentError> {
        let request = UnsealRequest { release: release.clone(), path: key.path.clone(), key_envelope };
        let unsealed = match self.ask_only(institution, request).await {
            Err(ServiceError::NoAddress(_) | ServiceError::Refused(GateRefusal::CannotUnseal)) => {
                return Err(AgentError::SealedToInstitution(institution));
            }
            unsealed => unsealed?,
        };
        let own = Recipient::Member(self.id);
        let Bindings { genesis, record, version, .. } = key.bindings;
        Ok(ContentKey::open_from(&unsealed.envelope, own, self.identity.encryption(), genesis, record, version)?)
    }

    /// The finalized block that a gate's node has to know: one that has all that this member did.
    ///
    /// It stays the same until the next transaction. A gate whose node is always a block behind would else refuse each request.
    pub(super) async fn not_before(&self) -> Result<Option<u32>, AgentError> {
        let known = *self.known_block.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return Ok(known);
        }
        let head = u32::try_from(self.chain.head(At::Finalized).await?.number).ok();
        *self.known_block.lock().unwrap_or_else(PoisonError::into_inner) = head;
        Ok(head)
    }

    /// The content key of a record's newest version, for the chart's controller, or for a reader in `session`.
    pub(super) async fn newest_content_key(
        &self,
        found: &Chart,
        record: RecordId,
        session: Option<ReadingSessionId>,
    ) -> Result<(ContentKey, u32), AgentError> {
        if found.controller != self.id && session.is_none() {
            return Err(AgentError::NotController(record.chart));
        }
        let mut reading = self.reading(record, None, session).await?;
        let ReadableVersion { key, .. } = self.release(&mut reading).await?;
        Ok((key, reading.wanted.bindings.version))
    }
}
