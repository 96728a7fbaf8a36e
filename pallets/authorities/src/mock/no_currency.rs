// SPDX-License-Identifier: Apache-2.0

//! A currency in which every balance is zero, as in the runtime.

use super::RuntimeHoldReason;
use frame_support::traits::{
    fungible::{self, Dust},
    tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
};
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

/// The currency of a chain without one.
pub struct NoCurrency;

impl fungible::Inspect<AccountId32> for NoCurrency {
    type Balance = u32;
    fn total_issuance() -> u32 {
        0
    }
    fn minimum_balance() -> u32 {
        0
    }
    fn total_balance(_: &AccountId32) -> u32 {
        0
    }
    fn balance(_: &AccountId32) -> u32 {
        0
    }
    fn reducible_balance(_: &AccountId32, _: Preservation, _: Fortitude) -> u32 {
        0
    }
    fn can_deposit(_: &AccountId32, _: u32, _: Provenance) -> DepositConsequence {
        DepositConsequence::Success
    }
    fn can_withdraw(_: &AccountId32, _: u32) -> WithdrawConsequence<u32> {
        WithdrawConsequence::Success
    }
}

impl fungible::Unbalanced<AccountId32> for NoCurrency {
    fn handle_dust(_: Dust<AccountId32, Self>) {}
    fn write_balance(_: &AccountId32, _: u32) -> Result<Option<u32>, DispatchError> {
        Ok(None)
    }
    fn set_total_issuance(_: u32) {}
}

impl fungible::Mutate<AccountId32> for NoCurrency {}

impl fungible::InspectHold<AccountId32> for NoCurrency {
    type Reason = RuntimeHoldReason;
    fn total_balance_on_hold(_: &AccountId32) -> u32 {
        0
    }
    fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId32) -> u32 {
        0
    }
}

impl fungible::UnbalancedHold<AccountId32> for NoCurrency {
    fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId32, _: u32) -> DispatchResult {
        Ok(())
    }
}

impl fungible::MutateHold<AccountId32> for NoCurrency {}
