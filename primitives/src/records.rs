// SPDX-License-Identifier: Apache-2.0

//! Record assets, their versions, and reading sessions.

use crate::{
    access::{Basis, Purpose, Scope, SealedKey, MAX_RECORD_GRANTS},
    time::{Moment, MINUTE},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordKey,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// Records that one call creates, at most.
pub const MAX_BATCH: u32 = 64;
/// How long a session saves further log entries: 30 minutes.
pub const SESSION_LENGTH: Moment = 30 * MINUTE;
/// Sessions of one reader that run at once, at most.
pub const MAX_SESSIONS: u32 = 64;

/// Where a record stands in its life (S2-18, S4-17).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordState {
    /// Part of the chart.
    #[codec(index = 1)]
    Active,
}

/// A record asset (S1-10).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Record {
    /// The compartment that it belongs to.
    pub compartment: CompartmentId,
    /// Who created it (S2-02).
    #[codec(compact)]
    pub author: MemberId,
    /// The institution that keeps the sealed bytes.
    #[codec(compact)]
    pub custodian: InstitutionId,
    /// Where it stands in its life.
    pub state: RecordState,
    /// How many versions it has; their numbers are `0..versions`.
    #[codec(compact)]
    pub versions: u32,
    /// When it was created.
    #[codec(compact)]
    pub created_at: Moment,
}

/// What an author registers of a version.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct NewVersion {
    /// Content id: SHA-256 of the sealed blob (S3-09, S4-14).
    pub content: Digest,
    /// SHA-256 of the envelope that holds the content key, sealed to the compartment's key.
    pub key_envelope: Digest,
    /// The compartment's epoch to whose key the content key is sealed; has to be the current one.
    pub epoch: u32,
    /// Length of the sealed, padded blob, in bytes.
    pub size: u64,
}

/// One record of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct NewRecord {
    /// The key that the author chose.
    pub key: RecordKey,
    /// The compartment.
    pub compartment: CompartmentId,
    /// Its first version.
    pub version: NewVersion,
}

/// Envelopes of the live grants over one record, one for each that can read.
pub type RecordGrantEnvelopes = BoundedVec<SealedKey, ConstU32<MAX_RECORD_GRANTS>>;

/// A version of a record. Only ever added (S2-15, S4-18).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Version {
    /// Who added it.
    #[codec(compact)]
    pub author: MemberId,
    /// Content id: SHA-256 of the sealed blob.
    pub content: Digest,
    /// SHA-256 of the envelope with the content key.
    pub key_envelope: Digest,
    /// The compartment's epoch to whose key the content key is sealed.
    #[codec(compact)]
    pub epoch: u32,
    /// Length of the sealed, padded blob, in bytes.
    #[codec(compact)]
    pub size: u64,
    /// When it was added (S3-30).
    #[codec(compact)]
    pub at: Moment,
    /// [`Version::hash`] of the version before; all zero in the first.
    pub previous: Digest,
    /// Envelopes with the content key for the grants over this record alone that were live when it was added.
    pub grant_envelopes: RecordGrantEnvelopes,
}

impl Version {
    /// BLAKE2b-256 of the domain tag and the SCALE encoding of all fields.
    pub fn hash(&self) -> Digest {
        Digest((b"salus/version/1", self).using_encoded(blake2_256))
    }
}

/// A permitted opening: the log entry that a release needs (it saves entries, not decisions).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Session {
    /// The chart.
    #[codec(compact)]
    pub chart: ChartId,
    /// What was opened.
    pub scope: Scope,
    /// For which purpose.
    pub purpose: Purpose,
    /// What permitted it then.
    pub basis: Basis,
    /// When it was opened.
    #[codec(compact)]
    pub opened_at: Moment,
    /// From when on a new opening is needed.
    #[codec(compact)]
    pub expires_at: Moment,
}

impl Session {
    /// Whether it still runs at `at`.
    pub fn is_running(&self, at: Moment) -> bool {
        at < self.expires_at
    }
}
