// SPDX-License-Identifier: Apache-2.0

//! Vocabularies: closed sets of words that the chain stores as numbers and that people read and type.
//!
//! One table makes each of them. The codec index, the word in JSON and on the command line, and the sentence for people
//! come from the same row. So do help texts, error messages and the tables of `docs/architecture.md`. The head of
//! [`permissions`](crate::permissions) says what a new permission needs besides.

use core::fmt;

/// One word of a vocabulary, with all its forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The variant's name in the code and in the metadata.
    pub name: &'static str,
    /// The codec index; in a set, the number of the bit.
    pub code: u8,
    /// The word in JSON and on the command line.
    pub word: &'static str,
    /// The meaning, as a sentence fragment for people.
    pub text: &'static str,
}

/// A closed set of words.
pub trait Vocabulary: Copy + Eq + Send + Sync + 'static {
    /// The name for one word, such as `role`.
    const WHAT: &'static str;
    /// The words, in the order of their codes.
    const ROWS: &'static [Row];

    /// The value with this word, whatever the case of its letters.
    fn from_word(word: &str) -> Option<Self>;
}

/// A text is not a word of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownWord {
    what: &'static str,
    rows: &'static [Row],
}

impl UnknownWord {
    /// The text is not a word of `T`.
    pub const fn of<T: Vocabulary>() -> Self {
        Self { what: T::WHAT, rows: T::ROWS }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}: expected one of", self.what)?;
        for (place, row) in self.rows.iter().enumerate() {
            write!(f, "{} {}", if place == 0 { ":" } else { "," }, row.word)?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownWord {}

/// Makes an enum, and everything that is derived from its words, from one table.
///
/// A row is `Variant = code, "word", "what it means, for people";` under its documentation. Codes are never reused.
macro_rules! vocabulary {
    (
        $(#[$about:meta])*
        $name:ident, $what:literal {
            $($(#[$doc:meta])* $variant:ident = $code:literal, $word:literal, $text:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[derive(codec::Encode, codec::Decode, codec::DecodeWithMemTracking, codec::MaxEncodedLen)]
        #[derive(scale_info::TypeInfo, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[codec(index = $code)] #[serde(rename = $word)] $variant = $code,)+
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: [$name; [$($code),+].len()] = [$($name::$variant),+];

            /// The codec index.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The one with this codec index.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The variant's name, as it stands in the metadata.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// The word in JSON and on the command line.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The meaning, as a sentence fragment for people.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const WHAT: &'static str = $what;
            const ROWS: &'static [$crate::vocabulary::Row] = &[$($crate::vocabulary::Row {
                name: stringify!($variant),
                code: $code,
                word: $word,
                text: $text,
            },)+];

            fn from_word(word: &str) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word) {
                    return Some(Self::$variant);
                })+
                None
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                $crate::vocabulary::Vocabulary::from_word(word).ok_or(Self::Err::of::<Self>())
            }
        }
    };
}

pub(crate) use vocabulary;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::{Permission, Purpose, RequestState},
        audit::Action,
        decision::{Denial, Step},
        membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
        notices::{Delivery, NoticeKind},
        records::RecordState,
        refusal::Refusal,
    };
    use alloc::{format, string::ToString};
    use codec::{Decode, Encode};
    use core::{fmt::Debug, str::FromStr};
    use serde::{de::DeserializeOwned, Serialize};

    fn check<T>(all: &[T])
    where
        T: Vocabulary + Debug + Encode + Decode + Serialize + DeserializeOwned + FromStr<Err = UnknownWord>,
    {
        assert_eq!(all.len(), T::ROWS.len());
        for (place, (item, row)) in all.iter().zip(T::ROWS).enumerate() {
            assert_eq!(item.encode(), [row.code], "{row:?}");
            assert_eq!(T::decode(&mut &[row.code][..]).as_ref(), Ok(item));
            assert_eq!(serde_json::to_string(item).unwrap(), format!("\"{}\"", row.word));
            assert_eq!(serde_json::from_str::<T>(&format!("\"{}\"", row.word)).unwrap(), *item);
            assert_eq!(row.word.to_uppercase().parse(), Ok(*item));
            assert_eq!(format!("{item:?}"), row.name);
            assert!(row.word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{row:?}");
            assert!(!row.text.is_empty() && !row.text.ends_with('.') && row.text.is_ascii(), "{row:?}");
            let earlier = &T::ROWS[..place];
            assert!(earlier.iter().all(|other| other.code < row.code && other.word != row.word), "{row:?}");
        }
        assert!("".parse::<T>().is_err() && "nothing-like-it".parse::<T>().is_err());
    }

    #[test]
    fn codes_words_json_and_names_come_from_one_row() {
        check(&Role::ALL);
        check(&InstitutionKind::ALL);
        check(&InstitutionStatus::ALL);
        check(&MemberStatus::ALL);
        check(&Permission::ALL);
        check(&Purpose::ALL);
        check(&Denial::ALL);
        check(&Step::ALL);
        check(&RequestState::ALL);
        check(&RecordState::ALL);
        check(&NoticeKind::ALL);
        check(&Delivery::ALL);
        check(&Action::ALL);
        check(&Refusal::ALL);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_words_there_are() {
        let error = "curiosity".parse::<Purpose>().unwrap_err().to_string();
        assert!(error.starts_with("not a purpose: expected one of: treatment, "), "{error}");
        assert!(error.ends_with("public-health, emergency"), "{error}");
    }
}
