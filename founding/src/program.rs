// SPDX-License-Identifier: Apache-2.0

//! `salus-node`, asked for what only it can make: specifications, which hold its runtime, and hashes of genesis blocks.

use crate::error::FoundingError;
use salus_primitives::Digest;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Bytes of a runtime's code, at most: what a block could carry.
pub const LONGEST_CODE: usize = 5 << 20;

/// The node's words about a runtime's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuntimeCode {
    /// BLAKE2b-256 of the file.
    pub code_hash: Digest,
    /// Its version.
    pub spec_version: u32,
}

impl RuntimeCode {
    /// From a list of names and values, one a line.
    fn read(text: &str) -> Option<Self> {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Self { code_hash: value("code hash ")?.parse().ok()?, spec_version: value("version ")?.parse().ok()? })
    }
}

/// The program of the node.
pub struct NodeProgram(PathBuf);

impl NodeProgram {
    /// The program that is named; else the one beside this very program; else the one that the shell would find.
    pub fn find(named: Option<PathBuf>) -> Self {
        let beside = || Some(std::env::current_exe().ok()?.with_file_name("salus-node")).filter(|path| path.is_file());
        Self(named.or_else(beside).unwrap_or_else(|| "salus-node".into()))
    }

    /// The raw specification of the network that a file describes.
    pub fn specification(&self, description: &Path) -> Result<String, FoundingError> {
        self.ask(&["network-spec".as_ref(), description.as_os_str()])
    }

    /// The hash of the genesis block of the chain that a file specifies.
    pub fn genesis_hash(&self, specification: &Path) -> Result<Digest, FoundingError> {
        let hash = self.ask(&["genesis-hash".as_ref(), "--chain".as_ref(), specification.as_os_str()])?;
        hash.trim().parse().map_err(|_| self.printed_no("hash"))
    }

    /// The runtime's code in the file `code`, described, if this node can execute it, and it may follow the version `current`.
    ///
    /// The vote is on the bytes whose hash is `read`, whatever the program read.
    pub fn check_runtime(&self, code: &Path, read: Digest, current: u32) -> Result<RuntimeCode, FoundingError> {
        let current = current.to_string();
        let answer = self.ask(&["check-runtime".as_ref(), code.as_os_str(), "--current".as_ref(), current.as_ref()])?;
        let found = RuntimeCode::read(&answer).ok_or_else(|| self.printed_no("name of a runtime"))?;
        match read == found.code_hash {
            true => Ok(found),
            false => Err(FoundingError::OtherCode(self.0.clone())),
        }
    }

    fn ask(&self, arguments: &[&OsStr]) -> Result<String, FoundingError> {
        let output = Command::new(&self.0)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| FoundingError::NoProgram { program: self.0.clone(), cause })?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            let words = words.trim().trim_start_matches("error: ").to_owned();
            return Err(FoundingError::ProgramRefused { program: self.0.clone(), words });
        }
        String::from_utf8(output.stdout).map_err(|_| self.printed_no("text"))
    }

    fn printed_no(&self, expected: &'static str) -> FoundingError {
        FoundingError::ProgramPrinted { program: self.0.clone(), expected }
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
