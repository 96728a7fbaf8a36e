// SPDX-License-Identifier: Apache-2.0

//! The limits of a block, a member and an institution, and all durations.

use crate::BlockNumber;
use frame_support::{
    dispatch::DispatchClass,
    parameter_types,
    weights::{
        constants::{WEIGHT_REF_TIME_PER_MICROS, WEIGHT_REF_TIME_PER_MILLIS, WEIGHT_REF_TIME_PER_SECOND},
        RuntimeDbWeight, Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use salus_primitives::{governance::Parameters, membership::Quota, time::Moment};
use sp_runtime::Perbill;

/// Milliseconds between two blocks.
pub use salus_primitives::network::SLOT_DURATION;
/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60;
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;

/// The deepest nesting of batches.
pub const MAX_NESTING: u8 = 4;

/// Sessions for which members can still prove the authorities: a week of hours.
pub const SESSIONS_REMEMBERED: u32 = 7 * 24;
/// Block hashes to which transactions and answers to challenges can refer: at least 40 minutes.
pub const BLOCK_HASHES: BlockNumber = 2_400;
/// How long a council motion stays open: seven days.
pub const MOTION_DURATION: BlockNumber = 7 * DAYS;
/// The most open motions in the council.
pub const MAX_MOTIONS: u32 = 32;
/// The most open motions of one institution: three of four institutions cannot keep the fourth from proposing.
pub const MOTIONS_PER_SEAT: u32 = 8;
/// Milliseconds from joining until a delegate speaks for its institution's seat, and an issuer decides about older
/// members: a day, in which the institution can revoke staff whom a thief of its issuing key admitted.
pub const SETTLING_TIME: Moment = DAY;
/// The most authorities. Sized for consortia, far below the limit of consensus.
pub const MAX_AUTHORITIES: u32 = 100;

/// Execution time of a block: half a slot. The author executes a block in one half of its slot, and the other nodes in
/// the other half, before the next author begins. With more time they could fall behind, on whatever hardware the
/// weights were measured.
pub const BLOCK_TIME: Weight = Weight::from_parts(500 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// Length of a block, in bytes.
pub const BLOCK_BYTES: u32 = 5 * 1024 * 1024;
/// The part of a block's execution time that ordinary transactions may take. The rest is for operational ones. A block
/// takes these first, since the pool orders them first, so a long one has the whole block.
pub const NORMAL_TIME: Perbill = Perbill::from_percent(90);
/// The part of a block's length that ordinary transactions may take. Code for an upgrade fits the rest.
pub const NORMAL_LENGTH: Perbill = Perbill::from_percent(75);

/// Execution time before the first transaction of a block: the assumed average of the hooks.
const INITIALIZATION_RATIO: Perbill = Perbill::from_percent(10);

/// The quota of a member for ordinary calls, until the council changes it. It has two seconds of execution and a MiB of
/// transactions, and refills within a minute. It is enough for some ten thousand grants a minute, more than the
/// gateway of the busiest ward makes.
pub const MEMBER_QUOTA: Quota = Quota { time: 2 * WEIGHT_REF_TIME_PER_SECOND, bytes: 1 << 20, refill: MINUTE };
/// The reserve of a member for revoking, refusing and removing keys when the ordinary quota is spent.
pub const RESERVED_QUOTA: Quota = Quota { time: WEIGHT_REF_TIME_PER_SECOND / 2, bytes: 256 << 10, refill: MINUTE };
/// The reserve of a member for votes, seats and session keys. Closing a motion may take a quarter of a second.
pub const COUNCIL_QUOTA: Quota = Quota { time: WEIGHT_REF_TIME_PER_SECOND / 2, bytes: 256 << 10, refill: MINUTE };
/// The quota that the staff of an institution share in the presets: 20 seconds of execution and 32 MiB, refilled within
/// a minute. All blocks of a minute hold 27 seconds. So one institution alone on the network can use most of them,
/// and several share them in the order of their transactions.
pub const INSTITUTION_QUOTA: Quota = Quota { time: 20 * WEIGHT_REF_TIME_PER_SECOND, bytes: 32 << 20, refill: MINUTE };

/// The least quota that the staff of an institution share: a member's, refilled within an hour. With less, no member
/// could make a large call. Votes do not draw on it: they have [`COUNCIL_QUOTA`].
pub const LEAST_INSTITUTION_QUOTA: Quota = Quota { refill: salus_primitives::time::HOUR, ..MEMBER_QUOTA };

/// The most by which a transaction's nonce may be ahead of its account's, and so the most that one account has waiting
/// in the pool.
pub const NONCE_WINDOW: u32 = 16;
/// The most members that an institution may admit at once, and again within each hour. A stolen issuing key admits no
/// more.
pub const ADMISSIONS_PER_HOUR: u32 = 256;
/// How long a newcomer may take to become active: as long as a voucher lives, so that no voucher is redeemed twice.
pub const PENDING_LIFE: Moment = salus_primitives::membership::MAX_VOUCHER_LIFE;
/// The most members that one idle block checks for expiry.
pub const MAX_EXPIRED: u32 = 64;
/// How long a challenge stays open: well within [`BLOCK_HASHES`] blocks, whose hashes the answers sign.
pub const CHALLENGE_LIFE: Moment = 30 * MINUTE;
/// How long a request for access stays open, until the council changes it: 30 days.
pub const REQUEST_LIFE: Moment = 30 * DAY;
/// The most charts that one member controls.
pub const MAX_CHARTS: u32 = 8;
/// The most versions of a record.
pub const MAX_VERSIONS: u32 = 1_000;
/// The longest sealed blob, in bytes: 4 GiB.
pub const MAX_RECORD_SIZE: u64 = 4 << 30;
/// How long log entries stay in the state, until the council changes it: a year. Authorities run archive nodes, which
/// keep all of them for ever.
pub const LOG_HORIZON: Moment = 365 * DAY;
/// The most log entries that one idle block removes.
pub const MAX_REMOVED: u32 = 256;

const MINUTE: Moment = salus_primitives::time::MINUTE;
const DAY: Moment = salus_primitives::time::DAY;

/// Returns the limits of a block's execution time.
pub fn block_weights() -> BlockWeights {
    // Time and proof size are both scaled: the share for operational transactions must have room in each, or the limits
    // are invalid.
    let normal = Weight::from_parts(
        NORMAL_TIME.mul_floor(BLOCK_TIME.ref_time()),
        NORMAL_TIME.mul_floor(BLOCK_TIME.proof_size()),
    );
    BlockWeights::builder()
        .for_class(DispatchClass::Normal, |limits| limits.max_total = Some(normal))
        .for_class(DispatchClass::Operational, |limits| {
            limits.max_total = Some(BLOCK_TIME);
            limits.reserved = Some(BLOCK_TIME.saturating_sub(normal));
        })
        .avg_block_initialization(INITIALIZATION_RATIO)
        .build_or_panic()
}

/// Returns the limits of a block's length.
pub fn block_length() -> BlockLength {
    BlockLength::builder()
        .max_length(BLOCK_BYTES)
        .modify_max_length_for_class(DispatchClass::Normal, |limit| *limit = NORMAL_LENGTH.mul_floor(*limit))
        .build()
}

parameter_types! {
    /// The cost of a read and a write of a storage item in a full block, with the trie's cache warm, over a state of a
    /// million items (docs/performance.md). A read or write of an item that no cache has takes about four times as
    /// long: then the author's clock ends the block.
    pub const DatabaseWeight: RuntimeDbWeight =
        RuntimeDbWeight { read: 2 * WEIGHT_REF_TIME_PER_MICROS, write: 12 * WEIGHT_REF_TIME_PER_MICROS };
    /// [`block_weights`].
    pub RuntimeBlockWeights: BlockWeights = block_weights();
    /// [`block_length`].
    pub RuntimeBlockLength: BlockLength = block_length();
    /// The most weight that one motion may execute: half a block.
    pub MaxProposalWeight: Weight = BLOCK_TIME.saturating_div(2);
    /// The parameters, until the council changes them.
    pub const DefaultParameters: Parameters =
        Parameters { request_life: REQUEST_LIFE, log_horizon: LOG_HORIZON, member_quota: MEMBER_QUOTA };
    /// [`RESERVED_QUOTA`].
    pub const ReservedQuota: Quota = RESERVED_QUOTA;
    /// [`COUNCIL_QUOTA`].
    pub const CouncilQuota: Quota = COUNCIL_QUOTA;
    /// [`LEAST_INSTITUTION_QUOTA`].
    pub const LeastInstitutionQuota: Quota = LEAST_INSTITUTION_QUOTA;
}
