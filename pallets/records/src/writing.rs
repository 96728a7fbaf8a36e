// SPDX-License-Identifier: Apache-2.0

//! Creating and amending records.

use crate::{Config, Error, Event, Pallet, Records, Versions};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    decide::RecordFacts,
    decision::{Ask, Basis, Decision, Denial},
    membership::{InstitutionStatus, Standing},
    records::{NewRecord, NewVersion, Record, RecordGrantEnvelopes, RecordState, Version},
    traits::{AuditLog, Compartments, Decisions, Membership, Question, RecordReaders},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordId,
};
use sp_runtime::{DispatchError, DispatchResult};

/// In how many compartments `records` are to be created: access is decided once for each.
pub(crate) fn distinct_compartments(records: &[NewRecord]) -> u32 {
    records.iter().map(|new| new.compartment).collect::<BTreeSet<_>>().len() as u32
}

impl<T: Config> Pallet<T> {
    /// Creates `records` in `chart`: checks every one of them before it writes the first.
    pub(crate) fn do_create(
        author: &Standing,
        chart: ChartId,
        custodian: InstitutionId,
        records: &[NewRecord],
    ) -> DispatchResult {
        Self::ensure_custodian(author, custodian)?;
        let mut keys = BTreeSet::new();
        let mut permits = BTreeMap::new();
        for NewRecord { key, compartment, version } in records {
            let (_, epoch) = match permits.get(compartment) {
                Some(permit) => *permit,
                None => {
                    let permit = Self::ensure_creator(author, chart, *compartment)?;
                    permits.insert(*compartment, permit);
                    permit
                }
            };
            ensure!(keys.insert(*key) && !Records::<T>::contains_key(chart, key), Error::<T>::AlreadyExists);
            Self::ensure_version(version, epoch)?;
        }
        for NewRecord { key, compartment, version } in records {
            let record = RecordId { chart, key: *key };
            let content = version.content;
            Self::insert_record(record, *compartment, author.member, custodian, RecordState::Active, version.clone());
            let basis = permits.get(compartment).map(|(basis, _)| Reason::Basis(*basis));
            Self::log_version(author, record, 0, Action::RecordCreated, basis);
            Self::deposit_event(Event::RecordCreated {
                record,
                compartment: *compartment,
                author: author.member,
                custodian,
                content,
            });
        }
        Ok(())
    }

    /// Adds version `number` to `id`.
    pub(crate) fn do_amend(
        author: &Standing,
        id: RecordId,
        number: u32,
        version: NewVersion,
        grant_envelopes: RecordGrantEnvelopes,
    ) -> DispatchResult {
        let RecordId { chart, key } = id;
        let mut record = Records::<T>::get(chart, key).ok_or(Error::<T>::NotFound)?;
        let facts = Some(Self::facts_of(key, &record));
        let basis = Self::ensure_permitted(author, chart, Permission::Amend, Scope::Record(key), facts)?;
        ensure!(number == record.versions, Error::<T>::VersionConflict);
        ensure!(number < T::MaxVersions::get(), Error::<T>::TooManyVersions);
        let epoch = Self::epoch(chart, record.compartment)?;
        Self::ensure_version(&version, epoch)?;
        let last = Versions::<T>::get((chart, key, number.saturating_sub(1))).ok_or(Error::<T>::NotFound)?;
        ensure!(version.content != last.content, Error::<T>::Unchanged);
        let grant_envelopes = Self::ensure_envelopes(id, grant_envelopes)?;

        let content = version.content;
        record.versions = number.saturating_add(1);
        Records::<T>::insert(chart, key, record);
        Self::insert_version(id, number, author.member, version, last.hash(), grant_envelopes);
        Self::log_version(author, id, number, Action::RecordAmended, Some(Reason::Basis(basis)));
        Self::deposit_event(Event::RecordAmended { record: id, version: number, author: author.member, content });
        Ok(())
    }

    /// A record of one version for benchmarks, without any check.
    #[cfg(feature = "runtime-benchmarks")]
    pub fn benchmark_record(
        chart: ChartId,
        compartment: CompartmentId,
        author: MemberId,
        custodian: InstitutionId,
    ) -> RecordId {
        use codec::Encode;
        use frame_support::{Blake2_128, Blake2_256, StorageHasher};

        let number = Records::<T>::iter_key_prefix(chart).count() as u64;
        let seed = (b"benchmark", chart, number).encode();
        let (key, content) = (Blake2_128::hash(&seed).into(), Digest(Blake2_256::hash(&seed)));
        let epoch = Self::epoch(chart, compartment).unwrap_or_default();
        let record = RecordId { chart, key };
        let version = NewVersion { content, key_envelope: content, epoch, size: 1 };
        Self::insert_record(record, compartment, author, custodian, RecordState::Active, version);
        record
    }

