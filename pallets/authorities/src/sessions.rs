// SPDX-License-Identifier: Apache-2.0

//! The questions of this pallet to the SDK's sessions, and its changes to them.

use crate::{Config, SessionLength};
use alloc::vec::Vec;
use codec::Encode;
use core::marker::PhantomData;
use frame_support::{dispatch::DispatchResult, pallet_prelude::Parameter, traits::Get};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pallet_session::historical;
use salus_primitives::Digest;
use sp_runtime::AccountId32;
use sp_staking::{offence::OffenceSeverity, SessionIndex};

/// Looks up and changes sessions.
pub trait Sessions {
    /// The session keys of a node.
    type Keys: Parameter;

    /// Returns the current session.
    fn current() -> SessionIndex;

    /// Returns the authorities of the current session.
    fn authorities() -> Vec<AccountId32>;

    /// Returns a hash of the session keys of this account, if they are set.
    fn keys(account: &AccountId32) -> Option<Digest>;

    /// Sets the keys of this account's authority, if the proof shows that they are its own.
    fn set_keys(account: &AccountId32, keys: Self::Keys, proof: Vec<u8>) -> DispatchResult;

    /// Disables this authority until the set changes, if the bound on disabled ones allows it.
    fn disable(account: &AccountId32);

    /// Forgets sessions before this one: the chain cannot prove their keys any more.
    fn forget_before(session: SessionIndex);
}

impl<S> Sessions for pallet_session::Pallet<S>
where
    S: pallet_session::Config<AccountId = AccountId32, ValidatorId = AccountId32> + historical::Config,
{
    type Keys = S::Keys;

    fn current() -> SessionIndex {
        Self::current_index()
    }

    fn authorities() -> Vec<AccountId32> {
        Self::validators()
    }

    fn keys(account: &AccountId32) -> Option<Digest> {
        Self::load_keys(account).map(|keys| Digest(keys.using_encoded(sp_io::hashing::blake2_256)))
    }

    fn set_keys(account: &AccountId32, keys: Self::Keys, proof: Vec<u8>) -> DispatchResult {
        Self::set_keys(RawOrigin::Signed(account.clone()).into(), keys, proof)
    }

    fn disable(account: &AccountId32) {
        Self::report_offence(account.clone(), OffenceSeverity::max_severity());
    }

    fn forget_before(session: SessionIndex) {
        historical::Pallet::<S>::prune_up_to(session);
    }
}

/// The number of blocks in a session, for the SDK's sessions pallet.
pub struct BlocksInSession<T>(PhantomData<T>);

impl<T: Config> Get<BlockNumberFor<T>> for BlocksInSession<T> {
    fn get() -> BlockNumberFor<T> {
        SessionLength::<T>::get()
    }
}
