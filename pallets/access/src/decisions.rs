// SPDX-License-Identifier: Apache-2.0

//! The one answer to "may X do Y?", for other floors and for people.

use crate::{CompartmentGrants, Config, Pallet, RecordGrants};
use alloc::vec::Vec;
use salus_primitives::{
    access::{ListedGrant, Scope},
    decide::{decide, explain, Facts, GrantFacts, RecordFacts, Target},
    decision::{Ask, Decision, Explanation},
    traits::{Compartments as _, Controllers as _, Decisions, Question},
    ChartId,
};

impl<T: Config> Decisions for Pallet<T> {
    fn decide(question: &Question) -> Decision {
        let target = Self::target(question.chart, &question.ask, question.record.as_ref());
        decide(Self::facts(question, target.as_ref()))
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the decision of [`Decisions::decide`] with the steps that led to it (`explain_access`).
    pub fn explain(question: &Question) -> Explanation {
        let target = Self::target(question.chart, &question.ask, question.record.as_ref());
        explain(Self::facts(question, target.as_ref()))
    }

    fn target(chart: ChartId, ask: &Ask, record: Option<&RecordFacts>) -> Option<Target> {
        let controller = T::Controllers::controller(chart)?;
        let (compartment, record) = match ask.scope {
            Scope::Compartment(compartment) => (compartment, None),
            Scope::Record(key) => {
                let facts = record.filter(|facts| facts.key == key)?;
                (facts.compartment, Some(facts.clone()))
            }
        };
        let flags = T::Compartments::compartment(chart, compartment)?.flags;
        Some(Target { chart, controller, compartment, flags, record })
    }

    /// Collects the facts of `question`. The lists of grants are read only when the decision asks for the first grant.
    fn facts<'a>(
        question: &'a Question,
        target: Option<&'a Target>,
    ) -> Facts<'a, impl Iterator<Item = GrantFacts> + use<'a, T>> {
        let grants = target.into_iter().flat_map(|Target { chart, compartment, record, .. }| {
            let of_compartment = CompartmentGrants::<T>::get(chart, compartment).grants;
            let mut grants = listed(Scope::Compartment(*compartment), of_compartment);
            if let Some(RecordFacts { key, .. }) = record {
                grants.extend(listed(Scope::Record(*key), RecordGrants::<T>::get(chart, key).grants));
            }
            grants
        });
        Facts { asker: question.asker, target, grants, ask: &question.ask }
    }
}

fn listed(scope: Scope, grants: impl IntoIterator<Item = ListedGrant>) -> Vec<GrantFacts> {
    grants.into_iter().map(|grant| GrantFacts { scope, grant }).collect()
}
