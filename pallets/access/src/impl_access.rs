// SPDX-License-Identifier: Apache-2.0

//! The one answer to "may X do Y?", for other floors and for people.

use crate::{Charts, CompartmentGrants, Compartments, Config, Grants, Pallet, RecordGrants};
use alloc::vec::Vec;
use salus_primitives::{
    access::{self, Ask, Decision, Explanation, Grant, Permission, Scope, Target},
    membership::Standing,
    questions::{Access, Records as _},
    ChartId, CompartmentId, GrantId, RecordId,
};

impl<T: Config> Access for Pallet<T> {
    fn decide(asker: &Standing, chart: ChartId, ask: &Ask) -> Decision {
        let target = Self::target(chart, ask.scope);
        access::decide(Some(asker), target.as_ref(), Self::candidates(target), ask)
    }

    fn chart_exists(chart: ChartId) -> bool {
        Charts::<T>::contains_key(chart)
    }

    fn epoch(chart: ChartId, compartment: CompartmentId) -> Option<u32> {
        Compartments::<T>::get(chart, compartment).map(|compartment| compartment.epoch)
    }

    fn record_readers(record: RecordId) -> Vec<GrantId> {
        let now = Self::now();
        let reads = |grant: Grant| grant.permissions.contains(Permission::Read) && !grant.is_over(now);
        let mut readers = RecordGrants::<T>::get(record.chart, record.key).into_inner();
        readers.retain(|number| Grants::<T>::get(record.chart, number).is_some_and(reads));
        readers
    }
}

impl<T: Config> Pallet<T> {
    /// Like [`Access::decide`], with the way to the decision (`explain_access`). No asker is somebody who is no member.
    pub fn explain(asker: Option<&Standing>, chart: ChartId, ask: &Ask) -> Explanation {
        let target = Self::target(chart, ask.scope);
        access::explain(asker, target.as_ref(), Self::candidates(target), ask)
    }

    fn target(chart: ChartId, scope: Scope) -> Option<Target> {
        let controller = Charts::<T>::get(chart)?.controller;
        let (compartment, record) = match scope {
            Scope::Compartment(compartment) => (compartment, None),
            Scope::Record(key) => {
                let facts = T::Records::facts(RecordId { chart, key })?;
                (facts.compartment, Some(facts))
            }
        };
        let flags = Compartments::<T>::get(chart, compartment)?.flags;
        Some(Target { chart, controller, compartment, flags, record })
    }

    /// The grants that may cover `target`. Nothing is read before the decision asks for the first.
    fn candidates(target: Option<Target>) -> impl Iterator<Item = (GrantId, Grant)> {
        target.into_iter().flat_map(|Target { chart, compartment, record, .. }| {
            let of_compartment = CompartmentGrants::<T>::get(chart, compartment);
            let of_record = record.map(|record| RecordGrants::<T>::get(chart, record.key)).unwrap_or_default();
            let numbers = of_compartment.into_iter().chain(of_record);
            numbers.filter_map(move |number| Some((number, Grants::<T>::get(chart, number)?)))
        })
    }
}
