// SPDX-License-Identifier: Apache-2.0

//! That broken states are noticed.

use super::*;
use crate::{
    Charts, ChartsOf, CompartmentGrants, Compartments, Epochs, Grants, GrantsTo, NextChart, OpenRequests, Requests,
};
use frame_support::assert_ok;
use salus_primitives::{
    access::{Grantee, Permissions, Purposes, RequestState},
    ChartId, CompartmentId, GrantId, RequestId,
};

/// Breaks a sound state with a chart, a grant and a request, and returns what the check says.
fn broken(breaks: impl FnOnce()) -> &'static str {
    let mut said = "";
    new_test_ext().execute_with(|| {
        assert_ok!(Access::open_chart(signed(PATIENT)));
        for number in [GENERAL, RESULTS] {
            let flags = Default::default();
            assert_ok!(Access::add_compartment(signed(PATIENT), CHART, number, flags, digest(1), epoch(1, None)));
        }
        grant(DOCTOR, terms());
        request(DOCTOR, None);
        assert_ok!(Access::check_invariants());
        breaks();
        let Err(sp_runtime::DispatchError::Other(text)) = Access::check_invariants() else { return };
        said = text;
    });
    said
}

#[test]
fn charts_are_indexed_by_controller() {
    assert_eq!(broken(NextChart::<Test>::kill), "a chart has a number that is yet to be given");
    assert_eq!(broken(|| ChartsOf::<Test>::remove(PATIENT)), "a chart is not listed for its controller");
    assert_eq!(
        broken(|| ChartsOf::<Test>::try_append(PATIENT, CHART).unwrap()),
        "a chart is listed twice for its controller"
    );
    assert_eq!(
        broken(|| ChartsOf::<Test>::try_append(DOCTOR, ChartId(5)).unwrap()),
        "a chart is listed for a member that does not control it"
    );
}

#[test]
fn compartments_and_epochs_have_no_gaps() {
    let count = |count| Charts::<Test>::mutate(CHART, |held| held.as_mut().unwrap().compartments = count);
    assert_eq!(broken(|| count(17)), "a chart has too many compartments");
    assert_eq!(broken(|| Compartments::<Test>::remove(CHART, RESULTS)), "a chart miscounts its compartments");
    assert_eq!(broken(|| Epochs::<Test>::remove((CHART, GENERAL, 0))), "epochs are miscounted");
    assert_eq!(
        broken(|| {
            let compartment = Compartments::<Test>::take(CHART, RESULTS).unwrap();
            Compartments::<Test>::insert(CHART, CompartmentId(7), compartment);
        }),
        "a compartment has a number that is yet to be given"
    );
    let store = |number, epoch| Epochs::<Test>::insert((CHART, GENERAL, number), epoch);
    assert_eq!(broken(|| store(0, epoch(1, Some(digest(2))))), "a link is missing, or leads nowhere");
    assert_eq!(broken(|| store(0, epoch(0, None))), "an epoch has an unusable key");
}

#[test]
fn grants_are_sound() {
    let change = |change: fn(&mut salus_primitives::access::Grant)| {
        broken(|| Grants::<Test>::mutate(CHART, GrantId(0), |grant| change(grant.as_mut().unwrap())))
    };
    assert_eq!(change(|grant| grant.permissions = Permissions::NONE), "a grant allows nothing");
    assert_eq!(change(|grant| grant.purposes = Purposes::of(&[Purpose::Emergency])), "a grant is for emergencies");
    assert_eq!(change(|grant| grant.interval.end = Some(NOW)), "a grant has an empty interval");
    assert_eq!(change(|grant| grant.granted_at = NOW + 1), "a grant began before it was given");
    assert_eq!(change(|grant| grant.revoked_at = Some(NOW - 1)), "a grant was revoked before given");
    assert_eq!(change(|grant| grant.envelope = None), "exactly readers have envelopes");
    assert_eq!(change(|grant| grant.request = Some(RequestId(0))), "a grant answers a request that was not approved");
    let next = |next| Charts::<Test>::mutate(CHART, |held| held.as_mut().unwrap().next_grant = GrantId(next));
    assert_eq!(broken(|| next(0)), "a grant has a number that is yet to be given");
}

#[test]
fn grants_are_indexed_by_grantee() {
    let key = (CHART, GrantId(0));
    let unindex = || GrantsTo::<Test>::remove(Grantee::Member(DOCTOR), key);
    assert_eq!(broken(unindex), "a grant is not indexed");
    let index = || GrantsTo::<Test>::insert(Grantee::Member(PHARMACIST), key, ());
    assert_eq!(broken(index), "a grant is indexed for another grantee");
}

#[test]
fn live_grants_are_listed_where_they_belong() {
    assert_eq!(broken(|| CompartmentGrants::<Test>::remove(CHART, GENERAL)), "a live grant is not listed");
    let list = |compartment| CompartmentGrants::<Test>::try_append(CHART, compartment, GrantId(0)).unwrap();
    assert_eq!(broken(|| list(GENERAL)), "a grant is listed twice");
    assert_eq!(broken(|| list(RESULTS)), "a listed grant covers something else");
}

#[test]
fn open_requests_are_indexed() {
    assert_eq!(broken(|| OpenRequests::<Test>::remove(CHART, DOCTOR)), "an open request is not indexed");
    let answer = || {
        Requests::<Test>::mutate(CHART, RequestId(0), |request| {
            request.as_mut().unwrap().state = RequestState::Denied;
        })
    };
    assert_eq!(broken(answer), "the index names a request that is answered, or somebody else's");
    let next = || Charts::<Test>::mutate(CHART, |held| held.as_mut().unwrap().next_request = RequestId(0));
    assert_eq!(broken(next), "a request has a number that is yet to be given");
}
