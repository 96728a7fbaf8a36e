// SPDX-License-Identifier: Apache-2.0

//! The vaults that a client reaches: one folder for each institution, below one root.

use salus_primitives::InstitutionId;
use salus_vault::Vault;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// An institution's vault cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultsError {
    /// It is not on this machine.
    #[error("there is no vault at `{0}`")]
    Missing(PathBuf),
    /// The folder cannot be opened as a vault.
    #[error(transparent)]
    Open(#[from] salus_vault::OpenError),
}

/// Where vaults are.
#[derive(Clone, Debug)]
pub struct Vaults {
    root: PathBuf,
}

impl Vaults {
    /// Vaults below `root`, in folders named by the institutions' numbers.
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder below which they are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The vault of `institution`, which has to be there: nothing is made for the sake of reading.
    pub async fn existing(&self, institution: InstitutionId) -> Result<Vault, VaultsError> {
        let folder = self.root.join(institution.to_string());
        match folder.exists() {
            true => self.of(institution).await,
            false => Err(VaultsError::Missing(folder)),
        }
    }

    /// The vault of `institution`; made when it is not there yet.
    pub async fn of(&self, institution: InstitutionId) -> Result<Vault, VaultsError> {
        Ok(Vault::open_folder(self.root.join(institution.to_string())).await?)
    }
}
