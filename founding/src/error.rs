// SPDX-License-Identifier: Apache-2.0

//! The errors of making files from a list.

use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

use crate::fault::Fault;

/// The reason for which no files were written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FoundingError {
    /// The list has faults.
    #[error("{}", in_lines(.path, .faults))]
    List {
        /// The file with the list.
        path: PathBuf,
        /// Every fault, by line.
        faults: Vec<Fault>,
    },
    /// A file that should hold one entry holds none, or several.
    #[error("`{0}` is not the entry of one hospital")]
    NotOneEntry(PathBuf),
    /// A file or folder already has the path of the new folder.
    #[error("`{0}` exists already, and nothing is overwritten")]
    Exists(PathBuf),
    /// The path has no last part that could name a folder.
    #[error("`{0}` is not a folder")]
    NotAFolder(PathBuf),
    /// A file or folder cannot be written.
    #[error("`{path}` cannot be written: {cause}")]
    Unwritable {
        /// The path of the file or folder.
        path: PathBuf,
        /// The error of the file system.
        cause: io::Error,
    },
    /// The node's program does not start.
    #[error("`{program}` does not start: {cause}")]
    NoProgram {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The node's program ended with an error.
    #[error("`{program}` refused: {words}")]
    ProgramRefused {
        /// The program.
        program: PathBuf,
        /// The error, in the program's words.
        words: String,
    },
    /// The node's program printed something else than expected.
    #[error("`{program}` printed no {expected}")]
    ProgramPrinted {
        /// The program.
        program: PathBuf,
        /// The expected output.
        expected: &'static str,
    },
    /// The node's program printed another code hash than the file's.
    #[error("`{0}` hashed something else than the file")]
    OtherCode(PathBuf),
}

fn in_lines(path: &Path, faults: &[Fault]) -> String {
    let lines = faults.iter().map(|Fault { line, reason }| format!("{}:{line}: {reason}", path.display()));
    lines.collect::<Vec<_>>().join("\n")
}
