// SPDX-License-Identifier: Apache-2.0

//! Many records at once: sealed side by side, registered batch after batch, several batches on their way at a time.

use super::{
    import_memory::{ImportMemory, Remembered},
    writing::{Content, SealedVersion},
    Agent, AgentError,
};
use futures::{stream, FutureExt, StreamExt, TryStreamExt};
use salus_chain::{At, Call, Pipeline};
use salus_primitives::{
    charts::NumberedEpoch,
    records::{NewRecord, MAX_BATCH},
    ChartId, CompartmentId, InstitutionId, RecordId, RecordKey,
};
use salus_sealing::blob::Metadata;
use std::{collections::BTreeMap, future::Future};

/// Records that are sealed side by side.
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
    /// It stops at the first batch that fails. Batches that were sent before that one may stay: it waits for them, and
    /// tells `done` of those that became final.
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
        let pipeline = self.chain.pipeline(self.identity.transaction());
        let mut register = ChainRegister { agent: self, chart, custodian, epochs, pipeline };
        add_batches(&mut register, additions, memory, done).await
    }
}

/// The place where batches become records.
trait Register {
    /// Seals the versions of a batch and stores them.
    fn seal(&mut self, batch: &[Addition<'_>]) -> impl Future<Output = Result<Vec<NewRecord>, AgentError>> + Send;

    /// Sends a batch without waiting until it is final.
    fn send(&mut self, records: &[NewRecord]) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// The batches that became final since the last time, by their numbers from 0 on.
    fn take_final(&mut self) -> Vec<usize>;

    /// Waits for all batches that were sent.
    fn finish(&mut self) -> impl Future<Output = Result<(), AgentError>> + Send;
}

/// Registers batches on the chain.
struct ChainRegister<'a> {
    agent: &'a Agent,
    chart: ChartId,
    custodian: InstitutionId,
    epochs: BTreeMap<CompartmentId, NumberedEpoch>,
    pipeline: Pipeline<'a>,
}

impl Register for ChainRegister<'_> {
    async fn seal(&mut self, batch: &[Addition<'_>]) -> Result<Vec<NewRecord>, AgentError> {
        let (agent, chart, epochs) = (self.agent, self.chart, &self.epochs);
        let sealed: Vec<_> = batch
            .iter()
            .map(|addition| {
                let Addition { key, compartment, ref metadata, content, .. } = *addition;
                async move {
                    let epoch = epochs.get(&compartment).ok_or(AgentError::NoSecret(compartment))?;
                    let (record, content) = (RecordId { chart, key }, Content::Bytes(content.to_vec()));
                    let SealedVersion { version, objects, .. } =
                        agent.seal_in(record, 0, compartment, epoch, content, metadata).await?;
                    Ok::<_, AgentError>((NewRecord { key, compartment, version }, objects))
                }
                .boxed()
            })
            .collect();
        let sealed: Vec<_> = stream::iter(sealed).buffered(SIDE_BY_SIDE).try_collect().await?;
        let (records, objects) = sealed.into_iter().unzip();
        agent.store(self.custodian, objects).await?;
        Ok(records)
    }

    async fn send(&mut self, records: &[NewRecord]) -> Result<(), AgentError> {
        let call = Call::create_medical_records(self.chart, self.custodian, records);
        Ok(self.pipeline.send(&call).await?)
    }

    fn take_final(&mut self) -> Vec<usize> {
        self.pipeline.take_final().into_iter().map(|(number, _)| number).collect()
    }

    async fn finish(&mut self) -> Result<(), AgentError> {
        Ok(self.pipeline.finish().await?)
    }
}

async fn add_batches(
    register: &mut impl Register,
    additions: &[Addition<'_>],
    memory: &mut dyn ImportMemory,
    done: &mut (dyn FnMut(usize) + Send),
) -> Result<(), AgentError> {
    let batches: Vec<_> = additions.chunks(MAX_BATCH as usize).collect();
    let size = |number: usize| batches.get(number).map_or(0, |batch| batch.len());
    let mut sent = Ok(());
    for batch in &batches {
        sent = add_batch(register, batch, memory).await;
        register.take_final().into_iter().map(size).for_each(&mut *done);
        if sent.is_err() {
            break;
        }
    }
    let finished = register.finish().await;
    register.take_final().into_iter().map(size).for_each(done);
    sent.and(finished)
}

async fn add_batch(
    register: &mut impl Register,
    batch: &[Addition<'_>],
    memory: &mut dyn ImportMemory,
) -> Result<(), AgentError> {
    let records = register.seal(batch).await?;
    let prints = batch.iter().map(|addition| addition.remembered);
    let prints: Vec<_> = records.iter().map(|record| record.version.content).zip(prints).collect();
    // Before the transaction: an import that is cut off afterwards can be compared all the same.
    memory.remember(&prints).map_err(AgentError::Memory)?;
    register.send(&records).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{records::NewVersion, Digest};

    /// Registers batches in memory. Every batch becomes final once `LAG` more are sent.
    #[derive(Default)]
    struct FakeRegister {
        fails: Option<usize>,
        /// How many batches must be sent before the failure is known.
        known_at: usize,
        sealed: usize,
        sent: Vec<Vec<RecordKey>>,
        told: usize,
        finished: bool,
    }

    const LAG: usize = 2;

    impl FakeRegister {
        fn failure(&self) -> Result<(), AgentError> {
            match self.fails {
                Some(_) => Err(AgentError::ImportedMeanwhile),
                None => Ok(()),
            }
        }
    }

    impl Register for FakeRegister {
        async fn seal(&mut self, batch: &[Addition<'_>]) -> Result<Vec<NewRecord>, AgentError> {
            self.sealed += batch.len();
            let record = |addition: &Addition<'_>| {
                let content = Digest([addition.key.0[0]; 32]);
                let version = NewVersion { content, key_envelope: Digest([0; 32]), epoch: 0, size: 1 };
                NewRecord { key: addition.key, compartment: addition.compartment, version }
            };
            Ok(batch.iter().map(record).collect())
        }

        async fn send(&mut self, records: &[NewRecord]) -> Result<(), AgentError> {
            if self.fails.is_some() && self.sent.len() >= self.known_at {
                return self.failure();
            }
            self.sent.push(records.iter().map(|record| record.key).collect());
            Ok(())
        }

        fn take_final(&mut self) -> Vec<usize> {
            let lag = if self.finished { 0 } else { LAG };
            let until = self.sent.len().saturating_sub(lag);
            let from = self.told;
            self.told = until.max(from);
            (from..until).filter(|number| Some(*number) != self.fails).collect()
        }

        async fn finish(&mut self) -> Result<(), AgentError> {
            self.finished = true;
            self.failure()
        }
    }

    /// Remembers how many versions it was told of.
    #[derive(Default)]
    struct Counter(usize);

    impl ImportMemory for Counter {
        fn recall(&self, _: &Digest) -> Option<Remembered> {
            None
        }

        fn remember(&mut self, versions: &[(Digest, Remembered)]) -> std::io::Result<()> {
            self.0 += versions.len();
            Ok(())
        }

        fn forget(&mut self, _: &[Digest]) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn additions(count: usize) -> Vec<Addition<'static>> {
        let addition = |number: usize| Addition {
            key: RecordKey((number as u128).to_be_bytes()),
            compartment: CompartmentId(0),
            metadata: Metadata::default(),
            content: b"content",
            remembered: Remembered { fingerprint: Digest([0; 32]), updated: None },
        };
        (0..count).map(addition).collect()
    }

    /// Adds records, and returns the outcome, what `done` was told, and how many versions are remembered.
    fn add(register: &mut FakeRegister, count: usize) -> (Result<(), AgentError>, Vec<usize>, usize) {
        let (mut memory, mut told) = (Counter::default(), Vec::new());
        let additions = additions(count);
        let mut done = |records| told.push(records);
        let outcome = add_batches(register, &additions, &mut memory, &mut done).now_or_never();
        (outcome.unwrap(), told, memory.0)
    }

    #[test]
    fn batches_are_sent_in_order_and_counted_when_they_are_final() {
        let mut register = FakeRegister::default();
        let (outcome, told, remembered) = add(&mut register, 150);
        assert!(outcome.is_ok());
        assert_eq!(register.sent.concat(), additions(150).iter().map(|it| it.key).collect::<Vec<_>>());
        assert_eq!((told, remembered), (vec![64, 64, 22], 150));
    }

    #[test]
    fn nothing_is_sent_for_an_empty_import() {
        let mut register = FakeRegister::default();
        let (outcome, told, remembered) = add(&mut register, 0);
        assert!(outcome.is_ok() && register.sent.is_empty() && told.is_empty() && remembered == 0);
    }

    #[test]
    fn a_failing_batch_stops_those_after_it_and_what_is_final_is_told() {
        // The second batch fails, which is known once the fourth is sent.
        let mut register = FakeRegister { fails: Some(1), known_at: 4, ..FakeRegister::default() };
        let (outcome, told, remembered) = add(&mut register, 10 * 64);
        assert!(matches!(outcome, Err(AgentError::ImportedMeanwhile)));
        assert_eq!((register.sent.len(), register.sealed), (4, 5 * 64), "no batch after the failure is sealed");
        assert_eq!(told, [64, 64, 64], "all that were sent but the second");
        // The import can be compared although it does not know whether the fifth was sent.
        assert_eq!(remembered, 5 * 64);
    }

    #[test]
    fn a_failure_that_is_known_at_the_end_is_reported() {
        let mut register = FakeRegister { fails: Some(2), known_at: usize::MAX, ..FakeRegister::default() };
        let (outcome, told, _) = add(&mut register, 3 * 64);
        assert!(matches!(outcome, Err(AgentError::ImportedMeanwhile)));
        assert_eq!(told, [64, 64]);
    }
}
