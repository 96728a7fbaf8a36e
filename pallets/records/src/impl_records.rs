// SPDX-License-Identifier: Apache-2.0

//! What other floors may ask about records.

use crate::{Config, Pallet, Records};
use salus_primitives::{access::RecordFacts, questions, RecordId};

impl<T: Config> questions::Records for Pallet<T> {
    fn facts(record: RecordId) -> Option<RecordFacts> {
        Records::<T>::get(record.chart, record.key).map(|it| RecordFacts {
            key: record.key,
            compartment: it.compartment,
            author: it.author,
            custodian: it.custodian,
            version: it.versions.saturating_sub(1),
        })
    }
}
