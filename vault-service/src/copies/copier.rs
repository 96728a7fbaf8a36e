// SPDX-License-Identifier: Apache-2.0

//! Fetches what should be in this vault and is not.

use super::expected::ExpectedObjects;
use crate::staging::Ledger;
use salus_chain::NamedObject;
use salus_gate::protocol::MAX_OBJECTS;
use salus_primitives::{ChartId, Digest, InstitutionId};
use salus_vault::{Vault, VaultError};
use salus_vault_client::{CopiedObject, Copies};
use std::{
    collections::{BTreeMap, VecDeque},
    error::Error,
    future::Future,
    io,
    sync::Arc,
    time::{Duration, Instant},
};
use thiserror::Error as ThisError;
use tokio::io::AsyncReadExt;

/// Bytes of an object in memory at one time.
const PIECE: usize = 64 * 1024;

/// The vaults of partners.
pub trait Partners: Sync {
    /// Objects from the vault of a partner.
    fn copies(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
    ) -> impl Future<Output = Result<Copies, Box<dyn Error + Send + Sync>>> + Send;
}

/// Keeps a vault complete: objects of its own institution, and of partners.
pub struct Copier {
    /// The partners, and the vault's own institution.
    institutions: Vec<InstitutionId>,
    partners: Vec<InstitutionId>,
    vault: Vault,
    ledger: Arc<Ledger>,
    /// The charts of which nothing is missing, and how often they had changed then. Forgotten once a day.
    complete: BTreeMap<ChartId, u64>,
    since: Instant,
}

/// How long a chart that does not change counts as complete. Objects may get lost without a change on the chain.
const COMPLETE: Duration = Duration::from_secs(24 * 60 * 60);

/// The outcome of one round.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Copied {
    /// Objects that came, by the institutions in whose vaults they belong.
    pub copied: BTreeMap<InstitutionId, u64>,
    /// Objects that reading needs and that no vault gave, likewise.
    pub missing: BTreeMap<InstitutionId, u64>,
    /// Answers of partners that were cut off, false or a refusal; in words.
    pub complaints: Vec<String>,
}

