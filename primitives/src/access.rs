// SPDX-License-Identifier: Apache-2.0

//! Grants and requests.

use crate::{
    membership::Standing,
    time::{Interval, Moment},
    vocabulary::vocabulary,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, RecordKey, RequestId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

pub use crate::{
    permissions::{Permission, Permissions},
    purposes::{Purpose, Purposes},
};

/// The most live readers of a compartment. The patient's client re-seals to each of them after a rotation.
pub const MAX_READERS: u32 = 64;
/// The most live grants over one record. A member who amends the record seals the new content key to each of them.
pub const MAX_RECORD_GRANTS: u32 = 8;

/// The part of a chart that a grant or an open covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Every record of a compartment, also the ones added later.
    Compartment(CompartmentId),
    /// One record.
    Record(RecordKey),
}

/// The member or institution that gets a grant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grantee {
    /// One member.
    Member(#[codec(compact)] MemberId),
    /// The members of an institution, each in their own name; the institution's service opens the envelope.
    Institution(#[codec(compact)] InstitutionId),
}

impl Grantee {
    /// The member, if it is one.
    pub fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(member) => Some(*member),
            Self::Institution(_) => None,
        }
    }

    /// Whether `asker` is the grantee or belongs to it.
    pub fn includes(&self, asker: &Standing) -> bool {
        match self {
            Self::Member(member) => *member == asker.member,
            Self::Institution(institution) => asker.institution.is_some_and(|of| of.id == *institution),
        }
    }
}

/// The scope of a grant, as its giver names it.
///
/// The chain looks at the record when a member asks for it, not when the controller grants access. If the record is in
/// another compartment than the giver named, the grant covers nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantScope {
    /// Every record of a compartment, also the ones added later.
    Compartment(CompartmentId),
    /// One record.
    Record {
        /// Its key.
        key: RecordKey,
        /// The compartment that it lies in.
        compartment: CompartmentId,
        /// The version whose content key the envelope holds.
        version: u32,
    },
}

impl GrantScope {
    /// Returns the compartment or record, without the details that the giver added.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Compartment(compartment) => Scope::Compartment(*compartment),
            Self::Record { key, .. } => Scope::Record(*key),
        }
    }

    /// Returns the compartment, or that of the record.
    pub fn compartment(&self) -> CompartmentId {
        match self {
            Self::Compartment(compartment) | Self::Record { compartment, .. } => *compartment,
        }
    }
}

/// An envelope for the grantee of a grant, and the epoch (or, for one record, the version) whose key it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct GrantEnvelope {
    /// SHA-256 of the envelope in the vault.
    pub hash: Digest,
    /// The compartment's epoch, or the record's version, to which the sealed key belongs.
    #[codec(compact)]
    pub edition: u32,
}

/// The terms of a grant, before it has a number.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct GrantTerms {
    /// The compartment or record that it covers.
    pub scope: GrantScope,
    /// The permissions that the grantee gets.
    pub permissions: Permissions,
    /// Purposes that the grantee may state when reading; at least one.
    pub purposes: Purposes,
    /// The interval in which it is in force.
    pub interval: Interval,
    /// SHA-256 of the vault object with the sealed reason, and of the text that the patient was shown (S4-07).
    pub reason: Option<Digest>,
    /// SHA-256 of the sealed key: the compartment's current secret or the content key of the record's version. Present
    /// exactly when the permissions hold `Read`.
    pub envelope: Option<Digest>,
}

/// A grant. Its interval is never overwritten, so the chain can always answer "was it allowed then?".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Grant {
    /// The member or institution that gets it.
    pub grantee: Grantee,
    /// The compartment or record that it covers.
    pub scope: Scope,
    /// The compartment that it covers, or in which its record lies.
    pub compartment: CompartmentId,
    /// The permissions that the grantee gets.
    pub permissions: Permissions,
    /// Purposes that the grantee may state when reading.
    pub purposes: Purposes,
    /// The time of the grant, in Unix milliseconds.
    #[codec(compact)]
    pub granted_at: Moment,
    /// The interval in which it is in force.
    pub interval: Interval,
    /// The time of the revocation, in Unix milliseconds.
    pub revoked_at: Option<Moment>,
    /// SHA-256 of the sealed reason.
    pub reason: Option<Digest>,
    /// The newest envelope for the grantee; renewed after each rotation.
    pub envelope: Option<GrantEnvelope>,
    /// The controller who gave it, or the member who disclosed.
    #[codec(compact)]
    pub granted_by: MemberId,
    /// Whether `grant_access_to_lab` gave it, so that only `revoke_access_from_lab` ends it (S1-18, S1-20).
    pub laboratory: bool,
    /// The request that it answers.
    pub request: Option<RequestId>,
    /// The grant under which its giver disclosed. It counts only while that one is in force.
    pub disclosed_under: Option<GrantId>,
}

