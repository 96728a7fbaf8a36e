// SPDX-License-Identifier: Apache-2.0

//! The versions that this home's identities imported, so that a later import can be compared without reading records.
//!
//! A line has a content id, a fingerprint that only the member's key could make, and the time of the source's last change.
//! The chain has the content id too. Lines are only ever added, whole ones by a single write: two commands at once lose
//! nothing.

use salus_client::agent::{ImportMemory, Remembered};
use salus_primitives::Digest;
use std::{
    collections::BTreeMap,
    fs::{DirBuilder, OpenOptions},
    io::{Error, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A home folder's memory of imports.
pub(crate) struct Imports {
    file: PathBuf,
    versions: BTreeMap<Digest, Remembered>,
}

impl Imports {
    /// The memory of `home`. Lines that are damaged, or cut off, count as absent: the records are read instead.
    pub(crate) fn load(home: &Path) -> Self {
        let file = home.join("imports");
        let text = std::fs::read(&file).unwrap_or_default();
        let versions = String::from_utf8_lossy(&text).lines().filter_map(read).collect();
        Self { file, versions }
    }
}

impl ImportMemory for Imports {
    fn recall(&self, content: &Digest) -> Option<Remembered> {
        self.versions.get(content).copied()
    }

    fn remember(&mut self, versions: &[(Digest, Remembered)]) -> Result<(), Error> {
        if let Some(folder) = self.file.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.file)?;
        let lines: String = versions.iter().map(|(content, remembered)| line(content, remembered)).collect();
        // A line that an earlier command could not write to its end is ended here.
        file.write_all(format!("\n{lines}").as_bytes())?;
        file.sync_data()?;
        self.versions.extend(versions.iter().copied());
        Ok(())
    }
}

fn line(content: &Digest, remembered: &Remembered) -> String {
    let updated = remembered.updated.map_or_else(|| "-".to_owned(), |updated| updated.to_string());
    format!("{content} {} {updated}\n", remembered.fingerprint)
}

fn read(line: &str) -> Option<(Digest, Remembered)> {
    let mut words = line.split(' ');
    let (content, fingerprint, updated) = (words.next()?, words.next()?, words.next()?);
    let updated = if updated == "-" { None } else { Some(updated.parse().ok()?) };
    Some((content.parse().ok()?, Remembered { fingerprint: fingerprint.parse().ok()?, updated }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn versions_are_remembered_and_a_damaged_line_harms_no_other() {
        let home = tempfile::tempdir().unwrap();
        let print = |byte| Remembered { fingerprint: Digest([byte; 32]), updated: (byte > 1).then_some(-7) };
        let mut imports = Imports::load(home.path());
        assert_eq!(imports.recall(&Digest([1; 32])), None);
        imports.remember(&[(Digest([1; 32]), print(1)), (Digest([2; 32]), print(2))]).unwrap();
        let file = home.path().join("imports");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let mut text = std::fs::read(&file).unwrap();
        text.extend(b"0x12 cut o");
        std::fs::write(&file, text).unwrap();
        let mut imports = Imports::load(home.path());
        imports.remember(&[(Digest([3; 32]), print(3))]).unwrap();
        let imports = Imports::load(home.path());
        for byte in 1..4 {
            assert_eq!(imports.recall(&Digest([byte; 32])), Some(print(byte)));
        }
    }
}
