// SPDX-License-Identifier: Apache-2.0

//! How many other vaults keep each own object: holders are asked, and now and then an object is read back.

use super::{
    looks::Tally,
    others::Partners,
    outcome::Copied,
    pace::{Clock, Fault, Patience},
    policy::Agreement,
};
use salus_gate::protocol::MAX_OBJECTS;
use salus_primitives::{ChartId, Digest, InstitutionId};
use salus_vault_client::CopiedObject;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use tokio::io::AsyncReadExt;

/// Own objects that are asked about at one time. Charts stay whole.
const MOST: usize = 4 * 1024;
/// Bytes of an object in memory at one time.
const PIECE: usize = 64 * 1024;

/// A chart, and the own objects that it names.
pub(super) struct Looked {
    pub(super) chart: ChartId,
    pub(super) changes: u64,
    pub(super) tally: Tally,
    pub(super) own: Vec<Digest>,
}

/// The charts of a round that are not asked about yet.
#[derive(Default)]
pub(super) struct Survey {
    charts: Vec<Looked>,
    objects: usize,
}

/// Copies that a holder said to have, and did not give whole. Each has to be read back before it counts again.
pub(super) type Distrusted = BTreeSet<(InstitutionId, Digest)>;

impl Survey {
    pub(super) fn add(&mut self, looked: Looked) {
        self.objects = self.objects.saturating_add(looked.own.len());
        self.charts.push(looked);
    }

    pub(super) fn is_full(&self) -> bool {
        self.objects >= MOST
    }

    /// Asks the holders of everything that was added; the charts with their full tallies. A holder that does not answer, or is too
    /// slow, is asked no further, and counts as having nothing.
    pub(super) async fn ask(
        &mut self,
        agreement: &Agreement,
        partners: &impl Partners,
        patience: &mut Patience,
        distrusted: &mut Distrusted,
        outcome: &mut Copied,
    ) -> Vec<Looked> {
        let mut of_holders = BTreeMap::<_, Vec<Digest>>::new();
        for id in self.charts.iter().flat_map(|looked| &looked.own) {
            agreement.holders(id).into_iter().for_each(|holder| of_holders.entry(holder).or_default().push(*id));
        }
        let mut copies = BTreeMap::<Digest, u64>::new();
        for (holder, ids) in of_holders {
            for part in ids.chunks(MAX_OBJECTS) {
                if patience.is_over(holder) {
                    break;
                }
                let held = match claimed(partners, holder, part, patience.clock()).await {
                    Ok(held) => held,
                    Err(fault) => {
                        outcome.complain(holder, &fault.to_string());
                        patience.end(holder, &fault);
                        break;
                    }
                };
                for id in held {
                    if distrusted.contains(&(holder, id)) {
                        if patience.is_over(holder) {
                            continue;
                        }
                        match is_whole(partners, holder, id, None, patience.clock()).await {
                            Ok(true) => drop(distrusted.remove(&(holder, id))),
                            Ok(false) => continue,
                            Err(fault) => {
                                patience.end(holder, &fault);
                                continue;
                            }
                        }
                    }
                    let count = copies.entry(id).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        self.objects = 0;
        let mut charts = std::mem::take(&mut self.charts);
        for looked in &mut charts {
            for id in &looked.own {
                let found = copies.get(id).copied().unwrap_or_default();
                let count = looked.tally.copies.entry(found).or_default();
                *count = count.saturating_add(1);
                if found < u64::try_from(agreement.wanted()).unwrap_or(u64::MAX) {
                    looked.tally.under_replicated = looked.tally.under_replicated.saturating_add(1);
                }
            }
        }
        charts
    }
}

/// The part of `ids` that a holder says to have.
pub(super) async fn claimed(
    partners: &impl Partners,
    holder: InstitutionId,
    ids: &[Digest],
    mut clock: Clock,
) -> Result<Vec<Digest>, Fault> {
    let held = clock.wait(partners.held(holder, ids.to_vec())).await?;
    if held.len() != ids.len() {
        return Err("it answered about other objects than it was asked for".into());
    }
    Ok(ids.iter().zip(held).filter_map(|(id, held)| held.then_some(*id)).collect())
}

/// Whether a holder gives an object out whole. `size` is its length, where that is known.
pub(super) async fn is_whole(
    partners: &impl Partners,
    holder: InstitutionId,
    id: Digest,
    size: Option<u64>,
    mut clock: Clock,
) -> Result<bool, Fault> {
    let mut copies = clock.wait(partners.copies(holder, vec![id], 0)).await?;
    let object = clock.wait(copies.next()).await?;
    let Some(CopiedObject { size: Some(given), bytes, .. }) = object else { return Ok(false) };
    if size.is_some_and(|size| size != given) {
        return Ok(false);
    }
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        let read = clock.wait(bytes.read(&mut piece)).await?;
        clock.count(read);
        match read {
            0 => return Ok(Digest(hasher.finalize().into()) == id),
            _ => hasher.update(piece.get(..read).unwrap_or_default()),
        }
    }
}
