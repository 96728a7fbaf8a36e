// SPDX-License-Identifier: Apache-2.0

//! The number of authorities, and the parts of a proof of equivocation.

use alloc::{vec, vec::Vec};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{authorities::MIN_AUTHORITIES, InstitutionId};
use serde::{Deserialize, Serialize};
use sp_consensus_aura::Slot;
use sp_runtime::{AccountId32, Perbill};
use sp_staking::{
    offence::{Kind, Offence},
    SessionIndex,
};

/// The most bytes of a header. One that changes a hundred authorities of both kinds has about nine thousand.
pub const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// The most bytes of a proof of key ownership. One among a hundred authorities has about three thousand.
pub const MAX_PROOF_BYTES: u32 = 16 * 1024;

/// A SCALE encoded header with its seal.
pub type SealedHeader = BoundedVec<u8, ConstU32<MAX_HEADER_BYTES>>;
/// A SCALE encoded proof that a session key was an authority's in a session.
pub type KeyProof = BoundedVec<u8, ConstU32<MAX_PROOF_BYTES>>;
/// The form in which offences and sessions name an authority.
pub type Identification = (AccountId32, ());
/// An authority's seat.
pub type Seat = salus_primitives::authorities::Seat<AccountId32>;

/// A seat in the genesis.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisSeat {
    /// The institution.
    pub institution: InstitutionId,
    /// The account that sets the session keys.
    pub account: AccountId32,
    /// The account that votes in the council.
    pub delegate: AccountId32,
}

/// The number of authorities, present or supposed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Strength {
    /// The number of active seats with session keys.
    pub(crate) active: usize,
    /// The number of seats that author and vote, with suspended ones that fill up the set.
    pub(crate) total: usize,
}

impl Strength {
    /// Whether the step from `before` to this number takes no authority that the network cannot spare.
    pub(crate) fn is_tolerant_after(self, before: Self) -> bool {
        let enough = |now: usize, then: usize| now >= then || now >= MIN_AUTHORITIES as usize;
        enough(self.active, before.active) && enough(self.total, before.total)
    }
}

/// Two blocks by one authority for one slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuraEquivocation {
    /// The slot.
    pub slot: Slot,
    /// The session of the slot.
    pub session: SessionIndex,
    /// The number of authorities of that session.
    pub authorities: u32,
    /// The authority that authored both.
    pub offender: Identification,
}

impl Offence<Identification> for AuraEquivocation {
    const ID: Kind = *b"aura:equivocatio";
    type Slot = Slot;

    fn offenders(&self) -> Vec<Identification> {
        vec![self.offender.clone()]
    }

    fn session_index(&self) -> SessionIndex {
        self.session
    }

    fn validator_set_count(&self) -> u32 {
        self.authorities
    }

    fn slot(&self) -> Slot {
        self.slot
    }

    /// The whole: there is no stake, so an offence cannot take a part of it.
    fn slash_fraction(&self, _: u32) -> Perbill {
        Perbill::one()
    }
}
