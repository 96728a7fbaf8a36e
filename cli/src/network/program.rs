// SPDX-License-Identifier: Apache-2.0

//! `salus-node`, asked for what only it can make: specifications, which hold its runtime, and hashes of genesis blocks.

use crate::{failure::Failure, files};
use salus_client::chain::code_hash;
use salus_primitives::Digest;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Bytes of a runtime's code, at most: what a block could carry.
pub(crate) const LONGEST_CODE: usize = 5 << 20;

/// What the node says about a runtime's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RuntimeCode {
    /// BLAKE2b-256 of the file.
    pub(crate) code_hash: Digest,
    /// Its version.
    pub(crate) spec_version: u32,
}

impl RuntimeCode {
    /// From a list of names and values, one a line.
    fn read(text: &str) -> Option<Self> {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Self { code_hash: value("code hash ")?.parse().ok()?, spec_version: value("version ")?.parse().ok()? })
    }
}

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

    /// What a runtime's code is, if this node can execute it, and it may follow the version `current`.
    pub(crate) fn check_runtime(&self, code: &Path, current: u32) -> Result<RuntimeCode, Failure> {
        let current = current.to_string();
        let answer = self.ask(&["check-runtime".as_ref(), code.as_os_str(), "--current".as_ref(), current.as_ref()])?;
        let found = RuntimeCode::read(&answer)
            .ok_or_else(|| Failure::input(format!("`{}` did not say which runtime this is", self.0.display())))?;
        // What is voted on is this file, whatever the program read.
        match code_hash(&files::read(code, LONGEST_CODE)?) == found.code_hash {
            true => Ok(found),
            false => Err(Failure::input(format!("`{}` hashed something else", self.0.display()))),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_node_says_of_a_runtime_is_read() {
        let hash = format!("0x{}", "07".repeat(32));
        let text =
            format!("name       salus\nversion    2\ncode hash  {hash}\nbytes      9\n\nthis node can execute it\n");
        let code = RuntimeCode { code_hash: Digest([7; 32]), spec_version: 2 };
        assert_eq!(RuntimeCode::read(&text), Some(code));
        for wrong in ["", "version 2", &text.replace("0x07", "0x7"), &text.replace("    2", "    two")] {
            assert_eq!(RuntimeCode::read(wrong), None, "{wrong}");
        }
    }
}