    /// Checks the custodian. Staff name their own institution, patients any active one.
    fn ensure_custodian(author: &Standing, custodian: InstitutionId) -> DispatchResult {
        match author.institution_id() {
            Some(own) => ensure!(own == custodian, Error::<T>::NotOwnInstitution),
            None => ensure!(
                T::Membership::institution(custodian).is_some_and(|it| it.status == InstitutionStatus::Active),
                Error::<T>::InstitutionNotActive
            ),
        }
        Ok(())
    }

    /// Returns the rule or grant that permits `author` to create in `compartment`, and the compartment's epoch.
    fn ensure_creator(
        author: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<(Basis, u32), DispatchError> {
        let scope = Scope::Compartment(compartment);
        let basis = Self::ensure_permitted(author, chart, Permission::Create, scope, None)?;
        Ok((basis, Self::epoch(chart, compartment)?))
    }

    /// Returns the rule or grant that permits `author` to write.
    pub(crate) fn ensure_permitted(
        author: &Standing,
        chart: ChartId,
        permission: Permission,
        scope: Scope,
        record: Option<RecordFacts>,
    ) -> Result<Basis, DispatchError> {
        Self::ensure_permitted_for(author, chart, permission, scope, record, None)
    }

    /// Returns the rule or grant that permits `author` to act for `purpose`.
    pub(crate) fn ensure_permitted_for(
        author: &Standing,
        chart: ChartId,
        permission: Permission,
        scope: Scope,
        record: Option<RecordFacts>,
        purpose: Option<Purpose>,
    ) -> Result<Basis, DispatchError> {
        let ask = Ask { permission, scope, purpose, at: T::Time::now(), version: None };
        match T::Decisions::decide(&Question { asker: Some(author), chart, record, ask }) {
            Decision::Permitted(basis) => Ok(basis),
            Decision::Denied(Denial::NotFound) => Err(Error::<T>::NotFound.into()),
            Decision::Denied(
                Denial::Staged
                | Denial::Restricted
                | Denial::Withdrawn
                | Denial::EnteredInError
                | Denial::Refused
                | Denial::Shredded
                | Denial::Held,
            ) => Err(Error::<T>::WrongState.into()),
            Decision::Denied(_) => Err(Error::<T>::NotPermitted.into()),
        }
    }

    /// Returns the current epoch of a compartment.
    pub(crate) fn epoch(chart: ChartId, compartment: CompartmentId) -> Result<u32, DispatchError> {
        let compartment = T::Compartments::compartment(chart, compartment).ok_or(Error::<T>::NotFound)?;
        Ok(compartment.epoch)
    }

    pub(crate) fn ensure_version(version: &NewVersion, epoch: u32) -> DispatchResult {
        ensure!(version.epoch == epoch, Error::<T>::StaleEpoch);
        ensure!((1..=T::MaxRecordSize::get()).contains(&version.size), Error::<T>::InvalidSize);
        Self::ensure_digest(&version.content)?;
        Self::ensure_digest(&version.key_envelope)
    }

    pub(crate) fn ensure_digest(digest: &Digest) -> DispatchResult {
        ensure!(*digest != Digest::default(), Error::<T>::InvalidDigest);
        Ok(())
    }

    /// Returns `envelopes` in the order of their grants. Fails unless they are exactly those for the readers of
    /// `record`.
    fn ensure_envelopes(
        record: RecordId,
        mut envelopes: RecordGrantEnvelopes,
    ) -> Result<RecordGrantEnvelopes, DispatchError> {
        envelopes.iter().try_for_each(|sealed| Self::ensure_digest(&sealed.envelope))?;
        envelopes.sort_by_key(|sealed| sealed.grant);
        let mut readers: Vec<_> = T::Readers::record_readers(record);
        readers.sort();
        ensure!(envelopes.iter().map(|sealed| &sealed.grant).eq(readers.iter()), Error::<T>::InvalidEnvelopes);
        Ok(envelopes)
    }

    pub(crate) fn insert_record(
        id: RecordId,
        compartment: CompartmentId,
        author: MemberId,
        custodian: InstitutionId,
        state: RecordState,
        version: NewVersion,
    ) {
        let record =
            Record { compartment, author, custodian, state, versions: 1, created_at: T::Time::now(), hold: None };
        Records::<T>::insert(id.chart, id.key, record);
        Self::insert_version(id, 0, author, version, Digest::default(), RecordGrantEnvelopes::default());
    }

    fn insert_version(
        id: RecordId,
        number: u32,
        author: MemberId,
        version: NewVersion,
        previous: Digest,
        grant_envelopes: RecordGrantEnvelopes,
    ) {
        let NewVersion { content, key_envelope, epoch, size } = version;
        let at = T::Time::now();
        Versions::<T>::insert(
            (id.chart, id.key, number),
            Version { author, content, key_envelope, epoch, size, at, previous, grant_envelopes },
        );
    }

    pub(crate) fn log_version(
        author: &Standing,
        record: RecordId,
        number: u32,
        action: Action,
        reason: Option<Reason>,
    ) {
        let subject = Subject::Record(record, number);
        let event = AuditEvent::by_member(author.member, author.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(record.chart), event.because(reason));
    }
}
