// SPDX-License-Identifier: Apache-2.0

//! Shredding: the end of a record's life, and what stops it (S2-18, S2-29, S4-17; GDPR Art. 17).
//!
//! Sealed bytes and key envelopes are destroyed. Hashes, states and log entries stay: they say what there was, and that it
//! is gone.

use crate::{
    time::{Moment, DAY},
    vocabulary::vocabulary,
    Digest, InstitutionId, MemberId, RecordId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How long a custodian has to answer a request before the controller may shred the record without it: 7 days.
pub const REVIEW_TIME: Moment = 7 * DAY;
/// How long institutions have to attest that nothing of a shredded record is left: 30 days (GDPR Art. 12(3): one month).
pub const ATTESTATION_TIME: Moment = 30 * DAY;
/// The longest time of a retention: 30 years of 365 days. No law that the sources name obliges an institution for longer.
pub const MAX_RETENTION: Moment = 30 * 365 * DAY;

vocabulary! {
    /// The legal reason why a custodian keeps a record that the patient wants shredded (GDPR Art. 17(3)).
    RetentionGround, "ground of a retention" {
        /// A law obliges the institution to keep it (GDPR Art. 17(3)(b)).
        LegalDuty = 0, "legal-duty", "a law obliges the institution to keep it";
        /// It is needed for legal claims: a legal hold (GDPR Art. 17(3)(e)).
        LegalClaims = 1, "legal-claims", "it is needed to make or defend legal claims";
        /// A court or an authority ordered that it be kept.
        Order = 2, "order", "a court or an authority ordered that it be kept";
        /// Public health needs it (GDPR Art. 17(3)(c)).
        PublicHealth = 3, "public-health", "public health needs it";
    }
}

vocabulary! {
    /// The kind of store in which a vault keeps its objects. It says how much an attestation can mean.
    StoreKind, "kind of store" {
        /// A folder on the institution's own disks.
        Folder = 0, "folder", "a folder on the institution's own disks";
        /// A bucket of an S3-compatible server, whose operator may have copies.
        S3 = 1, "s3", "a bucket of an S3-compatible server, whose operator may have copies";
        /// A private IPFS swarm, whose other nodes may have copies.
        Ipfs = 2, "ipfs", "a private IPFS swarm, whose other nodes may have copies";
    }
}

/// A custodian's duty or right to keep a record. It stops shredding until it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Retention {
    /// The legal reason.
    pub ground: RetentionGround,
    /// The time at which it ends, in Unix milliseconds.
    #[codec(compact)]
    pub until: Moment,
}

impl Retention {
    /// Whether it stops shredding at `at`.
    pub const fn lasts(&self, at: Moment) -> bool {
        at < self.until
    }
}

/// A request that a record be shredded, which waits for the custodian.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct ShreddingRequest {
    /// The chart's controller.
    #[codec(compact)]
    pub by: MemberId,
    /// When it was made, in Unix milliseconds.
    #[codec(compact)]
    pub at: Moment,
    /// SHA-256 of the vault object with the sealed reason.
    pub reason: Option<Digest>,
}

impl ShreddingRequest {
    /// From when on the controller may shred the record without an answer of the custodian, in Unix milliseconds.
    pub const fn due_at(&self) -> Moment {
        self.at.saturating_add(REVIEW_TIME)
    }
}

/// The shredding of a record. The chain names none of the record's objects any more, and institutions attest that they are gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Shredding {
    /// The record.
    pub record: RecordId,
    /// The member who asked for it.
    #[codec(compact)]
    pub requested_by: MemberId,
    /// When it was asked for, in Unix milliseconds.
    #[codec(compact)]
    pub requested_at: Moment,
    /// The member who carried it out: the custodian's auditor, or the controller once the review was over.
    #[codec(compact)]
    pub by: MemberId,
    /// When that was, in Unix milliseconds.
    #[codec(compact)]
    pub at: Moment,
    /// The number of the block.
    #[codec(compact)]
    pub block: u32,
}

impl Shredding {
    /// When attestations are due, in Unix milliseconds.
    pub const fn due_at(&self) -> Moment {
        self.at.saturating_add(ATTESTATION_TIME)
    }
}

/// A shredding and its number. The chain counts shreddings from zero.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedShredding {
    /// Its number.
    pub number: u64,
    /// The shredding.
    #[serde(flatten)]
    pub shredding: Shredding,
}

/// An institution's word about a shredded record: which of its objects are not in the vault, nor in a store that objects move from.
///
/// It is evidence, not proof: the chain cannot look into vaults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Absence {
    /// How many of the record's objects are not in the vault.
    pub absent: u32,
    /// How many stay, because something else that was not shredded names them, too.
    pub kept: u32,
    /// The kind of store of the vault.
    pub store: StoreKind,
}

/// An institution's word about a shredded record, by whom and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Attestation {
    /// The institution's service.
    #[codec(compact)]
    pub by: MemberId,
    /// When, in Unix milliseconds.
    #[codec(compact)]
    pub at: Moment,
    /// Its word.
    #[serde(flatten)]
    pub absence: Absence,
}

/// An attestation and its institution.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct AttestationOf {
    /// The institution.
    pub institution: InstitutionId,
    /// The attestation.
    #[serde(flatten)]
    pub attestation: Attestation,
}

/// The things that stop a record from being shredded, and who asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ShreddingState {
    /// The retention that the custodian declared last, whether it lasts or not.
    pub retention: Option<Retention>,
    /// The request that waits for the custodian.
    pub request: Option<ShreddingRequest>,
    /// The number of the shredding, once the record is shredded.
    pub shredding: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_the_request_and_from_the_shredding() {
        let retention = Retention { ground: RetentionGround::Order, until: 1_000 };
        assert_eq!((retention.lasts(999), retention.lasts(1_000)), (true, false));
        let request = ShreddingRequest { by: MemberId(1), at: 1_000, reason: None };
        assert_eq!(request.due_at(), 1_000 + REVIEW_TIME);
        let record = RecordId { chart: crate::ChartId(1), key: crate::RecordKey([1; 16]) };
        let (by, at) = (MemberId(2), 5_000);
        let shredding = Shredding { record, requested_by: request.by, requested_at: request.at, by, at, block: 7 };
        assert_eq!(shredding.due_at(), 5_000 + ATTESTATION_TIME);
    }
}
