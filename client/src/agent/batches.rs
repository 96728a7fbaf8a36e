// SPDX-License-Identifier: Apache-2.0

//! Many records at once: sealed side by side, registered batch after batch, several batches on their way at a time.

use super::{
    import_memory::{ImportMemory, Remembered},
    writing::Content,
    Agent, AgentError,
};
use futures::{stream, StreamExt, TryStreamExt};
use salus_chain::{At, Call};
use salus_primitives::{
    records::{NewRecord, MAX_BATCH},
    ChartId, CompartmentId, InstitutionId, RecordId, RecordKey,
};
use salus_sealing::blob::Metadata;
use std::collections::{BTreeMap, VecDeque};

/// Records that are sealed side by side: it is the disk that takes time.
const SIDE_BY_SIDE: usize = 16;

/// A record that is to be added, with its first version.
pub(super) struct Addition<'a> {
    /// The record's key.
    pub(super) key: RecordKey,
    /// Where it belongs.
    pub(super) compartment: CompartmentId,
    /// The words of its sealed header.
    pub(super) metadata: Metadata,
    /// Its content.
    pub(super) content: &'a [u8],
    /// The memory of it that is to be kept.
    pub(super) remembered: Remembered,
}

impl Agent {
    /// Seals and registers new records of a chart. `done` is told how many records more are registered and final.
    ///
    /// It stops at the first batch that fails. Batches that were sent before that one stay.
    pub(super) async fn add_all(
        &self,
        chart: ChartId,
        custodian: InstitutionId,
        additions: &[Addition<'_>],
        memory: &mut dyn ImportMemory,
        done: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), AgentError> {
        let mut epochs = BTreeMap::new();
        for addition in additions {
            let compartment = addition.compartment;
            if let std::collections::btree_map::Entry::Vacant(place) = epochs.entry(compartment) {
                place.insert(self.newest_epoch(At::Best, chart, compartment).await?);
            }
        }
        let vault = self.vaults.of(custodian).await?;
        let (mut pipeline, mut sizes) = (self.chain.pipeline(self.identity.transaction()), VecDeque::new());
        for batch in additions.chunks(MAX_BATCH as usize) {
            let sealed = batch.iter().map(|addition| {
                let Addition { key, compartment, ref metadata, content, .. } = *addition;
                let (epochs, vault) = (&epochs, &vault);
                async move {
                    let epoch = epochs.get(&compartment).ok_or(AgentError::NoSecret(compartment))?;
                    let (record, content) = (RecordId { chart, key }, Content::Bytes(content.to_vec()));
                    let (version, _) = self.seal_in(vault, record, 0, compartment, epoch, content, metadata).await?;
                    Ok::<_, AgentError>(NewRecord { key, compartment, version })
                }
            });
            let records: Vec<_> = stream::iter(sealed).buffered(SIDE_BY_SIDE).try_collect().await?;
            let prints = batch.iter().map(|addition| addition.remembered);
            let prints: Vec<_> = records.iter().map(|record| record.version.content).zip(prints).collect();
            // Before the transaction: an import that is cut off afterwards can be compared all the same.
            memory.remember(&prints).map_err(AgentError::Memory)?;
            sizes.push_back(batch.len());
            let settled = pipeline.send(&Call::create_medical_records(chart, custodian, &records)).await?;
            sizes.drain(..settled.len().min(sizes.len())).for_each(&mut *done);
        }
        pipeline.finish().await?;
        sizes.into_iter().for_each(done);
        Ok(())
    }
}
