// SPDX-License-Identifier: Apache-2.0

//! Charts, compartments, grants, requests, and the one function that decides: [`decide`].
//!
//! Default deny (S1-13): what no rule here permits is denied. The same function answers on chain, at the release gate
//! and in `explain_access`, so that the three cannot differ.

use crate::{
    membership::{Role, Standing},
    time::{Interval, Moment},
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, MemberId, RecordKey, RequestId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::cmp::Reverse;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Compartments of a chart, at most.
pub const MAX_COMPARTMENTS: u8 = 16;
/// Live readers of a compartment, at most: the patient's client re-seals to each of them after a rotation.
pub const MAX_READERS: u32 = 64;
/// Live grants over one record, at most: who amends the record seals the new content key to each of them.
pub const MAX_RECORD_GRANTS: u32 = 8;

macro_rules! bit_set {
    ($(#[$doc:meta])* $set:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[derive(Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
        pub struct $set(u8);

        impl $set {
            /// The empty set.
            pub const NONE: Self = Self(0);

            /// The set of these items.
            pub const fn of(items: &[$item]) -> Self {
                let (mut bits, mut rest) = (0u8, items);
                while let [item, tail @ ..] = rest {
                    bits |= 1 << (*item as u8);
                    rest = tail;
                }
                Self(bits)
            }

            /// The set with these bits; none when a bit names no item.
            pub fn from_bits(bits: u8) -> Option<Self> {
                (bits & !Self::of(&$item::ALL).0 == 0).then_some(Self(bits))
            }

            /// The bits: bit `n` stands for the item with index `n`.
            pub const fn bits(self) -> u8 {
                self.0
            }

            /// Whether `item` is in the set.
            pub const fn contains(self, item: $item) -> bool {
                self.0 & (1 << (item as u8)) != 0
            }

            /// Whether nothing is in the set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The items, in order.
            pub fn iter(self) -> impl Iterator<Item = $item> {
                $item::ALL.into_iter().filter(move |item| self.contains(*item))
            }
        }

        impl Decode for $set {
            fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
                Self::from_bits(u8::decode(input)?).ok_or_else(|| concat!("unknown bits in ", stringify!($set)).into())
            }
        }

        impl Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::of(&Vec::<$item>::deserialize(deserializer)?))
            }
        }
    };
}

/// What a grant lets its grantee do (S4-22); each can be granted alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Open records and have their content released. The only permission that carries an envelope.
    Read,
    /// Add records (S1-08, S3-06).
    Create,
    /// Add versions to records (S1-06).
    Amend,
    /// Withdraw records.
    Withdraw,
    /// Pass content on to somebody else.
    Disclose,
    /// Use content for something other than reading it, such as statistics.
    Use,
}

impl Permission {
    /// All permissions, in the order of their bits.
    pub const ALL: [Self; 6] = [Self::Read, Self::Create, Self::Amend, Self::Withdraw, Self::Disclose, Self::Use];
}

bit_set! {
    /// A set of permissions, one bit each: 1 read, 2 create, 4 amend, 8 withdraw, 16 disclose, 32 use.
    Permissions of Permission
}

/// Why somebody wants access (S4-07), after the HL7 v3 ActReason codes for purpose of use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Care of the patient (`TREAT`).
    Treatment,
    /// Laboratory work for the patient's care; the codes have no narrower one than `TREAT`.
    Laboratory,
    /// Payment for care (`HPAYMT`).
    Payment,
    /// Operation of the institution (`HOPERAT`).
    Operations,
    /// Research (`HRESCH`); only on de-identified compartments (S4-23).
    Research,
    /// Public health (`PUBHLTH`).
    PublicHealth,
    /// Emergency treatment (`ETREAT`); declared, never granted beforehand.
    Emergency,
}

impl Purpose {
    /// All purposes, in the order of their bits.
    pub const ALL: [Self; 7] = [
        Self::Treatment,
        Self::Laboratory,
        Self::Payment,
        Self::Operations,
        Self::Research,
        Self::PublicHealth,
        Self::Emergency,
    ];

    /// The HL7 v3 ActReason code.
    pub const fn act_reason(self) -> &'static str {
        match self {
            Self::Treatment | Self::Laboratory => "TREAT",
            Self::Payment => "HPAYMT",
            Self::Operations => "HOPERAT",
            Self::Research => "HRESCH",
            Self::PublicHealth => "PUBHLTH",
            Self::Emergency => "ETREAT",
        }
    }
}

