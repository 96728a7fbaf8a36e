// SPDX-License-Identifier: Apache-2.0

//! Record assets, their versions, and reading sessions.

use crate::{
    access::{Purpose, Scope, SealedKey, MAX_RECORD_GRANTS},
    decision::Basis,
    holds::Hold,
    staging::STAGING_TIME,
    time::{Moment, MINUTE},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordKey,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

pub use crate::record_states::RecordState;

/// The most records that one call creates.
pub const MAX_BATCH: u32 = 64;
/// The length of a session, within which repeated opens need no further log entry: 30 minutes.
pub const SESSION_LENGTH: Moment = 30 * MINUTE;
/// The most running sessions of one reader.
pub const MAX_SESSIONS: u32 = 64;

/// A record asset (S1-10).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Record {
    /// The compartment that it belongs to.
    pub compartment: CompartmentId,
    /// The member who created it (S2-02).
    #[codec(compact)]
    pub author: MemberId,
    /// The institution that keeps the sealed bytes.
    #[codec(compact)]
    pub custodian: InstitutionId,
    /// Its state.
    pub state: RecordState,
    /// The number of its versions, which are numbered `0..versions`. A refused record has none.
    #[codec(compact)]
    pub versions: u32,
    /// The time of its creation, in Unix milliseconds.
    #[codec(compact)]
    pub created_at: Moment,
    /// The hold that its author put on it, whether it lasts or not.
    pub hold: Option<Hold>,
}

impl Record {
    /// Whether clients list and count it for others than the chart's controller and the record's author.
    pub fn is_shown_to_others(&self) -> bool {
        self.state.has_content() && !matches!(self.state, RecordState::Staged | RecordState::Restricted)
    }

    /// Whether clients list and count it for `viewer`, in a chart of `controller`. No viewer stands for one who is not a member.
    ///
    /// The state has all records, for all who run a node. A clinician does not learn from a client that there are more.
    pub fn is_shown_to(&self, viewer: Option<MemberId>, controller: MemberId) -> bool {
        viewer == Some(controller) || viewer == Some(self.author) || self.is_shown_to_others()
    }

    /// The time until which the patient may accept it, in Unix milliseconds; none if it is not staged.
    pub fn acceptable_until(&self) -> Option<Moment> {
        (self.state == RecordState::Staged).then(|| self.created_at.saturating_add(STAGING_TIME))
    }
}

/// A record and its key.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct KeyedRecord {
    /// Its key, unique in its chart.
    pub key: RecordKey,
    /// The record.
    #[serde(flatten)]
    pub record: Record,
}

/// The data that an author registers for a version.
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
    /// The member who added it.
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
    /// The time at which it was added, in Unix milliseconds (S3-30).
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

/// A version of a record and its number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedVersion {
    /// Its number, counted from zero.
    pub number: u32,
    /// The version.
    #[serde(flatten)]
    pub version: Version,
}

/// A permitted open. A release needs its log entry; the session saves entries, not decisions.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Session {
    /// The chart.
    #[codec(compact)]
    pub chart: ChartId,
    /// The compartment or record that the reader opened.
    pub scope: Scope,
    /// The purpose that the reader stated.
    pub purpose: Purpose,
    /// The rule or grant that permitted the open.
    pub basis: Basis,
    /// The time of the open, in Unix milliseconds.
    #[codec(compact)]
    pub opened_at: Moment,
    /// The time at which the session expires, in Unix milliseconds.
    #[codec(compact)]
    pub expires_at: Moment,
    /// The place of its opening in the chart's log. Receipts of what a gate gives out name it.
    #[codec(compact)]
    pub entry: u64,
}

impl Session {
    /// Whether the session is still running at `at`.
    pub fn is_running(&self, at: Moment) -> bool {
        at < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_a_list_is_one_object_in_json_and_comes_back() {
        let record = Record {
            compartment: CompartmentId(1),
            author: MemberId(2),
            custodian: InstitutionId(3),
            state: RecordState::Active,
            versions: 4,
            created_at: 5,
            hold: None,
        };
        let item = KeyedRecord { key: RecordKey([7; 16]), record };
        let json = serde_json::to_value(&item).unwrap();
        assert_eq!(json["key"], serde_json::to_value(item.key).unwrap());
        assert_eq!((&json["author"], &json["versions"]), (&2.into(), &4.into()));
        assert_eq!(serde_json::from_value::<KeyedRecord>(json).unwrap(), item);
    }
}
