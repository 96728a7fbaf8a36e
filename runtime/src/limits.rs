// SPDX-License-Identifier: Apache-2.0

//! What a block, a member and an institution may spend, and how long things last.

use crate::BlockNumber;
use frame_support::{
    dispatch::DispatchClass,
    parameter_types,
    weights::{
        constants::{WEIGHT_REF_TIME_PER_MILLIS, WEIGHT_REF_TIME_PER_SECOND},
        Weight,
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

/// How deep batches may stand in batches.
pub const MAX_NESTING: u8 = 4;

/// Sessions whose authorities can still be proved: a week of hours.
pub const SESSIONS_REMEMBERED: u32 = 7 * 24;
/// Block hashes that transactions and answers to challenges can refer to: at least 40 minutes.
pub const BLOCK_HASHES: BlockNumber = 2_400;
/// How long a council motion stays open: seven days.
pub const MOTION_DURATION: BlockNumber = 7 * DAYS;
/// Motions that are open in the council, at most.
pub const MAX_MOTIONS: u32 = 32;
/// Motions of one institution that are open in the council, at most: three of four could not keep the fourth from proposing.
pub const MOTIONS_PER_SEAT: u32 = 8;
/// Authorities, at most. Sized for consortia, far below what consensus could hold.
pub const MAX_AUTHORITIES: u32 = 100;

/// Execution time of a block: half a slot. The author needs it once and everybody else once more before the next
/// author begins, so more than that could not be kept up with, whatever the hardware that weights were measured on.
pub const BLOCK_TIME: Weight = Weight::from_parts(500 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// Length of a block, in bytes.
pub const BLOCK_BYTES: u32 = 5 * 1024 * 1024;
/// How much of a block ordinary transactions may take. The rest stays free for operational ones, such as an upgrade.
pub const NORMAL_RATIO: Perbill = Perbill::from_percent(75);

/// Execution time that goes by before the first transaction of a block: what hooks are assumed to take on average.
const INITIALIZATION_RATIO: Perbill = Perbill::from_percent(10);

/// What a member may spend on its own, until the council decides otherwise: two seconds of execution, a MiB of transactions, refilled within a minute. Some
/// five thousand grants a minute: far more than a person makes, and enough for the busiest ward's gateway.
pub const MEMBER_QUOTA: Quota = Quota { time: 2 * WEIGHT_REF_TIME_PER_SECOND, bytes: 1 << 20, refill: MINUTE };
/// What a member has left for revoking, refusing and removing keys when all else is spent.
pub const RESERVED_QUOTA: Quota = Quota { time: WEIGHT_REF_TIME_PER_SECOND / 2, bytes: 256 << 10, refill: MINUTE };
/// What a member has for votes, seats and session keys. Closing a motion may take a quarter of a second.
pub const COUNCIL_QUOTA: Quota = Quota { time: WEIGHT_REF_TIME_PER_SECOND / 2, bytes: 256 << 10, refill: MINUTE };
/// What the staff of an institution may spend together in the presets: 20 seconds of execution and 32 MiB, refilled
/// within a minute. That is most of what all blocks of a minute hold (22.5 seconds): one institution alone on the
/// network may use it, several share it in the order in which transactions come.
pub const INSTITUTION_QUOTA: Quota = Quota { time: 20 * WEIGHT_REF_TIME_PER_SECOND, bytes: 32 << 20, refill: MINUTE };

/// The least that the members of an institution may spend together: what one member may, within an hour. With less it could not
/// vote, and an institution that cannot vote cannot be given more.
pub const LEAST_INSTITUTION_QUOTA: Quota = Quota { refill: salus_primitives::time::HOUR, ..MEMBER_QUOTA };

/// How far ahead of an account's nonce a transaction's may be: so many may one account have waiting in the pool.
pub const NONCE_WINDOW: u32 = 16;
/// Members that an institution may admit at once, and again within each hour. A stolen issuing key admits no more.
pub const ADMISSIONS_PER_HOUR: u32 = 256;
/// How long a newcomer may take to become active: as long as a voucher can be redeemed, so that none is redeemed twice.
pub const PENDING_LIFE: Moment = salus_primitives::membership::MAX_VOUCHER_LIFE;
/// Members at whom one idle block looks because they may never have become active, at most.
pub const MAX_EXPIRED: u32 = 64;
/// How long a challenge can be answered: well within [`BLOCK_HASHES`] blocks, whose hashes answers sign.
pub const CHALLENGE_LIFE: Moment = 30 * MINUTE;
/// How long a request for access waits for an answer, until the council decides otherwise: 30 days.
pub const REQUEST_LIFE: Moment = 30 * DAY;
/// Charts that one member controls, at most.
pub const MAX_CHARTS: u32 = 8;
/// Versions of a record, at most.
pub const MAX_VERSIONS: u32 = 1_000;
/// Length of a sealed blob, in bytes, at most: 4 GiB.
pub const MAX_RECORD_SIZE: u64 = 4 << 30;
/// How long log entries stay in the state, until the council decides otherwise: a year. Authorities, which are archive
/// nodes, have all of them for ever.
pub const LOG_HORIZON: Moment = 365 * DAY;
/// Log entries that one idle block removes, at most.
pub const MAX_REMOVED: u32 = 256;

const MINUTE: Moment = salus_primitives::time::MINUTE;
const DAY: Moment = salus_primitives::time::DAY;

/// Limits of a block's execution time.
pub fn block_weights() -> BlockWeights {
    // Of both parts: what is reserved for operational transactions must have room in each, or no limits are valid.
    let normal = Weight::from_parts(
        NORMAL_RATIO.mul_floor(BLOCK_TIME.ref_time()),
        NORMAL_RATIO.mul_floor(BLOCK_TIME.proof_size()),
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

/// Limits of a block's length.
pub fn block_length() -> BlockLength {
    BlockLength::builder()
        .max_length(BLOCK_BYTES)
        .modify_max_length_for_class(DispatchClass::Normal, |limit| *limit = NORMAL_RATIO.mul_floor(*limit))
        .build()
}

parameter_types! {
    /// [`block_weights`].
    pub RuntimeBlockWeights: BlockWeights = block_weights();
    /// [`block_length`].
    pub RuntimeBlockLength: BlockLength = block_length();
    /// What one motion may execute: half a block.
    pub MaxProposalWeight: Weight = BLOCK_TIME.saturating_div(2);
    /// What the council may tune, until it does.
    pub const DefaultParameters: Parameters =
        Parameters { request_life: REQUEST_LIFE, log_horizon: LOG_HORIZON, member_quota: MEMBER_QUOTA };
    /// [`RESERVED_QUOTA`].
    pub const ReservedQuota: Quota = RESERVED_QUOTA;
    /// [`COUNCIL_QUOTA`].
    pub const CouncilQuota: Quota = COUNCIL_QUOTA;
    /// [`LEAST_INSTITUTION_QUOTA`].
    pub const LeastInstitutionQuota: Quota = LEAST_INSTITUTION_QUOTA;
}
