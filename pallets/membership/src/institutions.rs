// SPDX-License-Identifier: Apache-2.0

//! The council's decisions about institutions.

use crate::{Config, Error, Event, Institutions, NextInstitution, Pallet, RequiredVerifications};
use frame_support::{dispatch::DispatchResult, ensure, traits::Get};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::{Institution, InstitutionProfile, InstitutionStatus, MAX_VERIFICATIONS},
    text::is_printable,
    traits::{AuditLog, Authorities},
    InstitutionId, SigningKey,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_admit_institution(profile: InstitutionProfile) -> DispatchResult {
        Self::check_profile(&profile)?;
        let institution = NextInstitution::<T>::get();
        Self::insert_institution(institution, profile)?;

        Self::log_decision(Action::InstitutionAdmitted, institution);
        Self::deposit_event(Event::InstitutionAdmitted { institution });
        Ok(())
    }

    pub(crate) fn do_update_institution(id: InstitutionId, profile: InstitutionProfile) -> DispatchResult {
        let institution = Self::standing_institution(id)?;
        Self::check_profile(&profile)?;
        let former = &institution.profile;
        ensure!((profile.kind, profile.issuing_key) == (former.kind, former.issuing_key), Error::<T>::InvalidProfile);

        Institutions::<T>::insert(id, Institution { profile, ..institution });
        Self::log_decision(Action::InstitutionUpdated, id);
        Self::deposit_event(Event::InstitutionUpdated { institution: id });
        Ok(())
    }

    pub(crate) fn do_rotate_issuing_key(id: InstitutionId, issuing_key: SigningKey) -> DispatchResult {
        let mut institution = Self::standing_institution(id)?;
        ensure!(Self::is_key(&issuing_key), Error::<T>::KeyNotUsable);
        ensure!(issuing_key != institution.profile.issuing_key, Error::<T>::KeyNotUsable);
        let epoch = institution.issuing_epoch.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;

        institution.profile.issuing_key = issuing_key;
        institution.issuing_epoch = epoch;
        Institutions::<T>::insert(id, institution);
        Self::log_decision(Action::IssuingKeyRotated, id);
        Self::deposit_event(Event::IssuingKeyRotated { institution: id, epoch });
        Ok(())
    }

    pub(crate) fn do_suspend_institution(id: InstitutionId) -> DispatchResult {
        let (from, to) = ([InstitutionStatus::Active], InstitutionStatus::Suspended);
        Self::set_institution_status(id, &from, to, Action::InstitutionSuspended)?;
        Self::deposit_event(Event::InstitutionSuspended { institution: id });
        Ok(())
    }

    pub(crate) fn do_reinstate_institution(id: InstitutionId) -> DispatchResult {
        let (from, to) = ([InstitutionStatus::Suspended], InstitutionStatus::Active);
        Self::set_institution_status(id, &from, to, Action::InstitutionReinstated)?;
        Self::deposit_event(Event::InstitutionReinstated { institution: id });
        Ok(())
    }

    pub(crate) fn do_remove_institution(id: InstitutionId) -> DispatchResult {
        ensure!(!T::Authorities::has_seat(id), Error::<T>::HasSeat);
        let (from, to) = ([InstitutionStatus::Active, InstitutionStatus::Suspended], InstitutionStatus::Removed);
        Self::set_institution_status(id, &from, to, Action::InstitutionRemoved)?;
        Self::deposit_event(Event::InstitutionRemoved { institution: id });
        Ok(())
    }

    pub(crate) fn do_set_required_verifications(count: u32) -> DispatchResult {
        ensure!((1..=MAX_VERIFICATIONS).contains(&count), Error::<T>::InvalidCount);

        RequiredVerifications::<T>::put(count);
        let event = AuditEvent::by_council(Action::RequiredVerificationsSet, Subject::Consortium);
        T::Audit::append(LogId::Consortium, event.because(Reason::Count(count)));
        Self::deposit_event(Event::RequiredVerificationsSet { count });
        Ok(())
    }

    /// Checks that an institution can have this profile.
    pub(crate) fn check_profile(profile: &InstitutionProfile) -> Result<(), Error<T>> {
        let is_fine = Self::is_key(&profile.issuing_key)
            && profile.encryption_key.is_acceptable()
            && core::str::from_utf8(&profile.vault_address).is_ok_and(is_printable);
        ensure!(is_fine, Error::InvalidProfile);
        // With a smaller quota, no member of its staff could make a single large call.
        ensure!(profile.traffic_quota.allows(&T::LeastTraffic::get()), Error::QuotaTooSmall);
        Ok(())
    }

    /// Writes an institution with the next number, `id`.
    pub(crate) fn insert_institution(id: InstitutionId, profile: InstitutionProfile) -> Result<(), Error<T>> {
        let next = id.0.checked_add(1).ok_or(Error::NumbersExhausted)?;
        let status = InstitutionStatus::Active;
        NextInstitution::<T>::put(InstitutionId(next));
        Institutions::<T>::insert(
            id,
            Institution { profile, issuing_epoch: 0, status, admitted: 0, usage: Default::default() },
        );
        Ok(())
    }

    /// Changes the status of an institution, if it is one of `from`.
    fn set_institution_status(
        id: InstitutionId,
        from: &[InstitutionStatus],
        to: InstitutionStatus,
        action: Action,
    ) -> DispatchResult {
        let institution = Institutions::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        ensure!(from.contains(&institution.status), Error::<T>::InvalidStatus);

        Institutions::<T>::insert(id, Institution { status: to, ..institution });
        Self::log_decision(action, id);
        Ok(())
    }

    /// Returns an institution that has not been removed.
    fn standing_institution(id: InstitutionId) -> Result<Institution, Error<T>> {
        let institution = Institutions::<T>::get(id).ok_or(Error::NotFound)?;
        ensure!(institution.status != InstitutionStatus::Removed, Error::InvalidStatus);
        Ok(institution)
    }

    fn log_decision(action: Action, institution: InstitutionId) {
        T::Audit::append(LogId::Consortium, AuditEvent::by_council(action, Subject::Institution(institution)));
    }
}