impl Grant {
    /// Whether it is in force at `at`: begun, not ended, not revoked.
    pub fn is_in_force(&self, at: Moment) -> bool {
        self.interval.contains(at) && self.revoked_at.is_none_or(|revoked| at < revoked)
    }

    /// Whether it will never be in force again from `at` on.
    pub fn is_over(&self, at: Moment) -> bool {
        is_over(self.interval, self.revoked_at, at)
    }

    /// Returns the part of the grant that the list of its scope holds.
    pub fn listed(&self, number: GrantId) -> ListedGrant {
        ListedGrant {
            number,
            grantee: self.grantee,
            compartment: self.compartment,
            permissions: self.permissions,
            purposes: self.purposes,
            interval: self.interval,
            revoked_at: self.revoked_at,
            edition: self.envelope.map(|envelope| envelope.edition),
            disclosed_under: self.disclosed_under,
        }
    }
}

/// The part of a grant that decisions read, in the list of its scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct ListedGrant {
    /// Its number.
    #[codec(compact)]
    pub number: GrantId,
    /// The member or institution that gets it.
    pub grantee: Grantee,
    /// The compartment that it covers, or in which its record lies.
    pub compartment: CompartmentId,
    /// The permissions that the grantee gets.
    pub permissions: Permissions,
    /// Purposes that the grantee may state when reading.
    pub purposes: Purposes,
    /// The interval in which it is in force.
    pub interval: Interval,
    /// The time of the revocation, in Unix milliseconds.
    pub revoked_at: Option<Moment>,
    /// The epoch or version of its newest envelope; none when it carries no key.
    pub edition: Option<u32>,
    /// The grant under which its giver disclosed. It counts only while that one is in force.
    pub disclosed_under: Option<GrantId>,
}

impl ListedGrant {
    /// Whether it is in force at `at`: begun, not ended, not revoked.
    pub fn is_in_force(&self, at: Moment) -> bool {
        self.interval.contains(at) && self.revoked_at.is_none_or(|revoked| at < revoked)
    }

    /// Whether it will never be in force again from `at` on.
    pub fn is_over(&self, at: Moment) -> bool {
        is_over(self.interval, self.revoked_at, at)
    }
}

fn is_over(interval: Interval, revoked_at: Option<Moment>, at: Moment) -> bool {
    interval.end.is_some_and(|end| end <= at) || revoked_at.is_some_and(|revoked| revoked <= at)
}

/// A grant and its number among those of its chart.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedGrant {
    /// Its number.
    pub number: GrantId,
    /// The grant.
    #[serde(flatten)]
    pub grant: Grant,
}

/// A grant, its chart and its number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct GrantInChart {
    /// The chart.
    pub chart: ChartId,
    /// Its number.
    pub number: GrantId,
    /// The grant.
    #[serde(flatten)]
    pub grant: Grant,
}

/// A hash of the envelope that holds a key, sealed to the grantee of a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct SealedKey {
    /// The grant.
    #[codec(compact)]
    pub grant: GrantId,
    /// SHA-256 of the envelope in the vault.
    pub envelope: Digest,
}

/// The number of a grant among those of all charts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct GrantRef {
    /// The chart.
    #[codec(compact)]
    pub chart: ChartId,
    /// Its number in the chart.
    #[codec(compact)]
    pub number: GrantId,
}

/// A grantee to whom a key is sealed, and the grant that permits it to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Reader {
    /// The grant.
    pub grant: GrantId,
    /// The grantee, who has the standing to read.
    pub grantee: Grantee,
    /// The epoch or version of the newest envelope for it.
    pub edition: u32,
}

/// A request for access that waits for its chart's controller (S4-12).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Request {
    /// The member who asks.
    pub requester: MemberId,
    /// The permissions that the requester asks for.
    pub permissions: Permissions,
    /// The purpose that the requester states.
    pub purpose: Purpose,
    /// The end of the wanted access, in Unix milliseconds.
    pub until: Option<Moment>,
    /// SHA-256 of the vault object with the sealed reason.
    pub reason: Option<Digest>,
    /// The time of the request, in Unix milliseconds.
    pub requested_at: Moment,
    /// The time at which it expires, in Unix milliseconds.
    pub expires_at: Moment,
    /// The answer, if there is one.
    pub state: RequestState,
}

impl Request {
    /// Whether it still waits for an answer at `at`.
    pub fn is_open(&self, at: Moment) -> bool {
        self.state == RequestState::Open && at < self.expires_at
    }
}

/// A request and its number among those of its chart.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedRequest {
    /// Its number.
    pub number: RequestId,
    /// The request.
    #[serde(flatten)]
    pub request: Request,
}

vocabulary! {
    /// The answer to a request. An open request past its term counts as expired without a further log entry.
    RequestState, "state of a request" {
        /// Waits for an answer until it expires.
        Open = 0, "open", "waits for an answer until it expires";
        /// The controller gave grants.
        Approved = 1, "approved", "the controller gave grants";
        /// The controller refused.
        Denied = 2, "denied", "the controller refused";
    }
}
