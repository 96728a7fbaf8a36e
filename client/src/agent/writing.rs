// SPDX-License-Identifier: Apache-2.0

//! Adding records and versions: seal, store, register, in this order (S3-08).

use super::{plain_text, storing::ForVault, Agent, AgentError};
use crate::sealed_files::seal;
use salus_chain::{At, Call, Outcome};
use salus_primitives::{
    access::{Scope, SealedKey},
    charts::NumberedEpoch,
    records::{NewRecord, NewVersion, RecordGrantEnvelopes},
    ChartId, CompartmentId, Digest, InstitutionId, RecordId, RecordKey,
};
use salus_sealing::{
    blob::{Bindings, ContentKey, Metadata},
    envelope::Recipient,
    secret::random,
};
use std::path::PathBuf;
use tokio::io::AsyncRead;

/// Content that is to be sealed.
pub enum Content {
    /// A file, however large.
    File(PathBuf),
    /// Bytes in memory.
    Bytes(Vec<u8>),
}

/// A record, or a version, that was added.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Written {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// Content id: SHA-256 of the sealed blob.
    pub content: Digest,
    /// Length of the sealed blob, in bytes.
    pub size: u64,
    /// The transaction that registered it.
    pub transaction: Digest,
}

impl Agent {
    /// Adds a record to a compartment. Without a key, one is chosen by chance.
    pub async fn create(
        &self,
        chart: ChartId,
        compartment: CompartmentId,
        content: Content,
        metadata: &Metadata,
        key: Option<RecordKey>,
    ) -> Result<Written, AgentError> {
        let record = RecordId { chart, key: key.unwrap_or_else(|| RecordKey(random())) };
        let custodian = self.own_institution().await?;
        let epoch = self.newest_epoch(At::Best, chart, compartment).await?;
        let sealed = self.seal_in(record, 0, compartment, &epoch, content, metadata).await?;
        let version = sealed.version;
        self.store(custodian, vec![sealed.objects]).await?;
        let new = NewRecord { key: record.key, compartment, version: version.clone() };
        let outcome = self.submit(&Call::create_medical_record(chart, custodian, &new)).await?;
        Ok(written(record, 0, &version, &outcome))
    }

    /// Adds a version to a record.
    pub async fn amend(&self, record: RecordId, content: Content, metadata: &Metadata) -> Result<Written, AgentError> {
        let known = self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
        let (number, compartment, custodian) = (known.versions, known.compartment, known.custodian);
        let (call, version) = self.amendment(record, number, compartment, custodian, content, metadata).await?;
        let outcome = self.submit(&call).await?;
        Ok(written(record, number, &version, &outcome))
    }

    /// Seals the version `number` of a record of this compartment and custodian. The call that it returns registers it.
    pub(super) async fn amendment(
        &self,
        record: RecordId,
        number: u32,
        compartment: CompartmentId,
        custodian: InstitutionId,
        content: Content,
        metadata: &Metadata,
    ) -> Result<(Call, NewVersion), AgentError> {
        let chart = self.chart(record.chart).await?;
        let epoch = self.newest_epoch(At::Best, record.chart, compartment).await?;
        let SealedVersion { version, key: content_key, objects } =
            self.seal_in(record, number, compartment, &epoch, content, metadata).await?;
        self.store(custodian, vec![objects]).await?;
        let (mut envelopes, mut at_home) =
            (Vec::new(), ForVault::of_record(record.chart, Scope::Record(record.key), record.key));
        for reader in self.chain.readers(At::Best, record.chart, Scope::Record(record.key)).await? {
            let key = self.encryption_key_of(reader.grantee).await?;
            let recipient = Recipient::from(reader.grantee);
            let envelope = content_key.seal_to(recipient, &key, self.genesis(), record, number)?;
            envelopes.push(SealedKey { grant: reader.grant, envelope: at_home.add(envelope) });
        }
        if !envelopes.is_empty() {
            self.store_at_home(&chart, at_home).await?;
        }
        let envelopes = RecordGrantEnvelopes::try_from(envelopes).map_err(|_| AgentError::TooManyRecordGrants)?;
        Ok((Call::amend_record(record, number, &version, &envelopes), version))
    }

    /// The epoch in which new versions are sealed.
    pub(super) async fn newest_epoch(
        &self,
        at: At,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<NumberedEpoch, AgentError> {
        let epochs = self.chain.epochs(at, chart, compartment).await?;
        epochs.into_iter().next_back().ok_or_else(|| AgentError::NoCompartment(compartment.to_string()))
    }

    /// Seals content for a version in an epoch, and its content key to the compartment.
    pub(super) async fn seal_in(
        &self,
        record: RecordId,
        number: u32,
        compartment: CompartmentId,
        NumberedEpoch { number: epoch, epoch: keys }: &NumberedEpoch,
        content: Content,
        metadata: &Metadata,
    ) -> Result<SealedVersion, AgentError> {
        plain_text::metadata(metadata)?;
        let bindings = Bindings { genesis: self.genesis(), record, version: number, compartment, epoch: *epoch };
        let content_key = ContentKey::generate();
        let (source, length): (Box<dyn AsyncRead + Unpin + Send>, u64) = match content {
            Content::File(path) => {
                let unreadable = |cause| AgentError::Unreadable { path: path.clone(), cause };
                // A pipe or a device has no length to announce, and opening one may never end.
                if !tokio::fs::metadata(&path).await.map_err(unreadable)?.is_file() {
                    return Err(unreadable(std::io::Error::other("not a regular file")));
                }
                let file = tokio::fs::File::open(&path).await.map_err(unreadable)?;
                let length = file.metadata().await.map_err(unreadable)?.len();
                (Box::new(file), length)
            }
            Content::Bytes(bytes) => {
                let length = bytes.len() as u64;
                (Box::new(std::io::Cursor::new(bytes)), length)
            }
        };
        let blob = seal(source, length, metadata, &bindings, &content_key).await?;
        let recipient = self.place(record.chart, compartment).recipient(*epoch);
        let envelope = content_key.seal_to(recipient, &keys.public_key, self.genesis(), record, number)?;
        // A member may add to a compartment, and amend a record.
        let scope = if number == 0 { Scope::Compartment(compartment) } else { Scope::Record(record.key) };
        let mut objects = ForVault::of_record(record.chart, scope, record.key);
        let (size, content, key_envelope) = (blob.size(), objects.add(blob), objects.add(envelope));
        let version = NewVersion { content, key_envelope, epoch: *epoch, size };
        Ok(SealedVersion { version, key: content_key, objects })
    }
}

/// A version that is sealed, and is nowhere else yet.
pub(super) struct SealedVersion {
    /// The version as the chain is told of it.
    pub(super) version: NewVersion,
    /// Its content key.
    pub(super) key: ContentKey,
    /// The blob, and the key's envelope.
    pub(super) objects: ForVault,
}

fn written(record: RecordId, number: u32, version: &NewVersion, outcome: &Outcome) -> Written {
    Written { record, version: number, content: version.content, size: version.size, transaction: outcome.transaction }
}
