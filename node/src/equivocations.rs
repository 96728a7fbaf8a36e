// SPDX-License-Identifier: Apache-2.0

//! Detects two blocks by one authority for one slot, and keeps both headers.
//!
//! Aura's import queue only logs such a pair. The chain acts on it when a member reports it
//! (`authorities.report_equivocation`). So the node keeps the headers in its database, where `salus_equivocations`
//! finds them.

use crate::client::Client;
use codec::{Decode, Encode};
use futures::StreamExt;
use salus_primitives::{evidence::BlockEquivocation, Digest, SigningKey};
use salus_runtime::opaque::Header;
use sc_client_api::{backend::AuxStore, BlockchainEvents, HeaderBackend};
use sp_api::ProvideRuntimeApi;
use sp_consensus_aura::{
    digests::CompatibleDigestItem,
    sr25519::{AuthorityId, AuthoritySignature},
    AuraApi, Slot,
};
use sp_runtime::{generic::DigestItem, traits::Header as _};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The key of the evidence in the database.
const KEY: &[u8] = b"salus/equivocations/1";
/// The most pairs that are kept, the newest ones. One is enough to suspend a seat.
const MAX_KEPT: usize = 16;
/// The most headers in memory: those of the last few minutes, with forks.
const MAX_REMEMBERED: usize = 1_024;
/// The log target.
const LOG_TARGET: &str = "salus";

/// The evidence of equivocations that this node has.
pub(crate) struct Equivocations {
    client: Arc<Client>,
    /// Only one task at a time may read and write the list.
    writing: Mutex<()>,
}

impl Equivocations {
    /// Uses the database of this client.
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client, writing: Mutex::new(()) }
    }

    /// The pairs, oldest first, each with a parent whose state nodes keep.
    pub(crate) fn all(&self) -> sp_blockchain::Result<Vec<BlockEquivocation>> {
        let provable = |pair: BlockEquivocation| BlockEquivocation { parent: self.provable_parent(&pair), ..pair };
        Ok(self.kept()?.into_iter().map(provable).collect())
    }

    /// The parent that is on the canonical chain: nodes forget the states of forks. Neither may be, then it is the first's.
    fn provable_parent(&self, pair: &BlockEquivocation) -> Digest {
        let headers = [&pair.first, &pair.second].into_iter().filter_map(|it| Header::decode(&mut it.as_slice()).ok());
        let is_canonical = |header: &Header| {
            let before = header.number().saturating_sub(1);
            self.client.hash(before).is_ok_and(|hash| hash == Some(*header.parent_hash()))
        };
        let canonical = headers.into_iter().find(is_canonical);
        canonical.map_or(pair.parent, |header| Digest(header.parent_hash().to_fixed_bytes()))
    }

    /// The pairs as the database has them.
    fn kept(&self) -> sp_blockchain::Result<Vec<BlockEquivocation>> {
        let Some(bytes) = self.client.get_aux(KEY)? else { return Ok(Vec::new()) };
        // An unreadable list is not a failure: the next pair replaces it.
        Ok(Vec::decode(&mut bytes.as_slice()).unwrap_or_default())
    }

    /// Checks every imported block, as long as the node runs.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut imported = self.client.every_import_notification_stream();
        let mut seen = Seen::default();
        while let Some(block) = imported.next().await {
            if let Some(pair) = self.author_of(&block.header).and_then(|author| seen.note(author, block.header)) {
                self.keep(pair);
            }
        }
    }

    /// Returns the slot and key of this block's author. The import verified the seal.
    fn author_of(&self, header: &Header) -> Option<(Slot, SigningKey)> {
        let slot = slot_of(header)?;
        let authorities: Vec<AuthorityId> = self.client.runtime_api().authorities(*header.parent_hash()).ok()?;
        let index = usize::try_from(slot.checked_rem(u64::try_from(authorities.len()).ok()?)?).ok()?;
        let author = authorities.get(index)?.encode();
        Some((slot, SigningKey(author.try_into().ok()?)))
    }

    fn keep(&self, pair: BlockEquivocation) {
        let _guard = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.kept().and_then(|mut kept| {
            kept.push(pair.clone());
            let kept = kept.split_off(kept.len().saturating_sub(MAX_KEPT));
            self.client.insert_aux(&[(KEY, kept.encode().as_slice())], &[])
        });
        let BlockEquivocation { author, slot, .. } = &pair;
        log::warn!(
            target: LOG_TARGET,
            "an authority made two blocks for one slot: author={author} slot={slot}; `salus authority report` tells the chain",
        );
        if let Err(error) = result {
            log::error!(target: LOG_TARGET, "the evidence could not be kept: author={author} slot={slot} error={error}");
        }
    }
}