bit_set! {
    /// A set of purposes, one bit each: 1 treatment, 2 laboratory, 4 payment, 8 operations, 16 research, 32 public
    /// health, 64 emergency.
    Purposes of Purpose
}

/// What a grant or an open covers within its chart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Every record of a compartment, also the ones added later.
    Compartment(CompartmentId),
    /// One record.
    Record(RecordKey),
}

/// To whom a grant is given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grantee {
    /// One member.
    Member(MemberId),
    /// The members of an institution, each in their own name; the institution's service opens the envelope.
    Institution(InstitutionId),
}

impl Grantee {
    /// Whether `asker` is the grantee or belongs to it.
    pub fn includes(&self, asker: &Standing) -> bool {
        match self {
            Self::Member(member) => *member == asker.member,
            Self::Institution(institution) => asker.institution.is_some_and(|of| of.id == *institution),
        }
    }
}

/// A patient's chart.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Chart {
    /// Who decides about the chart: its patient (S1-03, S2-01).
    pub controller: MemberId,
    /// When it was opened.
    pub opened_at: Moment,
    /// How many compartments it has; their numbers are `0..compartments`.
    pub compartments: u8,
    /// The number of the next grant.
    pub next_grant: GrantId,
    /// The number of the next request.
    pub next_request: RequestId,
}

/// How a compartment is treated; its name and meaning are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct CompartmentFlags {
    /// Needs a consent of its own (S4-09).
    pub sensitive: bool,
    /// Opens in an emergency.
    pub emergency: bool,
    /// Holds de-identified copies only; the only kind open to research (S4-23).
    pub de_identified: bool,
}

/// A compartment of a chart, at its current epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Compartment {
    /// How it is treated.
    pub flags: CompartmentFlags,
    /// The current epoch; each has its own random secret.
    pub epoch: u32,
    /// SHA-256 of the vault object with its sealed name and meaning.
    pub profile: Digest,
    /// Whether a reader's grant ended since the epoch began, so that the patient's client should rotate.
    pub rotation_due: bool,
}

/// What belongs to one epoch of a compartment.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Epoch {
    /// The public key to which content keys are sealed.
    pub public_key: EncryptionKey,
    /// SHA-256 of the envelope that holds the epoch's secret, sealed to the controller.
    pub secret_envelope: Digest,
    /// SHA-256 of the envelope that holds the previous epoch's secret, sealed to this one's key; none in the first.
    pub link: Option<Digest>,
}

/// An envelope for the grantee of a grant, and the epoch (or, for one record, the version) whose key it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct GrantEnvelope {
    /// SHA-256 of the envelope in the vault.
    pub hash: Digest,
    /// The compartment's epoch, or the record's version, to which the sealed key belongs.
    pub edition: u32,
}

/// What a grant allows, before it is given a number.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct GrantTerms {
    /// What it covers.
    pub scope: Scope,
    /// What the grantee may do.
    pub permissions: Permissions,
    /// Purposes that the grantee may state when reading; at least one.
    pub purposes: Purposes,
    /// When it begins and ends.
    pub interval: Interval,
    /// SHA-256 of the vault object with the sealed reason, and of the text that the patient was shown (S4-07).
    pub reason: Option<Digest>,
    /// SHA-256 of the sealed key: the compartment's current secret or the record's current content key. Present
    /// exactly when the permissions hold `Read`.
    pub envelope: Option<Digest>,
}

/// A grant. Nothing of its interval is ever overwritten, so "was it allowed then?" has an answer for ever.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Grant {
    /// To whom it is given.
    pub grantee: Grantee,
    /// What it covers.
    pub scope: Scope,
    /// What the grantee may do.
    pub permissions: Permissions,
    /// Purposes that the grantee may state when reading.
    pub purposes: Purposes,
    /// When it was given.
    pub granted_at: Moment,
    /// When it begins and ends.
    pub interval: Interval,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
    /// SHA-256 of the sealed reason.
    pub reason: Option<Digest>,
    /// The newest envelope for the grantee; renewed after each rotation.
    pub envelope: Option<GrantEnvelope>,
    /// Who gave it.
    pub granted_by: MemberId,
    /// Whether it was given by `grant_access_to_lab`, and so ends by `revoke_access_from_lab` (S1-18, S1-20).
    pub laboratory: bool,
    /// The request that it answers.
    pub request: Option<RequestId>,
}

impl Grant {
    /// Whether it is in force at `at`: begun, not ended, not revoked.
    pub fn is_in_force(&self, at: Moment) -> bool {
        self.interval.contains(at) && self.revoked_at.is_none_or(|revoked| at < revoked)
    }

