// SPDX-License-Identifier: Apache-2.0

//! Every call from every wrong origin (B3: origin and access control).

use super::*;
use crate::Call;
use alloc::vec::Vec;
use frame_support::{assert_noop, dispatch::GetDispatchInfo, traits::UnfilteredDispatchable};
use sp_runtime::DispatchError;

fn all_calls() -> Vec<Call<Test>> {
    let record = RECORD;
    alloc::vec![
        Call::request_shredding { record, reason: None },
        Call::cancel_shredding { record },
        Call::retain_record { record, retention: RETENTION },
        Call::lift_retention { record },
        Call::shred_record { record },
        Call::attest_shredding { shredding: 0, absence: ABSENCE },
    ]
}

fn dispatch(call: &Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    call.clone().dispatch_bypass_filter(origin).map(drop).map_err(|failure| failure.error)
}

#[test]
fn every_call_fails_for_a_signer_that_is_not_an_active_member() {
    on_records(|| {
        for call in all_calls() {
            assert_noop!(dispatch(&call, RuntimeOrigin::root()), DispatchError::BadOrigin);
            assert_noop!(dispatch(&call, RuntimeOrigin::none()), DispatchError::BadOrigin);
            assert_noop!(dispatch(&call, frame_system::RawOrigin::Authorized.into()), DispatchError::BadOrigin);
            for member in [STRANGER, DISMISSED_AUDITOR, PENDING_AUDITOR, AUDITOR_OF_SUSPENDED] {
                assert_noop!(dispatch(&call, signed(member)), DispatchError::BadOrigin);
            }
        }
    });
}

#[test]
fn every_call_fails_from_the_moment_on_at_which_the_member_is_no_longer_valid() {
    on_records(|| {
        for member in [PATIENT, AUDITOR, SERVICE] {
            Members::set_valid_until(member, START);
            for call in all_calls() {
                assert_noop!(dispatch(&call, signed(member)), DispatchError::BadOrigin);
            }
        }
    });
}

#[test]
fn every_call_has_an_index_that_never_changes_and_weighs_something() {
    let indices: Vec<u8> = all_calls().iter().map(|call| codec::Encode::encode(call)[0]).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 5]);
    for call in all_calls() {
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.ref_time() > 0 && weight.proof_size() > 0);
    }
}
