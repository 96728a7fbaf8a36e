// SPDX-License-Identifier: Apache-2.0

//! Institutions, members, roles, and the payloads that are signed to join (S0-20 to S0-35).
//!
//! Each payload is the SCALE encoding of a domain tag, the genesis hash and all data that the signature binds. So a
//! signature for one purpose, chain or person is invalid for another.

pub use crate::allowance::Quota;

use crate::{
    allowance::{InstitutionUsage, MemberUsage},
    panel::Panel,
    permissions::Permission,
    time::{Moment, DAY},
    vocabulary::vocabulary,
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The longest life of a voucher: 30 days.
pub const MAX_VOUCHER_LIFE: Moment = 30 * DAY;
/// The most transaction keys of a member: devices, or submitter accounts of a busy hospital.
pub const MAX_TRANSACTION_KEYS: u32 = 8;
/// The most verifications that the council can require.
pub const MAX_VERIFICATIONS: u32 = 4;
/// The most bytes of a vault address.
pub const MAX_VAULT_ADDRESS: u32 = 256;

vocabulary! {
    /// The kind of an institution (S4-03).
    InstitutionKind, "kind of institution" {
        /// A hospital.
        Hospital = 0, "hospital", "treats patients in wards and as outpatients";
        /// A clinic or practice.
        Clinic = 1, "clinic", "a clinic or a practice";
        /// A laboratory.
        Laboratory = 2, "laboratory", "examines samples";
        /// A pharmacy.
        Pharmacy = 3, "pharmacy", "dispenses medicines";
        /// A research institute.
        ResearchInstitute = 4, "research-institute", "studies de-identified copies";
        /// A regulator.
        Regulator = 5, "regulator", "supervises other institutions";
    }
}

impl InstitutionKind {
    /// Whether an institution of this kind may admit members with `role`.
    pub fn may_admit(self, role: Role) -> bool {
        match role {
            Role::Issuer | Role::Verifier | Role::Auditor | Role::Service | Role::Delegate => true,
            Role::Patient | Role::Clinician => matches!(self, Self::Hospital | Self::Clinic),
            Role::Laboratory => matches!(self, Self::Hospital | Self::Laboratory),
            Role::Pharmacist => matches!(self, Self::Hospital | Self::Pharmacy),
            Role::Researcher => matches!(self, Self::Hospital | Self::ResearchInstitute),
        }
    }
}

vocabulary! {
    /// The role of a member (S4-21).
    Role, "role" {
        /// Owns a chart and decides about it.
        Patient = 0, "patient", "owns a chart and decides about it";
        /// Treats patients.
        Clinician = 1, "clinician", "treats patients";
        /// Adds results.
        Laboratory = 2, "laboratory", "adds results";
        /// Dispenses medicines.
        Pharmacist = 3, "pharmacist", "dispenses medicines";
        /// Studies de-identified copies.
        Researcher = 4, "researcher", "studies de-identified copies";
        /// Admits members for an institution.
        Issuer = 5, "issuer", "admits members for an institution";
        /// Verifies pending members for an institution.
        Verifier = 6, "verifier", "verifies pending members for an institution";
        /// Judges emergencies, lawful access and anomalies.
        Auditor = 7, "auditor", "judges emergencies, lawful access and anomalies";
        /// An institution's vault service or gateway, and the account that sets its authority's session keys.
        Service = 8, "service", "runs an institution's node, vault or gateway";
        /// Holds an institution's seat in the council.
        Delegate = 9, "delegate", "holds an institution's seat in the council";
    }
}

impl Role {
    /// Whether the role can ever do this to records of another person's chart, given a grant (S4-21, S4-24). Each role names
    /// every permission, so that a new permission is denied to each until its row is written.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission::{Amend, Create, Disclose, Read, Use, Withdraw};
        match self {
            Self::Clinician => match permission {
                Read | Create | Amend | Withdraw | Disclose | Use => true,
            },
            Self::Laboratory | Self::Pharmacist => match permission {
                Read | Create | Amend => true,
                Withdraw | Disclose | Use => false,
            },
            Self::Researcher => match permission {
                Read | Use => true,
                Create | Amend | Withdraw | Disclose => false,
            },
            Self::Patient => match permission {
                Read => true,
                Create | Amend | Withdraw | Disclose | Use => false,
            },
            Self::Issuer | Self::Verifier | Self::Auditor | Self::Service | Self::Delegate => match permission {
                Read | Create | Amend | Withdraw | Disclose | Use => false,
            },
        }
    }

    /// Whether members with this role belong to the institution that admitted them. A patient belongs to none.
    pub fn is_staff(self) -> bool {
        self != Self::Patient
    }
}

