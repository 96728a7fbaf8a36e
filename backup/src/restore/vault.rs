// SPDX-License-Identifier: Apache-2.0

//! Objects of a vault come back: hashed on their way, and only those that the finalized chain names.

use std::fs::File;
use std::path::PathBuf;

use rustix::fs::FlockOperation;
use salus_primitives::Digest;
use salus_vault::{Incoming, Vault, VaultError};

use super::Place;
use crate::error::{object, BackupError, PieceFault, Result};
use crate::folder::try_lock;
use crate::named::NamedByChain;
use crate::object_lists::lists;
use crate::repository::Repository;
use crate::snapshot::SavedVault;

/// The outcome of the restoration of a vault.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RestoredVault {
    /// Where it is now.
    pub place: PathBuf,
    /// Objects that came back.
    pub restored: u64,
    /// Objects that were there, and whole.
    pub present: u64,
    /// Objects that the finalized chain does not name: they stay out.
    pub refused: u64,
    /// Things that could not be restored, and why.
    pub faults: Vec<String>,
}

/// Restores a vault. Tells `progress` how many objects it has seen.
///
/// An object that the chain does not name, or that is longer than the chain says, is counted and stays out. One that is
/// damaged in the repository is named, and gets no name in the vault.
pub async fn restore_vault(
    repository: &Repository,
    saved: &SavedVault,
    named: &NamedByChain,
    place: &Place,
    mut progress: impl FnMut(u64),
) -> Result<RestoredVault> {
    let place = place.of(&saved.root)?;
    check_chain(repository, saved, named)?;
    let vault = Vault::open_folder(&place).await?;
    let _lock = lock(&vault)?;
    let mut restored = RestoredVault { place, ..Default::default() };
    let mut seen = 0u64;
    for (list, ids) in lists(repository, saved) {
        let ids = match ids {
            Ok(ids) => ids,
            Err(fault) => {
                let file = repository.path_of(&list);
                restored.faults.push(format!("a list of objects, `{}`, is {}", file.display(), fault.words()));
                continue;
            }
        };
        for id in ids {
            seen = seen.saturating_add(1);
            restore_object(repository, &vault, &id, named, &mut restored).await?;
            progress(seen);
        }
    }
    Ok(restored)
}

/// Refuses a chain that names nothing at all of the backup, before anything is made.
fn check_chain(repository: &Repository, saved: &SavedVault, named: &NamedByChain) -> Result<()> {
    let names_any = |ids: &Vec<Digest>| ids.iter().any(|id| named.names(id));
    let any = lists(repository, saved).any(|(_, ids)| ids.as_ref().is_ok_and(names_any));
    match any || saved.objects == 0 {
        true => Ok(()),
        false => Err(BackupError::AnotherChain(saved.objects)),
    }
}

/// Keeps a service away from the vault, which takes the same lock.
fn lock(vault: &Vault) -> Result<File> {
    let folder = File::open(vault.folder()).map_err(BackupError::at(vault.folder()))?;
    match try_lock(&folder, FlockOperation::NonBlockingLockExclusive) {
        true => Ok(folder),
        false => Err(BackupError::ServiceRuns(vault.folder().to_owned())),
    }
}

async fn restore_object(
    repository: &Repository,
    vault: &Vault,
    id: &Digest,
    named: &NamedByChain,
    restored: &mut RestoredVault,
) -> Result<()> {
    if !named.names(id) {
        restored.refused = restored.refused.saturating_add(1);
        return Ok(());
    }
    match vault.reader(id).await {
        Ok(_) => {
            restored.present = restored.present.saturating_add(1);
            return Ok(());
        }
        // A damaged object under the name is replaced.
        Err(VaultError::NotFound(_)) => {}
        Err(error) if error.is_damage() => {}
        Err(error) => return Err(error.into()),
    }
    let mut incoming = vault.incoming().await?;
    match copy(repository, id, named, &mut incoming).await? {
        Copied::Whole => {
            incoming.admit(Some(id)).await?;
            restored.restored = restored.restored.saturating_add(1);
        }
        Copied::TooLong => restored.refused = restored.refused.saturating_add(1),
        Copied::Fault(fault) => {
            let file = repository.path_of(id);
            restored.faults.push(format!("{}: `{}` is {}", object(id), file.display(), fault.words()));
        }
    }
    Ok(())
}

enum Copied {
    Whole,
    TooLong,
    Fault(PieceFault),
}

/// Copies the bytes of an object. They are hashed here, and once more before they get their name.
async fn copy(repository: &Repository, id: &Digest, named: &NamedByChain, incoming: &mut Incoming) -> Result<Copied> {
    let mut reader = match repository.read(id) {
        Ok(reader) => reader,
        Err(fault) => return Ok(Copied::Fault(fault)),
    };
    loop {
        match reader.next() {
            Ok(Some(bytes)) => incoming.write(bytes.to_vec()).await?,
            Ok(None) => return Ok(Copied::Whole),
            Err(fault) => return Ok(Copied::Fault(fault)),
        }
        if !named.admits(id, incoming.size()) {
            return Ok(Copied::TooLong);
        }
    }
}
