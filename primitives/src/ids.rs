// SPDX-License-Identifier: Apache-2.0

//! Identifiers, digests and public keys: newtypes, never bare integers or arrays.

use alloc::string::String;
use codec::{CompactAs, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[derive(Encode, Decode, CompactAs, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

number_id! {
    /// An institution admitted by the council (S4-01). Never reused.
    InstitutionId(u32)
}
number_id! {
    /// A member: stable for life, whichever keys it uses. Never reused.
    MemberId(u64)
}
number_id! {
    /// A patient's chart. Never reused.
    ChartId(u64)
}
number_id! {
    /// A compartment of a chart: `0..16`.
    CompartmentId(u8)
}
number_id! {
    /// A grant within its chart, counted from zero. Never reused.
    GrantId(u32)
}
number_id! {
    /// A request for access within its chart, counted from zero. Never reused.
    RequestId(u32)
}

/// Not the lower- or upper-case hexadecimal text of exactly the expected number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidHex {
    /// Bytes that were expected.
    pub expected: usize,
}

impl fmt::Display for InvalidHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} bytes as hexadecimal digits", self.expected)
    }
}

impl core::error::Error for InvalidHex {}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn bytes_from_hex<const N: usize>(text: &str) -> Result<[u8; N], InvalidHex> {
    let error = InvalidHex { expected: N };
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let mut bytes = [0u8; N];
    let mut pairs = digits.chunks_exact(2);
    if Some(digits.len()) != N.checked_mul(2) {
        return Err(error);
    }
    for byte in &mut bytes {
        let Some([high, low]) = pairs.next() else { return Err(error) };
        let (high, low) = (nibble(*high).ok_or(error)?, nibble(*low).ok_or(error)?);
        *byte = (high << 4) | low;
    }
    Ok(bytes)
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident[$len:literal]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("0x")?;
                write_hex(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = InvalidHex;
            /// With or without a leading `0x`.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                bytes_from_hex(text).map(Self)
            }
        }

        impl From<[u8; $len]> for $name {
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

bytes_id! {
    /// A SHA-256 or BLAKE2b-256 hash; the field that holds it says which, and of what.
    Digest[32]
}
bytes_id! {
    /// A public sr25519 key: membership, issuing, voucher or transaction key.
    SigningKey[32]
}
bytes_id! {
    /// A public ed25519 key: the one with which an authority votes on what is final.
    FinalityKey[32]
}
bytes_id! {
    /// The part of a [`RecordId`] that the author chooses (a UUID). It makes retries and imports idempotent.
    RecordKey[16]
}
bytes_id! {
    /// Names a reading session; chosen by the reader, never reused by the same reader.
    ReadingSessionId[16]
}

/// A record: the chart that it belongs to and a key that its author chose (S1-16).
///
/// Its text, also in JSON, is `CHART/KEY`: a chart number, a slash and 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RecordId {
    /// The chart.
    pub chart: ChartId,
    /// The author's key, unique in the chart.
    pub key: RecordKey,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.chart)?;
        write_hex(&self.key.0, f)
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Not `CHART/KEY`, such as `3/00112233445566778899aabbccddeeff`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidRecordId;

impl fmt::Display for InvalidRecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected CHART/KEY: a chart number, a slash and 32 hexadecimal digits")
    }
}

impl core::error::Error for InvalidRecordId {}

impl core::str::FromStr for RecordId {
    type Err = InvalidRecordId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (chart, key) = text.split_once('/').ok_or(InvalidRecordId)?;
        Ok(Self { chart: chart.parse().map_err(|_| InvalidRecordId)?, key: key.parse().map_err(|_| InvalidRecordId)? })
    }
}

/// A public key to which envelopes are sealed, with the suite that it belongs to.
///
/// Suite 1 is HPKE with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (RFC 9180).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct EncryptionKey {
    /// The suite; only [`EncryptionKey::X25519`] is known.
    pub suite: u8,
    /// The public key of that suite.
    #[serde(with = "key_hex")]
    pub key: [u8; 32],
}

impl EncryptionKey {
    /// The suite byte of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
    pub const X25519: u8 = 1;

    /// A key of suite 1.
    pub const fn x25519(key: [u8; 32]) -> Self {
        Self { suite: Self::X25519, key }
    }

    /// Whether the suite is known and the key is not the all-zero point, whose envelopes anyone could open.
    pub fn is_acceptable(&self) -> bool {
        self.suite == Self::X25519 && self.key != [0; 32]
    }
}

mod key_hex {
    use super::{bytes_from_hex, Digest};
    use alloc::string::String;
    use serde::{de::Error as _, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(key: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Digest(*key))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        bytes_from_hex(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_with_and_without_prefix() {
        let key = RecordKey([0xab; 16]);
        assert_eq!("abababababababababababababababab".parse(), Ok(key));
        assert_eq!("0xABababababababababababababababab".parse(), Ok(key));
    }

    #[test]
    fn hex_fails_when_short_long_odd_or_foreign() {
        for text in ["", "0x", "ab", "abababababababababababababababa", "abababababababababababababababababab", "zz"] {
            assert_eq!(text.parse::<RecordKey>(), Err(InvalidHex { expected: 16 }), "{text}");
        }
        assert!("é".repeat(16).parse::<RecordKey>().is_err());
    }

    #[test]
    fn record_id_round_trips() {
        let record = RecordId { chart: ChartId(7), key: RecordKey([1; 16]) };
        assert_eq!(alloc::string::ToString::to_string(&record).parse(), Ok(record));
        assert_eq!("7".parse::<RecordId>(), Err(InvalidRecordId));
        assert_eq!("x/01".parse::<RecordId>(), Err(InvalidRecordId));
    }

    #[test]
    fn zero_and_foreign_encryption_keys_are_not_acceptable() {
        assert!(EncryptionKey::x25519([1; 32]).is_acceptable());
        assert!(!EncryptionKey::x25519([0; 32]).is_acceptable());
        assert!(!EncryptionKey { suite: 2, key: [1; 32] }.is_acceptable());
    }
}
