// SPDX-License-Identifier: Apache-2.0

//! The lists by which decisions find grants.

use crate::{CompartmentGrants, Config, Error, Pallet, RecordGrants};
use frame_support::pallet_prelude::DispatchResult;
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
                list.add(listed, now).map_err(|()| Error::<T>::TooManyReaders.into())
            }),
            Scope::Record(key) => RecordGrants::<T>::try_mutate(chart, key, |list| {
                list.add(listed, now).map_err(|()| Error::<T>::TooManyRecordGrants.into())
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
