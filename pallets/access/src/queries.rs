// SPDX-License-Identifier: Apache-2.0

//! Read-only queries behind the runtime API.

use crate::{Config, Grants, NewestGrantTo, Pallet, Requests};
use alloc::vec::Vec;
use core::iter::successors;
use salus_primitives::{
    access::{GrantInChart, GrantRef, Grantee, NumberedGrant, NumberedRequest},
    api::MAX_PAGE,
    ChartId, GrantId, RequestId,
};

impl<T: Config> Pallet<T> {
    /// Returns the chart's grants from number `from` on, whether in force or not.
    pub fn grants(chart: ChartId, from: GrantId, limit: u32) -> Vec<NumberedGrant> {
        let numbered = |number| Some(NumberedGrant { number, grant: Grants::<T>::get(chart, number)?.grant });
        page(from.0, limit).map(GrantId).map_while(numbered).collect()
    }

    /// Returns the grants to `grantee` in any chart, newest first, that are older than `before`.
    pub fn grants_to(grantee: Grantee, before: Option<GrantRef>, limit: u32) -> Vec<GrantInChart> {
        let read = |GrantRef { chart, number }| {
            let linked = Grants::<T>::get(chart, number).filter(|linked| linked.grant.grantee == grantee)?;
            Some((GrantInChart { chart, number, grant: linked.grant }, linked.previous))
        };
        let first = match before {
            None => NewestGrantTo::<T>::get(grantee),
            Some(before) => read(before).and_then(|(_, previous)| previous),
        };
        let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or_default();
        let all = successors(first.and_then(read), |(_, previous)| previous.and_then(read));
        all.map(|(grant, _)| grant).take(limit).collect()
    }

    /// Returns the chart's requests from number `from` on, whether answered or not.
    pub fn requests(chart: ChartId, from: RequestId, limit: u32) -> Vec<NumberedRequest> {
        let numbered = |number| Some(NumberedRequest { number, request: Requests::<T>::get(chart, number)? });
        page(from.0, limit).map(RequestId).map_while(numbered).collect()
    }
}

/// Returns the numbers of a page. Charts number grants and requests without gaps.
fn page(from: u32, limit: u32) -> core::ops::Range<u32> {
    from..from.saturating_add(limit.min(MAX_PAGE))
}
