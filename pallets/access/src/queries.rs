// SPDX-License-Identifier: Apache-2.0

//! What the runtime API answers to clients. Nothing here changes anything.

use crate::{Charts, ChartsOf, CompartmentGrants, Compartments, Config, Epochs, Grants, GrantsTo, Pallet, Requests};
use alloc::{boxed::Box, vec::Vec};
use salus_primitives::{
    access::{Chart, Compartment, Epoch, Grant, Grantee, Request},
    ChartId, CompartmentId, GrantId, MemberId, RequestId,
};

/// Items of a page, at most; a larger limit is taken as this one.
pub const MAX_PAGE: u32 = 256;

impl<T: Config> Pallet<T> {
    /// The chart.
    pub fn chart(chart: ChartId) -> Option<Chart> {
        Charts::<T>::get(chart)
    }

    /// The charts that `controller` controls.
    pub fn charts_of(controller: MemberId) -> Vec<ChartId> {
        ChartsOf::<T>::get(controller).into_inner()
    }

    /// The chart's compartments. Rotation also counts as due when a reader's grant ended by the clock, of which the
    /// state itself takes no notice.
    pub fn compartments(chart: ChartId) -> Vec<(CompartmentId, Compartment)> {
        let now = Self::now();
        let count = Charts::<T>::get(chart).map_or(0, |held| held.compartments);
        let compartment = |number| {
            let number = CompartmentId(number);
            let mut compartment = Compartments::<T>::get(chart, number)?;
            let has_left = |grant: Grant| Self::has_left(&grant, compartment.epoch, now);
            let reader_left = CompartmentGrants::<T>::get(chart, number)
                .into_iter()
                .any(|grant| Grants::<T>::get(chart, grant).is_some_and(has_left));
            compartment.rotation_due |= reader_left;
            Some((number, compartment))
        };
        (0..count).filter_map(compartment).collect()
    }

    /// The compartment's epochs from `from` on.
    pub fn epochs(chart: ChartId, compartment: CompartmentId, from: u32, limit: u32) -> Vec<(u32, Epoch)> {
        let epoch = |number| Some((number, Epochs::<T>::get((chart, compartment, number))?));
        page(from, limit).map_while(epoch).collect()
    }

    /// The chart's grants from number `from` on, whatever became of them.
    pub fn grants(chart: ChartId, from: GrantId, limit: u32) -> Vec<(GrantId, Grant)> {
        let grant = |number| Some((number, Grants::<T>::get(chart, number)?));
        page(from.0, limit).map(GrantId).map_while(grant).collect()
    }

    /// Grants to `grantee` in any chart, after the given one, in the order of the storage.
    pub fn grants_to(
        grantee: Grantee,
        after: Option<(ChartId, GrantId)>,
        limit: u32,
    ) -> Vec<(ChartId, GrantId, Grant)> {
        let keys: Box<dyn Iterator<Item = (ChartId, GrantId)>> = match after {
            None => Box::new(GrantsTo::<T>::iter_key_prefix(grantee)),
            Some(after) => {
                let start = GrantsTo::<T>::hashed_key_for(grantee, after);
                Box::new(GrantsTo::<T>::iter_key_prefix_from(grantee, start))
            }
        };
        let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or_default();
        let grant = |(chart, number)| Some((chart, number, Grants::<T>::get(chart, number)?));
        keys.filter_map(grant).take(limit).collect()
    }

    /// The chart's requests from number `from` on, whatever became of them.
    pub fn requests(chart: ChartId, from: RequestId, limit: u32) -> Vec<(RequestId, Request)> {
        let request = |number| Some((number, Requests::<T>::get(chart, number)?));
        page(from.0, limit).map(RequestId).map_while(request).collect()
    }
}

/// The numbers of a page. Charts number grants and requests, and compartments epochs, without gaps.
fn page(from: u32, limit: u32) -> core::ops::Range<u32> {
    from..from.saturating_add(limit.min(MAX_PAGE))
}
