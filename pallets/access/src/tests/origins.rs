// SPDX-License-Identifier: Apache-2.0

//! Every call from every wrong origin (B3: origin and access control).

use super::*;
use crate::Call;
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResult, GetDispatchInfo},
    traits::UnfilteredDispatchable,
};
use salus_primitives::{
    access::{GrantTerms, Grantee, Permissions},
    time::Interval,
    GrantId, RequestId,
};
use sp_runtime::DispatchError;

/// Calls that only the controller of [`CHART`] may make, each of which would succeed after [`prepare`].
fn controllers_calls() -> Vec<Call<Test>> {
    let (chart, reason) = (CHART, None);
    let interval = Interval { start: NOW, end: None };
    vec![
        Call::renew_envelopes { chart, compartment: GENERAL, epoch: 0, envelopes: envelopes(&[GrantId(0)]) },
        Call::grant_access { chart, grantee: Grantee::Member(DOCTOR), terms: terms() },
        Call::grant_access_to_lab {
            chart,
            laboratory: Grantee::Member(LAB_WORKER),
            compartment: RESULTS,
            interval,
            reason,
            envelope: digest(22),
        },
        Call::revoke_access { chart, grant: GrantId(0), reason },
        Call::revoke_access_from_lab { chart, grant: GrantId(1), reason },
        Call::approve_request { chart, request: RequestId(0), grants: vec![create_terms()].try_into().expect("fits") },
        Call::deny_request { chart, request: RequestId(0), reason },
    ]
}

fn others_calls() -> Vec<Call<Test>> {
    let permissions = Permissions::of(&[Permission::Read]);
    let terms = GrantTerms { permissions, ..terms() };
    vec![
        Call::request_access { chart: CHART, permissions, purpose: Purpose::Treatment, until: None, reason: None },
        Call::disclose { chart: CHART, under: GrantId(0), grantee: Grantee::Member(PHARMACIST), terms },
    ]
}

fn prepare() {
    assert_eq!(grant(DOCTOR, terms()), GrantId(0));
    assert_eq!(grant_to_lab(Grantee::Member(LAB_WORKER), None), GrantId(1));
    assert_eq!(request(PHARMACIST, None), RequestId(0));
}

fn dispatch(call: &Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    call.clone().dispatch_bypass_filter(origin).map(drop).map_err(|failure| failure.error)
}

#[test]
fn every_controllers_call_succeeds_for_the_controller() {
    for call in controllers_calls() {
        on_charts(|| {
            prepare();
            assert_ok!(dispatch(&call, signed(PATIENT)));
        });
    }
}

/// Trap: on other chains any account could grant, because no check asked who called.
#[test]
fn every_controllers_call_fails_for_everybody_else() {
    on_charts(|| {
        prepare();
        for call in controllers_calls() {
            for member in [OTHER_PATIENT, DOCTOR, LAB_WORKER, RESEARCHER, PHARMACIST, AUDITOR] {
                assert_noop!(dispatch(&call, signed(member)), Error::NotController);
            }
        }
    });
}

#[test]
fn every_call_fails_for_a_signer_that_is_not_an_active_member() {
    on_charts(|| {
        prepare();
        for call in controllers_calls().into_iter().chain(others_calls()) {
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
        prepare();
        set_valid_until(PATIENT, NOW + 1);
        for call in controllers_calls() {
            set_time(NOW + 1);
            assert_noop!(dispatch(&call, signed(PATIENT)), DispatchError::BadOrigin);
        }
        set_time(NOW);
        let [.., deny] = &controllers_calls()[..] else { panic!("there are calls") };
        assert_ok!(dispatch(deny, signed(PATIENT)));
    });
}

#[test]
fn every_call_has_an_index_that_never_changes() {
    let calls = controllers_calls().into_iter().chain(others_calls());
    let indices: Vec<u8> = calls.map(|call| codec::Encode::encode(&call)[0]).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 6, 7, 5, 8]);
}

#[test]
fn every_call_weighs_something_and_more_with_more_items() {
    for call in controllers_calls().into_iter().chain(others_calls()) {
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.ref_time() > 0 && weight.proof_size() > 0);
    }
    let renew = |count| {
        let envelopes = envelopes(&first(count));
        let call = Call::<Test>::renew_envelopes { chart: CHART, compartment: GENERAL, epoch: 0, envelopes };
        call.get_dispatch_info().call_weight
    };
    assert!(renew(2).all_gt(renew(1)));
    let approve = |count| {
        let grants = vec![terms(); count].try_into().expect("fits");
        let call = Call::<Test>::approve_request { chart: CHART, request: RequestId(0), grants };
        call.get_dispatch_info().call_weight
    };
    assert!(approve(2).all_gt(approve(1)));
}
