// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Epochs, MAX_PAGE};
use alloc::collections::BTreeSet;
use frame_support::assert_ok;
use salus_primitives::{
    access::{GrantTerms, Grantee},
    ChartId, CompartmentId, GrantId, RequestId,
};

#[test]
fn nothing_is_found_where_nothing_is() {
    on_charts(|| {
        let nowhere = ChartId(9);
        assert_eq!(Access::chart(nowhere), None);
        assert_eq!(Access::charts_of(DOCTOR), []);
        assert_eq!(Access::compartments(nowhere), []);
        assert_eq!(Access::epochs(CHART, CompartmentId(3), 0, 10), []);
        assert_eq!(Access::epochs(CHART, GENERAL, u32::MAX, u32::MAX), []);
        assert_eq!(Access::grants(CHART, GrantId(u32::MAX), u32::MAX), []);
        assert_eq!(Access::grants_to(Grantee::Member(DOCTOR), None, 10), []);
        assert_eq!(Access::grants_to(Grantee::Member(DOCTOR), Some((nowhere, GrantId(1))), 10), []);
        assert_eq!(Access::requests(CHART, RequestId(0), 10), []);
    });
}

#[test]
fn compartments_are_listed_in_order() {
    on_charts(|| {
        let listed = Access::compartments(CHART);
        assert_eq!(listed.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [GENERAL, RESULTS, COPIES]);
        assert!(listed[2].1.flags.de_identified);
    });
}

#[test]
fn compartments_are_due_for_rotation_when_a_reader_expired_and_until_rotated() {
    on_charts(|| {
        grant(DOCTOR, terms_until(NOW + 10));
        grant(DOCTOR, GrantTerms { scope: Scope::Compartment(RESULTS), ..create_terms() });
        let due = || Access::compartments(CHART).into_iter().map(|(_, it)| it.rotation_due).collect::<Vec<_>>();
        assert_eq!(due(), [false; 3]);
        set_time(NOW + 10);
        assert_eq!(due(), [true, false, false]);
        assert_ok!(Access::rotate_compartment(signed(PATIENT), CHART, GENERAL, 1, epoch(2, Some(digest(3)))));
        assert_eq!(due(), [false; 3]);
    });
}

#[test]
fn epochs_are_paged_from_any_on() {
    on_charts(|| {
        for number in 1..5u8 {
            let next = epoch(number + 1, Some(digest(3)));
            assert_ok!(Access::rotate_compartment(signed(PATIENT), CHART, GENERAL, number.into(), next));
        }
        let page = |from, limit| {
            Access::epochs(CHART, GENERAL, from, limit).into_iter().map(|(number, _)| number).collect::<Vec<_>>()
        };
        assert_eq!(page(0, 2), [0, 1]);
        assert_eq!(page(2, 10), [2, 3, 4]);
        assert!(page(0, 0).is_empty());
        assert_eq!(Access::epochs(CHART, GENERAL, 4, 1)[0].1, Epochs::<Test>::get((CHART, GENERAL, 4)).unwrap());
    });
}

#[test]
fn grants_and_requests_are_paged_from_any_on_whatever_became_of_them() {
    on_charts(|| {
        for _ in 0..5 {
            let number = grant(DOCTOR, terms());
            assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
            let number = request(DOCTOR, None);
            assert_ok!(Access::deny_request(signed(PATIENT), CHART, number, None));
        }
        let grants = Access::grants(CHART, GrantId(3), 10);
        assert_eq!(grants.iter().map(|(number, _)| number.0).collect::<Vec<_>>(), [3, 4]);
        let requests = Access::requests(CHART, RequestId(1), 2);
        assert_eq!(requests.iter().map(|(number, _)| number.0).collect::<Vec<_>>(), [1, 2]);
    });
}

#[test]
fn grants_to_a_grantee_are_paged_over_all_charts_each_once() {
    on_charts(|| {
        let grantee = Grantee::Member(DOCTOR);
        for _ in 0..4 {
            grant(DOCTOR, create_terms());
            grant(PHARMACIST, create_terms());
            assert_ok!(Access::grant_access(signed(OTHER_PATIENT), OTHER_CHART, grantee, create_terms()));
        }
        let (mut seen, mut after) = (BTreeSet::new(), None);
        loop {
            let page = Access::grants_to(grantee, after, 3);
            let Some((chart, number, _)) = page.last() else { break };
            after = Some((*chart, *number));
            for (chart, number, grant) in page {
                assert_eq!(grant.grantee, grantee);
                assert!(seen.insert((chart, number)), "each once");
            }
        }
        assert_eq!(seen.len(), 8);
    });
}

#[test]
fn pages_are_bounded() {
    on_charts(|| {
        for _ in 0..=MAX_PAGE {
            let number = grant(DOCTOR, create_terms());
            assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
        }
        assert_eq!(Access::grants(CHART, GrantId(0), MAX_PAGE + 1).len(), 256);
        assert_eq!(Access::grants_to(Grantee::Member(DOCTOR), None, u32::MAX).len(), 256);
    });
}
