// SPDX-License-Identifier: Apache-2.0

//! Objects move from the previous store of a vault to its new one, while the vault is in use.
//!
//! Each object is hashed where it was, and gets its name in the new store once it is whole there. So a migration can be killed
//! at any point: the next one goes on with what is missing. Nothing is deleted from the previous store.

use super::{copies::Copying, staging::Ledger};
use futures::{stream, StreamExt};
use salus_primitives::Digest;
use salus_vault::{Vault, VaultError};
use std::fmt;

/// Ids that are asked for at one time.
const PAGE: usize = 1_024;
/// Objects that move at one time: small ones wait for the store, not for its bandwidth.
const SIDE_BY_SIDE: usize = 8;

/// The outcome of a migration.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Migrated {
    /// Objects that were copied.
    pub copied: u64,
    /// Objects that were in the new store already.
    pub present: u64,
    /// Objects that were deleted while the migration went on.
    pub deleted: u64,
    /// Objects whose bytes do not hash to their names, or that cannot be read. They stay where they are, and are marked.
    pub damaged: Vec<Digest>,
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { copied, present, deleted, damaged } = self;
        let damaged = damaged.len();
        let end = match damaged {
            0 => "all objects of the previous store that are whole are in the new one",
            _ => "damaged ones stay where they are: a service with partners fetches them; else restore them from the backup",
        };
        write!(
            f,
            "{copied} objects copied, {present} were there, {deleted} deleted meanwhile, {damaged} damaged; {end}"
        )
    }
}

enum Outcome {
    Copied,
    Present,
    Deleted,
    Damaged,
}

impl Migrated {
    fn count(&mut self, id: Digest, outcome: Outcome) {
        match outcome {
            Outcome::Copied => self.copied = self.copied.saturating_add(1),
            Outcome::Present => self.present = self.present.saturating_add(1),
            Outcome::Deleted => self.deleted = self.deleted.saturating_add(1),
            Outcome::Damaged => self.damaged.push(id),
        }
    }
}

