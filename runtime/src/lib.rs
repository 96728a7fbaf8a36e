// SPDX-License-Identifier: Apache-2.0

//! The Salus runtime: the list of its pallets, without any of their logic.
//!
//! - [`configs`] wires the pallets to each other; it is the only place where ours meet.
//! - [`call_policy`] says which role may make which call.
//! - [`limits`] holds the limits of a block, a member and an institution, and all durations.
//! - [`pauses`] says which calls the council can pause, and which are paused.
//! - [`authorities`] tells the sessions which institutions are authorities.
//! - [`migrations`] rewrites the state of the former runtime for a new one.
//! - [`presets`] builds the genesis of development networks.
//! - [`apis`] answers the node and, through it, the clients.
//!
//! There is no currency, no fee and no sudo. [`MemberGate`](pallet_salus_membership::MemberGate) in [`TxExtension`]
//! decides which signers may submit a transaction.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
#![allow(missing_docs, reason = "FRAME's macros generate items without; the modules written by hand are held to it")]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[warn(missing_docs)]
pub mod authorities;
#[cfg(feature = "runtime-benchmarks")]
#[warn(missing_docs)]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
#[warn(missing_docs)]
pub mod call_policy;
#[warn(missing_docs)]
pub mod configs;
#[warn(missing_docs)]
pub mod council;
#[warn(missing_docs)]
pub mod limits;
#[warn(missing_docs)]
pub mod migrations;
#[warn(missing_docs)]
pub mod no_currency;
#[warn(missing_docs)]
pub mod pauses;
#[warn(missing_docs)]
pub mod presets;
#[cfg(feature = "upgrade-rehearsal")]
pub mod rehearsal;

pub use apis::RuntimeApi;
#[cfg(feature = "upgrade-rehearsal")]
pub use rehearsal::VERSION;

use alloc::vec::Vec;
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
#[cfg(not(feature = "upgrade-rehearsal"))]
use sp_version::RuntimeVersion;

/// The signature of a transaction.
pub type Signature = MultiSignature;
/// An account: a member's transaction key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// The number of transactions that an account has sent.
pub type Nonce = u32;
/// A hash of a block or of state.
pub type Hash = sp_core::H256;
/// A block's height.
pub type BlockNumber = u32;
/// The form in which a transaction names its signer.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// The checks of each transaction, in this order, in the pool and again in the block.
///
/// `MemberGate` comes before `BoundedNonce`, so that a stranger gets the true reason. Our own extensions have no size,
/// so clients need no custom definitions.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckMortality<Runtime>,
    pallet_salus_membership::MemberGate<Runtime>,
    pallet_salus_membership::BoundedNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// A transaction in its encoded form.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// The payload of a transaction's signature.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Executes blocks.
pub type Executive =
    frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The types of blocks for the node, which does not decode the runtime's calls.
pub mod opaque {
    use super::*;

    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// A header; the same as the runtime's.
    pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
    /// A block of opaque transactions.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

sp_runtime::impl_opaque_keys! {
    /// The keys with which an authority takes part in consensus.
    pub struct SessionKeys {
        /// Signs blocks.
        pub aura: Aura,
        /// Votes for finality.
        pub grandpa: Grandpa,
    }
}

/// The version of this runtime.
///
/// Raise `spec_version` with every change of behavior, `transaction_version` when a call, its index or an extension
/// changes how it is encoded.
#[cfg(not(feature = "upgrade-rehearsal"))]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: alloc::borrow::Cow::Borrowed("salus"),
    impl_name: alloc::borrow::Cow::Borrowed("salus"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    // The state version: the trie holds values longer than 32 bytes by their hash.
    system_version: 1,
};

/// The pallets. Indices are fixed and never reused.
#[frame_support::runtime]
mod runtime {
    /// The runtime.
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Authorship = pallet_authorship;

    #[runtime::pallet_index(10)]
    pub type Audit = pallet_salus_audit;
    // Membership comes before Session: it gives a provider to the accounts that set session keys.
    #[runtime::pallet_index(11)]
    pub type Membership = pallet_salus_membership;
    #[runtime::pallet_index(12)]
    pub type Charts = pallet_salus_charts;
    #[runtime::pallet_index(13)]
    pub type Access = pallet_salus_access;
    #[runtime::pallet_index(14)]
    pub type Records = pallet_salus_records;

    // Before Session too, because Session asks it for the first authorities.
    #[runtime::pallet_index(15)]
    pub type Authorities = pallet_salus_authorities;
    #[runtime::pallet_index(16)]
    pub type Upgrades = pallet_salus_upgrades;

    #[runtime::pallet_index(17)]
    pub type Shredding = pallet_salus_shredding;

    #[runtime::pallet_index(20)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(21)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(22)]
    pub type Historical = pallet_session::historical;
    #[runtime::pallet_index(23)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(24)]
    pub type Offences = pallet_offences;

    #[runtime::pallet_index(30)]
    pub type Council = pallet_collective<Instance1>;
    // Its calls would pause without a log entry: `Upgrades` has calls that log.
    #[runtime::pallet_index(31)]
    #[runtime::disable_call]
    pub type TxPause = pallet_tx_pause;

    #[runtime::pallet_index(40)]
    pub type Utility = pallet_utility;
}
