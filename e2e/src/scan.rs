// SPDX-License-Identifier: Apache-2.0

//! A search for leaked strings: as they are, in hexadecimal, and in base64.
//!
//! A base64 text has three forms, one for each place modulo three at which it begins; all are searched, without the
//! characters at the edges that also depend on the neighbors. A scan that finds nothing proves little by itself, so
//! scenarios plant a canary in each place and see that it is found.
//!
//! A short number or hexadecimal word stands in a large text by chance (see [`crate::chance`]). Each finding is judged by how
//! often chance would bring it about in that file; what chance explains is kept apart.

use crate::chance::{Count, Digits};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use anyhow::{Context, Result};
use base64::{
    alphabet,
    engine::{general_purpose::NO_PAD, GeneralPurpose},
    Engine,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Strings shorter than this are not searched: they stand in random bytes by chance.
pub const SHORTEST: usize = 6;
/// A finding that chance brings about more often than this in one file proves nothing.
const CHANCE: f64 = 1e-4;

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

/// The result of a search.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Searched {
    /// Findings that chance does not explain.
    pub findings: Vec<Finding>,
    /// Numbers and hexadecimal words that stand where chance puts such.
    pub by_chance: Vec<Finding>,
    /// How many bytes were searched.
    pub bytes: u64,
}

/// Searches for a fixed list of strings.
pub struct Scanner {
    searcher: AhoCorasick,
    patterns: Vec<Pattern>,
    longest: usize,
}

/// A string as it may be written.
struct Pattern {
    needle: usize,
    encoding: Encoding,
    length: usize,
    /// Its digits, if it consists of digits.
    digits: Option<Digits>,
}

/// A pattern at some place, before it is judged: which, and whether it stands there as a word of its own.
type Hit = (usize, bool);

/// The hits so far in one text, and how many digits it has.
#[derive(Default)]
struct Text {
    hits: BTreeSet<Hit>,
    count: Count,
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
        let patterns = patterns.into_iter().map(|(letters, (needle, encoding))| Pattern {
            needle,
            encoding,
            length: letters.len(),
            digits: Digits::of(&letters),
        });
        Ok(Self { searcher, patterns: patterns.collect(), longest })
    }

    /// Searches bytes.
    pub fn scan_bytes(&self, place: &str, bytes: &[u8]) -> Searched {
        let mut text = Text::default();
        text.count.read(bytes);
        self.find(bytes, true, true, &mut text);
        let mut searched = Searched { bytes: bytes.len() as u64, ..Searched::default() };
        self.judge(place, text, &mut searched);
        searched
    }

    /// Searches every file of a folder, and the names of files.
    pub fn scan_folder(&self, folder: &Path) -> Result<Searched> {
        let (mut searched, mut names) = (Searched::default(), Text::default());
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in
                std::fs::read_dir(&folder).with_context(|| format!("`{}` cannot be listed", folder.display()))?
            {
                let entry = entry?;
                let (path, name) = (entry.path(), entry.file_name());
                // All names are one text: a vault has thousands, each a digest.
                names.count.read(name.as_encoded_bytes());
                names.count.end();
                self.find(name.as_encoded_bytes(), true, true, &mut names);
                match entry.file_type()? {
                    kind if kind.is_dir() => folders.push(path),
                    kind if kind.is_file() => self.scan_file(&path, &mut searched)?,
                    _ => {}
                }
            }
        }
        self.judge(&format!("the names of files in {}", folder.display()), names, &mut searched);
        searched.findings.sort();
        searched.findings.dedup();
        searched.by_chance.sort();
        searched.by_chance.dedup();
        Ok(searched)
    }

    /// Searches a file piece by piece; pieces overlap, so that nothing hides at an edge.
    fn scan_file(&self, path: &PathBuf, searched: &mut Searched) -> Result<()> {
        const PIECE: usize = 8 << 20;
        let mut file = File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let (mut piece, mut text, mut first) = (Vec::new(), Text::default(), true);
        loop {
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            text.count.read(piece.get(piece.len().saturating_sub(read)..).unwrap_or_default());
            self.find(&piece, first, read == 0, &mut text);
            if read == 0 {
                self.judge(&path.to_string_lossy(), text, searched);
                return Ok(());
            }
            first = false;
            searched.bytes = searched.bytes.saturating_add(read as u64);
            // With the neighbors of what may stand at the edge.
            let keep = piece.len().min(self.longest.saturating_add(2));
            piece.drain(..piece.len().saturating_sub(keep));
        }
    }

    /// Notes the hits in a piece of a text. A hit that touches an edge is left to the piece that has its neighbors.
    fn find(&self, piece: &[u8], first: bool, last: bool, text: &mut Text) {
        for found in self.searcher.find_overlapping_iter(piece) {
            let (start, end, pattern) = (found.start(), found.end(), found.pattern().as_usize());
            if (start == 0 && !first) || (end == piece.len() && !last) {
                continue;
            }
            let neighbors = [start.checked_sub(1).and_then(|before| piece.get(before)), piece.get(end)];
            let alone = !neighbors.into_iter().flatten().any(u8::is_ascii_alphanumeric);
            text.hits.insert((pattern, alone));
        }
    }

    /// Tells what chance explains from what it does not.
    fn judge(&self, place: &str, mut text: Text, searched: &mut Searched) {
        text.count.end();
        for (pattern, alone) in text.hits {
            let Some(Pattern { needle, encoding, length, digits }) = self.patterns.get(pattern) else { continue };
            let expected = digits.map_or(0.0, |digits| text.count.expected(digits, *length, alone));
            let finding = Finding { place: place.to_owned(), needle: *needle, encoding: *encoding };
            let kept = if expected < CHANCE { &mut searched.findings } else { &mut searched.by_chance };
            if !kept.contains(&finding) {
                kept.push(finding);
            }
        }
    }
}

