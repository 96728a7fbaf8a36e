// SPDX-License-Identifier: Apache-2.0

//! Large files: made, copied and compared.

use anyhow::Result;
use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

const MEBIBYTE: usize = 1024 * 1024;

/// A file that does not compress.
pub(super) fn make(path: &Path, mebibytes: u32) -> Result<()> {
    let mut file = File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..mebibytes {
        let piece: Vec<u8> = (0..MEBIBYTE / 8)
            .flat_map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            })
            .collect();
        file.write_all(&piece)?;
    }
    Ok(file.sync_all()?)
}

/// Copies a file, and syncs the copy.
pub(super) fn copy_synced(from: &Path, to: &Path) -> Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    // Through this process, as every other program has to: the kernel's own copy shares blocks on some disks.
    let mut piece = vec![0; MEBIBYTE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(to.sync_all()?),
            read => to.write_all(piece.get(..read).unwrap_or_default())?,
        }
    }
}

/// Whether two files have the same bytes.
pub(super) fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (io::BufReader::new(File::open(one)?), io::BufReader::new(File::open(other)?));
    let (mut first, mut second) = (vec![0; MEBIBYTE], vec![0; MEBIBYTE]);
    loop {
        let read = one.read(&mut first)?;
        if read == 0 {
            return Ok(other.read(&mut second)? == 0);
        }
        let expected = second.get_mut(..read).unwrap_or_default();
        other.read_exact(expected)?;
        if first.get(..read) != Some(expected) {
            return Ok(false);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_same_until_a_byte_differs() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        make(&one, 2).unwrap();
        copy_synced(&one, &other).unwrap();
        assert!(same(&one, &other).unwrap());
        let mut bytes = std::fs::read(&other).unwrap();
        bytes.last_mut().map(|byte| *byte ^= 1).unwrap();
        std::fs::write(&other, &bytes).unwrap();
        assert!(!same(&one, &other).unwrap());
        bytes.push(0);
        std::fs::write(&one, &bytes).unwrap();
        assert!(!same(&other, &one).unwrap_or(false));
    }
}
