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
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
    access::{Ask, Basis, Decision, Denial, Permission, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::{InstitutionStatus, Standing},
    questions::{Access, AuditLog, Membership},
    records::{NewRecord, NewVersion, Record, RecordGrantEnvelopes, RecordState, Version},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordId,
};
use sp_runtime::{DispatchError, DispatchResult};

/// In how many compartments `records` are to be created: access is decided once for each.
pub(crate) fn distinct_compartments(records: &[NewRecord]) -> u32 {
    records.iter().map(|new| new.compartment).collect::<BTreeSet<_>>().len() as u32
}

impl<T: Config> Pallet<T> {
    /// The signer's standing, if it is a member that may act now.
    pub(crate) fn ensure_member(origin: OriginFor<T>) -> Result<Standing, DispatchError> {
        let account = ensure_signed(origin)?;
        let standing = T::Membership::standing_of_account(&account).ok_or(Error::<T>::NotMember)?;
        ensure!(standing.is_active(T::Time::now()), Error::<T>::NotActive);
        ensure!(standing.is_institution_active(), Error::<T>::InstitutionNotActive);
        Ok(standing)
    }

    /// Creates `records` in `chart`: checks every one of them before it writes the first.
    pub(crate) fn do_create(
        author: &Standing,
        chart: ChartId,
        custodian: InstitutionId,
        records: &[NewRecord],
    ) -> DispatchResult {
        Self::ensure_custodian(author, custodian)?;
        let mut keys = BTreeSet::new();
        let mut leaves = BTreeMap::new();
        for NewRecord { key, compartment, version } in records {
            let (_, epoch) = match leaves.get(compartment) {
                Some(leave) => *leave,
                None => {
                    let leave = Self::ensure_creator(author, chart, *compartment)?;
                    leaves.insert(*compartment, leave);
                    leave
                }
            };
            ensure!(keys.insert(*key) && !Records::<T>::contains_key(chart, key), Error::<T>::AlreadyExists);
            Self::ensure_version(version, epoch)?;
        }
        for NewRecord { key, compartment, version } in records {
            let record = RecordId { chart, key: *key };
            let content = version.content;
            Self::insert_record(record, *compartment, author.member, custodian, version.clone());
            let basis = leaves.get(compartment).map(|(basis, _)| Reason::Basis(*basis));
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
        let basis = Self::ensure_permitted(author, chart, Permission::Amend, Scope::Record(key))?;
        ensure!(number == record.versions, Error::<T>::VersionConflict);
        ensure!(number < T::MaxVersions::get(), Error::<T>::TooManyVersions);
        let epoch = T::Access::epoch(chart, record.compartment).ok_or(Error::<T>::NotFound)?;
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

    /// Stages a record of one version for benchmarks, without asking anybody.
    #[cfg(feature = "runtime-benchmarks")]
    pub fn stage_record(
        chart: ChartId,
        compartment: CompartmentId,
        author: MemberId,
        custodian: InstitutionId,
    ) -> RecordId {
        use codec::Encode;
        use frame_support::{Blake2_128, Blake2_256, StorageHasher};

        let number = Records::<T>::iter_key_prefix(chart).count() as u64;
        let seed = (b"stage", chart, number).encode();
        let (key, content) = (Blake2_128::hash(&seed).into(), Digest(Blake2_256::hash(&seed)));
        let epoch = T::Access::epoch(chart, compartment).unwrap_or_default();
        let record = RecordId { chart, key };
        let version = NewVersion { content, key_envelope: content, epoch, size: 1 };
        Self::insert_record(record, compartment, author, custodian, version);
        record
    }

    /// Staff have their own institution keep what they write; patients name any active one.
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

    /// What permits `author` to create in `compartment`, and the compartment's epoch.
    fn ensure_creator(
        author: &Standing,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<(Basis, u32), DispatchError> {
        let basis = Self::ensure_permitted(author, chart, Permission::Create, Scope::Compartment(compartment))?;
        let epoch = T::Access::epoch(chart, compartment).ok_or(Error::<T>::NotFound)?;
        Ok((basis, epoch))
    }

    /// What permits `author` to write.
    fn ensure_permitted(
        author: &Standing,
        chart: ChartId,
        permission: Permission,
        scope: Scope,
    ) -> Result<Basis, DispatchError> {
        let ask = Ask { permission, scope, purpose: None, at: T::Time::now() };
        match T::Access::decide(author, chart, &ask) {
            Decision::Permitted(basis) => Ok(basis),
            Decision::Denied(Denial::NotFound) => Err(Error::<T>::NotFound.into()),
            Decision::Denied(_) => Err(Error::<T>::NotPermitted.into()),
        }
    }

    fn ensure_version(version: &NewVersion, epoch: u32) -> DispatchResult {
        ensure!(version.epoch == epoch, Error::<T>::StaleEpoch);
        ensure!((1..=T::MaxRecordSize::get()).contains(&version.size), Error::<T>::InvalidSize);
        Self::ensure_digest(&version.content)?;
        Self::ensure_digest(&version.key_envelope)
    }

    fn ensure_digest(digest: &Digest) -> DispatchResult {
        ensure!(*digest != Digest::default(), Error::<T>::InvalidDigest);
        Ok(())
    }

    /// `envelopes` by number of the grant, if they are exactly those that the live grants over `record` need.
    fn ensure_envelopes(
        record: RecordId,
        mut envelopes: RecordGrantEnvelopes,
    ) -> Result<RecordGrantEnvelopes, DispatchError> {
        envelopes.iter().try_for_each(|(_, hash)| Self::ensure_digest(hash))?;
        envelopes.sort_by_key(|(grant, _)| *grant);
        let mut readers: Vec<_> = T::Access::record_readers(record);
        readers.sort();
        ensure!(envelopes.iter().map(|(grant, _)| grant).eq(readers.iter()), Error::<T>::InvalidEnvelopes);
        Ok(envelopes)
    }

    fn insert_record(
        id: RecordId,
        compartment: CompartmentId,
        author: MemberId,
        custodian: InstitutionId,
        version: NewVersion,
    ) {
        let record = Record {
            compartment,
            author,
            custodian,
            state: RecordState::Active,
            versions: 1,
            created_at: T::Time::now(),
        };
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

    fn log_version(author: &Standing, record: RecordId, number: u32, action: Action, reason: Option<Reason>) {
        let subject = Subject::Record(record, number);
        let event = AuditEvent::by_member(author.member, author.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(record.chart), event.because(reason));
    }
}