vocabulary! {
    /// The status of an institution.
    InstitutionStatus, "status of an institution" {
        /// Takes part.
        Active = 0, "active", "takes part";
        /// Its staff may do nothing until the council reinstates it.
        Suspended = 1, "suspended", "its staff may do nothing until the council reinstates it";
        /// Out for good.
        Removed = 2, "removed", "left for good";
    }
}

vocabulary! {
    /// The status of a member.
    MemberStatus, "status of a member" {
        /// Redeemed a voucher; waits for the verifiers.
        Pending = 0, "pending", "redeemed a voucher and waits for the verifiers";
        /// May act.
        Active = 1, "active", "may act";
        /// Staff that may do nothing until reinstated.
        Suspended = 2, "suspended", "may do nothing until an issuer or the council reinstates the member";
        /// Staff that left for good.
        Revoked = 3, "revoked", "left for good";
    }
}

/// The council's decision about an institution.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct InstitutionProfile {
    /// The kind of institution.
    pub kind: InstitutionKind,
    /// The key whose signature on a voucher admits a member.
    pub issuing_key: SigningKey,
    /// The key of its vault service.
    pub encryption_key: EncryptionKey,
    /// The URL of its vault, in UTF-8; empty when it has none.
    pub vault_address: BoundedVec<u8, ConstU32<MAX_VAULT_ADDRESS>>,
    /// The most members that it may admit.
    pub admission_quota: u32,
    /// The quota that its staff share for ordinary calls. The patients that it admitted share half as much.
    pub traffic_quota: Quota,
}

/// An institution.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Institution {
    /// The council's decision about it.
    pub profile: InstitutionProfile,
    /// Epoch of the issuing key; vouchers of earlier epochs are void.
    pub issuing_epoch: u32,
    /// Its status.
    pub status: InstitutionStatus,
    /// Members that it admitted so far.
    pub admitted: u32,
    /// The usage that its members share.
    pub usage: InstitutionUsage,
}

/// An institution and its number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedInstitution {
    /// Its number.
    pub number: InstitutionId,
    /// The institution.
    #[serde(flatten)]
    pub institution: Institution,
}

/// A member. Its key history is in the log; its transaction keys are ordinary accounts.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Member {
    /// The member's role.
    pub role: Role,
    /// The key that signs answers to verifiers and key changes; kept off the daily device.
    pub membership_key: SigningKey,
    /// The key to which envelopes for the member are sealed.
    pub encryption_key: EncryptionKey,
    /// The member's status.
    pub status: MemberStatus,
    /// The Unix time in milliseconds from which on a member of staff may not act; none for patients.
    pub valid_until: Option<Moment>,
    /// Salted commitment to a profile that is kept off chain.
    pub profile: Digest,
    /// The institution that admitted the member. Staff belong to it; a patient does not.
    pub admitted_by: InstitutionId,
    /// The verifiers of the member, each of another institution (S4-04).
    pub verified_by: Panel<MAX_VERIFICATIONS>,
    /// The accounts with which the member signs transactions.
    pub transaction_keys: BoundedVec<SigningKey, ConstU32<MAX_TRANSACTION_KEYS>>,
    /// The number of key changes so far. Each change signs its number, so that none can be replayed.
    pub key_changes: u32,
    /// The time at which the member redeemed the voucher, in Unix milliseconds.
    pub joined_at: Moment,
    /// The issuing epoch and serial number of the voucher, until the member is active. A newcomer who never becomes
    /// active expires.
    pub voucher: Option<(u32, u64)>,
    /// The usage of the member's allowances.
    pub usage: MemberUsage,
}

impl Member {
    /// The institution that the member belongs to: none for a patient.
    pub fn institution(&self) -> Option<InstitutionId> {
        self.role.is_staff().then_some(self.admitted_by)
    }
}

/// The facts about a member that other pallets and clients need for decisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Standing {
    /// The member's number.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// The member's status.
    pub status: MemberStatus,
    /// The Unix time in milliseconds from which on the member may not act.
    pub valid_until: Option<Moment>,
    /// The institution that a member of staff belongs to.
    pub institution: Option<InstitutionStanding>,
}

