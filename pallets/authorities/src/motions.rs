// SPDX-License-Identifier: Apache-2.0

//! The institutions of the council's open motions. Each institution may have only some, so that none can fill the list.
//! Otherwise it could keep the others from any proposal, even to end its own seat.

use crate::{Config, Error, Motions, Pallet};
use frame_support::{dispatch::DispatchResult, ensure, traits::Get};
use salus_primitives::{membership::Role, traits::Membership, Digest};
use sp_runtime::AccountId32;

impl<T: Config> Pallet<T> {
    /// Counts the newest of the `open` motions for the proposer's institution.
    ///
    /// Fails if the proposer is not an institution's delegate, or if the institution has as many open motions as it
    /// may.
    pub fn note_motion(proposer: &AccountId32, open: &[Digest]) -> DispatchResult {
        let delegate = T::Membership::standing_of_account(proposer).ok_or(Error::<T>::NotPermitted)?;
        ensure!(delegate.role == Role::Delegate, Error::<T>::NotPermitted);
        let institution = delegate.institution_id().ok_or(Error::<T>::NotPermitted)?;
        let newest = open.last().ok_or(Error::<T>::NotFound)?;

        let mut motions = Motions::<T>::get();
        motions.retain(|(motion, _)| open.contains(motion) && motion != newest);
        let own = motions.iter().filter(|(_, proposer)| *proposer == institution).count();
        ensure!(u32::try_from(own).is_ok_and(|own| own < T::MotionsPerSeat::get()), Error::<T>::TooManyMotions);
        motions.try_push((*newest, institution)).map_err(|_| Error::<T>::TooManyMotions)?;
        Motions::<T>::put(motions);
        Ok(())
    }
}
