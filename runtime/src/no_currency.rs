// SPDX-License-Identifier: Apache-2.0

//! A currency in which every balance is zero.
//!
//! `pallet-session` needs a currency for deposits on session keys. This chain has no token, and the deposit is zero.
//! (The SDK's own implementations for `()` exist on the host only, not in WebAssembly.)

use crate::RuntimeHoldReason;
use frame_support::traits::{
    fungible::{self, Dust},
    tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
};
use sp_runtime::{DispatchError, DispatchResult, TokenError};

/// The currency in which every balance is zero.
pub struct NoCurrency;

impl<AccountId> fungible::Inspect<AccountId> for NoCurrency {
    type Balance = u32;

    fn total_issuance() -> u32 {
        0
    }

    fn minimum_balance() -> u32 {
        0
    }

    fn total_balance(_: &AccountId) -> u32 {
        0
    }

    fn balance(_: &AccountId) -> u32 {
        0
    }

    fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u32 {
        0
    }

    fn can_deposit(_: &AccountId, amount: u32, _: Provenance) -> DepositConsequence {
        match amount {
            0 => DepositConsequence::Success,
            _ => DepositConsequence::CannotCreate,
        }
    }

    fn can_withdraw(_: &AccountId, amount: u32) -> WithdrawConsequence<u32> {
        match amount {
            0 => WithdrawConsequence::Success,
            _ => WithdrawConsequence::BalanceLow,
        }
    }
}

impl<AccountId> fungible::Unbalanced<AccountId> for NoCurrency {
    fn handle_dust(_: Dust<AccountId, Self>) {}

    fn write_balance(_: &AccountId, amount: u32) -> Result<Option<u32>, DispatchError> {
        zero_only(amount).map(|()| None)
    }

    fn set_total_issuance(_: u32) {}
}

impl<AccountId: Eq> fungible::Mutate<AccountId> for NoCurrency {}

impl<AccountId> fungible::InspectHold<AccountId> for NoCurrency {
    type Reason = RuntimeHoldReason;

    fn total_balance_on_hold(_: &AccountId) -> u32 {
        0
    }

    fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u32 {
        0
    }
}

impl<AccountId> fungible::UnbalancedHold<AccountId> for NoCurrency {
    fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, amount: u32) -> DispatchResult {
        zero_only(amount)
    }
}

impl<AccountId: Eq> fungible::MutateHold<AccountId> for NoCurrency {}

fn zero_only(amount: u32) -> DispatchResult {
    match amount {
        0 => Ok(()),
        _ => Err(TokenError::Unsupported.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frame_support::traits::fungible::{Inspect, Mutate, MutateHold};

    const ACCOUNT: u8 = 1;
    const REASON: RuntimeHoldReason = RuntimeHoldReason::Session(pallet_session::HoldReason::Keys);

    #[test]
    fn zero_can_be_held_and_released() {
        assert_eq!(NoCurrency::hold(&REASON, &ACCOUNT, 0), Ok(()));
        assert_eq!(
            NoCurrency::release_all(&REASON, &ACCOUNT, frame_support::traits::tokens::Precision::BestEffort),
            Ok(0)
        );
    }

    #[test]
    fn nothing_but_zero_exists() {
        assert!(NoCurrency::mint_into(&ACCOUNT, 1).is_err());
        assert!(NoCurrency::hold(&REASON, &ACCOUNT, 1).is_err());
        assert_eq!(<NoCurrency as Inspect<u8>>::total_issuance(), 0);
    }
}
