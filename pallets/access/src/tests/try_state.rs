// SPDX-License-Identifier: Apache-2.0

//! Each invariant check reports a broken state.

use super::*;
use crate::{CompartmentGrants, Grants, NewestGrantTo, NextGrant, NextRequest, OpenRequests, Requests};
use frame_support::assert_ok;
use salus_primitives::{
    access::{Grant, GrantRef, Grantee, Permissions, Purposes, RequestState},
    CompartmentId, GrantId, RequestId,
};

/// Breaks a sound state with a chart, a grant and a request, and returns what the check says.
fn broken(breaks: impl FnOnce()) -> &'static str {
    let mut said = "";
    new_test_ext().execute_with(|| {
        Charts::set(CHART, PATIENT, &[Default::default(); 2]);
        grant(DOCTOR, terms());
        request(DOCTOR, None);
        assert_ok!(Access::do_try_state());
        breaks();
        let Err(sp_runtime::DispatchError::Other(text)) = Access::do_try_state() else { return };
        said = text;
    });
    said
}

#[test]
fn grants_are_sound() {
    let change = |change: fn(&mut Grant)| {
        broken(|| Grants::<Test>::mutate(CHART, GrantId(0), |linked| change(&mut linked.as_mut().unwrap().grant)))
    };
    assert_eq!(change(|grant| grant.permissions = Permissions::NONE), "a grant allows nothing");
    assert_eq!(change(|grant| grant.purposes = Purposes::of(&[Purpose::Emergency])), "a grant is for emergencies");
    assert_eq!(change(|grant| grant.interval.end = Some(NOW)), "a grant has an empty interval");
    assert_eq!(change(|grant| grant.granted_at = NOW + 1), "a grant began before it was given");
    assert_eq!(change(|grant| grant.revoked_at = Some(NOW - 1)), "a grant was revoked before given");
    assert_eq!(change(|grant| grant.envelope = None), "exactly readers have envelopes");
    assert_eq!(change(|grant| grant.request = Some(RequestId(0))), "a grant answers a request that was not approved");
    let next = || NextGrant::<Test>::insert(CHART, GrantId(0));
    assert_eq!(broken(next), "a grant has a number that is yet to be given");
    assert_eq!(change(|grant| grant.compartment = CompartmentId(2)), "a grant has no compartment");
}

#[test]
fn grants_are_linked_by_grantee() {
    let doctor = Grantee::Member(DOCTOR);
    let number = |number| GrantRef { chart: CHART, number: GrantId(number) };
    let lost = || NewestGrantTo::<Test>::remove(doctor);
    assert_eq!(broken(lost), "a grant is not on the way from its grantee's newest");
    assert_eq!(broken(|| NewestGrantTo::<Test>::insert(doctor, number(1))), "the way leads to no grant");
    let foreign = || NewestGrantTo::<Test>::insert(Grantee::Member(PHARMACIST), number(0));
    assert_eq!(broken(foreign), "a grant is on the way to another grantee's");
    let circle = || {
        Grants::<Test>::mutate(CHART, GrantId(0), |linked| linked.as_mut().unwrap().previous = Some(number(0)));
    };
    assert_eq!(broken(circle), "grants lead to each other in a circle");
}

#[test]
fn live_grants_are_listed_where_they_belong() {
    assert_eq!(broken(|| CompartmentGrants::<Test>::remove(CHART, GENERAL)), "a live grant is not listed");
    let list = |compartment| {
        let listed = Grants::<Test>::get(CHART, GrantId(0)).unwrap().grant.listed(GrantId(0));
        CompartmentGrants::<Test>::mutate(CHART, compartment, |list| list.grants.try_push(listed).unwrap());
    };
    assert_eq!(broken(|| list(GENERAL)), "a grant is listed twice");
    assert_eq!(broken(|| list(RESULTS)), "a listed grant covers something else");
    let forget = || {
        Grants::<Test>::mutate(CHART, GrantId(0), |linked| linked.as_mut().unwrap().grant.revoked_at = Some(NOW + 1));
    };
    assert_eq!(broken(forget), "a list says something else than the grant");
}

#[test]
fn open_requests_are_indexed() {
    assert_eq!(broken(|| OpenRequests::<Test>::remove(CHART, DOCTOR)), "an open request is not indexed");
    let answer = || {
        Requests::<Test>::mutate(CHART, RequestId(0), |request| {
            request.as_mut().unwrap().state = RequestState::Denied;
        })
    };
    assert_eq!(broken(answer), "the index names a request that is answered, or another member's");
    let next = || NextRequest::<Test>::insert(CHART, RequestId(0));
    assert_eq!(broken(next), "a request has a number that is yet to be given");
}
