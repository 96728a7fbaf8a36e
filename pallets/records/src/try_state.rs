// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{Config, Corrections, KeyedSession, Pallet, Records, Sessions, StagedCount, Versions};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::Get};
use salus_primitives::{
    records::{RecordState, SESSION_LENGTH},
    staging::MAX_STAGED,
    Digest,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_versions_are_numbered_and_chained()?;
        Self::try_state_versions_belong_to_records()?;
        Self::try_state_versions_are_well_formed()?;
        Self::try_state_sessions_are_told_apart()?;
        Self::try_state_corrections_belong_to_records()?;
        Self::try_state_staged_records_are_counted()
    }

    /// A record has versions `0..versions`, within the limit, and each carries the hash of the one before (S2-16).
    fn try_state_versions_are_numbered_and_chained() -> Result<(), TryRuntimeError> {
        for (chart, key, record) in Records::<T>::iter() {
            let least = u32::from(record.state != RecordState::Refused);
            ensure!(
                (least..=T::MaxVersions::get()).contains(&record.versions),
                "a record has no versions, or too many"
            );
            ensure!(least == 1 || record.versions == 0, "a refused record has versions");
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
            let in_order = version.grant_envelopes.iter().is_sorted_by(|one, other| one.grant < other.grant);
            ensure!(in_order, "a version's grant envelopes are not in order");
        }
        Ok(())
    }

    /// Each session of a reader has a key of its own and the length that sessions have.
    fn try_state_sessions_are_told_apart() -> Result<(), TryRuntimeError> {
        for sessions in Sessions::<T>::iter_values() {
            let keys: BTreeSet<_> = sessions.iter().map(|it| it.key).collect();
            ensure!(keys.len() == sessions.len(), "two sessions of a reader have one key");
            let has_length =
                |it: &KeyedSession| it.session.expires_at == it.session.opened_at.saturating_add(SESSION_LENGTH);
            ensure!(sessions.iter().all(has_length), "a session lasts longer or shorter than sessions do");
        }
        Ok(())
    }

    /// A correction is of a record that has as many versions at least, and its statement is another record of the same
    /// chart and compartment.
    fn try_state_corrections_belong_to_records() -> Result<(), TryRuntimeError> {
        for (chart, key, correction) in Corrections::<T>::iter() {
            let record = Records::<T>::get(chart, key).ok_or("a correction belongs to no record")?;
            ensure!(
                (1..=record.versions).contains(&correction.versions),
                "a correction is of a version that is not there"
            );
            let Some(statement) = correction.statement else { continue };
            let found = Records::<T>::get(chart, statement).ok_or("a statement is not there")?;
            ensure!(statement != key && found.compartment == record.compartment, "a statement is in the wrong place");
        }
        Ok(())
    }

    /// The count of an institution's staged records in a chart is that of the records, within the limit.
    fn try_state_staged_records_are_counted() -> Result<(), TryRuntimeError> {
        let mut found = BTreeMap::<_, u32>::new();
        for (chart, _, record) in Records::<T>::iter().filter(|(_, _, it)| it.state == RecordState::Staged) {
            let count = found.entry((chart, record.custodian)).or_default();
            *count = count.saturating_add(1);
        }
        let counted: BTreeMap<_, _> =
            StagedCount::<T>::iter().map(|(chart, institution, count)| ((chart, institution), count)).collect();
        ensure!(counted == found, "the count of staged records is wrong");
        ensure!(counted.into_values().all(|count| count <= MAX_STAGED), "too many records are staged");
        Ok(())
    }
}
