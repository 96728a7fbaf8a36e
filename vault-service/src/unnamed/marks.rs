// SPDX-License-Identifier: Apache-2.0

//! Since when which object is unnamed: a small file for each, so that a restart begins no age again.

use crate::whole_files;
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
/// How an operator gets past a damaged mark, and a damaged memory.
const HINT: &str = "look at the disk, then delete the file: the object's age begins again";
const HINT_OF_MEMORY: &str = "look at the disk, then delete the file: the next sweep deletes nothing";

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
        let path = self.path(id);
        let Some(bytes) = whole_files::read(&path)? else { return Ok(None) };
        let since = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok());
        since.map(Some).ok_or_else(|| whole_files::damaged(&path, "it holds no moment", HINT))
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

    /// The chain as the last sweep saw it, if that is known.
    pub(super) fn memory(&self) -> io::Result<Option<Memory>> {
        let path = self.folder.join(MEMORY);
        let Some(bytes) = whole_files::read(&path)? else { return Ok(None) };
        let memory = serde_json::from_slice(&bytes);
        memory.map(Some).map_err(|error| whole_files::damaged(&path, error, HINT_OF_MEMORY))
    }

    pub(super) fn remember(&self, memory: Memory) -> io::Result<()> {
        self.write(MEMORY, &serde_json::to_vec(&memory)?)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        whole_files::replace(&self.folder.join(name), bytes)
    }

    fn path(&self, id: &Digest) -> PathBuf {
        self.folder.join(id.to_string())
    }
}