    /// Whether it will never be in force again from `at` on.
    pub fn is_over(&self, at: Moment) -> bool {
        self.interval.end.is_some_and(|end| end <= at) || self.revoked_at.is_some_and(|revoked| revoked <= at)
    }
}

/// A request for access that waits for its chart's controller (S4-12).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub requester: MemberId,
    /// What the requester wants to do.
    pub permissions: Permissions,
    /// Why.
    pub purpose: Purpose,
    /// Until when access is wanted.
    pub until: Option<Moment>,
    /// SHA-256 of the vault object with the sealed reason.
    pub reason: Option<Digest>,
    /// When it was made.
    pub requested_at: Moment,
    /// From when on it can no longer be approved.
    pub expires_at: Moment,
    /// What became of it.
    pub state: RequestState,
}

impl Request {
    /// Whether it still waits for an answer at `at`.
    pub fn is_open(&self, at: Moment) -> bool {
        self.state == RequestState::Open && at < self.expires_at
    }
}

/// What became of a request. An open one past its term counts as expired without any further entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// Waits for an answer until it expires.
    Open,
    /// The controller gave grants.
    Approved,
    /// The controller refused.
    Denied,
}

/// What is asked of a chart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Ask {
    /// The operation.
    pub permission: Permission,
    /// On what.
    pub scope: Scope,
    /// For which purpose; asked of reading and disclosing, absent for writing.
    pub purpose: Option<Purpose>,
    /// At which moment.
    pub at: Moment,
}

/// What is asked about, as the chain knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// The chart.
    pub chart: ChartId,
    /// The chart's controller.
    pub controller: MemberId,
    /// The compartment, or that of the record.
    pub compartment: CompartmentId,
    /// How the compartment is treated.
    pub flags: CompartmentFlags,
    /// The record, when the question is about one.
    pub record: Option<RecordFacts>,
}

impl Target {
    fn is_covered_by(&self, scope: Scope) -> bool {
        match scope {
            Scope::Compartment(compartment) => compartment == self.compartment,
            Scope::Record(key) => self.record.is_some_and(|record| record.key == key),
        }
    }
}

/// What a decision needs to know of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordFacts {
    /// Its key.
    pub key: RecordKey,
    /// Its compartment.
    pub compartment: CompartmentId,
    /// Who created it.
    pub author: MemberId,
    /// The institution that keeps it.
    pub custodian: InstitutionId,
    /// The number of its newest version.
    pub version: u32,
}

/// Why something is permitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The asker is the chart's controller.
    Controller,
    /// The chart's grant with this number is in force.
    Grant(GrantId),
}

/// Why something is denied. Later variants are nearer to being permitted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denial {
    /// The asker is no active member.
    NotActive,
    /// The asker's institution is not active.
    InstitutionNotActive,
    /// The chart, the compartment or the record does not exist.
    NotFound,
    /// The asker's role never allows this operation (S4-03, S4-24).
    RoleMayNot,
    /// Only the record's author, or for a laboratory its custodian, may do this (S1-07).
    NotAuthor,
    /// Research, and researchers, reach de-identified compartments only (S4-23).
    NotDeIdentified,
    /// No grant names the asker and what is asked about.
    NoGrant,
    /// Grants cover it, but none has the permission.
    PermissionNotGranted,
    /// Grants with the permission cover it, but none is for this purpose.
    PurposeNotGranted,
    /// The grant has been revoked (S1-19, S1-20).
    Revoked,
    /// The grant has ended.
    Expired,
    /// The grant has not begun.
    NotBegun,
}

/// The answer of [`decide`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Permitted, and why.
    Permitted(Basis),
    /// Denied, and why.
    Denied(Denial),
}

impl Decision {
    /// Whether it permits.
    pub fn is_permitted(&self) -> bool {
        matches!(self, Self::Permitted(_))
    }
}

/// One step of the way to a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub step: Step,
    /// Whether it speaks for permitting.
    pub passed: bool,
    /// The grant that was looked at, in the steps that concern one.
    pub grant: Option<GrantId>,
}

/// What a step of a decision looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Is the asker an active member?
    Membership,
    /// Is the asker's institution active?
    Institution,
    /// Do chart, compartment and record exist?
    Target,
    /// Is the asker the chart's controller?
    Controller,
    /// Does the asker's role allow the operation?
    Role,
    /// Is the asker the author, where only the author may?
    Authorship,
    /// Is the compartment de-identified, where it has to be?
    DeIdentification,
    /// Does a grant name the asker and cover what is asked about?
    Grant,
    /// Does the grant have the permission?
    Permission,
    /// Is the grant for the stated purpose?
    Purpose,
    /// Is the grant in force at the moment asked about?
    Dates,
}

