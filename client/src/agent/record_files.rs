// SPDX-License-Identifier: Apache-2.0

//! Records in files of their own, sealed as they are: the record format of S4-16.

use super::{reading::ReadableVersion, Agent, AgentError};
use crate::sealed_files::copy_to_file;
use codec::Encode;
use salus_chain::{At, Chain};
use salus_content::record_file::{group_key, patient_code, RecordHead};
use salus_primitives::{
    records::RecordState, ChartId, CompartmentId, Digest, InstitutionId, ReadingSessionId, RecordId,
};
use salus_sealing::blob::{Bindings, Header, OpenError};
use std::path::Path;

/// A record file that was written.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct WrittenRecordFile {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The record's state.
    pub state: RecordState,
    /// Content id: SHA-256 of the sealed blob.
    pub content: Digest,
    /// Length of the sealed blob, in bytes.
    pub size: u64,
    /// The institution whose vault gave it out.
    pub holder: InstitutionId,
}

/// A statement of a record file that differs from the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordFileFault {
    /// Its blob belongs to another network.
    OtherNetwork,
    /// The chain has no such record, or no such version of it.
    NoVersion,
    /// The chain names another content id or length for the version.
    OtherContent,
    /// The blob's compartment or epoch is another one, or the group key is not its key's fingerprint.
    OtherGroup,
    /// The record has another state by now.
    OtherState,
}

impl RecordFileFault {
    /// The fault in words, as a sentence fragment.
    pub fn text(self) -> &'static str {
        match self {
            Self::OtherNetwork => "its sealed data belong to another network",
            Self::NoVersion => "the chain has no such version of the record",
            Self::OtherContent => "the chain names other sealed data for this version",
            Self::OtherGroup => "its Patient Group Key is not that of the record's compartment",
            Self::OtherState => "the record has another state by now",
        }
    }
}

impl Agent {
    /// Writes a version of a record, sealed as it is, into the new file `path`; the newest when none is named.
    ///
    /// A gate gives it out as for reading: after an opening, unless the member is the chart's controller. The file appears
    /// whole or not at all.
    pub async fn write_record_file(
        &self,
        record: RecordId,
        version: Option<u32>,
        session: Option<ReadingSessionId>,
        path: &Path,
    ) -> Result<WrittenRecordFile, AgentError> {
        let state = self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?.state;
        let mut reading = self.reading(record, version, session).await?;
        let Bindings { version, compartment, epoch, .. } = reading.wanted.bindings;
        let (content, size) = (reading.wanted.named.content, reading.wanted.named.size);
        let group_key = key_of_group(&self.chain, record.chart, compartment, epoch).await?;
        let patient_code = patient_code(&self.patient_salt(record.chart), &self.genesis(), record.chart);
        let head = RecordHead { state, patient_code, group_key, hash: content.into(), result_length: size }.encode();
        loop {
            let ReadableVersion { mut blob, holder, .. } = self.release(&mut reading).await?;
            match copy_to_file(&head, &mut blob, path).await {
                Ok(()) => return Ok(WrittenRecordFile { record, version, state, content, size, holder }),
                Err(OpenError::Target(cause)) => return Err(AgentError::Unwritable { path: path.to_owned(), cause }),
                Err(error) => self.try_another(&mut reading, blob, error).await?,
            }
        }
    }

    /// The secret with which this member makes patient codes of a chart.
    fn patient_salt(&self, chart: ChartId) -> zeroize::Zeroizing<[u8; 32]> {
        let info = (b"salus/record-file/1", self.genesis(), chart).encode();
        self.identity.encryption().derived_secret(&info)
    }
}

/// Holds a record file against the chain, of which `blob` is the sealed blob's own header. Returns the first fault.
///
/// The patient code is left out: only the member who wrote the file can compute it.
pub async fn compare_record_file(
    chain: &Chain,
    head: &RecordHead,
    blob: &Header,
) -> Result<Option<RecordFileFault>, AgentError> {
    let Bindings { genesis, record, version, compartment, epoch } = blob.bindings;
    if genesis != chain.genesis() {
        return Ok(Some(RecordFileFault::OtherNetwork));
    }
    let known = chain.record(At::Finalized, record).await?;
    let named = chain.version(At::Finalized, record, version).await?;
    let (Some(known), Some(named)) = (known, named) else { return Ok(Some(RecordFileFault::NoVersion)) };
    if head.check(&named.content).is_err() || head.result_length != named.size {
        return Ok(Some(RecordFileFault::OtherContent));
    }
    let is_there = (known.compartment, named.epoch) == (compartment, epoch);
    if !is_there || head.group_key != key_of_group(chain, record.chart, compartment, epoch).await? {
        return Ok(Some(RecordFileFault::OtherGroup));
    }
    Ok((head.state != known.state).then_some(RecordFileFault::OtherState))
}

/// The fingerprint of a compartment's public key in one epoch.
async fn key_of_group(
    chain: &Chain,
    chart: ChartId,
    compartment: CompartmentId,
    epoch: u32,
) -> Result<Digest, AgentError> {
    let epochs = chain.epochs(At::Finalized, chart, compartment).await?;
    let found = epochs.into_iter().find(|known| known.number == epoch);
    let found = found.ok_or_else(|| AgentError::NoCompartment(compartment.to_string()))?;
    Ok(group_key(&found.epoch.public_key.key))
}
