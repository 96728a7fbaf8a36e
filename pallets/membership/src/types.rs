// SPDX-License-Identifier: Apache-2.0

//! What membership keeps besides institutions and members.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
    membership::{Newcomer, Role},
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::sr25519;

/// Challenges to one member that can be open, at most: twice as many as can ever be asked for.
pub const MAX_OPEN_CHALLENGES: u32 = 8;

/// Blocks for which the pool keeps a redemption or an answer: then the state may have changed, and it is sent again.
pub const JOINING_LONGEVITY: u64 = 64;
/// The pool's priority of redemptions and answers: below members' calls, so that a stolen issuing key fills no block.
pub const JOINING_PRIORITY: u64 = 50;

/// To whom an account belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AccountOwner {
    /// The member.
    pub member: MemberId,
    /// Whether the member still signs with it. A removed key stays bound, or a stranger could take it over.
    pub live: bool,
}

/// Signatures over one redemption, which bind voucher and keys to each other.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RedemptionSignatures {
    /// By the voucher's one-time key.
    pub voucher_key: sr25519::Signature,
    /// By the newcomer's transaction key.
    pub transaction_key: sr25519::Signature,
    /// By the newcomer's membership key.
    pub membership_key: sr25519::Signature,
}

/// A member with whom the chain begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisMember {
    /// The institution that admitted it, by its place in the genesis.
    pub institution: InstitutionId,
    /// Its role.
    pub role: Role,
    /// Its first transaction key.
    pub transaction_key: SigningKey,
    /// Its membership key.
    pub membership_key: SigningKey,
    /// Its encryption key.
    pub encryption_key: EncryptionKey,
    /// Salted commitment to its profile.
    pub profile: Digest,
}

impl GenesisMember {
    /// The keys that it brings.
    pub fn newcomer(&self) -> Newcomer {
        Newcomer {
            transaction_key: self.transaction_key,
            membership_key: self.membership_key,
            encryption_key: self.encryption_key,
        }
    }
}
