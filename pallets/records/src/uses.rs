// SPDX-License-Identifier: Apache-2.0

//! Declaring a use of records.

use crate::{Config, Event, Pallet};
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::Standing,
    traits::AuditLog,
    ChartId,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_declare_use(user: &Standing, chart: ChartId, scope: Scope, purpose: Purpose) -> DispatchResult {
        let facts = Self::facts(chart, scope, None);
        let basis = Self::ensure_permitted_for(user, chart, Permission::Use, scope, facts, Some(purpose))?;

        let entry =
            AuditEvent::by_member(user.member, user.institution_id(), Action::UseDeclared, Subject::Scope(scope))
                .for_purpose(purpose)
                .because(Reason::Basis(basis));
        T::Audit::append(LogId::Chart(chart), entry);
        Self::deposit_event(Event::UseDeclared { chart, user: user.member, scope, purpose, basis });
        Ok(())
    }
}
