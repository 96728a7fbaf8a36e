// SPDX-License-Identifier: Apache-2.0

//! What membership keeps besides institutions and members, and the arithmetic of allowances.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
    membership::{Newcomer, Quota, Role},
    Digest, EncryptionKey, InstitutionId, MemberId, Moment, SigningKey,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::sr25519;

/// Challenges to one member that can be open, at most: twice as many as can ever be asked for.
pub const MAX_OPEN_CHALLENGES: u32 = 8;

/// Blocks for which the pool keeps a redemption or an answer: then the state may have changed, and it is sent again.
pub const JOINING_LONGEVITY: u64 = 64;
/// The pool's priority of redemptions and answers: above ordinary calls, since there are few and somebody waits for them.
pub const JOINING_PRIORITY: u64 = 1_000;

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

/// What a transaction costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Execution time, in picoseconds of reference time.
    pub time: u64,
    /// Length, in bytes.
    pub bytes: u64,
}

/// What was spent of an allowance and has not refilled yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Usage {
    /// Execution time, in picoseconds of reference time.
    pub time: u64,
    /// Bytes of transactions.
    pub bytes: u64,
    /// When this was so.
    pub at: Moment,
}

impl Usage {
    /// What is still spent at `now`, after refilling evenly, and after spending `cost`; none if `quota` does not allow it.
    pub fn spend(self, cost: Cost, quota: &Quota, now: Moment) -> Option<Self> {
        let elapsed = now.saturating_sub(self.at);
        let left = |used: u64, full: u64| used.saturating_sub(refilled(full, elapsed, quota.refill));
        let time = left(self.time, quota.time).saturating_add(cost.time);
        let bytes = left(self.bytes, quota.bytes).saturating_add(cost.bytes);
        (time <= quota.time && bytes <= quota.bytes).then_some(Self { time, bytes, at: now })
    }

    /// With execution time that was not needed given back.
    pub fn give_back(self, time: u64) -> Self {
        Self { time: self.time.saturating_sub(time), ..self }
    }
}

/// How much of `full` refills in `elapsed`; everything, when nothing takes time to refill.
fn refilled(full: u64, elapsed: Moment, refill: Moment) -> u64 {
    if elapsed >= refill {
        return u64::MAX;
    }
    let share = u128::from(full).saturating_mul(elapsed.into()).checked_div(refill.into());
    share.and_then(|share| share.try_into().ok()).unwrap_or(u64::MAX)
}
