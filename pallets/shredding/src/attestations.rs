// SPDX-License-Identifier: Apache-2.0

//! Attestations: institutions say that nothing of a shredded record is in their vaults.

use crate::{Attestations, Config, Error, Event, Pallet, Shreddings};
use frame_support::{ensure, traits::Time as _};
use salus_primitives::{
    audit::{Action, Reason},
    membership::{Role, Standing},
    shredding::{Absence, Attestation},
    traits::Membership as _,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_attest(service: &Standing, number: u64, absence: Absence) -> DispatchResult {
        ensure!(service.role == Role::Service, Error::<T>::NotService);
        let institution = service.institution_id().ok_or(Error::<T>::NotService)?;
        ensure!(T::Membership::has_vault(institution), Error::<T>::NoVault);
        let shredding = Shreddings::<T>::get(number).ok_or(Error::<T>::NotFound)?;
        // Objects may stay at first, because something else names them, and one may come to stay.
        let said_all = Attestations::<T>::get(number, institution).is_some_and(|it| it.absence.kept == 0);
        ensure!(!said_all || absence.kept > 0, Error::<T>::AlreadyAttested);
        ensure!(absence.absent > 0 || absence.kept > 0, Error::<T>::NothingCounted);
        let record = Self::known(shredding.record)?;

        let attestation = Attestation { by: service.member, at: T::Time::now(), absence };
        Attestations::<T>::insert(number, institution, attestation);
        let counted = Some(Reason::Count(absence.absent));
        Self::log(service, shredding.record, &record, Action::ShreddingAttested, counted);
        Self::deposit_event(Event::ShreddingAttested { shredding: number, institution, absence });
        Ok(())
    }
}
