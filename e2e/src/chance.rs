// SPDX-License-Identifier: Apache-2.0

//! How often a number or a hexadecimal word stands in a text by chance.
//!
//! Exported blocks are millions of hexadecimal digits, in which any six-digit number occurs now and then. A name never does.
//! So for a string that consists of digits alone, this counts in how many places of a text it could stand by chance: as a
//! word of its own, or within a longer run of the same digits. Divided by how many strings of that length there are, the count is
//! how often the string is to be expected.

use std::collections::BTreeMap;

/// The digits that a string consists of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Digits {
    /// 0 to 9.
    Decimal,
    /// 0 to 9 and a to f, of either case.
    Hexadecimal,
}

impl Digits {
    /// The fewest digits that `text` can be written with; none where it has other letters.
    pub fn of(text: &[u8]) -> Option<Self> {
        [Self::Decimal, Self::Hexadecimal].into_iter().find(|digits| text.iter().all(|byte| digits.have(*byte)))
    }

    /// Whether this byte is one of them.
    pub fn have(self, byte: u8) -> bool {
        match self {
            Self::Decimal => byte.is_ascii_digit(),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
        }
    }

    fn count(self) -> f64 {
        match self {
            Self::Decimal => 10.0,
            Self::Hexadecimal => 16.0,
        }
    }
}

/// How many words and runs of digits a text has, by their lengths.
#[derive(Clone, Default, Debug)]
pub struct Count {
    decimal: Lengths,
    hexadecimal: Lengths,
    /// The word that is being read: how many letters and digits.
    word: usize,
}

/// For one kind of digits.
#[derive(Clone, Default, Debug)]
struct Lengths {
    /// Words, between bytes that are neither letters nor digits, that consist of these digits.
    words: BTreeMap<usize, u64>,
    /// Runs of these digits, whatever is around them.
    runs: BTreeMap<usize, u64>,
    /// The run that is being read.
    run: usize,
}

impl Count {
    /// Reads on.
    pub fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_word = byte.is_ascii_alphanumeric();
            for digits in [Digits::Decimal, Digits::Hexadecimal] {
                let word = self.word;
                let lengths = self.of_mut(digits);
                if digits.have(*byte) {
                    lengths.run = lengths.run.saturating_add(1);
                } else {
                    lengths.end(word, !is_word);
                }
            }
            self.word = if is_word { self.word.saturating_add(1) } else { 0 };
        }
    }

    /// The text, or a part that nothing continues, is at its end.
    pub fn end(&mut self) {
        self.read(&[0]);
    }

    /// How many strings like one of `length` such digits are expected to equal it, standing alone or within more of these digits.
    pub fn expected(&self, digits: Digits, length: usize, alone: bool) -> f64 {
        let lengths = match digits {
            Digits::Decimal => &self.decimal,
            Digits::Hexadecimal => &self.hexadecimal,
        };
        let places: u64 = if alone {
            lengths.words.get(&length).copied().unwrap_or_default()
        } else {
            let starts = |run: usize| u64::try_from(run.saturating_sub(length).saturating_add(1)).unwrap_or(u64::MAX);
            lengths
                .runs
                .range(length..)
                .map(|(run, count)| count.saturating_mul(starts(*run)))
                .fold(0, u64::saturating_add)
        };
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let places = places as f64;
        places / digits.count().powf(f64::from(u32::try_from(length).unwrap_or(u32::MAX)))
    }

    fn of_mut(&mut self, digits: Digits) -> &mut Lengths {
        match digits {
            Digits::Decimal => &mut self.decimal,
            Digits::Hexadecimal => &mut self.hexadecimal,
        }
    }
}

impl Lengths {
    /// A run ends, and with it perhaps a word of `word` letters and digits.
    fn end(&mut self, word: usize, ends_word: bool) {
        let run = std::mem::take(&mut self.run);
        if run > 0 {
            let runs = self.runs.entry(run).or_default();
            *runs = runs.saturating_add(1);
            if ends_word && run == word {
                let words = self.words.entry(run).or_default();
                *words = words.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Count {
        let mut count = Count::default();
        count.read(text.as_bytes());
        count.end();
        count
    }

    #[test]
    fn digits_are_the_fewest_that_suffice() {
        assert_eq!(Digits::of(b"309362"), Some(Digits::Decimal));
        assert_eq!(Digits::of(b"facade"), Some(Digits::Hexadecimal));
        assert_eq!(Digits::of(b"Anna"), None);
    }

    #[test]
    fn words_and_runs_are_counted_by_length() {
        let count = count("\"code\":\"309362\", 0x123456ab 777777 x888888");
        // Two words of six decimal digits; as runs also the digits of the others.
        assert_eq!(count.expected(Digits::Decimal, 6, true), 2.0 / 1e6);
        assert_eq!(count.expected(Digits::Decimal, 6, false), 4.0 / 1e6);
        // Of the run of eight hexadecimal digits, three places; and the three runs of six.
        assert_eq!(count.expected(Digits::Hexadecimal, 6, false), 6.0 / 16f64.powf(6.0));
    }
}
