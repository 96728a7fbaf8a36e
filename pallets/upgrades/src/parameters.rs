// SPDX-License-Identifier: Apache-2.0

//! Parameters that the council changes, as values that other pallets read.

use crate::{Config, Error, Event, Pallet, Tuned};
use core::marker::PhantomData;
use frame_support::{dispatch::DispatchResult, ensure, traits::Get};
use salus_primitives::{
    audit::{Action, AuditEvent, Subject},
    governance::Parameter,
    membership::Quota,
    Moment,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_parameter(parameter: Parameter) -> DispatchResult {
        ensure!(parameter.is_within_bounds(), Error::<T>::InvalidParameter);

        Tuned::<T>::put(Self::parameters().with(parameter));
        Self::log(AuditEvent::by_council(Action::ParameterSet, Subject::Parameter(parameter)));
        Self::deposit_event(Event::ParameterSet { parameter });
        Ok(())
    }
}

/// How long a request for access waits for an answer.
pub struct RequestLife<T>(PhantomData<T>);

impl<T: Config> Get<Moment> for RequestLife<T> {
    fn get() -> Moment {
        Pallet::<T>::parameters().request_life
    }
}

/// How long entries of the logs stay in the state.
pub struct LogHorizon<T>(PhantomData<T>);

impl<T: Config> Get<Moment> for LogHorizon<T> {
    fn get() -> Moment {
        Pallet::<T>::parameters().log_horizon
    }
}

/// The allowance of a member for ordinary calls.
pub struct MemberQuota<T>(PhantomData<T>);

impl<T: Config> Get<Quota> for MemberQuota<T> {
    fn get() -> Quota {
        Pallet::<T>::parameters().member_quota
    }
}
