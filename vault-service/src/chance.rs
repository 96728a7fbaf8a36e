// SPDX-License-Identifier: Apache-2.0

//! Objects that chance chooses to be looked at.

use salus_primitives::Digest;
use salus_sealing::secret::random;
use salus_vault::{Vault, VaultError};

/// Up to `count` objects of a vault beside each other, from a place that chance chooses.
pub(crate) async fn some_of(vault: &Vault, count: usize) -> Result<Vec<Digest>, VaultError> {
    let place = Digest(random());
    let near = vault.list(Some(&place), count).await?;
    match near.is_empty() {
        true => vault.list(None, count).await,
        false => Ok(near),
    }
}

/// Whether an object of `size` bytes has its turn, so that no more than `bytes` are read on the average: large ones have it less
/// often.
pub(crate) fn has_turn(size: u64, bytes: u64) -> bool {
    let chance = u64::from_le_bytes(random());
    chance.checked_rem(size.max(bytes)).is_some_and(|chance| chance < bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_object_may_be_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        assert!(some_of(&vault, 1).await.unwrap().is_empty());
        let mut left = std::collections::BTreeSet::new();
        for number in 0..4u8 {
            left.insert(vault.put(vec![number]).await.unwrap());
        }
        while !left.is_empty() {
            let chosen = some_of(&vault, 1).await.unwrap();
            assert_eq!(chosen.len(), 1);
            left.remove(&chosen[0]);
        }
    }

    #[test]
    fn large_objects_have_their_turn_less_often() {
        let turns = |size| (0..4_000).filter(|_| has_turn(size, 1_000)).count();
        assert_eq!((turns(0), turns(1_000)), (4_000, 4_000));
        assert!((700..1_300).contains(&turns(4_000)));
    }
}
