// SPDX-License-Identifier: Apache-2.0

//! Reading: open first, so that the log shows it, then have the gate release, then open what it released.

use super::{AccessDenied, Agent, AgentError};
use crate::checked_blob::CheckedBlob;
use crate::sealed_files::{open, open_in_memory, open_metadata, open_to_file};
use salus_chain::{
    events::{OpenDenied, RecordsOpened},
    At, Call,
};
use salus_gate::{
    protocol::{KeyRequest, ReleaseRequest},
    BoxedBytes, ReleasedBlob,
};
use salus_primitives::{
    access::{Purpose, Scope},
    charts::Chart,
    decision::Basis,
    ChartId, Digest, Moment, ReadingSessionId, RecordId,
};
use salus_sealing::{
    blob::{Bindings, ContentKey, Metadata, OpenError},
    envelope::Recipient,
    secret::{random, Plaintext},
};
use salus_vault::object_id;
use std::path::Path;
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
}

/// A version that was released, and the key that opens it.
struct ReadableVersion {
    version: u32,
    bindings: Bindings,
    blob: CheckedBlob<ReleasedBlob<BoxedBytes>>,
    key: ContentKey,
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
        let ReadableVersion { version, bindings, blob, key } = self.release(record, version, session).await?;
        let (metadata, content) = open_in_memory(blob, &bindings, &key).await?;
        Ok(RecordContent { record, version, metadata, content })
    }

    /// Reads a record, however large, into `target`, as it comes. After an error, what is there already has to be discarded.
    pub async fn read_into(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
        target: impl AsyncWrite + Unpin,
    ) -> Result<(u32, Metadata), AgentError> {
        let ReadableVersion { version, bindings, blob, key } = self.release(record, version, session).await?;
        Ok((version, open(blob, &bindings, &key, target).await?))
    }

    /// The words of a record's sealed header. The whole blob is read, since its beginning alone proves nothing.
    pub async fn read_metadata(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
    ) -> Result<Metadata, AgentError> {
        let ReadableVersion { bindings, mut blob, key, .. } = self.release(record, version, session).await?;
        let metadata = open_metadata(&mut blob, &bindings, &key).await?;
        tokio::io::copy(&mut blob, &mut tokio::io::sink()).await.map_err(OpenError::Source)?;
        Ok(metadata)
    }

    /// Reads a record, however large, into a new file, which appears whole or not at all.
    pub async fn read_to_file(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
        path: &Path,
    ) -> Result<(u32, Metadata), AgentError> {
        let ReadableVersion { version, bindings, blob, key } = self.release(record, version, session).await?;
        let metadata = open_to_file(blob, &bindings, &key, path).await.map_err(|error| match error {
            OpenError::Target(cause) => AgentError::Unwritable { path: path.to_owned(), cause },
            error => error.into(),
        })?;
        Ok((version, metadata))
    }

    /// The release of the gate before the custodian's vault, and the content key: the gate before the chart's home vault
    /// gives out the way to it. Both answers are held against the chain.
    async fn release(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
    ) -> Result<ReadableVersion, AgentError> {
        let known = self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
        let newest = known.versions.saturating_sub(1);
        let version = version.unwrap_or(newest);
        if version > newest {
            return Err(AgentError::NoVersion { record, version, newest });
        }
        let home = self.home_of(&self.chart(record.chart).await?).await?;
        let not_before = self.not_before().await?;
        let request = ReleaseRequest { record, version, session, reader: self.id, not_before };
        let key = self.ask(home, KeyRequest(request.clone())).await?;
        if let Recipient::Institution(institution) = key.path.recipient() {
            return Err(AgentError::SealedToInstitution(institution));
        }
        let released = self.ask(known.custodian, request).await?;
        let named = self.chain.version(At::Finalized, record, version).await?.ok_or(AgentError::NoRecord(record))?;
        let (genesis, compartment, epoch) = (self.genesis(), known.compartment, named.epoch);
        let bindings = Bindings { genesis, record, version, compartment, epoch };
        if key.bindings != bindings || released.bindings != bindings || released.content != named.content {
            return Err(AgentError::FalseAnswer("version"));
        }
        if released.key_envelope.as_deref().is_some_and(|envelope| object_id(envelope) != named.key_envelope) {
            return Err(AgentError::FalseAnswer("key envelope"));
        }
        let key = key.open(released.key_envelope.as_deref(), self.identity.encryption())?;
        let blob = CheckedBlob::new(released.blob, named.content);
        Ok(ReadableVersion { version, bindings, blob, key })
    }

    /// The block that a gate has to have come to: what this member's own node knows as final, the gate's node knows as well.
    pub(super) async fn not_before(&self) -> Result<Option<u32>, AgentError> {
        let head = self.chain.head(At::Finalized).await?;
        Ok(u32::try_from(head.number).ok())
    }

    /// The content key of a record's newest version, for the chart's controller.
    pub(super) async fn newest_content_key(
        &self,
        found: &Chart,
        record: RecordId,
    ) -> Result<(ContentKey, u32), AgentError> {
        if found.controller != self.id {
            return Err(AgentError::NotController(record.chart));
        }
        let ReadableVersion { version, key, .. } = self.release(record, None, None).await?;
        Ok((key, version))
    }
}
