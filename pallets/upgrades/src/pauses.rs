// SPDX-License-Identifier: Apache-2.0

//! Calls that are paused.

use crate::{types::call_name, Config, Error, Event, NamePart, Pallet};
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{GetCallMetadata, TransactionPause, TransactionPauseError},
};
use salus_primitives::{
    audit::{Action, AuditEvent, Subject},
    governance::CallName,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_pause_call(pallet: NamePart, call: NamePart) -> DispatchResult {
        let exists = Self::calls().any(|name| name == (pallet.clone(), call.clone()));
        ensure!(exists, Error::<T>::NotFound);
        let name = call_name(&pallet, &call).ok_or(Error::<T>::NotFound)?;
        T::Pauses::pause((pallet.clone(), call.clone())).map_err(Error::<T>::from)?;

        Self::log_pause(Action::CallPaused, name);
        Self::deposit_event(Event::CallPaused { pallet, call });
        Ok(())
    }

    /// An upgrade may have taken away the call, so whether there is one is not asked.
    pub(crate) fn do_unpause_call(pallet: NamePart, call: NamePart) -> DispatchResult {
        let name = call_name(&pallet, &call).ok_or(Error::<T>::NotPaused)?;
        T::Pauses::unpause((pallet.clone(), call.clone())).map_err(Error::<T>::from)?;

        Self::log_pause(Action::CallUnpaused, name);
        Self::deposit_event(Event::CallUnpaused { pallet, call });
        Ok(())
    }

    /// All calls of the runtime, by name. None has a name that is too long, which a test of the runtime sees to.
    pub(crate) fn calls() -> impl Iterator<Item = (NamePart, NamePart)> {
        let part = |name: &str| NamePart::try_from(name.as_bytes().to_vec()).ok();
        T::RuntimeCall::get_module_names().iter().flat_map(move |pallet| {
            let calls = T::RuntimeCall::get_call_names(pallet).iter();
            calls.filter_map(move |call| Some((part(pallet)?, part(call)?)))
        })
    }

    fn log_pause(action: Action, name: CallName) {
        Self::log(AuditEvent::by_council(action, Subject::Call(name)));
    }
}

impl<T> From<TransactionPauseError> for Error<T> {
    fn from(error: TransactionPauseError) -> Self {
        match error {
            TransactionPauseError::AlreadyPaused => Self::AlreadyPaused,
            TransactionPauseError::AlreadyUnpaused => Self::NotPaused,
            TransactionPauseError::NotFound => Self::NotFound,
            TransactionPauseError::Unpausable | TransactionPauseError::Unknown => Self::NotPausable,
        }
    }
}
