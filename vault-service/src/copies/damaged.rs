// SPDX-License-Identifier: Apache-2.0

//! Marks of damaged objects, altered or unreadable: a read, a copy or `salus-vault verify` found them, and the next round fetches them from elsewhere.

use salus_primitives::Digest;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// The folder of the marks.
const FOLDER: &str = "damaged";

/// The marks of a vault: an empty file for each object. Any process may add one.
#[derive(Clone)]
pub struct Damaged {
    folder: PathBuf,
}

impl Damaged {
    /// The marks below `folder`.
    pub fn below(folder: &Path) -> Self {
        Self { folder: folder.join(FOLDER) }
    }

    /// Marks an object.
    pub fn mark(&self, id: &Digest) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        File::create(self.folder.join(id.to_string())).map(drop)
    }

    /// Strikes a mark out: the object is whole again.
    pub fn strike(&self, id: &Digest) -> io::Result<()> {
        match fs::remove_file(self.folder.join(id.to_string())) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// All that are marked.
    pub fn all(&self) -> io::Result<BTreeSet<Digest>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(error),
        };
        let mut marked = BTreeSet::new();
        for entry in entries {
            marked.extend(entry?.file_name().to_str().and_then(|name| name.parse::<Digest>().ok()));
        }
        Ok(marked)
    }
}
