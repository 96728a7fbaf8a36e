// SPDX-License-Identifier: Apache-2.0

//! The way back: files as they were, and objects of vaults by the chain's word.

mod files;
mod vault;

pub use files::{restore_files, RestoredFiles};
pub use vault::{restore_vault, RestoredVault};

use std::path::{Path, PathBuf};

use crate::error::{BackupError, Result};
use crate::folder::is_empty;
use crate::snapshot::below;

/// Where things are restored.
#[derive(Clone, Debug)]
pub struct Place {
    /// Everything comes below this folder, at the path that it had; `/` is where it was.
    pub target: PathBuf,
    /// Whether it may come into folders that are not empty.
    pub overwrite: bool,
}

impl Place {
    /// The place of what was at `root`. It must be free, unless it may be overwritten.
    pub fn of(&self, root: &Path) -> Result<PathBuf> {
        let place = below(&self.target, root).ok_or_else(|| BackupError::NotAFolder(root.to_owned()))?;
        let is_free = match std::fs::symlink_metadata(&place) {
            Ok(found) if found.is_dir() => is_empty(&place).map_err(BackupError::at(&place))?,
            Ok(_) => false,
            Err(_) => true,
        };
        match is_free || self.overwrite {
            true => Ok(place),
            false => Err(BackupError::TargetNotEmpty(place)),
        }
    }
}