/// Copies all objects that the previous store of `vault` has and the new one has not, and tells `progress` now and then.
///
/// Damaged objects hold up no other. The vault may be used meanwhile, through this process: what `ledger` says is to be deleted does not come back.
pub async fn migrate(
    vault: &Vault,
    ledger: &Ledger,
    mut progress: impl FnMut(&Migrated),
) -> Result<Migrated, VaultError> {
    let (mut migrated, mut after) = (Migrated::default(), None);
    let Some(previous) = vault.previous() else { return Ok(migrated) };
    let (new, marks) = (vault.alone(), Copying::damaged_of(vault));
    loop {
        let page = previous.list(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().copied() else { break };
        let mut outcomes = stream::iter(page)
            .map(|id| {
                let new = &new;
                async move { Ok::<_, VaultError>((id, one(id, previous, new, ledger).await?)) }
            })
            .buffer_unordered(SIDE_BY_SIDE);
        while let Some(outcome) = outcomes.next().await {
            let (id, outcome): (Digest, Outcome) = outcome?;
            // Else the object in the previous store would count as being there, and a copy never take its place.
            if matches!(outcome, Outcome::Damaged) {
                marks.mark(&id).map_err(VaultError::Io)?;
            }
            migrated.count(id, outcome);
        }
        progress(&migrated);
        after = Some(last);
    }
    migrated.damaged.sort_unstable();
    Ok(migrated)
}

/// Copies the object `id` if that is needed.
async fn one(id: Digest, previous: &Vault, new: &Vault, ledger: &Ledger) -> Result<Outcome, VaultError> {
    // The collector deletes in both stores alone; so an object is never copied behind its back.
    let _naming = ledger.naming().await;
    let size = match previous.size(&id).await {
        Err(VaultError::NotFound(_)) => return Ok(Outcome::Deleted),
        Err(error) if error.is_damage() => return Ok(Outcome::Damaged),
        size => size?,
    };
    match new.size(&id).await {
        Ok(there) if there == size => return Ok(Outcome::Present),
        Ok(_) | Err(VaultError::NotFound(_)) => {}
        // The object that comes takes its place.
        Err(error) if error.is_damage() => {}
        Err(error) => return Err(error),
    }
    let object = match previous.reader_of_size(&id, size).await {
        Err(VaultError::NotFound(_)) => return Ok(Outcome::Deleted),
        Err(error) if error.is_damage() => return Ok(Outcome::Damaged),
        object => object?,
    };
    match new.put_reader_as(&id, object).await {
        Ok(()) => Ok(Outcome::Copied),
        // It changed, or the disk failed, after it was hashed.
        Err(VaultError::Corrupted { .. } | VaultError::Source(_)) => Ok(Outcome::Damaged),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staging::{collect, Account, Limits, NamedObjects, StagedObject};
    use salus_primitives::{ChartId, InstitutionId, MemberId, Moment, RecordId};
    use std::{collections::BTreeSet, convert::Infallible, fs, os::unix::fs::symlink};

    async fn vaults() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| Vault::open_folder(folder.path().join(name));
        let vault = open("new").await.unwrap().with_previous(open("old").await.unwrap());
        (folder, vault)
    }

    #[tokio::test]
    async fn all_whole_objects_move_once_and_damaged_ones_are_named() {
        let (_folder, vault) = vaults().await;
        let (previous, mut ids) = (vault.previous().unwrap().clone(), Vec::new());
        for number in 0..1_100u32 {
            ids.push(previous.put(number.to_le_bytes().to_vec()).await.unwrap());
        }
        vault.put(0u32.to_le_bytes().to_vec()).await.unwrap();
        let text = ids[7].to_string();
        fs::write(previous.folder().join(&text[2..4]).join(&text[4..]), b"else").unwrap();
        let ledger = Ledger::open(&vault, Limits::default()).unwrap();
        let mut told = 0;
        let migrated = migrate(&vault, &ledger, |_| told += 1).await.unwrap();
        assert_eq!(migrated, Migrated { copied: 1_098, present: 1, deleted: 0, damaged: vec![ids[7]] });
        assert_eq!(told, 2);
        let again = migrate(&vault, &ledger, |_| {}).await.unwrap();
        assert_eq!((again.copied, again.present, again.damaged), (0, 1_099, vec![ids[7]]));
        let alone = vault.alone();
        assert_eq!(alone.len().await.unwrap(), 1_099);
        assert_eq!(crate::verify::verify(&alone, false, |_| {}).await.unwrap().damaged, []);
        assert_eq!(previous.len().await.unwrap(), 1_100, "nothing is deleted there");
        // A vault with one store has nothing to move.
        assert_eq!(migrate(&alone, &ledger, |_| {}).await.unwrap(), Migrated::default());
    }

    #[tokio::test]
    async fn objects_that_cannot_be_read_hold_up_no_other_and_are_marked() {
        let (_folder, vault) = vaults().await;
        let (previous, new) = (vault.previous().unwrap().clone(), vault.alone());
        let mut ids = Vec::new();
        for number in 0..4u8 {
            ids.push(previous.put(vec![number]).await.unwrap());
        }
        new.put(vec![3]).await.unwrap();
        // Files that the system fails to read, as it does where a sector is bad: two in the previous store, one in the new one.
        for (of, id) in [(&previous, &ids[0]), (&previous, &ids[1]), (&new, &ids[3])] {
            let text = id.to_string();
            let path = of.folder().join(&text[2..4]).join(&text[4..]);
            fs::remove_file(&path).unwrap();
            symlink(&path, &path).unwrap();
        }
        let mut damaged = vec![ids[0], ids[1]];
        damaged.sort_unstable();
        let ledger = Ledger::open(&vault, Limits::default()).unwrap();
        let migrated = migrate(&vault, &ledger, |_| {}).await.unwrap();
        assert_eq!(migrated, Migrated { copied: 2, present: 0, deleted: 0, damaged });
        assert_eq!(new.get(&ids[3]).await.unwrap(), vec![3]);
        assert_eq!(Copying::damaged_of(&vault).all().unwrap(), [ids[0], ids[1]].into());
    }

    #[tokio::test]
    async fn a_half_copy_of_another_length_is_replaced() {
        let (_folder, vault) = vaults().await;
        let id = vault.previous().unwrap().put(&b"sealed"[..]).await.unwrap();
        let alone = vault.alone();
        alone.put(&b"sealed"[..]).await.unwrap();
        let text = id.to_string();
        fs::write(alone.folder().join(&text[2..4]).join(&text[4..]), b"seal").unwrap();
        let ledger = Ledger::open(&vault, Limits::default()).unwrap();
        assert_eq!(migrate(&vault, &ledger, |_| {}).await.unwrap().copied, 1);
        assert_eq!(alone.get(&id).await.unwrap(), &b"sealed"[..]);
    }

    #[tokio::test]
    async fn what_is_staged_in_the_previous_store_stays_staged() {
        let (_folder, vault) = vaults().await;
        let previous = vault.previous().unwrap().clone();
        let id = previous.put(&b"sealed"[..]).await.unwrap();
        let account = Account { writer: MemberId(1), institution: InstitutionId(2), staff: true, guest: false };
        let object = StagedObject { chart: ChartId(3), record: None, account, size: 6, at: 1 };
        Ledger::open(&previous, Limits::default()).unwrap().enter(id, object).unwrap();
        for _ in 0..2 {
            let ledger = Ledger::open(&vault, Limits::default()).unwrap();
            assert_eq!(ledger.usage(), (1, 6));
        }
        assert_eq!(Ledger::open(&previous, Limits::default()).unwrap().usage(), (0, 0));
    }

    /// A chain that names nothing.
    struct Nameless;

    impl NamedObjects for Nameless {
        type Error = Infallible;

        async fn by_chart(&self, _: ChartId, _: Moment) -> Result<BTreeSet<Digest>, Infallible> {
            Ok(BTreeSet::new())
        }

        async fn by_record(&self, _: RecordId) -> Result<BTreeSet<Digest>, Infallible> {
            Ok(BTreeSet::new())
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_expires_meanwhile_does_not_come_back() {
        let (_folder, vault) = vaults().await;
        let previous = vault.previous().unwrap().clone();
        let ledger = Ledger::open(&vault, Limits::default()).unwrap();
        let account = Account { writer: MemberId(1), institution: InstitutionId(2), staff: true, guest: false };
        for number in 0..300u32 {
            let id = previous.put(number.to_le_bytes().to_vec()).await.unwrap();
            let object = StagedObject { chart: ChartId(3), record: None, account, size: 4, at: 1 };
            ledger.enter(id, object).unwrap();
        }
        let (migrated, (collected, fault)) =
            tokio::join!(migrate(&vault, &ledger, |_| {}), collect(&ledger, &vault, &Nameless, Moment::MAX));
        let migrated = migrated.unwrap();
        assert!(fault.is_none());
        assert_eq!((collected.deleted, migrated.copied + migrated.deleted <= 300), (300, true));
        assert!(vault.is_empty().await.unwrap());
    }
}
