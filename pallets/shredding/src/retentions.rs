// SPDX-License-Identifier: Apache-2.0

//! Retentions: the custodian keeps a record by law, or because a court wants it.

use crate::{Config, Error, Event, Pallet, Requests, Retentions};
use frame_support::{ensure, traits::Time as _};
use salus_primitives::{
    audit::{Action, Reason},
    membership::{Role, Standing},
    records::Record,
    shredding::{Retention, MAX_RETENTION},
    RecordId,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_retain(auditor: &Standing, id: RecordId, retention: Retention) -> DispatchResult {
        let record = Self::in_chart(id)?;
        ensure!(Self::is_auditor_of(auditor, &record), Error::<T>::NotCustodian);
        let now = T::Time::now();
        ensure!(
            retention.lasts(now) && retention.until <= now.saturating_add(MAX_RETENTION),
            Error::<T>::InvalidRetention
        );

        Retentions::<T>::insert(id.chart, id.key, retention);
        if Requests::<T>::take(id.chart, id.key).is_some() {
            Self::refuse(auditor, id, &record, retention);
        } else {
            Self::log(auditor, id, &record, Action::RecordRetained, Some(Reason::Retention(retention.ground)));
            Self::deposit_event(Event::RecordRetained { record: id, by: auditor.member, retention });
        }
        Ok(())
    }

    pub(crate) fn do_lift_retention(auditor: &Standing, id: RecordId) -> DispatchResult {
        let record = Self::known(id)?;
        ensure!(Self::is_auditor_of(auditor, &record), Error::<T>::NotCustodian);
        ensure!(Retentions::<T>::contains_key(id.chart, id.key), Error::<T>::NotRetained);

        Retentions::<T>::remove(id.chart, id.key);
        Self::log(auditor, id, &record, Action::RetentionLifted, None);
        Self::deposit_event(Event::RetentionLifted { record: id, by: auditor.member });
        Ok(())
    }

    /// Whether the member judges for the institution that keeps the record.
    pub(crate) fn is_auditor_of(member: &Standing, record: &Record) -> bool {
        member.role == Role::Auditor && member.institution_id() == Some(record.custodian)
    }
}
