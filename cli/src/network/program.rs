// SPDX-License-Identifier: Apache-2.0

//! `salus-node`, asked for what only it can make: specifications, which hold its runtime, and hashes of genesis blocks.

use crate::failure::Failure;
use salus_primitives::Digest;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The program of the node.
pub(crate) struct NodeProgram(PathBuf);

impl NodeProgram {
    /// The program that is named; else the one beside this very program; else the one that the shell would find.
    pub(crate) fn find(named: Option<PathBuf>) -> Self {
        let beside = || Some(std::env::current_exe().ok()?.with_file_name("salus-node")).filter(|path| path.is_file());
        Self(named.or_else(beside).unwrap_or_else(|| "salus-node".into()))
    }

    /// The raw specification of the network that a file describes.
    pub(crate) fn specification(&self, description: &Path) -> Result<String, Failure> {
        self.ask(&["network-spec".as_ref(), description.as_os_str()])
    }

    /// The hash of the genesis block of the chain that a file specifies.
    pub(crate) fn genesis_hash(&self, specification: &Path) -> Result<Digest, Failure> {
        let hash = self.ask(&["genesis-hash".as_ref(), "--chain".as_ref(), specification.as_os_str()])?;
        hash.trim().parse().map_err(|_| Failure::input(format!("`{}` printed no hash", self.0.display())))
    }

    fn ask(&self, arguments: &[&OsStr]) -> Result<String, Failure> {
        let program = self.0.display();
        let output = Command::new(&self.0).args(arguments).stdin(Stdio::null()).output().map_err(|error| {
            Failure::input(format!("`{program}` does not start: {error}\nhint: name it with --node-program FILE"))
        })?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::input(format!("`{program}` refused: {}", words.trim().trim_start_matches("error: "))));
        }
        String::from_utf8(output.stdout).map_err(|_| Failure::input(format!("`{program}` printed no text")))
    }
}
