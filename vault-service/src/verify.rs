// SPDX-License-Identifier: Apache-2.0

//! Reading every object of a vault to see whether it is still what its name says.

use super::copies::Copying;
use salus_primitives::Digest;
use salus_vault::{Vault, VaultError};

/// Ids that are asked for at one time.
const PAGE: usize = 1_024;

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
