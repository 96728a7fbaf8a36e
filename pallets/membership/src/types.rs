// SPDX-License-Identifier: Apache-2.0

//! Values that the pallet stores besides institutions and members.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
    membership::{Newcomer, Role},
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::sr25519;

/// The most open challenges to one member: twice the verifications that the council can require.
pub const MAX_OPEN_CHALLENGES: u32 = 8;

/// Blocks for which the pool keeps a redemption or an answer. The state may change meanwhile, so clients then send it
/// again.
pub const JOINING_LONGEVITY: u64 = 64;
/// The pool's priority of redemptions and answers. It is below members' calls, so that a stolen issuing key fills no
/// block.
pub const JOINING_PRIORITY: u64 = 50;

/// The owner of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AccountOwner {
    /// The member.
    pub member: MemberId,
    /// Whether the member still signs with it. A removed key stays bound, so that no stranger takes it over.
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

/// A member in the genesis.
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
