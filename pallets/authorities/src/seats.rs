// SPDX-License-Identifier: Apache-2.0

//! Seats: giving, taking, suspending, reinstating and handing them over. The council follows them.

use crate::{
    Absences, Config, Error, Event, Pallet, Planned, Seat, SeatOf, SeatOfAuthority, SeatStatus, Seats, Sessions,
};
use alloc::vec::Vec;
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{ChangeMembers, EnsureOrigin, Get, Time},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::{InstitutionStatus, Role, Standing},
    traits::{AuditLog, Membership},
    InstitutionId, MemberId,
};
use sp_runtime::{AccountId32, DispatchError};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_admit_authority(
        institution: InstitutionId,
        account: AccountId32,
        delegate: AccountId32,
    ) -> DispatchResult {
        Self::check_seat(institution, &account, &delegate)?;

        Self::insert_seat(institution, account.clone(), delegate.clone());
        Self::change_council(core::slice::from_ref(&delegate), &[]);
        Self::log_decision(Action::AuthorityAdmitted, institution);
        Self::deposit_event(Event::AuthorityAdmitted { institution, account, delegate });
        Ok(())
    }

    /// Checks that the institution can have a seat with these accounts.
    pub(crate) fn check_seat(
        institution: InstitutionId,
        account: &AccountId32,
        delegate: &AccountId32,
    ) -> Result<(), Error<T>> {
        let is_active = T::Membership::institution(institution)
            .is_some_and(|standing| standing.status == InstitutionStatus::Active);
        ensure!(is_active, Error::InstitutionNotActive);
        let is_free = !Seats::<T>::contains_key(institution) && !SeatOf::<T>::contains_key(account);
        ensure!(is_free, Error::AlreadyExists);
        ensure!(Seats::<T>::count() < T::MaxAuthorities::get(), Error::TooManyAuthorities);
        let acts = |account, role| Self::acts_for(institution, account, role).is_some();
        ensure!(acts(account, Role::Service), Error::NotService);
        ensure!(acts(delegate, Role::Delegate), Error::NotDelegate);
        Ok(())
    }

    /// Writes a seat. The caller has checked it.
    pub(crate) fn insert_seat(institution: InstitutionId, account: AccountId32, delegate: AccountId32) {
        SeatOf::<T>::insert(&account, institution);
        SeatOfAuthority::<T>::insert(&account, institution);
        let seat = Seat {
            authority: account.clone(),
            account,
            delegate,
            status: SeatStatus::Active,
            admitted_at: T::Time::now(),
            liable_from: T::Sessions::current(),
        };
        Seats::<T>::insert(institution, seat);
    }

    /// Takes a seat, unless the network could not spare its authority.
    pub(crate) fn do_remove_authority(institution: InstitutionId) -> DispatchResult {
        ensure!(Seats::<T>::contains_key(institution), Error::<T>::NotFound);
        let left = Self::strength_without(institution);
        ensure!(left.is_tolerant_after(Self::strength()), Error::<T>::TooFewAuthorities);
        Self::do_force_remove_authority(institution)
    }

    /// Takes a seat, unless no other authority with session keys would remain.
    pub(crate) fn do_force_remove_authority(institution: InstitutionId) -> DispatchResult {
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        ensure!(Self::strength_without(institution).total > 0, Error::<T>::LastAuthority);

        Seats::<T>::remove(institution);
        SeatOf::<T>::remove(&seat.account);
        SeatOfAuthority::<T>::remove(&seat.authority);
        Absences::<T>::remove(institution);
        Self::change_council(&[], &[seat.delegate]);
        Self::log_decision(Action::AuthorityRemoved, institution);
        Self::deposit_event(Event::AuthorityRemoved { institution });
        Ok(())
    }

    /// Suspends a seat by decision of the council.
    pub(crate) fn do_suspend_authority(institution: InstitutionId) -> DispatchResult {
        let seat = Self::active_seat(institution)?;
        let left = Self::strength_suspending(institution);
        ensure!(left.is_tolerant_after(Self::strength()), Error::<T>::TooFewAuthorities);

        let event = AuditEvent::by_council(Action::AuthoritySuspended, Subject::Institution(institution));
        Self::suspend(institution, seat, event);
        Ok(())
    }

    /// Suspends a seat for a delegate of the institution, even if the network cannot spare it. A thief may have its
    /// keys, and could reach the same by an offence.
    pub(crate) fn do_suspend_own_authority(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
        let (_, delegate) = Self::ensure_delegate(origin)?;
        ensure!(delegate.institution_id() == Some(institution), Error::<T>::NotPermitted);
        let seat = Self::active_seat(institution)?;
        Self::ensure_settled(&delegate)?;

        let subject = Subject::Institution(institution);
        let event = AuditEvent::by_member(delegate.member, Some(institution), Action::AuthoritySuspended, subject);
        Self::suspend(institution, seat, event);
        Ok(())
    }

    fn active_seat(institution: InstitutionId) -> Result<Seat, Error<T>> {
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        ensure!(seat.is_active(), Error::<T>::InvalidStatus);
        Ok(seat)
    }

    /// Suspends an active seat and disables its authority.
    pub(crate) fn suspend(institution: InstitutionId, seat: Seat, event: AuditEvent) {
        T::Sessions::disable(&seat.authority);
        Seats::<T>::insert(institution, Seat { status: SeatStatus::Suspended, ..seat });
        T::Audit::append(LogId::Consortium, event);
        Self::deposit_event(Event::AuthoritySuspended { institution });
    }

    /// Disables the suspended seats that are still authorities: a change of the set enables all of its authorities.
    pub(crate) fn disable_suspended() {
        for authority in T::Sessions::authorities() {
            let seat = SeatOfAuthority::<T>::get(&authority).and_then(Seats::<T>::get);
            if seat.is_some_and(|seat| !seat.is_active()) {
                T::Sessions::disable(&authority);
            }
        }
    }

    pub(crate) fn do_reinstate_authority(institution: InstitutionId) -> DispatchResult {
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        ensure!(!seat.is_active(), Error::<T>::InvalidStatus);

        // Until then it is in the set in which it offended, and would be judged again for that.
        let liable_from = T::Sessions::current().saturating_add(2);
        Seats::<T>::insert(institution, Seat { status: SeatStatus::Active, liable_from, ..seat });
        // If it never left the set, only a plan that counts as a change enables it again.
        Planned::<T>::kill();
        Self::log_decision(Action::AuthorityReinstated, institution);
        Self::deposit_event(Event::AuthorityReinstated { institution });
        Ok(())
    }

    pub(crate) fn do_take_vote(account: AccountId32, delegate: &Standing) -> DispatchResult {
        let institution = delegate.institution_id().ok_or(Error::<T>::NotPermitted)?;
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        ensure!(seat.delegate != account, Error::<T>::AlreadyExists);
        Self::ensure_settled(delegate)?;

        let former = seat.delegate.clone();
        Seats::<T>::insert(institution, Seat { delegate: account.clone(), ..seat });
        Self::change_council(core::slice::from_ref(&account), &[former]);
        let subject = Subject::Institution(institution);
        let event = AuditEvent::by_member(delegate.member, Some(institution), Action::CouncilSeatTaken, subject);
        T::Audit::append(LogId::Consortium, event);
        Self::deposit_event(Event::CouncilSeatTaken { institution, delegate: account });
        Ok(())
    }

    /// Hands the seat over to another service's account. A delegate decides about its own institution, the council
    /// about any.
    pub(crate) fn do_hand_over_account(
        delegate: Option<&Standing>,
        institution: InstitutionId,
        account: AccountId32,
    ) -> DispatchResult {
        let is_own = delegate.is_none_or(|delegate| delegate.institution_id() == Some(institution));
        ensure!(is_own, Error::<T>::NotPermitted);
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        ensure!(seat.account != account, Error::<T>::AlreadyExists);
        ensure!(Self::acts_for(institution, &account, Role::Service).is_some(), Error::<T>::NotService);
        if let Some(delegate) = delegate {
            Self::ensure_settled(delegate)?;
        }

        SeatOf::<T>::remove(&seat.account);
        SeatOf::<T>::insert(&account, institution);
        Seats::<T>::insert(institution, Seat { account: account.clone(), ..seat });
        let (action, subject) = (Action::AuthorityHandedOver, Subject::Institution(institution));
        let event = match delegate {
            Some(delegate) => AuditEvent::by_member(delegate.member, Some(institution), action, subject),
            None => AuditEvent::by_council(action, subject),
        };
        T::Audit::append(LogId::Consortium, event);
        Self::deposit_event(Event::AuthorityHandedOver { institution, account });
        Ok(())
    }

    /// Hands the seat of the signer's institution over. The signer has to be a delegate.
    pub(crate) fn do_hand_over_own_account(
        origin: OriginFor<T>,
        institution: InstitutionId,
        account: AccountId32,
    ) -> DispatchResult {
        let (_, delegate) = Self::ensure_delegate(origin)?;
        Self::do_hand_over_account(Some(&delegate), institution, account)
    }

    /// Replaces the session keys of an authority. The sessions check that they are its own.
    pub(crate) fn do_set_keys(
        account: &AccountId32,
        member: MemberId,
        keys: <T::Sessions as Sessions>::Keys,
        proof: Vec<u8>,
    ) -> DispatchResult {
        let institution = SeatOf::<T>::get(account).ok_or(Error::<T>::NotAuthority)?;
        T::Sessions::set_keys(account, keys, proof)?;

        let subject = Subject::Institution(institution);
        let event = AuditEvent::by_member(member, Some(institution), Action::SessionKeysReplaced, subject);
        T::Audit::append(LogId::Consortium, event);
        Self::deposit_event(Event::SessionKeysReplaced { institution });
        Ok(())
    }

    /// Applies a change of the seats to the council.
    pub(crate) fn change_council(incoming: &[AccountId32], outgoing: &[AccountId32]) {
        let delegates: Vec<_> = Self::delegates();
        T::Council::change_members_sorted(incoming, outgoing, &delegates);
    }

    /// Returns the members of the council, sorted. An account belongs to one member for ever, so it cannot sit for two
    /// institutions.
    pub(crate) fn delegates() -> Vec<AccountId32> {
        let seats = Seats::<T>::iter_values().take(T::MaxAuthorities::get() as usize);
        let mut delegates: Vec<_> = seats.map(|seat| seat.delegate).collect();
        delegates.sort();
        delegates
    }

    /// Returns the signer, who has to be an active delegate.
    pub(crate) fn ensure_delegate(origin: OriginFor<T>) -> Result<(AccountId32, Standing), DispatchError> {
        let (account, standing) = Self::ensure_member(origin)?;
        ensure!(standing.role == Role::Delegate, Error::<T>::NotPermitted);
        Ok((account, standing))
    }

    /// Fails if the delegate joined too lately to speak for a seat. Before that, its institution has had no time to
    /// revoke a delegate whom it did not admit itself.
    fn ensure_settled(delegate: &Standing) -> DispatchResult {
        let joined_at = T::Membership::joined_at(delegate.member).ok_or(Error::<T>::NotPermitted)?;
        ensure!(T::Time::now() >= joined_at.saturating_add(T::SettlingTime::get()), Error::<T>::TooNew);
        Ok(())
    }

    /// Returns the signer, who has to be an active member, and its account.
    pub(crate) fn ensure_member(origin: OriginFor<T>) -> Result<(AccountId32, Standing), DispatchError> {
        let standing = T::MemberOrigin::ensure_origin(origin.clone())?;
        Ok((ensure_signed(origin)?, standing))
    }

    /// Returns the standing of this account's member, if it is an active one of this institution with this role.
    fn acts_for(institution: InstitutionId, account: &AccountId32, role: Role) -> Option<Standing> {
        T::Membership::standing_of_account(account).filter(|standing| {
            let is_its = standing.role == role && standing.institution_id() == Some(institution);
            is_its && standing.may_act(T::Time::now())
        })
    }

    fn log_decision(action: Action, institution: InstitutionId) {
        T::Audit::append(LogId::Consortium, AuditEvent::by_council(action, Subject::Institution(institution)));
    }
}
