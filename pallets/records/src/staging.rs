// SPDX-License-Identifier: Apache-2.0

//! Staging: an institution brings records without consent, and the chart's controller accepts or refuses them.

use crate::{Config, Error, Event, Pallet, Records, StagedCount, Versions};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
    access::Permission,
    audit::{Action, Reason},
    membership::Standing,
    records::{NewRecord, Record, RecordState},
    staging::{CollectionBasis, MAX_STAGED},
    traits::{Compartments, Controllers},
    ChartId, Digest, InstitutionId, RecordId, RecordKey,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Stages `records`: checks every one of them before it writes the first.
    ///
    /// No decision is asked. The chart's controller decides, about each record, before anyone else reads it.
    pub(crate) fn do_stage(
        author: &Standing,
        chart: ChartId,
        custodian: InstitutionId,
        basis: CollectionBasis,
        records: &[NewRecord],
    ) -> DispatchResult {
        ensure!(author.institution_id() == Some(custodian), Error::<T>::NotOwnInstitution);
        ensure!(author.role.may(Permission::Create), Error::<T>::NotPermitted);
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::NotFound)?;
        ensure!(controller != author.member, Error::<T>::IsController);
        let waiting = StagedCount::<T>::get(chart, custodian).saturating_add(records.len() as u32);
        ensure!(waiting <= MAX_STAGED, Error::<T>::TooManyStaged);
        let (mut keys, mut epochs) = (BTreeSet::new(), BTreeMap::new());
        for NewRecord { key, compartment, version } in records {
            let epoch = match epochs.get(compartment) {
                Some(epoch) => *epoch,
                None => {
                    let epoch = Self::epoch(chart, *compartment)?;
                    epochs.insert(*compartment, epoch);
                    epoch
                }
            };
            ensure!(keys.insert(*key) && !Records::<T>::contains_key(chart, key), Error::<T>::AlreadyExists);
            Self::ensure_version(version, epoch)?;
        }

        StagedCount::<T>::insert(chart, custodian, waiting);
        for NewRecord { key, compartment, version } in records {
            let record = RecordId { chart, key: *key };
            let content = version.content;
            Self::insert_record(record, *compartment, author.member, custodian, RecordState::Staged, version.clone());
            Self::log_version(author, record, 0, Action::RecordStaged, Some(Reason::Collection(basis)));
            Self::deposit_event(Event::RecordStaged {
                record,
                compartment: *compartment,
                author: author.member,
                custodian,
                content,
                basis,
            });
        }
        Ok(())
    }

    /// Makes staged records active.
    pub(crate) fn do_accept(
        controller: &Standing,
        chart: ChartId,
        keys: &[RecordKey],
        consent: Digest,
    ) -> DispatchResult {
        ensure!(
            T::Controllers::controller(chart).ok_or(Error::<T>::NotFound)? == controller.member,
            Error::<T>::NotController
        );
        Self::ensure_digest(&consent)?;
        let (now, records) = (T::Time::now(), Self::staged(chart, keys)?);
        ensure!(
            records.iter().all(|(_, it)| it.acceptable_until().is_some_and(|end| now < end)),
            Error::<T>::StagingOver
        );
        Self::ensure_own_consent(chart, &records)?;

        for (key, record) in records {
            let id = RecordId { chart, key };
            Self::end_staging(id, record, RecordState::Active);
            Self::log_version(controller, id, 0, Action::RecordAccepted, Some(Reason::Text(consent)));
            Self::deposit_state(id, RecordState::Active, controller);
        }
        Ok(())
    }

    /// Ends the staging of records that do not become active, and removes their versions: no vault keeps what no version names.
    pub(crate) fn do_refuse(
        member: &Standing,
        chart: ChartId,
        keys: &[RecordKey],
        reason: Option<Digest>,
    ) -> DispatchResult {
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::NotFound)?;
        reason.iter().try_for_each(Self::ensure_digest)?;
        let (now, records) = (T::Time::now(), Self::staged(chart, keys)?);
        let is_over = |record: &Record| record.acceptable_until().is_none_or(|end| end <= now);
        let may = |record: &Record| member.member == controller || member.member == record.author || is_over(record);
        ensure!(records.iter().all(|(_, record)| may(record)), Error::<T>::NotController);

        for (key, record) in records {
            let id = RecordId { chart, key };
            let action = if is_over(&record) { Action::StagingExpired } else { Action::RecordRefused };
            Self::end_staging(id, Record { versions: 0, hold: None, ..record }, RecordState::Refused);
            Versions::<T>::remove((chart, key, 0));
            Self::log_version(member, id, 0, action, reason.map(Reason::Text));
            Self::deposit_state(id, RecordState::Refused, member);
        }
        Ok(())
    }

    /// Returns the staged records with these keys, each of which stands once.
    fn staged(chart: ChartId, keys: &[RecordKey]) -> Result<Vec<(RecordKey, Record)>, DispatchError> {
        ensure!(!keys.is_empty(), Error::<T>::EmptyBatch);
        let mut seen = BTreeSet::new();
        let staged = |key: &RecordKey| {
            ensure!(seen.insert(*key), Error::<T>::AlreadyExists);
            let record = Self::known(RecordId { chart, key: *key })?;
            ensure!(record.state == RecordState::Staged, Error::<T>::WrongState);
            Ok((*key, record))
        };
        keys.iter().map(staged).collect()
    }

    /// Fails if one consent would cover a sensitive compartment and another one.
    fn ensure_own_consent(chart: ChartId, records: &[(RecordKey, Record)]) -> DispatchResult {
        let compartments: BTreeSet<_> = records.iter().map(|(_, record)| record.compartment).collect();
        ensure!(T::Compartments::may_share_consent(chart, &compartments), Error::<T>::SensitiveTogether);
        Ok(())
    }

    fn end_staging(id: RecordId, record: Record, state: RecordState) {
        StagedCount::<T>::mutate_exists(id.chart, record.custodian, |count| {
            *count = count.map(|count| count.saturating_sub(1)).filter(|count| *count > 0);
        });
        Records::<T>::insert(id.chart, id.key, Record { state, ..record });
    }

    fn deposit_state(record: RecordId, to: RecordState, by: &Standing) {
        Self::deposit_event(Event::RecordStateChanged { record, from: RecordState::Staged, to, by: by.member });
    }
}
