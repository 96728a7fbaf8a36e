// SPDX-License-Identifier: Apache-2.0

//! Grants for benchmarks, of this pallet and of those that ask it. They write storage directly.

use crate::{CompartmentGrants, Config, Grants, LinkedGrant, NewestGrantTo, NextGrant, Pallet, RecordGrants};
use alloc::vec::Vec;
use salus_primitives::{
    access::{
        Grant, GrantEnvelope, GrantRef, Grantee, Permission, Permissions, Purpose, Purposes, Scope, MAX_READERS,
        MAX_RECORD_GRANTS,
    },
    ChartId, CompartmentId, Digest, GrantId, Interval, MemberId, Moment, RecordId,
};

impl<T: Config> Pallet<T> {
    /// Fills a compartment's list with live grants to different members, of which the last gives `grantee` every permission
    /// and every purpose that can be granted.
    pub fn benchmark_crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        let scope = Scope::Compartment(compartment);
        for number in 1..MAX_READERS {
            Self::benchmark_grant(chart, scope, compartment, stranger(number), None);
        }
        Self::benchmark_grant(chart, scope, compartment, Grantee::Member(grantee), None)
    }

    /// Fills a record's list with live grants to `others`, and the last to `grantee`.
    pub fn benchmark_crowded_record_grant(
        record: RecordId,
        compartment: CompartmentId,
        others: &[MemberId],
        grantee: MemberId,
    ) -> GrantId {
        let scope = Scope::Record(record.key);
        for member in others.iter().take(MAX_RECORD_GRANTS.saturating_sub(1) as usize) {
            Self::benchmark_grant(record.chart, scope, compartment, Grantee::Member(*member), None);
        }
        Self::benchmark_grant(record.chart, scope, compartment, Grantee::Member(grantee), None)
    }

    /// Fills a compartment's list with grants that have been revoked, all of them readers'.
    pub(crate) fn benchmark_revoked_readers(chart: ChartId, compartment: CompartmentId) {
        for number in 0..MAX_READERS {
            let now = Some(Self::now());
            Self::benchmark_grant(chart, Scope::Compartment(compartment), compartment, stranger(number), now);
        }
    }

    /// A grant with every permission and every purpose that can be granted.
    #[allow(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]
    pub fn benchmark_grant(
        chart: ChartId,
        scope: Scope,
        compartment: CompartmentId,
        grantee: Grantee,
        revoked_at: Option<Moment>,
    ) -> GrantId {
        let number = NextGrant::<T>::get(chart);
        let purposes: Vec<_> = Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::Emergency).collect();
        let grant = Grant {
            grantee,
            scope,
            compartment,
            permissions: Permissions::of(&Permission::ALL),
            purposes: Purposes::of(&purposes),
            granted_at: Self::now(),
            interval: Interval { start: Self::now(), end: None },
            revoked_at,
            reason: Some(Digest([2; 32])),
            envelope: Some(GrantEnvelope { hash: Digest([3; 32]), edition: 0 }),
            granted_by: MemberId(0),
            laboratory: false,
            request: None,
            disclosed_under: None,
        };
        NextGrant::<T>::insert(chart, GrantId(number.0.saturating_add(1)));
        let listed = grant.listed(number);
        match scope {
            Scope::Compartment(compartment) => CompartmentGrants::<T>::mutate(chart, compartment, |list| {
                list.grants.try_push(listed).expect("the benchmark asks for no more than fit");
            }),
            Scope::Record(key) => RecordGrants::<T>::mutate(chart, key, |list| {
                list.grants.try_push(listed).expect("the benchmark asks for no more than fit");
            }),
        }
        let previous = NewestGrantTo::<T>::get(grantee);
        NewestGrantTo::<T>::insert(grantee, GrantRef { chart, number });
        Grants::<T>::insert(chart, number, LinkedGrant { grant, previous });
        number
    }
}

/// A grantee whom no other grant names.
fn stranger(number: u32) -> Grantee {
    Grantee::Member(MemberId(u64::MAX.saturating_sub(number.into())))
}
