// SPDX-License-Identifier: Apache-2.0

//! The header in the clear, which says to what a blob belongs.

use codec::{Decode, Encode};
use salus_primitives::{CompartmentId, Digest, RecordId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const MAGIC: [u8; 6] = *b"SALUS\x01";
const SUITE: u8 = 1;
const PREFIX_LENGTH: usize = 6 + 1 + 65 + 32;

/// Bytes before the first segment.
pub const HEADER_LENGTH: usize = PREFIX_LENGTH + 32;

/// The bindings of a blob: one version of one record of one chain, sealed for one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bindings {
    /// The chain.
    pub genesis: Digest,
    /// The record.
    pub record: RecordId,
    /// Number of the version.
    pub version: u32,
    /// The record's compartment.
    pub compartment: CompartmentId,
    /// The compartment's epoch when the version was sealed.
    pub epoch: u32,
}

/// A blob's header. Without the content key it is a claim; the gate holds it against the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The bindings that the blob claims.
    pub bindings: Bindings,
    pub(super) salt: [u8; 32],
    pub(super) commitment: [u8; 32],
}

/// Bytes are not a header of a blob.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// They do not begin like a blob, or are too short for one.
    #[error("not a sealed blob")]
    NotABlob,
    /// A later version of this program made the blob.
    #[error("a sealed blob of suite `{0}`, which this version does not know")]
    UnknownSuite(u8),
}

impl Header {
    /// Reads the header at the beginning of `bytes`, of which there have to be [`HEADER_LENGTH`] at least.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let not_a_blob = |_| HeaderError::NotABlob;
        let Some(mut rest) = bytes.strip_prefix(&MAGIC) else { return Err(HeaderError::NotABlob) };
        match u8::decode(&mut rest).map_err(not_a_blob)? {
            SUITE => {}
            other => return Err(HeaderError::UnknownSuite(other)),
        }
        let (bindings, salt, commitment) = Decode::decode(&mut rest).map_err(not_a_blob)?;
        Ok(Self { bindings, salt, commitment })
    }

    /// The header's bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        let (prefix, commitment) = bytes.split_at_mut(PREFIX_LENGTH);
        prefix.copy_from_slice(&prefix_of(&self.bindings, &self.salt));
        commitment.copy_from_slice(&self.commitment);
        bytes
    }
}

/// Everything before the commitment; the commitment is made from it.
pub(super) fn prefix_of(bindings: &Bindings, salt: &[u8; 32]) -> [u8; PREFIX_LENGTH] {
    let mut prefix = [0; PREFIX_LENGTH];
    let encoded = (MAGIC, SUITE, bindings, salt).encode();
    debug_assert_eq!(encoded.len(), PREFIX_LENGTH, "all fields have a fixed length");
    prefix.iter_mut().zip(encoded).for_each(|(place, byte)| *place = byte);
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{ChartId, RecordKey};

    #[test]
    fn header_round_trips_and_has_a_fixed_length() {
        let record = RecordId { chart: ChartId(7), key: RecordKey([3; 16]) };
        let bindings =
            Bindings { genesis: Digest([1; 32]), record, version: u32::MAX, compartment: CompartmentId(15), epoch: 9 };
        let header = Header { bindings, salt: [4; 32], commitment: [5; 32] };
        let bytes = header.to_bytes();
        assert_eq!(bytes.len(), 136);
        assert_eq!(Header::parse(&bytes), Ok(header));
        for length in 0..bytes.len() {
            assert_eq!(Header::parse(&bytes[..length]), Err(HeaderError::NotABlob));
        }
        let mut later = bytes;
        later[6] = 2;
        assert_eq!(Header::parse(&later), Err(HeaderError::UnknownSuite(2)));
        assert_eq!(Header::parse(b"PK\x03\x04"), Err(HeaderError::NotABlob));
    }
}