impl Standing {
    /// Whether the member itself may act at `at`, whatever its institution.
    pub fn is_active(&self, at: Moment) -> bool {
        self.status == MemberStatus::Active && self.valid_until.is_none_or(|until| at < until)
    }

    /// Whether the member's institution, if it has one, is active.
    pub fn is_institution_active(&self) -> bool {
        self.institution.is_none_or(|institution| institution.status == InstitutionStatus::Active)
    }

    /// Whether the member may act at `at`: it is active, and so is its institution, if it has one.
    pub fn may_act(&self, at: Moment) -> bool {
        self.is_active(at) && self.is_institution_active()
    }

    /// The institution's number, if the member belongs to one.
    pub fn institution_id(&self) -> Option<InstitutionId> {
        self.institution.map(|institution| institution.id)
    }
}

/// The facts about an institution that other pallets and clients need for decisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct InstitutionStanding {
    /// The institution's number.
    pub id: InstitutionId,
    /// The kind of institution.
    pub kind: InstitutionKind,
    /// Its status.
    pub status: InstitutionStatus,
}

/// An offer of membership, signed by an institution's issuing key; it travels as a file or QR code (S0-23).
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Voucher {
    /// The institution that offers membership.
    pub institution: InstitutionId,
    /// Epoch of the issuing key that signs it.
    pub issuing_epoch: u32,
    /// Number of the voucher, used once in its epoch.
    pub serial: u64,
    /// The role offered.
    pub role: Role,
    /// Salted commitment to the profile that the issuer checked.
    pub profile: Digest,
    /// The Unix time in milliseconds at which it expires; at most [`MAX_VOUCHER_LIFE`] after its redemption.
    pub expires_at: Moment,
    /// The Unix time in milliseconds from which on the member may not act; none for patients.
    pub valid_until: Option<Moment>,
    /// The one-time key whose private part travels with the voucher.
    pub voucher_key: SigningKey,
}

impl Voucher {
    /// Returns the payload that the issuing key signs.
    pub fn payload(&self, genesis: &Digest) -> Vec<u8> {
        (b"salus/voucher/1", genesis, self).encode()
    }
}

/// The keys with which a newcomer redeems a voucher.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Newcomer {
    /// The first transaction key.
    pub transaction_key: SigningKey,
    /// The membership key.
    pub membership_key: SigningKey,
    /// The encryption key.
    pub encryption_key: EncryptionKey,
}

/// Returns the payload that redeems `voucher` for `newcomer`. The voucher key, transaction key and membership key all
/// sign it.
pub fn redemption_payload(genesis: &Digest, voucher: &Voucher, newcomer: &Newcomer) -> Vec<u8> {
    (b"salus/redeem/1", genesis, voucher, newcomer).encode()
}

/// A verifier's challenge to a pending member (S0-30).
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Challenge {
    /// The verifier who challenges.
    pub verifier: MemberId,
    /// A fresh random number.
    pub nonce: Digest,
    /// The block that holds the challenge; the answer signs its hash.
    pub block: u32,
    /// The time at which it expires, in Unix milliseconds.
    pub expires_at: Moment,
}

/// A challenge and its verifier's institution. Each institution has one open challenge to a member, at most.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct ChallengeBy {
    /// The institution that the verifier belongs to.
    pub institution: InstitutionId,
    /// The challenge.
    #[serde(flatten)]
    pub challenge: Challenge,
}

/// Returns the payload that answers `challenge`, which is in the block with hash `block_hash` (S0-31). The membership
/// key signs it.
pub fn answer_payload(genesis: &Digest, member: MemberId, challenge: &Challenge, block_hash: &Digest) -> Vec<u8> {
    (b"salus/answer/1", genesis, member, challenge.verifier, challenge.nonce, block_hash).encode()
}

/// A change to a member's transaction keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum KeyChange {
    /// Adds a transaction key.
    Add(SigningKey),
    /// Removes a transaction key.
    Remove(SigningKey),
}

/// Returns the payload that changes transaction keys. The membership key signs it, and so does an added key. `number`
/// is the member's count of key changes before this one.
pub fn key_change_payload(genesis: &Digest, member: MemberId, number: u32, change: &KeyChange) -> Vec<u8> {
    (b"salus/key-change/1", genesis, member, number, change).encode()
}
