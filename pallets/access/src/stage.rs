// SPDX-License-Identifier: Apache-2.0

//! Stages for benchmarks, of this pallet and of those that ask it. They write storage directly.

use crate::{Charts, ChartsOf, CompartmentGrants, Compartments, Config, Epochs, Grants, GrantsTo, NextChart, Pallet};
use alloc::vec::Vec;
use salus_primitives::{
    access::{
        Chart, Compartment, CompartmentFlags, Epoch, Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose,
        Purposes, Scope, MAX_COMPARTMENTS, MAX_READERS,
    },
    questions::Membership as _,
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, Interval, MemberId, Moment, RequestId,
};
use sp_runtime::AccountId32;

/// A grantee of staged grants that nobody is.
pub(crate) const NOBODY: Grantee = Grantee::Member(MemberId(u64::MAX));

impl<T: Config> Pallet<T> {
    /// A chart of `controller`, who has to be a member, with all compartments at epoch zero.
    pub fn stage_chart(controller: &AccountId32) -> ChartId {
        Self::stage_chart_with(controller, MAX_COMPARTMENTS)
    }

    /// Fills a compartment's list with live grants, of which the last gives `grantee` every permission and every
    /// purpose that can be granted.
    pub fn stage_crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        for _ in 1..MAX_READERS {
            Self::stage_grant(chart, compartment, NOBODY, None);
        }
        Self::stage_grant(chart, compartment, Grantee::Member(grantee), None)
    }

    /// A chart of `controller` with this many compartments at epoch zero.
    #[allow(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]
    pub(crate) fn stage_chart_with(controller: &AccountId32, compartments: u8) -> ChartId {
        let controller = T::Membership::standing_of_account(controller).expect("the controller is a member").member;
        let chart = NextChart::<T>::get();
        NextChart::<T>::put(ChartId(chart.0.saturating_add(1)));
        ChartsOf::<T>::try_append(controller, chart).expect("the controller has room for a chart");
        for number in (0..compartments).map(CompartmentId) {
            let flags = CompartmentFlags { sensitive: false, emergency: false, de_identified: true };
            let compartment = Compartment { flags, epoch: 0, profile: Digest([1; 32]), rotation_due: false };
            Compartments::<T>::insert(chart, number, compartment);
            Epochs::<T>::insert((chart, number, 0), Self::stage_epoch(1, None));
        }
        let held = Chart {
            controller,
            opened_at: Self::now(),
            compartments,
            next_grant: GrantId(0),
            next_request: RequestId(0),
        };
        Charts::<T>::insert(chart, held);
        chart
    }

    /// Fills a compartment's list with grants that have been revoked, all of them readers'.
    pub(crate) fn stage_revoked_readers(chart: ChartId, compartment: CompartmentId) {
        for _ in 0..MAX_READERS {
            Self::stage_grant(chart, compartment, NOBODY, Some(Self::now()));
        }
    }

    /// Fills a compartment's list with live readers.
    pub(crate) fn stage_readers(chart: ChartId, compartment: CompartmentId) -> Vec<GrantId> {
        (0..MAX_READERS).map(|_| Self::stage_grant(chart, compartment, NOBODY, None)).collect()
    }

    /// An epoch whose keys and hashes are made of `seed`.
    pub(crate) fn stage_epoch(seed: u8, link: Option<Digest>) -> Epoch {
        Epoch { public_key: EncryptionKey::x25519([seed; 32]), secret_envelope: Digest([seed; 32]), link }
    }

    /// A grant with every permission and every purpose that can be granted.
    #[allow(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]
    pub(crate) fn stage_grant(
        chart: ChartId,
        compartment: CompartmentId,
        grantee: Grantee,
        revoked_at: Option<Moment>,
    ) -> GrantId {
        let mut held = Charts::<T>::get(chart).expect("the chart has been staged");
        let number = held.next_grant;
        let purposes: Vec<_> = Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::Emergency).collect();
        let grant = Grant {
            grantee,
            scope: Scope::Compartment(compartment),
            permissions: Permissions::of(&Permission::ALL),
            purposes: Purposes::of(&purposes),
            granted_at: Self::now(),
            interval: Interval { start: Self::now(), end: None },
            revoked_at,
            reason: Some(Digest([2; 32])),
            envelope: Some(GrantEnvelope { hash: Digest([3; 32]), edition: 0 }),
            granted_by: held.controller,
            laboratory: false,
            request: None,
        };
        held.next_grant = GrantId(number.0.saturating_add(1));
        Charts::<T>::insert(chart, held);
        CompartmentGrants::<T>::try_append(chart, compartment, number).expect("the list has room");
        GrantsTo::<T>::insert(grantee, (chart, number), ());
        Grants::<T>::insert(chart, number, grant);
        number
    }
}
