// SPDX-License-Identifier: Apache-2.0

//! The facts about records that this pallet hands to decisions.

use crate::{Config, Pallet, Records, Versions};
use salus_primitives::{
    access::Scope,
    decide::{RecordFacts, VersionFacts},
    records::Record,
    ChartId, RecordId, RecordKey,
};

impl<T: Config> Pallet<T> {
    /// Returns the facts about the record in `scope`, and about its version `version` if given. Returns none for a
    /// compartment, or if there is no such record.
    pub fn facts(chart: ChartId, scope: Scope, version: Option<u32>) -> Option<RecordFacts> {
        let Scope::Record(key) = scope else { return None };
        let record = Records::<T>::get(chart, key)?;
        let version = version.and_then(|number| Self::version_facts(RecordId { chart, key }, number));
        Some(RecordFacts { version, ..Self::facts_of(key, &record) })
    }

    /// Returns the facts about `record`, without its versions.
    pub(crate) fn facts_of(key: RecordKey, record: &Record) -> RecordFacts {
        let Record { compartment, author, custodian, state, hold, .. } = *record;
        let held_until = hold.map(|hold| hold.until);
        RecordFacts { key, compartment, author, custodian, state, held_until, version: None }
    }

    fn version_facts(record: RecordId, number: u32) -> Option<VersionFacts> {
        let version = Versions::<T>::get((record.chart, record.key, number))?;
        let sealed_to = version.grant_envelopes.iter().map(|sealed| sealed.grant).collect();
        Some(VersionFacts { number, epoch: version.epoch, sealed_to })
    }
}
