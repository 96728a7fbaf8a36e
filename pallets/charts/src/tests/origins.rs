// SPDX-License-Identifier: Apache-2.0

//! Every call from every wrong origin (B3: origin and access control).

use super::*;
use crate::Call;
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResult, GetDispatchInfo},
    traits::UnfilteredDispatchable,
};
use salus_primitives::{charts::CompartmentFlags, CompartmentId};
use sp_runtime::DispatchError;

/// Calls that only the controller of [`CHART`] may make, each of which would succeed.
fn controllers_calls() -> Vec<Call<Test>> {
    let (chart, flags) = (CHART, CompartmentFlags::default());
    let compartment = CompartmentId(3);
    alloc::vec![
        Call::add_compartment { chart, compartment, flags, profile: digest(1), epoch: epoch(1, None) },
        Call::rotate_compartment { chart, compartment: GENERAL, number: 1, epoch: epoch(2, Some(digest(3))) },
    ]
}

fn all_calls() -> impl Iterator<Item = Call<Test>> {
    core::iter::once(Call::open_chart {}).chain(controllers_calls())
}

fn dispatch(call: &Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    call.clone().dispatch_bypass_filter(origin).map(drop).map_err(|failure| failure.error)
}

#[test]
fn every_controllers_call_succeeds_for_the_controller_alone() {
    for call in controllers_calls() {
        on_charts(|| {
            for member in [OTHER_PATIENT, DOCTOR] {
                assert_noop!(dispatch(&call, signed(member)), Error::NotController);
            }
            assert_ok!(dispatch(&call, signed(PATIENT)));
        });
    }
}

#[test]
fn every_call_fails_for_a_signer_that_is_not_an_active_member() {
    on_charts(|| {
        for call in all_calls() {
            assert_noop!(dispatch(&call, RuntimeOrigin::root()), DispatchError::BadOrigin);
            assert_noop!(dispatch(&call, RuntimeOrigin::none()), DispatchError::BadOrigin);
            assert_noop!(dispatch(&call, frame_system::RawOrigin::Authorized.into()), DispatchError::BadOrigin);
            for member in [STRANGER, PENDING_PATIENT, SUSPENDED_DOCTOR, DOCTOR_OF_SUSPENDED] {
                assert_noop!(dispatch(&call, signed(member)), DispatchError::BadOrigin);
            }
        }
    });
}

#[test]
fn every_call_fails_from_the_moment_on_at_which_the_member_is_no_longer_valid() {
    on_charts(|| {
        Members::set_valid_until(PATIENT, NOW + 1);
        Clock::set(NOW + 1);
        for call in all_calls() {
            assert_noop!(dispatch(&call, signed(PATIENT)), DispatchError::BadOrigin);
        }
        Clock::set(NOW);
        assert_ok!(dispatch(&Call::open_chart {}, signed(PATIENT)));
    });
}

#[test]
fn every_call_has_an_index_that_never_changes_and_weighs_something() {
    let indices: Vec<u8> = all_calls().map(|call| codec::Encode::encode(&call)[0]).collect();
    assert_eq!(indices, [0, 1, 2]);
    for call in all_calls() {
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.ref_time() > 0 && weight.proof_size() > 0);
    }
}
