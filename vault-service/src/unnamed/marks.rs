// SPDX-License-Identifier: Apache-2.0

//! Since when which object is unnamed: a small file for each, so that a restart begins no age again.

use salus_primitives::{Digest, Moment};
use salus_vault::Vault;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// The folder of marks, lease and memory, in that of the vault.
const FOLDER: &str = "unnamed";
/// The file of what the last sweep saw.
const MEMORY: &str = "memory.json";
/// The ending of a file that is being written.
const UNFINISHED: &str = "new";

/// The marks of a vault.
#[derive(Clone)]
pub struct Marks {
    folder: PathBuf,
}

/// The chain as the last sweep saw it. A chain that has less is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    /// The finalized block.
    pub(super) block: u32,
    /// How many charts there were.
    pub(super) charts: u64,
    /// How many objects all of them named.
    pub(super) named: u64,
}

impl Marks {
    /// The marks of `vault`.
    pub fn of(vault: &Vault) -> Self {
        Self { folder: vault.folder().join(FOLDER) }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// All marks, and since when they are there.
    pub fn all(&self) -> io::Result<BTreeMap<Digest, Moment>> {
        let mut marks = BTreeMap::new();
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(marks),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            marks.extend(self.since(&id)?.map(|since| (id, since)));
        }
        Ok(marks)
    }

    /// Since when an object is marked.
    pub fn since(&self, id: &Digest) -> io::Result<Option<Moment>> {
        match fs::read_to_string(self.path(id)) {
            Ok(text) => Ok(Some(text.trim().parse().map_err(io::Error::other)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Marks an object.
    pub fn mark(&self, id: &Digest, now: Moment) -> io::Result<()> {
        self.write(&id.to_string(), now.to_string().as_bytes())
    }

    /// Strikes a mark out: the object is named, announced again, or deleted.
    pub fn strike(&self, id: &Digest) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn memory(&self) -> io::Result<Memory> {
        match fs::read(self.folder.join(MEMORY)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Memory::default()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn remember(&self, memory: Memory) -> io::Result<()> {
        self.write(MEMORY, &serde_json::to_vec(&memory)?)
    }

    /// Writes a file that is there whole or not at all.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(name);
        let fresh = path.with_extension(UNFINISHED);
        fs::write(&fresh, bytes)?;
        fs::rename(fresh, path)
    }

    fn path(&self, id: &Digest) -> PathBuf {
        self.folder.join(id.to_string())
    }
}
