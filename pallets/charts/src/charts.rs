// SPDX-License-Identifier: Apache-2.0

//! Opening charts, and who may act on them.

use crate::{Charts, ChartsOf, Config, Error, Event, NextChart, Pallet};
use frame_support::{
    ensure,
    pallet_prelude::{DispatchError, DispatchResult},
    traits::{EnsureOrigin as _, Time as _},
};
use frame_system::pallet_prelude::OriginFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    charts::Chart,
    membership::{Role, Standing},
    traits::{AuditLog as _, Controllers},
    ChartId, MemberId,
};

impl<T: Config> Controllers for Pallet<T> {
    fn controller(chart: ChartId) -> Option<MemberId> {
        Charts::<T>::get(chart).map(|chart| chart.controller)
    }
}

impl<T: Config> Pallet<T> {
    /// The active member that signed and controls `chart`, and the chart.
    pub(crate) fn ensure_controller(origin: OriginFor<T>, chart: ChartId) -> Result<(Standing, Chart), DispatchError> {
        let standing = T::MemberOrigin::ensure_origin(origin)?;
        let chart = Charts::<T>::get(chart).ok_or(Error::<T>::ChartNotFound)?;
        ensure!(chart.controller == standing.member, Error::<T>::NotController);
        Ok((standing, chart))
    }

    /// Appends to the chart's log what `actor` did.
    pub(crate) fn log(actor: &Standing, chart: ChartId, action: Action, subject: Subject) {
        let event = AuditEvent::by_member(actor.member, actor.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(chart), event);
    }

    pub(crate) fn do_open_chart(patient: &Standing) -> DispatchResult {
        ensure!(patient.role == Role::Patient, Error::<T>::NotPatient);
        let chart = NextChart::<T>::get();
        let next = chart.0.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
        ChartsOf::<T>::try_append(patient.member, chart).map_err(|()| Error::<T>::TooManyCharts)?;
        NextChart::<T>::put(ChartId(next));
        Charts::<T>::insert(chart, Chart { controller: patient.member, opened_at: T::Time::now(), compartments: 0 });
        Self::log(patient, chart, Action::ChartOpened, Subject::Chart(chart));
        Self::deposit_event(Event::ChartOpened { chart, controller: patient.member });
        Ok(())
    }
}
