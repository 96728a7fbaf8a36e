// SPDX-License-Identifier: Apache-2.0

//! Reading objects of a vault to see whether they are still what their names say: all, or one that chance chooses.

use super::{
    chance::{has_turn, some_of},
    copies::Copying,
};
use salus_primitives::Digest;
use salus_vault::{Vault, VaultError};

/// Ids that are asked for at one time.
const PAGE: usize = 1_024;
/// Bytes that a look at one object reads, on the average and at most.
const ONE: u64 = 16 * 1024 * 1024;

/// The outcome of a look at all objects.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verified {
    /// Objects that are whole.
    pub whole: u64,
    /// Objects whose bytes do not hash to their names.
    pub damaged: Vec<Digest>,
}

/// Reads all objects of `vault`, and tells `progress` now and then how many are whole. Deletes those that are damaged if
/// `delete` says so. A service with partners then fetches them again, also while it runs.
///
/// Objects may come and go meanwhile.
pub async fn verify(vault: &Vault, delete: bool, mut progress: impl FnMut(u64)) -> Result<Verified, VaultError> {
    let (mut verified, mut after, marks) = (Verified::default(), None, Copying::damaged_of(vault));
    loop {
        let page = vault.list(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().copied() else { return Ok(verified) };
        for id in page {
            match vault.reader(&id).await {
                Ok(_) => verified.whole = verified.whole.saturating_add(1),
                Err(VaultError::NotFound(_)) => {}
                Err(VaultError::Corrupted { .. }) => {
                    // A service that runs meanwhile, or is started later, fetches it from another vault.
                    marks.mark(&id).map_err(VaultError::Io)?;
                    if delete {
                        vault.delete(&id).await?;
                    }
                    verified.damaged.push(id);
                }
                Err(error) => return Err(error),
            }
        }
        progress(verified.whole);
        after = Some(last);
    }
}

/// Reads one object of `vault`, and marks it if it is damaged, as a read that a member asked for does; whether it is whole. None where
/// there is no object, or a large one does not have its turn.
pub async fn verify_one(vault: &Vault, copying: &Copying) -> Result<Option<bool>, VaultError> {
    let Some(id) = some_of(vault, 1).await?.pop() else { return Ok(None) };
    let looked = match vault.size(&id).await {
        Ok(size) if !has_turn(size, ONE) => return Ok(None),
        Ok(size) => vault.reader_of_size(&id, size).await.map(drop),
        Err(error) => Err(error),
    };
    match looked {
        Ok(()) => Ok(Some(true)),
        // It was deleted meanwhile.
        Err(VaultError::NotFound(_)) => Ok(None),
        Err(VaultError::Corrupted { .. }) => {
            eprintln!("fault: an object in the vault is damaged: `salus-vault verify` names it");
            copying.have_repaired(&id);
            Ok(Some(false))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copies::Agreement;
    use salus_primitives::InstitutionId;
    use std::fs;

    #[tokio::test]
    async fn a_look_at_one_object_marks_it_if_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let copying = Copying::open(&vault, Agreement::with_partners(InstitutionId(0), Vec::new())).unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), None);
        let id = vault.put(&b"whole"[..]).await.unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(true));
        assert!(copying.damaged.all().unwrap().is_empty());
        let text = id.to_string();
        for bytes in [&b"wrong"[..], b""] {
            fs::write(vault.folder().join(&text[2..4]).join(&text[4..]), bytes).unwrap();
            assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(false));
            assert_eq!(copying.damaged.all().unwrap(), [id].into());
            copying.damaged.strike(&id).unwrap();
        }
        vault.put(&b"whole"[..]).await.unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(true));
    }

    #[tokio::test]
    async fn damaged_objects_are_named_and_deleted_when_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let mut ids = Vec::new();
        for number in 0..1_100u32 {
            ids.push(vault.put(number.to_le_bytes().to_vec()).await.unwrap());
        }
        let path = |id: &Digest| {
            let text = id.to_string();
            vault.folder().join(&text[2..4]).join(&text[4..])
        };
        fs::write(path(&ids[3]), b"else").unwrap();
        fs::write(path(&ids[900]), b"").unwrap();
        let mut damaged = vec![ids[3], ids[900]];
        damaged.sort_unstable();
        let marks = Copying::damaged_of(&vault);
        let mut told = Vec::new();
        let looked = verify(&vault, false, |whole| told.push(whole)).await.unwrap();
        assert_eq!((looked.whole, &looked.damaged), (1_098, &damaged));
        assert!(marks.all().unwrap().iter().eq(&damaged));
        assert_eq!((told.len(), told.last()), (2, Some(&1_098)));
        assert_eq!(verify(&vault, true, |_| {}).await.unwrap(), looked);
        assert_eq!(verify(&vault, true, |_| {}).await.unwrap(), Verified { whole: 1_098, damaged: Vec::new() });
    }
}
