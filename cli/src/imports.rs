// SPDX-License-Identifier: Apache-2.0

//! The versions that this home's identities imported, so that a later import can be compared without reading records.
//!
//! A line has a content id, a fingerprint that only the member's key could make, and the time of the source's last change.
//! The chain has the content id too. Lines are added at the end, whole ones by a single write. When a record is shredded, its lines
//! are blotted out where they stand. So two commands at once lose nothing.

use salus_client::agent::{ImportMemory, Remembered};
use salus_primitives::Digest;
use std::{
    collections::BTreeMap,
    fs::{DirBuilder, OpenOptions},
    io::{Error, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Stands in the place of a line that was forgotten.
const BLOT: u8 = b'-';

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

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        self.versions.is_empty()
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

    fn forget(&mut self, contents: &[Digest]) -> Result<(), Error> {
        let prints: Vec<_> = contents.iter().filter_map(|it| self.recall(it)).map(|it| it.fingerprint).collect();
        // A home that imported none of them may have no file.
        if prints.is_empty() {
            return Ok(());
        }
        // An import that was cut off has sealed the same content under another id.
        let is_of_them = |content: &Digest, remembered: &Remembered| {
            contents.contains(content) || prints.contains(&remembered.fingerprint)
        };
        let mut file = OpenOptions::new().read(true).write(true).open(&self.file)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let mut start = 0u64;
        for line in text.split(|byte| *byte == b'\n') {
            if read(&String::from_utf8_lossy(line)).is_some_and(|(content, it)| is_of_them(&content, &it)) {
                // In its place and of its length: a line that another command adds meanwhile stays.
                file.seek(SeekFrom::Start(start))?;
                file.write_all(&vec![BLOT; line.len()])?;
            }
            start = start.saturating_add(line.len() as u64).saturating_add(1);
        }
        file.sync_data()?;
        self.versions.retain(|content, remembered| !is_of_them(content, remembered));
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

    #[test]
    fn versions_of_a_shredded_record_are_blotted_out_and_no_others() {
        let home = tempfile::tempdir().unwrap();
        let print = |byte| Remembered { fingerprint: Digest([byte; 32]), updated: Some(7) };
        let forget = |contents: &[Digest]| Imports::load(home.path()).forget(contents);
        forget(&[Digest([1; 32])]).unwrap();
        assert!(!home.path().join("imports").exists(), "there was nothing to forget");
        let mut imports = Imports::load(home.path());
        for byte in 1..=3 {
            imports.remember(&[(Digest([byte; 32]), print(byte + 100))]).unwrap();
        }
        // An import that was cut off, and had sealed the same content.
        imports.remember(&[(Digest([5; 32]), print(102))]).unwrap();
        forget(&[Digest([2; 32]), Digest([9; 32])]).unwrap();
        let text = std::fs::read_to_string(home.path().join("imports")).unwrap();
        for gone in [2, 5, 102] {
            assert!(!text.contains(&Digest([gone; 32]).to_string()), "{text}");
        }
        imports.remember(&[(Digest([4; 32]), print(104))]).unwrap();
        let imports = Imports::load(home.path());
        let known = [1, 2, 3, 4, 5].map(|byte| imports.recall(&Digest([byte; 32])));
        assert_eq!(known, [Some(print(101)), None, Some(print(103)), Some(print(104)), None]);
    }
}
