// SPDX-License-Identifier: Apache-2.0

//! The static set of authorities: those whose session keys stand in the genesis.

use crate::{limits, AccountId, Historical, Runtime, Session};
use alloc::vec::Vec;
use pallet_session::historical;
use sp_runtime::traits::Convert;
use sp_staking::SessionIndex;

/// Chooses the genesis authorities, once and for all. They may still replace their session keys.
pub struct StaticAuthorities;

impl StaticAuthorities {
    /// The accounts with session keys, in the order of their bytes: the map that holds them has no meaningful one.
    fn at_genesis() -> Vec<AccountId> {
        let mut authorities: Vec<_> = pallet_session::NextKeys::<Runtime>::iter_keys().collect();
        authorities.sort();
        authorities
    }
}

impl pallet_session::SessionManager<AccountId> for StaticAuthorities {
    /// Unchanged: a `Some` of the same set would start a new GRANDPA set for nothing.
    fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
        None
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<AccountId>> {
        Some(Self::at_genesis())
    }

    fn start_session(_: SessionIndex) {}

    /// Forgets the sessions about which nobody can report any more.
    fn end_session(index: SessionIndex) {
        Historical::prune_up_to(index.saturating_sub(limits::SESSIONS_REMEMBERED));
    }
}

impl historical::SessionManager<AccountId, ()> for StaticAuthorities {
    fn new_session(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        None
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        Some(Self::at_genesis().into_iter().map(|authority| (authority, ())).collect())
    }

    fn start_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::start_session(index)
    }

    fn end_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::end_session(index)
    }
}

/// Knows whether an account is an authority; nobody else may set session keys.
pub struct AuthorityOf;

impl Convert<AccountId, Option<AccountId>> for AuthorityOf {
    fn convert(account: AccountId) -> Option<AccountId> {
        Session::validators().contains(&account).then_some(account)
    }
}

/// An authority is identified by its account alone.
pub struct IdentificationOf;

impl Convert<AccountId, Option<()>> for IdentificationOf {
    fn convert(account: AccountId) -> Option<()> {
        AuthorityOf::convert(account).map(|_| ())
    }
}