fn slot_of(header: &Header) -> Option<Slot> {
    let slot = |item| <DigestItem as CompatibleDigestItem<AuthoritySignature>>::as_aura_pre_digest(item);
    header.digest().logs().iter().find_map(slot)
}

/// The first header of each author in each of the latest slots.
#[derive(Default)]
struct Seen(BTreeMap<(Slot, SigningKey), First>);

enum First {
    /// One block is known.
    Alone(Box<Header>),
    /// Two blocks are known, and the pair was returned once.
    Told,
}

impl Seen {
    /// Returns the pair that this header makes with an earlier one.
    fn note(&mut self, (slot, author): (Slot, SigningKey), header: Header) -> Option<BlockEquivocation> {
        let pair = match self.0.get(&(slot, author)) {
            None => {
                self.0.insert((slot, author), First::Alone(Box::new(header)));
                None
            }
            Some(First::Alone(first)) if first.hash() != header.hash() => {
                let parent = Digest(first.parent_hash().to_fixed_bytes());
                let (first, second) = (first.encode(), header.encode());
                self.0.insert((slot, author), First::Told);
                Some(BlockEquivocation { author, slot: *slot, parent, first, second })
            }
            Some(First::Alone(_) | First::Told) => None,
        };
        while self.0.len() > MAX_REMEMBERED {
            self.0.pop_first();
        }
        pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::DecodeAll;
    use salus_runtime::Hash;
    use sp_runtime::generic;

    const ALICE: SigningKey = SigningKey([1; 32]);
    const BOB: SigningKey = SigningKey([2; 32]);

    fn header(slot: u64, state: u8) -> Header {
        let item = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot.into());
        let digest = generic::Digest { logs: vec![item] };
        Header::new(7, Hash::zero(), Hash::repeat_byte(state), Hash::repeat_byte(9), digest)
    }

    fn noted(seen: &mut Seen, author: SigningKey, header: Header) -> Option<BlockEquivocation> {
        seen.note((slot_of(&header).unwrap(), author), header)
    }

    #[test]
    fn two_blocks_for_one_slot_are_a_pair_and_are_told_once() {
        let mut seen = Seen::default();
        assert_eq!(noted(&mut seen, ALICE, header(5, 0)), None);
        let pair = noted(&mut seen, ALICE, header(5, 1)).unwrap();
        assert_eq!((pair.author, pair.slot, pair.parent), (ALICE, 5, Digest([9; 32])));
        assert_eq!(Header::decode_all(&mut pair.first.as_slice()).unwrap(), header(5, 0));
        assert_eq!(Header::decode_all(&mut pair.second.as_slice()).unwrap(), header(5, 1));
        assert_eq!(noted(&mut seen, ALICE, header(5, 2)), None);
    }

    #[test]
    fn the_same_block_another_slot_and_another_author_are_no_pair() {
        let mut seen = Seen::default();
        for (author, block) in
            [(ALICE, header(5, 0)), (ALICE, header(5, 0)), (ALICE, header(6, 1)), (BOB, header(5, 1))]
        {
            assert_eq!(noted(&mut seen, author, block), None);
        }
    }

    #[test]
    fn old_slots_are_forgotten() {
        let mut seen = Seen::default();
        for slot in 0..2_000 {
            assert_eq!(noted(&mut seen, ALICE, header(slot, 0)), None);
        }
        assert_eq!(seen.0.len(), MAX_REMEMBERED);
        assert_eq!(noted(&mut seen, ALICE, header(0, 1)), None);
        assert!(noted(&mut seen, ALICE, header(1_999, 1)).is_some());
    }
}
