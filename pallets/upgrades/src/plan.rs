// SPDX-License-Identifier: Apache-2.0

//! The life of a plan: made, confirmed, authorized, and applied, canceled or expired.

use crate::{
    types::more_than_two_thirds, Config, Confirmations, Error, Event, Pallet, Plan, Planned, UpgradeDelay, WeightInfo,
    PLAN_LIFE,
};
use alloc::vec::Vec;
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    storage::{storage_prefix, unhashed},
    traits::{EnsureOrigin, Get, PalletInfoAccess, Time},
    weights::Weight,
    BoundedVec,
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    governance::UPGRADE_DELAYS,
    membership::Standing,
    traits::{AuditLog, Authorities},
    Digest, InstitutionId, Moment,
};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_plan_upgrade(code_hash: H256, spec_version: u32) -> DispatchResult {
        ensure!(!Planned::<T>::exists(), Error::<T>::AlreadyPlanned);
        let replaces = Self::running_version();
        ensure!(spec_version > replaces, Error::<T>::InvalidVersion);

        let planned_at = T::Time::now();
        let ready_at = planned_at.saturating_add(UpgradeDelay::<T>::get().at(planned_at));
        let expires_at = ready_at.saturating_add(PLAN_LIFE);
        let plan = Plan {
            code_hash: Digest(code_hash.0),
            spec_version,
            replaces,
            planned_at,
            ready_at,
            expires_at,
            authorized_at: None,
        };
        Self::log(AuditEvent::by_council(Action::UpgradePlanned, plan.subject()));
        Planned::<T>::put(plan);
        Self::deposit_event(Event::UpgradePlanned { code_hash, spec_version, ready_at });
        Ok(())
    }

    pub(crate) fn do_confirm_upgrade(account: &AccountId32, member: Standing, code_hash: H256) -> DispatchResult {
        let institution = T::Authorities::seat(account).ok_or(Error::<T>::NotAuthority)?;
        let plan = Self::plan_of(code_hash)?;
        ensure!(T::Time::now() < plan.expires_at, Error::<T>::Expired);
        let mut confirmed = Confirmations::<T>::get().into_inner();
        ensure!(!confirmed.contains(&institution), Error::<T>::AlreadyConfirmed);

        if u32::try_from(confirmed.len()).map_or(true, |count| count >= T::MaxAuthorities::get()) {
            // Institutions that lost their seat make room. There are never more authorities than the bound.
            let voting = T::Authorities::voting();
            confirmed.retain(|institution| voting.contains(institution));
        }
        confirmed.push(institution);
        Confirmations::<T>::put(BoundedVec::truncate_from(confirmed));
        Self::log(AuditEvent::by_member(member.member, Some(institution), Action::UpgradeConfirmed, plan.subject()));
        Self::deposit_event(Event::UpgradeConfirmed { code_hash, institution });
        Ok(())
    }

    pub(crate) fn do_authorize_upgrade(member: Standing) -> DispatchResult {
        let plan = Planned::<T>::get().ok_or(Error::<T>::NotPlanned)?;
        ensure!(plan.authorized_at.is_none(), Error::<T>::AlreadyAuthorized);
        let now = T::Time::now();
        ensure!(now >= plan.ready_at, Error::<T>::TooEarly);
        ensure!(now < plan.expires_at, Error::<T>::Expired);
        // Suspended authorities count as long as they vote. If their nodes could not execute the code, finality would
        // stop.
        let authorities = T::Authorities::voting();
        let confirmed = Self::confirmed_among(&authorities).len();
        ensure!(confirmed >= more_than_two_thirds(authorities.len()), Error::<T>::TooFewConfirmations);

        let code_hash = H256(plan.code_hash.0);
        let (action, subject) = (Action::UpgradeAuthorized, plan.subject());
        frame_system::Pallet::<T>::do_authorize_upgrade(code_hash, true);
        Planned::<T>::put(Plan { authorized_at: Some(now), ..plan });
        Self::log(AuditEvent::by_member(member.member, member.institution_id(), action, subject));
        Self::deposit_event(Event::UpgradeAuthorized { code_hash });
        Ok(())
    }

    pub(crate) fn do_cancel_upgrade(code_hash: H256) -> DispatchResult {
        let plan = Self::plan_of(code_hash)?;

        Self::forget_plan();
        Self::log(AuditEvent::by_council(Action::UpgradeCanceled, plan.subject()));
        Self::deposit_event(Event::UpgradeCanceled { code_hash });
        Ok(())
    }

    pub(crate) fn do_set_upgrade_delay(length: Moment) -> DispatchResult {
        Self::check_delay(length)?;

        let (delay, from) = UpgradeDelay::<T>::get().decided(length, T::Time::now());
        UpgradeDelay::<T>::put(delay);
        let event = AuditEvent::by_council(Action::UpgradeDelaySet, Subject::Consortium);
        Self::log(event.because(Reason::Duration(length)));
        Self::deposit_event(Event::UpgradeDelaySet { delay: length, from });
        Ok(())
    }

    /// Checks that upgrades can wait that long.
    pub(crate) fn check_delay(length: Moment) -> Result<(), Error<T>> {
        ensure!(UPGRADE_DELAYS.contains(&length), Error::InvalidDelay);
        Ok(())
    }

    /// Ends the plan when its runtime runs, or when it has expired.
    ///
    /// Each block checks this. The first block of a new runtime has its number and its log entry only after it began.
    /// And without an end, the system would apply an authorized upgrade for ever.
    pub(crate) fn end_plan() -> Weight {
        let Some(plan) = Planned::<T>::get() else { return T::DbWeight::get().reads(1) };
        let (code_hash, spec_version) = (H256(plan.code_hash.0), Self::running_version());
        if spec_version != plan.replaces {
            Self::forget_plan();
            let subject = Subject::Runtime(plan.code_hash, spec_version);
            Self::log(AuditEvent::by_chain(Action::RuntimeUpgraded, subject));
            Self::deposit_event(Event::RuntimeUpgraded { code_hash, spec_version });
        } else if T::Time::now() >= plan.expires_at {
            Self::forget_plan();
            Self::log(AuditEvent::by_chain(Action::UpgradeExpired, plan.subject()));
            Self::deposit_event(Event::UpgradeExpired { code_hash });
        } else {
            return T::DbWeight::get().reads(2);
        }
        T::WeightInfo::end_plan()
    }

    /// Returns the authorities among these that confirmed.
    pub(crate) fn confirmed_among(authorities: &[InstitutionId]) -> Vec<InstitutionId> {
        Confirmations::<T>::get().into_iter().filter(|institution| authorities.contains(institution)).collect()
    }

    /// Returns the signer, who has to be an active member, and its account.
    pub(crate) fn ensure_member(origin: OriginFor<T>) -> Result<(AccountId32, Standing), DispatchError> {
        let standing = T::MemberOrigin::ensure_origin(origin.clone())?;
        Ok((ensure_signed(origin)?, standing))
    }

    /// Returns the code that the system is authorized to apply: its hash, and whether it checks the version.
    #[cfg(any(feature = "try-runtime", test))]
    pub(crate) fn authorized() -> Option<(H256, bool)> {
        unhashed::get(&Self::authorization_key())
    }

    pub(crate) fn log(event: AuditEvent) {
        T::Audit::append(LogId::Consortium, event);
    }

    fn plan_of(code_hash: H256) -> Result<Plan, Error<T>> {
        Planned::<T>::get().filter(|plan| plan.code_hash.0 == code_hash.0).ok_or(Error::NotPlanned)
    }

    fn forget_plan() {
        Planned::<T>::kill();
        Confirmations::<T>::kill();
        unhashed::kill(&Self::authorization_key());
    }

    /// Returns the storage key of the system's authorization. The system has no call that revokes it.
    fn authorization_key() -> [u8; 32] {
        storage_prefix(frame_system::Pallet::<T>::name().as_bytes(), b"AuthorizedUpgrade")
    }

    fn running_version() -> u32 {
        T::Version::get().spec_version
    }
}
