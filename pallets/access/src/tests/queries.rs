// SPDX-License-Identifier: Apache-2.0

use super::*;
use alloc::collections::BTreeSet;
use frame_support::assert_ok;
use salus_primitives::{
    access::{GrantInChart, GrantRef, Grantee},
    api::MAX_PAGE,
    ChartId, GrantId, RequestId,
};

#[test]
fn nothing_is_found_where_nothing_is() {
    on_charts(|| {
        let nowhere = ChartId(9);
        assert_eq!(Access::grants(CHART, GrantId(u32::MAX), u32::MAX), []);
        assert_eq!(Access::grants_to(Grantee::Member(DOCTOR), None, 10), []);
        assert_eq!(
            Access::grants_to(Grantee::Member(DOCTOR), Some(GrantRef { chart: nowhere, number: GrantId(1) }), 10),
            []
        );
        assert_eq!(Access::requests(CHART, RequestId(0), 10), []);
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
        assert_eq!(grants.iter().map(|it| it.number.0).collect::<Vec<_>>(), [3, 4]);
        let requests = Access::requests(CHART, RequestId(1), 2);
        assert_eq!(requests.iter().map(|it| it.number.0).collect::<Vec<_>>(), [1, 2]);
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
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = Access::grants_to(grantee, before, 3);
            let Some(last) = page.last() else { break };
            before = Some(GrantRef { chart: last.chart, number: last.number });
            for GrantInChart { chart, number, grant } in page {
                assert_eq!(grant.grantee, grantee);
                seen.push((chart, number.0));
            }
        }
        let newest_first = [(OTHER_CHART, 3), (CHART, 6), (OTHER_CHART, 2), (CHART, 4)];
        assert_eq!(seen[..4], newest_first);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 8, "each once");
        // A page from a grant to another grantee on would mix them up.
        let foreign = GrantRef { chart: CHART, number: GrantId(1) };
        assert_eq!(Access::grants_to(grantee, Some(foreign), 3), []);
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
