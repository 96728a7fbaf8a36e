// SPDX-License-Identifier: Apache-2.0

//! The programs that are tried, and of which commit they are.

use anyhow::{ensure, Context, Result};
use salus_e2e::binaries;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The programs of a campaign.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Programs {
    /// The commit that the node says it was built from.
    pub commit: String,
    /// SHA-256 of the node.
    pub node_sha256: String,
    /// The node.
    #[serde(skip)]
    pub node: PathBuf,
    /// What nodes are upgraded to, when all are restarted with another program.
    #[serde(skip)]
    pub next_node: Option<PathBuf>,
    /// What the runtime is replaced by.
    #[serde(skip)]
    pub next_runtime: Option<PathBuf>,
}

impl Programs {
    /// The programs that are beside this one, or in `SALUS_BIN_DIR`.
    pub fn find(next_node: Option<PathBuf>, next_runtime: Option<PathBuf>) -> Result<Self> {
        let node = binaries::find("salus-node")?;
        Ok(Self { commit: commit(&node)?, node_sha256: sha256(&node)?, node, next_node, next_runtime })
    }

    /// Whether `other` was made of the same commit, by the same program.
    pub fn are_those_of(&self, other: &Self) -> bool {
        (&self.commit, &self.node_sha256) == (&other.commit, &other.node_sha256)
    }
}

/// The commit in a node's version, which reads `salus-node 0.1.0-COMMIT`.
pub fn commit(node: &Path) -> Result<String> {
    let output = Command::new(node).arg("--version").output().context("the node does not start")?;
    ensure!(output.status.success(), "the node does not say its version");
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let commit = version.rsplit_once('-').map(|(_, commit)| commit.to_owned());
    commit.with_context(|| format!("there is no commit in the version `{version}`"))
}

/// SHA-256 of a file.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}
