// SPDX-License-Identifier: Apache-2.0

//! Reading objects of a vault to see whether they are still what their names say: all, or one that chance chooses.

use super::{
    chance::{has_turn, some_of},
    copies::{Copying, Damaged},
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
    /// All that are not, in ascending order of their ids.
    pub damaged: Vec<Damage>,
}

/// A damaged object, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// The object.
    pub id: Digest,
    /// Why the disk does not give it out; none where it gives out other bytes.
    pub unreadable: Option<String>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Faults while it was marked or deleted.
    pub faults: Vec<String>,
}

/// Reads all objects of `vault`, and tells `progress` now and then how many are whole. Marks those that are damaged: a service with
/// partners then fetches them again, also while it runs. Deletes those with other bytes if `delete` says so. One that the disk does
/// not give out stays, as it may give it out another time.
///
/// Damage ends the look only where the store's folders cannot be listed. Objects may come and go meanwhile.
pub async fn verify(vault: &Vault, delete: bool, mut progress: impl FnMut(u64)) -> Result<Verified, VaultError> {
    let (mut verified, mut after, marks) = (Verified::default(), None, Copying::damaged_of(vault));
    loop {
        let page = vault.list(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().copied() else { return Ok(verified) };
        for id in page {
            match vault.reader(&id).await {
                Ok(_) => verified.whole = verified.whole.saturating_add(1),
                Err(VaultError::NotFound(_)) => {}
                Err(error) if error.is_damage() => {
                    verified.damaged.push(Damage::met(vault, &marks, id, &error, delete).await);
                }
                Err(error) => return Err(error),
            }
        }
        progress(verified.whole);
        after = Some(last);
    }
}

impl Damage {
    /// Does what can be done about a damaged object. The rest is told, and holds up no other object.
    async fn met(vault: &Vault, marks: &Damaged, id: Digest, error: &VaultError, delete: bool) -> Self {
        let mut faults = Vec::new();
        // A service that runs meanwhile, or is started later, fetches it from another vault.
        if let Err(fault) = marks.mark(&id) {
            faults.push(format!("cannot be marked, so a service does not fetch it again: {fault}"));
        }
        let unreadable = match error {
            VaultError::Unreadable { source, .. } => Some(source.to_string()),
            _ => None,
        };
        let mut deleted = false;
        if delete && unreadable.is_none() {
            match vault.delete(&id).await {
                Ok(_) => deleted = true,
                Err(fault) => faults.push(format!("cannot be deleted: {fault}")),
            }
        }
        Self { id, unreadable, deleted, faults }
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
        Err(error) if error.is_damage() => {
            let how = match error {
                VaultError::Unreadable { .. } => "cannot be read from the disk",
                _ => "is damaged",
            };
            eprintln!("fault: an object in the vault {how}: `salus-vault verify` names it");
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
    use std::{fs, os::unix::fs::symlink, path::PathBuf};

    fn path_of(vault: &Vault, id: &Digest) -> PathBuf {
        let text = id.to_string();
        vault.folder().join(&text[2..4]).join(&text[4..])
    }

    /// Has the system fail to read an object's file, as it does where a sector is bad.
    fn make_unreadable(vault: &Vault, id: &Digest) {
        let path = path_of(vault, id);
        fs::remove_file(&path).unwrap();
        symlink(&path, &path).unwrap();
    }

    #[tokio::test]
    async fn a_look_at_one_object_marks_it_if_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let copying = Copying::open(&vault, Agreement::with_partners(InstitutionId(0), Vec::new())).unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), None);
        let id = vault.put(&b"whole"[..]).await.unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(true));
        assert!(copying.damaged.all().unwrap().is_empty());
        for bytes in [&b"wrong"[..], b""] {
            fs::write(path_of(&vault, &id), bytes).unwrap();
            assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(false));
            assert_eq!(copying.damaged.all().unwrap(), [id].into());
            copying.damaged.strike(&id).unwrap();
        }
        vault.put(&b"whole"[..]).await.unwrap();
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(true));
        make_unreadable(&vault, &id);
        assert_eq!(verify_one(&vault, &copying).await.unwrap(), Some(false));
        assert_eq!(copying.damaged.all().unwrap(), [id].into());
    }

    #[tokio::test]
    async fn objects_that_cannot_be_read_are_all_named_and_marked_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let mut ids = Vec::new();
        for number in 0..6u8 {
            ids.push(vault.put(vec![number]).await.unwrap());
        }
        ids.sort_unstable();
        make_unreadable(&vault, &ids[0]);
        make_unreadable(&vault, &ids[4]);
        fs::write(path_of(&vault, &ids[2]), b"else").unwrap();
        let looked = verify(&vault, true, |_| {}).await.unwrap();
        assert_eq!(looked.whole, 3);
        let seen: Vec<_> = looked.damaged.iter().map(|it| (it.id, it.unreadable.is_some(), it.deleted)).collect();
        assert_eq!(seen, [(ids[0], true, false), (ids[2], false, true), (ids[4], true, false)]);
        assert_eq!(Copying::damaged_of(&vault).all().unwrap(), [ids[0], ids[2], ids[4]].into());
        assert!(fs::symlink_metadata(path_of(&vault, &ids[4])).is_ok());
    }

    #[tokio::test]
    async fn damage_is_named_to_the_end_where_it_cannot_be_marked() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let mut ids = [vault.put(&b"one"[..]).await.unwrap(), vault.put(&b"two"[..]).await.unwrap()];
        ids.sort_unstable();
        ids.iter().for_each(|id| fs::write(path_of(&vault, id), b"else").unwrap());
        // A file where the folder of the marks would be.
        fs::write(vault.folder().join("copies"), b"").unwrap();
        let looked = verify(&vault, false, |_| {}).await.unwrap();
        assert_eq!(looked.damaged.iter().map(|it| it.id).collect::<Vec<_>>(), ids);
        assert!(looked.damaged.iter().all(|it| it.faults[0].starts_with("cannot be marked")), "{:?}", looked.damaged);
    }

    #[tokio::test]
    async fn damaged_objects_are_named_and_deleted_when_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let mut ids = Vec::new();
        for number in 0..1_100u32 {
            ids.push(vault.put(number.to_le_bytes().to_vec()).await.unwrap());
        }
        fs::write(path_of(&vault, &ids[3]), b"else").unwrap();
        fs::write(path_of(&vault, &ids[900]), b"").unwrap();
        let mut damaged = vec![ids[3], ids[900]];
        damaged.sort_unstable();
        // Each damaged object, and whether it was deleted.
        let named = |it: &Verified| it.damaged.iter().map(|it| (it.id, it.deleted)).collect::<Vec<_>>();
        let marks = Copying::damaged_of(&vault);
        let mut told = Vec::new();
        let looked = verify(&vault, false, |whole| told.push(whole)).await.unwrap();
        assert_eq!((looked.whole, named(&looked)), (1_098, damaged.iter().map(|id| (*id, false)).collect()));
        assert!(marks.all().unwrap().iter().eq(&damaged));
        assert_eq!((told.len(), told.last()), (2, Some(&1_098)));
        let deleted = verify(&vault, true, |_| {}).await.unwrap();
        assert_eq!((deleted.whole, named(&deleted)), (1_098, damaged.iter().map(|id| (*id, true)).collect()));
        assert_eq!(verify(&vault, true, |_| {}).await.unwrap(), Verified { whole: 1_098, damaged: Vec::new() });
    }
}
