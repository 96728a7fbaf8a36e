// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every block: one function for each fact.

use crate::{Config, NextSession, OldestSession, Pallet, Records, SessionQueue, Sessions, Versions};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Get};
use salus_primitives::Digest;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_versions_are_numbered_and_chained()?;
        Self::try_state_versions_belong_to_records()?;
        Self::try_state_versions_are_well_formed()?;
        Self::try_state_queue_is_whole_and_in_order()?;
        Self::try_state_sessions_are_queued()
    }

    /// A record has versions `0..versions`, within the limit, and each carries the hash of the one before (S2-16).
    fn try_state_versions_are_numbered_and_chained() -> Result<(), TryRuntimeError> {
        for (chart, key, record) in Records::<T>::iter() {
            ensure!((1..=T::MaxVersions::get()).contains(&record.versions), "a record has no versions, or too many");
            let mut previous = Digest::default();
            for number in 0..record.versions {
                let version = Versions::<T>::get((chart, key, number)).ok_or("a version is missing")?;
                ensure!(version.previous == previous, "a version does not carry the hash of the one before");
                previous = version.hash();
            }
        }
        Ok(())
    }

    /// There is no version of an unknown record, and none past a record's last.
    fn try_state_versions_belong_to_records() -> Result<(), TryRuntimeError> {
        for (chart, key, number) in Versions::<T>::iter_keys() {
            let record = Records::<T>::get(chart, key).ok_or("a version belongs to no record")?;
            ensure!(number < record.versions, "a version stands past the last one of its record");
        }
        Ok(())
    }

    /// Sizes lie within the limit, digests are not all zero, and grant envelopes are in order without repetition.
    fn try_state_versions_are_well_formed() -> Result<(), TryRuntimeError> {
        for version in Versions::<T>::iter_values() {
            ensure!((1..=T::MaxRecordSize::get()).contains(&version.size), "a version's size is out of bounds");
            let zero = Digest::default();
            ensure!(version.content != zero && version.key_envelope != zero, "a version's digest is all zero");
            let in_order = version.grant_envelopes.iter().is_sorted_by(|(one, _), (other, _)| one < other);
            ensure!(in_order, "a version's grant envelopes are not in order");
        }
        Ok(())
    }

    /// The queue has a session at each place from the oldest to the next, none elsewhere, and later ones expire later.
    fn try_state_queue_is_whole_and_in_order() -> Result<(), TryRuntimeError> {
        let (oldest, next) = (OldestSession::<T>::get(), NextSession::<T>::get());
        let places = next.checked_sub(oldest).ok_or("the oldest session comes after the next one")?;
        ensure!(SessionQueue::<T>::iter_keys().count() as u64 == places, "the queue has gaps or strays");
        let mut expires_at = 0;
        for place in oldest..next {
            let queued = SessionQueue::<T>::get(place).ok_or("a place of the queue is empty")?;
            ensure!(expires_at <= queued.expires_at, "a later session expires earlier");
            expires_at = queued.expires_at;
        }
        Ok(())
    }

    /// Clean-up will come to every session.
    fn try_state_sessions_are_queued() -> Result<(), TryRuntimeError> {
        let last: BTreeMap<_, _> = (OldestSession::<T>::get()..NextSession::<T>::get())
            .filter_map(SessionQueue::<T>::get)
            .map(|queued| ((queued.reader, queued.session), queued.expires_at))
            .collect();
        for (reader, key, session) in Sessions::<T>::iter() {
            ensure!(last.get(&(reader, key)) == Some(&session.expires_at), "a session is not queued");
        }
        Ok(())
    }
}
