// SPDX-License-Identifier: Apache-2.0

//! The lists by which decisions find grants.

use crate::{types::Full, CompartmentGrants, Config, Error, Pallet, RecordGrants};
use frame_support::pallet_prelude::{DispatchError, DispatchResult};
use salus_primitives::{
    access::{Grant, Scope},
    ChartId, GrantId,
};

impl<T: Config> Pallet<T> {
    /// Adds the grant to the list of its scope.
    pub(crate) fn list(chart: ChartId, number: GrantId, grant: &Grant) -> DispatchResult {
        let (listed, now) = (grant.listed(number), Self::now());
        match grant.scope {
            Scope::Compartment(compartment) => CompartmentGrants::<T>::try_mutate(chart, compartment, |list| {
                list.add(listed, now).map_err(|full| full.error(Error::<T>::TooManyReaders))
            }),
            Scope::Record(key) => RecordGrants::<T>::try_mutate(chart, key, |list| {
                list.add(listed, now).map_err(|full| full.error(Error::<T>::TooManyRecordGrants))
            }),
        }
    }

    /// Brings what the list of its scope says of the grant up to date.
    pub(crate) fn relist(chart: ChartId, number: GrantId, grant: &Grant) {
        let listed = grant.listed(number);
        match grant.scope {
            Scope::Compartment(compartment) => {
                CompartmentGrants::<T>::mutate(chart, compartment, |list| list.replace(listed));
            }
            Scope::Record(key) => RecordGrants::<T>::mutate(chart, key, |list| list.replace(listed)),
        }
    }
}

impl Full {
    fn error<T: Config>(self, all: Error<T>) -> DispatchError {
        match self {
            Self::OfAll => all.into(),
            Self::OfDisclosed => Error::<T>::TooManyDisclosed.into(),
        }
    }
}