/// A round stopped. The next one begins where it was.
#[derive(Debug, ThisError)]
pub enum CopyError<E: Error + 'static> {
    /// The chain cannot be asked, so nothing is fetched.
    #[error("cannot ask the chain what should be in the vault")]
    Chain(#[source] E),
    /// This side cannot store what comes.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The vault of this side cannot be used.
#[derive(Debug, ThisError)]
pub enum StoreFault {
    /// An object cannot be looked for or stored.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger of staged objects, or the disk, cannot be used.
    #[error("cannot use the disk of the vault: {0}")]
    Disk(#[from] io::Error),
    /// The disk has no more room than the reserve.
    #[error("the disk is full: copies wait")]
    Full,
}

/// Why a partner's copies were not taken.
enum Refused {
    /// The partner is away, or its answer was cut off.
    Partner(String),
    /// This object is not the one that the chain names.
    Object(Digest, String),
    /// This side fails.
    Store(StoreFault),
}

impl<E: Into<StoreFault>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

impl Copier {
    /// A copier for the vault of `institution`.
    pub fn new(institution: InstitutionId, partners: Vec<InstitutionId>, vault: Vault, ledger: Arc<Ledger>) -> Self {
        let institutions = partners.iter().copied().chain([institution]).collect();
        Self { institutions, partners, vault, ledger, complete: BTreeMap::new(), since: Instant::now() }
    }

    /// The institutions whose objects belong in the vault: its own, and the partners.
    pub fn institutions(&self) -> &[InstitutionId] {
        &self.institutions
    }

    /// Looks at all charts that changed, and fetches what is missing.
    pub async fn round<N: ExpectedObjects>(
        &mut self,
        chain: &N,
        partners: &impl Partners,
    ) -> Result<Copied, CopyError<N::Error>> {
        if self.since.elapsed() > COMPLETE {
            self.complete.clear();
            self.since = Instant::now();
        }
        let mut outcome = Copied::default();
        for number in 0.. {
            let chart = ChartId(number);
            let Some(changes) = chain.changes(chart).await.map_err(CopyError::Chain)? else { break };
            if self.complete.get(&chart) == Some(&changes) {
                continue;
            }
            let objects = chain.objects(chart).await.map_err(CopyError::Chain)?;
            let mut missing = self.missing(objects).await?;
            self.fetch(&mut missing, partners, &mut outcome).await?;
            missing.retain(|_, object| object.is_needed);
            for object in missing.values() {
                count(&mut outcome.missing, object.holder);
            }
            if missing.is_empty() {
                self.complete.insert(chart, changes);
            }
        }
        Ok(outcome)
    }

    /// The objects that belong in this vault, as its own or as copies, and are not there.
    async fn missing(
        &self,
        objects: BTreeMap<Digest, NamedObject>,
    ) -> Result<BTreeMap<Digest, NamedObject>, StoreFault> {
        let mut missing = BTreeMap::new();
        for (id, object) in objects {
            if self.institutions.contains(&object.holder) && !self.vault.has(&id).await? {
                missing.insert(id, object);
            }
        }
        Ok(missing)
    }

    /// Asks partner after partner until nothing is missing: first the one in whose vault an object belongs.
    async fn fetch(
        &self,
        missing: &mut BTreeMap<Digest, NamedObject>,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<(), StoreFault> {
        for at_home in [true, false] {
            for partner in &self.partners {
                let wanted: Vec<_> = missing
                    .iter()
                    .filter(|(_, object)| (object.holder == *partner) == at_home)
                    .map(|(id, _)| *id)
                    .collect();
                let mut wanted: VecDeque<_> = wanted.into();
                while !wanted.is_empty() {
                    if self.ledger.is_disk_low()? {
                        return Err(StoreFault::Full);
                    }
                    let part: Vec<_> = wanted.drain(..wanted.len().min(MAX_OBJECTS)).collect();
                    match self.fetch_from(*partner, &part, missing, partners, outcome).await {
                        Ok(()) => {}
                        // An author of the chart may have named another object, or in another length. The others come all the same.
                        Err(Refused::Object(id, complaint)) => {
                            outcome.complaints.push(format!("institution {partner}: {complaint}"));
                            let behind = part.iter().rev().take_while(|other| **other != id);
                            behind.for_each(|other| wanted.push_front(*other));
                        }
                        // It is away, or its answer was cut off: the rest waits for the next round.
                        Err(Refused::Partner(complaint)) => {
                            outcome.complaints.push(format!("institution {partner}: {complaint}"));
                            break;
                        }
                        Err(Refused::Store(fault)) => return Err(fault),
                    }
                }
            }
        }
        Ok(())
    }

    async fn fetch_from(
        &self,
        partner: InstitutionId,
        part: &[Digest],
        missing: &mut BTreeMap<Digest, NamedObject>,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<(), Refused> {
        let cut_off = |error: io::Error| Refused::Partner(error.to_string());
        let copies = partners.copies(partner, part.to_vec()).await;
        let mut copies = copies.map_err(|error| Refused::Partner(error.to_string()))?;
        loop {
            let object = copies.next().await.map_err(cut_off)?;
            let Some(CopiedObject { id, size, bytes }) = object else { return Ok(()) };
            let (Some(size), Some(expected)) = (size, missing.get(&id).copied()) else { continue };
            if size > expected.longest {
                return Err(Refused::Object(id, format!("the object `{id}` is longer than the chain says")));
            }
            let mut incoming = self.vault.incoming().await?;
            let mut piece = vec![0; PIECE];
            loop {
                match bytes.read(&mut piece).await.map_err(cut_off)? {
                    0 => break,
                    read => incoming.write(piece.get(..read).unwrap_or_default().to_vec()).await?,
                }
            }
            match incoming.admit(Some(&id)).await {
                Ok(_) => {}
                Err(VaultError::Corrupted { .. }) => {
                    return Err(Refused::Object(id, format!("its bytes of the object `{id}` are others")));
                }
                Err(error) => return Err(error.into()),
            }
            // A member may have announced the object and never sent it.
            self.ledger.strike(&id)?;
            missing.remove(&id);
            count(&mut outcome.copied, expected.holder);
        }
    }
}

fn count(counts: &mut BTreeMap<InstitutionId, u64>, institution: InstitutionId) {
    let count = counts.entry(institution).or_default();
    *count = count.saturating_add(1);
}
