// SPDX-License-Identifier: Apache-2.0

//! The objects that the chain names: the only objects that a vault takes back.

use std::collections::BTreeMap;

use salus_chain::{At, Chain};
use salus_gate::{system_now, HEAD_LIFE};
use salus_primitives::{ChartId, Digest, Moment};

use crate::error::{BackupError, Result};

/// The objects that one finalized block names, each with the most bytes that it may have. Only a node that is up to date gives it.
pub struct NamedByChain {
    objects: BTreeMap<Digest, u64>,
}

impl NamedByChain {
    /// Asks the node for all objects of all charts. Tells `progress` how many charts it has seen.
    ///
    /// It fails when the node is still catching up, or its newest final block is older than a gate would take: such a node does not
    /// know what was shredded since.
    pub async fn ask(chain: &Chain, mut progress: impl FnMut(u64)) -> Result<Self> {
        let head = chain.head(At::Finalized).await.map_err(BackupError::Chain)?;
        let at = At::Block(head.hash);
        let time = chain.now(at).await.map_err(BackupError::Chain)?;
        let syncing = chain.health().await.map_err(BackupError::Chain)?.syncing;
        if let Some(behind) = behind(syncing, head.number, time, system_now()) {
            return Err(BackupError::NodeBehind(behind));
        }
        let mut objects = BTreeMap::new();
        for number in 0u64.. {
            let chart = ChartId(number);
            // Charts have the numbers from 0 on.
            if chain.chart(at, chart).await.map_err(BackupError::Chain)?.is_none() {
                break;
            }
            for (id, named) in chain.objects_of_chart(at, chart).await.map_err(BackupError::Chain)? {
                let longest: &mut u64 = objects.entry(id).or_default();
                *longest = named.longest.max(*longest);
            }
            progress(number.saturating_add(1));
        }
        Ok(Self { objects })
    }

    /// Whether a vault takes back the object `id` of `size` bytes.
    pub(crate) fn admits(&self, id: &Digest, size: u64) -> bool {
        self.objects.get(id).is_some_and(|longest| size <= *longest)
    }

    /// Whether the chain names an object with this id.
    pub(crate) fn names(&self, id: &Digest) -> bool {
        self.objects.contains_key(id)
    }

    /// How many objects the chain names.
    pub fn count(&self) -> usize {
        self.objects.len()
    }

    /// For tests of the rules: nothing but a chain makes one elsewhere.
    #[cfg(test)]
    pub(crate) fn of(objects: impl IntoIterator<Item = (Digest, u64)>) -> Self {
        Self { objects: objects.into_iter().collect() }
    }
}

/// Why a node's word does not count, if it does not.
fn behind(syncing: bool, number: u64, time: Moment, now: Moment) -> Option<String> {
    if syncing {
        return Some("it is still catching up".to_owned());
    }
    let age = now.saturating_sub(time);
    (age > HEAD_LIFE).then(|| match number {
        0 => "it has no final block yet".to_owned(),
        _ => format!("its newest final block, {number}, is {} seconds old", age.div_euclid(1_000)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_behind_has_no_say() {
        let now = 10_000_000;
        assert_eq!(behind(false, 7, now, now), None);
        assert_eq!(behind(false, 7, now - HEAD_LIFE, now), None);
        assert!(behind(false, 7, now - HEAD_LIFE - 1, now).unwrap().contains("120 seconds old"));
        assert!(behind(true, 7, now, now).unwrap().contains("catching up"));
        assert!(behind(false, 0, 0, now).unwrap().contains("no final block"));
    }

    #[test]
    fn objects_that_are_not_named_or_too_long_are_not_admitted() {
        let named = NamedByChain::of([(Digest([1; 32]), 10)]);
        assert!(named.admits(&Digest([1; 32]), 10));
        assert!(!named.admits(&Digest([1; 32]), 11));
        assert!(!named.admits(&Digest([2; 32]), 0));
    }
}
