// SPDX-License-Identifier: Apache-2.0

//! The files of a checkout.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that no commit holds.
const LEFT_OUT: [&str; 3] = ["target", "node_modules", ".git"];

/// A file of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its path below the root, with slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Every file below `folder` of the checkout whose name ends with one of `endings`, in the order of their paths.
///
/// It panics where a file cannot be read: a check that skips files proves nothing.
#[allow(clippy::panic, reason = "a check that skips files proves nothing")]
pub fn files(root: &Path, folder: &str, endings: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()));
        for entry in entries {
            let entry = entry.unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()));
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !LEFT_OUT.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                files.push(read(root, &path));
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The file at `path` below the root, if it is there.
pub fn file(root: &Path, path: &str) -> Option<File> {
    let full = root.join(path);
    full.is_file().then(|| read(root, &full))
}

#[allow(clippy::panic, reason = "a check that skips files proves nothing")]
fn read(root: &Path, path: &PathBuf) -> File {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    let below = path.strip_prefix(root).unwrap_or(path);
    File { path: below.to_string_lossy().replace('\\', "/"), text }
}

/// The root of the checkout that this crate is in.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
