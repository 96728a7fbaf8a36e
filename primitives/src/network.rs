// SPDX-License-Identifier: Apache-2.0

//! The founders and settings with which a network begins: the source of its genesis.
//!
//! Public data only. The same description gives the same genesis, so hospitals that agree on it agree on the chain.

use crate::{
    membership::{InstitutionProfile, Role},
    EncryptionKey, FinalityKey, Moment, SigningKey,
};
use alloc::{string::String, vec::Vec};
use core::ops::RangeInclusive;
use serde::{Deserialize, Serialize};

/// Milliseconds from slot to slot: in each slot one authority may author one block.
pub const SLOT_DURATION: Moment = 1_000;
/// The bounds of a session's length, in blocks. Authorities and their keys change from session to session. An hour's
/// blocks are usual, and fewer are for rehearsals.
pub const SESSION_LENGTHS: RangeInclusive<u32> = 10..=86_400;
/// The default length of a session: an hour's blocks.
pub const DEFAULT_SESSION_LENGTH: u32 = 3_600;

/// A network that is about to begin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Its name, for people.
    pub name: String,
    /// Its name, for folders.
    pub id: String,
    /// The number of verifications that a newcomer needs.
    pub required_verifications: u32,
    /// Milliseconds that an upgrade of the runtime waits after it was planned.
    pub upgrade_delay: Moment,
    /// Blocks in a session.
    pub session_length: u32,
    /// The first institutions: the place in this list is the institution's number.
    pub founders: Vec<Founder>,
}

/// An institution with which a network begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founder {
    /// Its profile, which the council decides about later institutions.
    pub profile: InstitutionProfile,
    /// The session keys of its authority node, if it runs one. The account of its service may replace them.
    pub authority: Option<Authority>,
    /// Its first members. With a service and a delegate it has a seat.
    pub staff: Vec<FirstMember>,
}

/// The session keys of the node that authors and finalizes blocks for an institution.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The session key that authors blocks.
    pub aura: SigningKey,
    /// The session key that votes on what is final.
    pub grandpa: FinalityKey,
}

/// A member with whom a network begins, whom the founders themselves verified.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstMember {
    /// Its role.
    pub role: Role,
    /// The key of the account.
    pub transaction_key: SigningKey,
    /// The key that answers verifiers and changes keys.
    pub membership_key: SigningKey,
    /// The key to which envelopes are sealed.
    pub encryption_key: EncryptionKey,
}