/// The letters of `needle` that show in base64, for each of the three places at which it may begin and both alphabets.
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
#[allow(clippy::arithmetic_side_effects, reason = "tests fail by panicking")]
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
                    let found = scanner.scan_bytes("here", &encoded).findings;
                    assert_eq!(found, [Finding { place: "here".into(), needle: number, encoding }], "{before}");
                }
            }
        }
    }

    #[test]
    fn short_strings_and_other_bytes_are_not_found() {
        let scanner = Scanner::new(&NEEDLES).unwrap();
        assert_eq!(scanner.scan_bytes("here", b"short Anna Bergman").findings, []);
        assert_eq!(scanner.scan_bytes("here", &[0; 1000]).findings, []);
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
        let searched = scanner.scan_folder(folder.path()).unwrap();
        assert_eq!(searched.findings.len(), 2);
        assert_eq!(searched.bytes, large.len() as u64 + 7);
    }

    /// Bytes as random as those of a digest.
    fn random(length: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .take(length)
        .collect()
    }

    /// A code of RxNorm, and a word of hexadecimal letters.
    const CODES: [&str; 2] = ["309362", "facade"];

    #[test]
    fn a_short_number_among_hexadecimal_digits_is_chance() {
        let scanner = Scanner::new(&CODES).unwrap();
        let mut blocks = hex::encode(random(1 << 20));
        for (number, code) in CODES.iter().enumerate() {
            blocks.replace_range(number * 1_000 + 70..number * 1_000 + 76, code);
        }
        let searched = scanner.scan_bytes("blocks.json", format!("[\"0x{blocks}\"]").as_bytes());
        assert_eq!(searched.findings, [], "it cries wolf");
        assert_eq!(searched.by_chance.len(), 2);
    }

    #[test]
    fn a_short_number_that_leaked_is_found_wherever_it_stands() {
        let scanner = Scanner::new(&CODES).unwrap();
        for (number, code) in CODES.iter().enumerate() {
            let leak = format!("{{\"code\":\"{code}\"}}");
            let mut block = random(1 << 20);
            drop(block.splice(500..500, leak.bytes()));
            let digits = hex::encode(&block);
            let log = "2026-11-21 10:20:15 Imported #4711 (0x12ab…90cd) in 12 ms\n".repeat(2_000);
            for (place, bytes) in [
                ("a binary block", block),
                ("the same in hexadecimal", digits.into_bytes()),
                ("a log", [log.as_bytes(), leak.as_bytes()].concat()),
                ("a file's name", code.as_bytes().to_vec()),
            ] {
                let found = scanner.scan_bytes(place, &bytes).findings;
                assert!(found.iter().any(|finding| finding.needle == number), "{code} in {place}");
            }
        }
    }

    #[test]
    fn what_touches_the_edge_of_a_piece_is_judged_with_its_neighbors() {
        let scanner = Scanner::new(&CODES).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for shift in 0..8 {
            let mut blocks = hex::encode(random(4 << 20)).into_bytes();
            blocks.extend(hex::encode(random(4 << 20)).into_bytes());
            let edge = (8 << 20) - shift;
            drop(blocks.splice(edge..edge + 6, *b"309362"));
            std::fs::write(folder.path().join("blocks"), &blocks).unwrap();
            let searched = scanner.scan_folder(folder.path()).unwrap();
            assert_eq!((searched.findings.len(), searched.by_chance.is_empty()), (0, false), "{shift}");
        }
    }
}
