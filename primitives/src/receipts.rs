// SPDX-License-Identifier: Apache-2.0

//! Receipts: what a release gate gave out under one opening, in order, and the head that its institution posts.
//!
//! A receipt names ids only. The chain has the head: the count, and a hash over all receipts of the institution for the
//! opening. Anyone with the receipts makes the head again and compares.

use crate::{ids::RecordKey, ChartId, Digest, InstitutionId, MemberId, Moment};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// The most institutions that post receipts for one opening.
pub const MAX_POSTERS: u32 = 32;
/// The most receipts of one gate for one opening. The gate gives nothing out after that.
pub const MAX_RECEIPTS: u32 = 1 << 16;
/// How long after the end of a session its receipts may take to be in the log before they are overdue: half an hour.
pub const RECEIPTS_TERM: Moment = 30 * crate::time::MINUTE;

/// An opening: an entry of a chart's log by which the chain permitted a reader to read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize)]
pub struct Opening {
    /// The chart.
    pub chart: ChartId,
    /// The place of the entry in the chart's log.
    pub entry: u64,
}

/// The thing that a gate gave out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// The sealed bytes of the version.
    #[codec(index = 0)]
    Blob,
    /// The way to its content key, sealed.
    #[codec(index = 1)]
    KeyPath,
    /// Its content key, opened with the institution's key and sealed to the reader.
    #[codec(index = 2)]
    ContentKey,
}

/// One release. In SCALE it has always [`RECEIPT_LENGTH`] bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
pub struct Receipt {
    /// The record, by its key in the chart.
    pub record: RecordKey,
    /// The number of its version.
    pub version: u32,
    /// The thing that was given out.
    pub given: Given,
    /// The reader who got it.
    pub reader: MemberId,
    /// When, in Unix milliseconds, by the gate's clock or the chain's time, whichever was later.
    pub at: Moment,
}

/// The bytes of a [`Receipt`] in SCALE.
pub const RECEIPT_LENGTH: usize = 16 + 4 + 1 + 8 + 8;

/// The number of an institution's receipts for an opening, and the hash over all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
pub struct ReceiptsHead {
    /// Receipts so far.
    #[codec(compact)]
    pub count: u32,
    /// BLAKE2b-256 over all of them, one after the other.
    pub digest: Digest,
}

impl MaxEncodedLen for ReceiptsHead {
    fn max_encoded_len() -> usize {
        // The derived form does not know that a compact number can be longer.
        Compact::<u32>::max_encoded_len().saturating_add(Digest::max_encoded_len())
    }
}

impl ReceiptsHead {
    /// The head without receipts: `blake2_256("salus/receipts/1" || SCALE(genesis, institution, opening))`. It differs
    /// from chain to chain, institution to institution and opening to opening.
    pub fn empty(genesis: &Digest, institution: InstitutionId, opening: Opening) -> Self {
        let digest = (b"salus/receipts/1", genesis, institution, opening).using_encoded(blake2_256);
        Self { count: 0, digest: Digest(digest) }
    }

    /// The head after `receipt`: `blake2_256("salus/receipts/1" || digest || SCALE(receipt))`.
    pub fn after(&self, receipt: &Receipt) -> Self {
        let digest = (b"salus/receipts/1", self.digest, receipt).using_encoded(blake2_256);
        Self { count: self.count.saturating_add(1), digest: Digest(digest) }
    }

    /// The head of these receipts.
    pub fn of<'a>(
        genesis: &Digest,
        institution: InstitutionId,
        opening: Opening,
        receipts: impl IntoIterator<Item = &'a Receipt>,
    ) -> Self {
        receipts.into_iter().fold(Self::empty(genesis, institution, opening), |head, receipt| head.after(receipt))
    }
}

/// Why a log does not take note of receipts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotNoted {
    /// The state has no such entry: it never was, or it is past the horizon.
    NoEntry,
    /// The institution has posted receipts for the entry.
    Posted,
    /// As many institutions as may have posted receipts for the entry.
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENESIS: Digest = Digest([1; 32]);
    const HOSPITAL: InstitutionId = InstitutionId(7);
    const OPENING: Opening = Opening { chart: ChartId(11), entry: 3 };
    const RECEIPT: Receipt =
        Receipt { record: RecordKey([1; 16]), version: 2, given: Given::KeyPath, reader: MemberId(4), at: 5 };

    #[test]
    fn a_receipt_has_one_length_and_comes_back() {
        for given in [Given::Blob, Given::KeyPath, Given::ContentKey] {
            let receipt = Receipt { given, version: u32::MAX, reader: MemberId(u64::MAX), ..RECEIPT };
            assert_eq!(receipt.encode().len(), RECEIPT_LENGTH);
            assert_eq!(Receipt::decode(&mut receipt.encode().as_slice()), Ok(receipt));
        }
    }

    #[test]
    fn heads_differ_by_chain_institution_opening_order_and_receipt() {
        let second = Receipt { at: 6, ..RECEIPT };
        let head = ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, [&RECEIPT, &second]);
        assert_eq!(head.count, 2);
        for other in [
            ReceiptsHead::of(&Digest([2; 32]), HOSPITAL, OPENING, [&RECEIPT, &second]),
            ReceiptsHead::of(&GENESIS, InstitutionId(8), OPENING, [&RECEIPT, &second]),
            ReceiptsHead::of(&GENESIS, HOSPITAL, Opening { entry: 4, ..OPENING }, [&RECEIPT, &second]),
            ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, [&second, &RECEIPT]),
            ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, [&RECEIPT]),
            ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, [&RECEIPT, &RECEIPT]),
        ] {
            assert_ne!(other.digest, head.digest);
        }
    }

    #[test]
    fn the_bytes_of_the_hash_are_as_written() {
        let bytes =
            [b"salus/receipts/1".as_slice(), &[1; 32], &7u32.encode(), &11u64.encode(), &3u64.encode()].concat();
        let empty = ReceiptsHead::empty(&GENESIS, HOSPITAL, OPENING);
        assert_eq!(empty, ReceiptsHead { count: 0, digest: Digest(blake2_256(&bytes)) });
        let bytes = [b"salus/receipts/1".as_slice(), &empty.digest.0, &RECEIPT.encode()].concat();
        assert_eq!(empty.after(&RECEIPT), ReceiptsHead { count: 1, digest: Digest(blake2_256(&bytes)) });
    }

    #[test]
    fn a_head_is_no_longer_than_its_bound() {
        let head = ReceiptsHead { count: u32::MAX, digest: Digest([255; 32]) };
        assert_eq!(head.encoded_size(), ReceiptsHead::max_encoded_len());
    }
}
