// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{Config, Confirmations, Pallet, Planned, UpgradeDelay, PLAN_LIFE};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::governance::{Parameter, UPGRADE_DELAYS};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_times_of_the_plan_are_in_order()?;
        Self::try_state_confirmations_are_of_a_plan()?;
        Self::try_state_only_what_was_planned_is_authorized()?;
        Self::try_state_delays_are_within_bounds()?;
        Self::try_state_parameters_are_within_bounds()
    }

    /// A plan is made, then ready, then over; and authorized in between, if it is.
    fn try_state_times_of_the_plan_are_in_order() -> Result<(), TryRuntimeError> {
        let Some(plan) = Planned::<T>::get() else { return Ok(()) };
        let is_ordered = plan.planned_at < plan.ready_at && plan.expires_at == plan.ready_at.saturating_add(PLAN_LIFE);
        ensure!(is_ordered, "a plan's times are out of order");
        let is_timely = plan.authorized_at.is_none_or(|at| (plan.ready_at..plan.expires_at).contains(&at));
        ensure!(is_timely, "a plan was authorized out of its time");
        ensure!(plan.spec_version > plan.replaces, "a plan leads back");
        Ok(())
    }

    /// No authority confirmed what is not planned, or twice.
    fn try_state_confirmations_are_of_a_plan() -> Result<(), TryRuntimeError> {
        let confirmed = Confirmations::<T>::get();
        ensure!(confirmed.is_empty() || Planned::<T>::exists(), "what is not planned is confirmed");
        let distinct: BTreeSet<_> = confirmed.iter().collect();
        ensure!(distinct.len() == confirmed.len(), "an authority confirmed twice");
        Ok(())
    }

    /// The system is authorized to apply only the planned code, and checks its version. It drops code whose version it
    /// refuses.
    fn try_state_only_what_was_planned_is_authorized() -> Result<(), TryRuntimeError> {
        let Some((code_hash, checks_version)) = Self::authorized() else { return Ok(()) };
        let is_planned =
            Planned::<T>::get().is_some_and(|plan| plan.code_hash.0 == code_hash.0 && plan.authorized_at.is_some());
        ensure!(is_planned && checks_version, "what was not planned is authorized");
        Ok(())
    }

    /// Upgrades wait, but not for ever; and what comes later is shorter.
    fn try_state_delays_are_within_bounds() -> Result<(), TryRuntimeError> {
        let delay = UpgradeDelay::<T>::get();
        ensure!(UPGRADE_DELAYS.contains(&delay.length), "upgrades wait too long or not at all");
        if let Some((_, shorter)) = delay.shorter {
            ensure!(UPGRADE_DELAYS.contains(&shorter) && shorter < delay.length, "a shorter delay is none");
        }
        Ok(())
    }

    /// Parameters are within their bounds.
    fn try_state_parameters_are_within_bounds() -> Result<(), TryRuntimeError> {
        let is_within = Self::parameters().each().iter().all(Parameter::is_within_bounds);
        ensure!(is_within, "a parameter is out of bounds");
        Ok(())
    }
}