/// A decision and the way to it (`explain_access`).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Every step that was looked at, in order.
    pub path: Vec<Check>,
}

/// Decides whether `asker` may do what `ask` says to `target`, of whose chart `grants` are candidates.
///
/// `asker` is none for somebody who is no member, `target` is none when what is asked about does not exist. Grants that
/// name somebody else or cover something else are passed over, so callers may hand in more than needed. Of several that
/// permit, the basis is one to the asker itself before one to its institution, and the newest of those.
pub fn decide(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Decision {
    decide_step_by_step(asker, target, grants, ask, &mut |_| {})
}

/// Like [`decide`], with every step that led to the decision.
pub fn explain(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Explanation {
    let mut path = Vec::new();
    let decision = decide_step_by_step(asker, target, grants, ask, &mut |check| path.push(check));
    Explanation { decision, path }
}

fn decide_step_by_step(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
    saw: &mut dyn FnMut(Check),
) -> Decision {
    let mut check = |step, passed: bool, grant| {
        saw(Check { step, passed, grant });
        passed
    };
    let Some(asker) = asker.filter(|asker| asker.is_active(ask.at)) else {
        check(Step::Membership, false, None);
        return Decision::Denied(Denial::NotActive);
    };
    check(Step::Membership, true, None);
    if !check(Step::Institution, asker.is_institution_active(), None) {
        return Decision::Denied(Denial::InstitutionNotActive);
    }
    let Some(target) = target else {
        check(Step::Target, false, None);
        return Decision::Denied(Denial::NotFound);
    };
    check(Step::Target, true, None);

    if check(Step::Controller, asker.member == target.controller, None) {
        // A patient cannot alter what clinicians wrote (S1-07), only own entries (S2-06, S3-19).
        let changes = matches!(ask.permission, Permission::Amend | Permission::Withdraw);
        let own = target.record.is_some_and(|record| record.author == asker.member);
        return match !changes || check(Step::Authorship, own, None) {
            true => Decision::Permitted(Basis::Controller),
            false => Decision::Denied(Denial::NotAuthor),
        };
    }
    if !check(Step::Role, asker.role.may(ask.permission), None) {
        return Decision::Denied(Denial::RoleMayNot);
    }
    if asker.role == Role::Laboratory && ask.permission == Permission::Amend {
        let own = target.record.is_some_and(|record| asker.institution.is_some_and(|of| of.id == record.custodian));
        if !check(Step::Authorship, own, None) {
            return Decision::Denied(Denial::NotAuthor);
        }
    }
    let research = asker.role == Role::Researcher || ask.purpose == Some(Purpose::Research);
    if research && !check(Step::DeIdentification, target.flags.de_identified, None) {
        return Decision::Denied(Denial::NotDeIdentified);
    }

    let mut nearest = Denial::NoGrant;
    let covers = |grant: &Grant| grant.grantee.includes(asker) && target.is_covered_by(grant.scope);
    let mut grants: Vec<_> = grants.into_iter().filter(|(_, grant)| covers(grant)).collect();
    // What permits also names the envelope that the asker is given: one of its own, which it can open, and the newest.
    grants.sort_unstable_by_key(|(id, grant)| Reverse((matches!(grant.grantee, Grantee::Member(_)), *id)));
    for (id, grant) in grants {
        check(Step::Grant, true, Some(id));
        let denial = if !check(Step::Permission, grant.permissions.contains(ask.permission), Some(id)) {
            Denial::PermissionNotGranted
        } else if !check(Step::Purpose, ask.purpose.is_none_or(|it| grant.purposes.contains(it)), Some(id)) {
            Denial::PurposeNotGranted
        } else if check(Step::Dates, grant.is_in_force(ask.at), Some(id)) {
            return Decision::Permitted(Basis::Grant(id));
        } else if grant.revoked_at.is_some_and(|revoked| revoked <= ask.at) {
            Denial::Revoked
        } else if grant.interval.end.is_some_and(|end| end <= ask.at) {
            Denial::Expired
        } else {
            Denial::NotBegun
        };
        nearest = nearest.max(denial);
    }
    if nearest == Denial::NoGrant {
        check(Step::Grant, false, None);
    }
    Decision::Denied(nearest)
}
