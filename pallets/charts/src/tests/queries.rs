// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Epochs;
use frame_support::assert_ok;
use salus_primitives::{
    traits::{Compartments as _, Controllers as _},
    ChartId, CompartmentId,
};

#[test]
fn an_unknown_chart_has_nothing() {
    on_charts(|| {
        let nowhere = ChartId(9);
        assert_eq!(Charts::chart(nowhere), None);
        assert_eq!(Charts::controller(nowhere), None);
        assert_eq!(Charts::compartment(CHART, CompartmentId(3)), None);
        assert_eq!(Charts::charts_of(DOCTOR), []);
        assert_eq!(Charts::compartments(nowhere), []);
        assert_eq!(Charts::epochs(CHART, CompartmentId(3), 0, 10), []);
        assert_eq!(Charts::epochs(CHART, GENERAL, u32::MAX, u32::MAX), []);
    });
}

#[test]
fn compartments_are_listed_in_order() {
    on_charts(|| {
        let listed = Charts::compartments(CHART);
        assert_eq!(listed.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [GENERAL, RESULTS, COPIES]);
        assert!(listed[2].1.flags.de_identified);
        assert_eq!(Charts::compartment(CHART, COPIES).as_ref(), Some(&listed[2].1));
        assert_eq!(Charts::controller(CHART), Some(PATIENT));
    });
}

#[test]
fn epochs_are_paged_from_any_on() {
    on_charts(|| {
        for number in 1..5u8 {
            let next = epoch(number + 1, Some(digest(3)));
            assert_ok!(Charts::rotate_compartment(signed(PATIENT), CHART, GENERAL, number.into(), next));
        }
        let page = |from, limit| {
            Charts::epochs(CHART, GENERAL, from, limit).into_iter().map(|it| it.number).collect::<Vec<_>>()
        };
        assert_eq!(page(0, 2), [0, 1]);
        assert_eq!(page(2, 10), [2, 3, 4]);
        assert!(page(0, 0).is_empty());
        assert_eq!(Charts::epochs(CHART, GENERAL, 4, 1)[0].epoch, Epochs::<Test>::get((CHART, GENERAL, 4)).unwrap());
    });
}
