// SPDX-License-Identifier: Apache-2.0

//! Plans and delays, and what they say by themselves.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
    audit::Subject,
    governance::{CallName, MAX_CALL_NAME},
    time::DAY,
    Digest, InstitutionId, Moment,
};
use scale_info::TypeInfo;
use sp_core::H256;

/// How long a plan lives after its delay has run. Whoever planned may be gone by then, and what was found out about the code
/// may be forgotten.
pub const PLAN_LIFE: Moment = 30 * DAY;

/// The name of a pallet, or of a call.
pub type NamePart = BoundedVec<u8, ConstU32<{ MAX_CALL_NAME as u32 }>>;

/// The planned upgrade.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Plan {
    /// BLAKE2b-256 of the code, compressed or not as it will be sent.
    pub code_hash: H256,
    /// The version that the council was told.
    pub spec_version: u32,
    /// The version that ran when this was planned. Once another one runs, the plan is over.
    pub replaces: u32,
    /// When the council planned it.
    pub planned_at: Moment,
    /// From when on it can be authorized.
    pub ready_at: Moment,
    /// From when on it can neither be authorized nor applied.
    pub expires_at: Moment,
    /// When it was authorized, if it was: from then on anybody may apply it.
    pub authorized_at: Option<Moment>,
}

impl Plan {
    /// How the logs name it.
    pub(crate) fn subject(&self) -> Subject {
        Subject::Runtime(Digest(self.code_hash.0), self.spec_version)
    }
}

/// How far an upgrade is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Progress {
    /// The plan.
    pub plan: Plan,
    /// The authorities that confirmed it, in the order in which they did; those that are none any more do not count.
    pub confirmed: Vec<InstitutionId>,
    /// The authorities that there are.
    pub authorities: Vec<InstitutionId>,
    /// How many of these have to confirm.
    pub needed: u32,
}

/// The fewest that are more than two thirds of so many.
pub(crate) fn more_than_two_thirds(of: usize) -> usize {
    of.saturating_mul(2).saturating_div(3).saturating_add(1)
}

/// How long upgrades wait.
///
/// A longer delay counts at once. A shorter one counts when the one before it has run: what the council cannot do at once, it
/// cannot do by shortening the delay first either.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Delay {
    /// What counts, as long as no shorter one does.
    pub length: Moment,
    /// A shorter one: from when on it counts, and how long it is.
    pub shorter: Option<(Moment, Moment)>,
}

impl Delay {
    /// Always this one.
    pub fn of(length: Moment) -> Self {
        Self { length, shorter: None }
    }

    /// What counts at this time.
    pub fn at(&self, now: Moment) -> Moment {
        match self.shorter {
            Some((from, length)) if from <= now => length,
            _ => self.length,
        }
    }

    /// The delay after this decision, and from when on it counts.
    pub(crate) fn decided(&self, length: Moment, now: Moment) -> (Self, Moment) {
        let current = self.at(now);
        if length >= current {
            return (Self::of(length), now);
        }
        let from = now.saturating_add(current);
        (Self { length: current, shorter: Some((from, length)) }, from)
    }
}

/// How the logs name a call; none if no call can have this name.
pub(crate) fn call_name(pallet: &NamePart, call: &NamePart) -> Option<CallName> {
    CallName::new(pallet, call)
}
