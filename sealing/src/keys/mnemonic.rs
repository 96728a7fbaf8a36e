// SPDX-License-Identifier: Apache-2.0

//! BIP-39 phrases.

use bip39::Language;
use zeroize::Zeroizing;

use super::fault::KeyError;
use crate::secret::random;

/// A phrase of English BIP-39 words: the root of a person's keys, written down on paper.
pub struct Mnemonic(bip39::Mnemonic);

impl Mnemonic {
    /// A fresh phrase of twelve words: 128 bits, the strength of the keys that come from it.
    pub fn generate() -> Result<Self, KeyError> {
        let entropy = Zeroizing::new(random::<16>());
        bip39::Mnemonic::from_entropy_in(Language::English, &*entropy).map(Self).map_err(KeyError::from_bip39)
    }

    /// The phrase with these words; neither case nor the space between them matters.
    pub fn parse(words: &str) -> Result<Self, KeyError> {
        let mut normal = Zeroizing::new(String::with_capacity(words.len()));
        for word in words.split_whitespace() {
            if !normal.is_empty() {
                normal.push(' ');
            }
            normal.extend(word.chars().flat_map(char::to_lowercase));
        }
        bip39::Mnemonic::parse_in_normalized(Language::English, &normal).map(Self).map_err(KeyError::from_bip39)
    }

    /// The words, to be written down by the person who owns them.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut words = Zeroizing::new(String::with_capacity(256));
        for word in self.0.words() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        words
    }

    pub(super) fn entropy(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_entropy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_phrases_differ_and_parse() {
        let (one, two) = (Mnemonic::generate().unwrap(), Mnemonic::generate().unwrap());
        assert!(one.expose() != two.expose());
        assert_eq!(one.expose().split(' ').count(), 12);
        assert!(Mnemonic::parse(&one.expose()).unwrap().expose() == one.expose());
    }

    #[test]
    fn parse_overlooks_case_and_space() {
        let tidy = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
        let typed = " Bottom drive  obey LAKE curtain\nsmoke basket hold race lonely fit walk\t";
        assert!(*Mnemonic::parse(typed).unwrap().expose() == tidy);
    }

    #[test]
    fn parse_says_what_is_wrong() {
        let error = |words| Mnemonic::parse(words).err();
        assert_eq!(error(""), Some(KeyError::WordCount(0)));
        assert_eq!(error("bottom drive"), Some(KeyError::WordCount(2)));
        let unknown = "bottom drive obey lake curtain smoke basket hold race lonely fit zzzz";
        assert_eq!(error(unknown), Some(KeyError::UnknownWord(12)));
        let swapped = "drive bottom obey lake curtain smoke basket hold race lonely fit walk";
        assert_eq!(error(swapped), Some(KeyError::Checksum));
    }
}
