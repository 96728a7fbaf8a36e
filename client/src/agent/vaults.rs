// SPDX-License-Identifier: Apache-2.0

//! The vaults that a client reaches: one folder for each institution, below one root.

use super::AgentError;
use salus_primitives::InstitutionId;
use salus_vault::Vault;
use std::path::{Path, PathBuf};

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
    pub async fn existing(&self, institution: InstitutionId) -> Result<Vault, AgentError> {
        let folder = self.root.join(institution.to_string());
        match folder.exists() {
            true => self.of(institution).await,
            false => Err(AgentError::NoVault(folder)),
        }
    }

    /// The vault of `institution`; made when it is not there yet.
    pub async fn of(&self, institution: InstitutionId) -> Result<Vault, AgentError> {
        Ok(Vault::open_folder(self.root.join(institution.to_string())).await?)
    }
}
