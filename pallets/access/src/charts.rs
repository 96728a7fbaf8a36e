// SPDX-License-Identifier: Apache-2.0

//! Charts and their compartments, and who may act on them.

use crate::{Charts, ChartsOf, Compartments, Config, Epochs, Error, Event, Grants, NextChart, Pallet};
use alloc::collections::BTreeSet;
use frame_support::{
    ensure,
    pallet_prelude::{DispatchError, DispatchResult},
    traits::{ConstU32, Time as _},
    BoundedVec,
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
    access::{
        Chart, Compartment, CompartmentFlags, Epoch, GrantEnvelope, Permission, Scope, MAX_COMPARTMENTS, MAX_READERS,
    },
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::{Role, Standing},
    questions::{AuditLog as _, Membership as _},
    ChartId, CompartmentId, Digest, GrantId, Moment, RequestId,
};

impl<T: Config> Pallet<T> {
    /// The current time.
    pub(crate) fn now() -> Moment {
        T::Time::now()
    }

    /// The active member that signed.
    pub(crate) fn ensure_member(origin: OriginFor<T>) -> Result<Standing, DispatchError> {
        let account = ensure_signed(origin)?;
        let standing = T::Membership::standing_of_account(&account).ok_or(Error::<T>::NotMember)?;
        ensure!(standing.is_active(Self::now()), Error::<T>::NotActive);
        ensure!(standing.is_institution_active(), Error::<T>::InstitutionNotActive);
        Ok(standing)
    }

    /// The active member that signed and controls `chart`, and the chart.
    pub(crate) fn ensure_controller(origin: OriginFor<T>, chart: ChartId) -> Result<(Standing, Chart), DispatchError> {
        let standing = Self::ensure_member(origin)?;
        let held = Charts::<T>::get(chart).ok_or(Error::<T>::ChartNotFound)?;
        ensure!(held.controller == standing.member, Error::<T>::NotController);
        Ok((standing, held))
    }

    /// Appends to the chart's log what `actor` did.
    pub(crate) fn log(
        actor: &Standing,
        chart: ChartId,
        action: Action,
        subject: Subject,
        detail: impl FnOnce(AuditEvent) -> AuditEvent,
    ) {
        let event = AuditEvent::by_member(actor.member, actor.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(chart), detail(event));
    }

    pub(crate) fn do_open_chart(patient: &Standing) -> DispatchResult {
        ensure!(patient.role == Role::Patient, Error::<T>::NotPatient);
        let chart = NextChart::<T>::get();
        let next = chart.0.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
        ChartsOf::<T>::try_append(patient.member, chart).map_err(|()| Error::<T>::TooManyCharts)?;
        NextChart::<T>::put(ChartId(next));
        let held = Chart {
            controller: patient.member,
            opened_at: Self::now(),
            compartments: 0,
            next_grant: GrantId(0),
            next_request: RequestId(0),
        };
        Charts::<T>::insert(chart, held);
        Self::log(patient, chart, Action::ChartOpened, Subject::Chart(chart), |event| event);
        Self::deposit_event(Event::ChartOpened { chart, controller: patient.member });
        Ok(())
    }

    pub(crate) fn do_add_compartment(
        controller: &Standing,
        chart: ChartId,
        mut held: Chart,
        compartment: CompartmentId,
        flags: CompartmentFlags,
        profile: Digest,
        epoch: Epoch,
    ) -> DispatchResult {
        let count = held.compartments.checked_add(1).filter(|count| *count <= MAX_COMPARTMENTS);
        let count = count.ok_or(Error::<T>::TooManyCompartments)?;
        ensure!(compartment.0 == held.compartments, Error::<T>::NotNextCompartment);
        ensure!(epoch.link.is_none(), Error::<T>::InvalidLink);
        ensure!(epoch.public_key.is_acceptable(), Error::<T>::InvalidKey);

        held.compartments = count;
        Charts::<T>::insert(chart, held);
        Compartments::<T>::insert(chart, compartment, Compartment { flags, epoch: 0, profile, rotation_due: false });
        Epochs::<T>::insert((chart, compartment, 0), epoch);
        let subject = Subject::Compartment(compartment, 0);
        Self::log(controller, chart, Action::CompartmentAdded, subject, |event| event);
        Self::deposit_event(Event::CompartmentAdded { chart, compartment, flags });
        Ok(())
    }

    pub(crate) fn do_rotate_compartment(
        controller: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
        number: u32,
        epoch: Epoch,
    ) -> DispatchResult {
        let held = Compartments::<T>::get(chart, compartment).ok_or(Error::<T>::CompartmentNotFound)?;
        ensure!(held.epoch.checked_add(1) == Some(number), Error::<T>::InvalidEpoch);
        ensure!(epoch.link.is_some(), Error::<T>::InvalidLink);
        ensure!(epoch.public_key.is_acceptable(), Error::<T>::InvalidKey);
        let unchanged = Epochs::<T>::get((chart, compartment, held.epoch))
            .is_some_and(|current| current.public_key == epoch.public_key);
        ensure!(!unchanged, Error::<T>::KeyUnchanged);

        Compartments::<T>::insert(chart, compartment, Compartment { epoch: number, rotation_due: false, ..held });
        Epochs::<T>::insert((chart, compartment, number), epoch);
        let subject = Subject::Compartment(compartment, number);
        Self::log(controller, chart, Action::CompartmentRotated, subject, |event| event);
        Self::deposit_event(Event::CompartmentRotated { chart, compartment, epoch: number });
        Ok(())
    }

    pub(crate) fn do_renew_envelopes(
        controller: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
        epoch: u32,
        envelopes: BoundedVec<(GrantId, Digest), ConstU32<MAX_READERS>>,
    ) -> DispatchResult {
        let held = Compartments::<T>::get(chart, compartment).ok_or(Error::<T>::CompartmentNotFound)?;
        ensure!(held.epoch == epoch, Error::<T>::InvalidEpoch);
        ensure!(!envelopes.is_empty(), Error::<T>::NoEnvelopes);
        let mut renewed = BTreeSet::new();
        for (number, hash) in envelopes {
            ensure!(renewed.insert(number), Error::<T>::DuplicateEnvelope);
            let mut grant = Grants::<T>::get(chart, number).ok_or(Error::<T>::GrantNotFound)?;
            let is_reader =
                grant.scope == Scope::Compartment(compartment) && grant.permissions.contains(Permission::Read);
            ensure!(is_reader, Error::<T>::NotReader);
            Self::ensure_not_over(&grant)?;
            grant.envelope = Some(GrantEnvelope { hash, edition: epoch });
            Grants::<T>::insert(chart, number, grant);
        }

        let count = u32::try_from(renewed.len()).unwrap_or(MAX_READERS);
        Self::log(controller, chart, Action::EnvelopesRenewed, Subject::Compartment(compartment, epoch), |event| {
            event.because(Reason::Count(count))
        });
        Self::deposit_event(Event::EnvelopesRenewed { chart, compartment, epoch, count });
        Ok(())
    }
}
