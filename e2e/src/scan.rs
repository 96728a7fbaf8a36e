// SPDX-License-Identifier: Apache-2.0

//! A search for leaked strings: as they are, in hexadecimal, and in base64.
//!
//! A base64 text has three forms, one for each place modulo three at which it begins; all are searched, without the
//! characters at the edges that also depend on the neighbors. A scan that finds nothing proves little by itself, so
//! scenarios plant a canary in each place and see that it is found.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use anyhow::{Context, Result};
use base64::{
    alphabet,
    engine::{general_purpose::NO_PAD, GeneralPurpose},
    Engine,
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Strings shorter than this are not searched: they stand in random bytes by chance.
pub const SHORTEST: usize = 6;

/// How a string was written where it was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Encoding {
    /// UTF-8, as it is.
    Plain,
    /// Hexadecimal digits, of either case.
    Hex,
    /// Base64, of either alphabet.
    Base64,
}

/// A string that was found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// Where: a file, or the name of a stream.
    pub place: String,
    /// Which string, by its number in the list that was searched for.
    pub needle: usize,
    /// How it was written.
    pub encoding: Encoding,
}

/// Searches for a fixed list of strings.
pub struct Scanner {
    searcher: AhoCorasick,
    patterns: Vec<(usize, Encoding)>,
    longest: usize,
}

impl Scanner {
    /// A scanner for `needles`; those shorter than [`SHORTEST`] are left out.
    pub fn new<S: AsRef<str>>(needles: &[S]) -> Result<Self> {
        let mut patterns: BTreeMap<Vec<u8>, (usize, Encoding)> = BTreeMap::new();
        for (number, needle) in needles.iter().enumerate() {
            let needle = needle.as_ref().as_bytes();
            if needle.len() < SHORTEST {
                continue;
            }
            let lower = hex::encode(needle);
            patterns.entry(lower.to_uppercase().into_bytes()).or_insert((number, Encoding::Hex));
            patterns.entry(lower.into_bytes()).or_insert((number, Encoding::Hex));
            for form in base64_forms(needle) {
                patterns.entry(form.into_bytes()).or_insert((number, Encoding::Base64));
            }
            patterns.entry(needle.to_vec()).or_insert((number, Encoding::Plain));
        }
        let longest = patterns.keys().map(Vec::len).max().unwrap_or_default();
        let searcher = AhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .build(patterns.keys())
            .context("too many strings to search for")?;
        Ok(Self { searcher, patterns: patterns.into_values().collect(), longest })
    }

    /// Searches bytes.
    pub fn scan_bytes(&self, place: &str, bytes: &[u8]) -> Vec<Finding> {
        let mut findings: Vec<_> = self
            .searcher
            .find_overlapping_iter(bytes)
            .filter_map(|found| self.patterns.get(found.pattern().as_usize()))
            .map(|(needle, encoding)| Finding { place: place.to_owned(), needle: *needle, encoding: *encoding })
            .collect();
        findings.sort();
        findings.dedup();
        findings
    }

    /// Searches every file of a folder, and the names of files; the findings, and how many bytes were searched.
    pub fn scan_folder(&self, folder: &Path) -> Result<(Vec<Finding>, u64)> {
        let (mut findings, mut searched) = (Vec::new(), 0u64);
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in
                std::fs::read_dir(&folder).with_context(|| format!("`{}` cannot be listed", folder.display()))?
            {
                let entry = entry?;
                let path = entry.path();
                findings.extend(self.scan_bytes(&path.to_string_lossy(), entry.file_name().as_encoded_bytes()));
                match entry.file_type()? {
                    kind if kind.is_dir() => folders.push(path),
                    kind if kind.is_file() => searched = searched.saturating_add(self.scan_file(&path, &mut findings)?),
                    _ => {}
                }
            }
        }
        findings.sort();
        findings.dedup();
        Ok((findings, searched))
    }

    /// Searches a file piece by piece; pieces overlap, so that nothing hides at an edge.
    fn scan_file(&self, path: &PathBuf, findings: &mut Vec<Finding>) -> Result<u64> {
        const PIECE: usize = 8 << 20;
        let mut file = File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let (mut piece, mut searched) = (Vec::new(), 0u64);
        loop {
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            if read == 0 {
                return Ok(searched);
            }
            searched = searched.saturating_add(read as u64);
            findings.extend(self.scan_bytes(&path.to_string_lossy(), &piece));
            let keep = piece.len().min(self.longest);
            piece.drain(..piece.len().saturating_sub(keep));
        }
    }
}

/// What of `needle` shows in base64, for each of the three places at which it may begin and both alphabets.
fn base64_forms(needle: &[u8]) -> impl Iterator<Item = String> + '_ {
    [&alphabet::STANDARD, &alphabet::URL_SAFE].into_iter().flat_map(move |alphabet| {
        let engine = GeneralPurpose::new(alphabet, NO_PAD);
        (0..3usize).map(move |shift| {
            let text = engine.encode([&vec![0u8; shift][..], needle].concat());
            // Characters that also hold bits of the neighbors before and after.
            let before = [0, 2, 3].get(shift).copied().unwrap_or_default();
            let partial_after = !(shift.saturating_add(needle.len())).is_multiple_of(3);
            let end = text.len().saturating_sub(usize::from(partial_after));
            text.get(before..end).unwrap_or_default().to_owned()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    const NEEDLES: [&str; 3] = ["Anna Bergmann", "Ψυχή??>>", "short"];

    #[test]
    fn every_encoding_is_found_at_every_place() {
        let scanner = Scanner::new(&NEEDLES).unwrap();
        for (number, needle) in NEEDLES.iter().take(2).enumerate() {
            for before in 0..7 {
                let mut text = vec![b'x'; before];
                text.extend(needle.as_bytes());
                text.extend(b"yz!");
                for (encoded, encoding) in [
                    (text.clone(), Encoding::Plain),
                    (hex::encode(&text).into_bytes(), Encoding::Hex),
                    (hex::encode_upper(&text).into_bytes(), Encoding::Hex),
                    (STANDARD.encode(&text).into_bytes(), Encoding::Base64),
                    (URL_SAFE.encode(&text).into_bytes(), Encoding::Base64),
                ] {
                    let found = scanner.scan_bytes("here", &encoded);
                    assert_eq!(found, [Finding { place: "here".into(), needle: number, encoding }], "{before}");
                }
            }
        }
    }

    #[test]
    fn short_strings_and_other_bytes_are_not_found() {
        let scanner = Scanner::new(&NEEDLES).unwrap();
        assert_eq!(scanner.scan_bytes("here", b"short Anna Bergman"), []);
        assert_eq!(scanner.scan_bytes("here", &[0; 1000]), []);
    }

    #[test]
    fn folders_are_searched_with_names_and_across_pieces() {
        let scanner = Scanner::new(&NEEDLES).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let nested = folder.path().join("a/b");
        std::fs::create_dir_all(&nested).unwrap();
        let mut large = vec![0u8; (8 << 20) - 5];
        large.extend(b"Anna Bergmann");
        std::fs::write(nested.join("large"), &large).unwrap();
        std::fs::write(folder.path().join("of Anna Bergmann"), "nothing").unwrap();
        let (found, searched) = scanner.scan_folder(folder.path()).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(searched, large.len() as u64 + 7);
    }
}
