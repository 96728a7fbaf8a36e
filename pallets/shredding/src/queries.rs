// SPDX-License-Identifier: Apache-2.0

//! Read-only queries behind the runtime API, in pages.

use crate::{Attestations, Config, Pallet, Requests, Retentions, ShreddingOf, Shreddings};
use alloc::vec::Vec;
use salus_primitives::{
    api::MAX_PAGE,
    shredding::{AttestationOf, NumberedShredding, ShreddingState},
    InstitutionId, RecordId,
};

impl<T: Config> Pallet<T> {
    /// Returns what stops the record from being shredded, who asks for it, and whether it was.
    pub fn shredding_state(record: RecordId) -> ShreddingState {
        let RecordId { chart, key } = record;
        ShreddingState {
            retention: Retentions::<T>::get(chart, key),
            request: Requests::<T>::get(chart, key),
            shredding: ShreddingOf::<T>::get(chart, key),
        }
    }

    /// Returns the shreddings from number `from` on.
    pub fn shreddings_page(from: u64, limit: u32) -> Vec<NumberedShredding> {
        let end = from.saturating_add(limit.min(MAX_PAGE).into());
        let numbered = |number| Some(NumberedShredding { number, shredding: Shreddings::<T>::get(number)? });
        (from..end).map_while(numbered).collect()
    }

    /// Returns the attestations about a shredding after the given institution, in the order of the storage.
    pub fn attestations_page(shredding: u64, after: Option<InstitutionId>, limit: u32) -> Vec<AttestationOf> {
        let found = match after {
            Some(after) => {
                Attestations::<T>::iter_prefix_from(shredding, Attestations::<T>::hashed_key_for(shredding, after))
            }
            None => Attestations::<T>::iter_prefix(shredding),
        };
        let of = |(institution, attestation)| AttestationOf { institution, attestation };
        found.take(limit.min(MAX_PAGE) as usize).map(of).collect()
    }
}
