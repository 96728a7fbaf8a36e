// SPDX-License-Identifier: Apache-2.0

//! The programs under test, and the commit that the node was built from.

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
    /// The SHA-256 of the node's program, in hexadecimal digits.
    pub node_sha256: String,
    /// The path of the node's program.
    #[serde(skip)]
    pub node: PathBuf,
    /// The node's program after a rolling upgrade.
    #[serde(skip)]
    pub next_node: Option<PathBuf>,
    /// The Wasm code after a runtime upgrade.
    #[serde(skip)]
    pub next_runtime: Option<PathBuf>,
}

impl Programs {
    /// Finds the programs beside this one or in `SALUS_BIN_DIR`.
    pub fn find(next_node: Option<PathBuf>, next_runtime: Option<PathBuf>) -> Result<Self> {
        let node = binaries::find("salus-node")?;
        Ok(Self { commit: commit(&node)?, node_sha256: sha256(&node)?, node, next_node, next_runtime })
    }

    /// Returns whether the commit and the node's program of `other` are the same.
    pub fn are_those_of(&self, other: &Self) -> bool {
        (&self.commit, &self.node_sha256) == (&other.commit, &other.node_sha256)
    }
}

/// Returns the commit in a node's version, such as `salus-node 0.1.0-COMMIT`.
pub fn commit(node: &Path) -> Result<String> {
    let output = Command::new(node).arg("--version").output().context("the node does not start")?;
    ensure!(output.status.success(), "the node does not say its version");
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let commit = version.rsplit_once('-').map(|(_, commit)| commit.to_owned());
    commit.with_context(|| format!("there is no commit in the version `{version}`"))
}

/// Returns the SHA-256 of a file, in hexadecimal digits.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}
