// SPDX-License-Identifier: Apache-2.0

//! Faults of phrases, secret URIs and sealed keys.

use thiserror::Error;

/// A fault of sealed keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum KeystoreFault {
    /// The password is wrong, or the text was altered: the two cannot be told apart.
    #[error("does not open: the password is wrong, or the file was altered")]
    WrongPassword,
    /// The text is not what it should be; the words say how.
    #[error("is damaged: {0}")]
    Malformed(&'static str),
    /// The text asks for something that this version does not do, or not for a file's sake.
    #[error("cannot be used: it asks for {0}")]
    Unsupported(&'static str),
}

/// A phrase or secret URI cannot be used. No variant holds any part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A word is not on the list; words are counted from one.
    #[error("word {0} is not on the English BIP-39 list")]
    UnknownWord(usize),
    /// Phrases have 12, 15, 18, 21 or 24 words.
    #[error("expected 12, 15, 18, 21 or 24 words, found {0}")]
    WordCount(usize),
    /// A word is wrong or out of place.
    #[error("the words do not fit together: one is wrong or out of place")]
    Checksum,
    /// The digits after `0x` are not a seed.
    #[error("expected a seed of 32 bytes as hexadecimal digits after `0x`")]
    InvalidSeed,
    /// The text has not the form of a secret URI.
    #[error("not a secret URI: expected PHRASE//HARD/SOFT///PASSWORD")]
    InvalidUri,
    /// Bytes that were to be a key are none.
    #[error("not a private key")]
    InvalidKey,
}

impl KeyError {
    pub(super) fn from_bip39(error: bip39::Error) -> Self {
        match error {
            bip39::Error::UnknownWord(place) => Self::UnknownWord(place.saturating_add(1)),
            bip39::Error::BadWordCount(count) => Self::WordCount(count),
            _ => Self::Checksum,
        }
    }
}
