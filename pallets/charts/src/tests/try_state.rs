// SPDX-License-Identifier: Apache-2.0

//! Each invariant check reports a broken state.

use super::*;
use crate::{Charts as Stored, ChartsOf, Compartments, Epochs, NextChart};
use frame_support::assert_ok;
use salus_primitives::{charts::MAX_EPOCHS, ChartId, CompartmentId};

/// Breaks a sound state with a chart, and returns what the check says.
fn broken(breaks: impl FnOnce()) -> &'static str {
    let mut said = "";
    new_test_ext().execute_with(|| {
        assert_ok!(Charts::open_chart(signed(PATIENT)));
        for number in [GENERAL, RESULTS] {
            let flags = Default::default();
            assert_ok!(Charts::add_compartment(signed(PATIENT), CHART, number, flags, digest(1), epoch(1, None)));
        }
        assert_ok!(Charts::check_invariants());
        breaks();
        let Err(sp_runtime::DispatchError::Other(text)) = Charts::check_invariants() else { return };
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
    let count = |count| Stored::<Test>::mutate(CHART, |chart| chart.as_mut().unwrap().compartments = count);
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
    assert_eq!(
        broken(|| {
            (1..=MAX_EPOCHS).for_each(|number| store(number, epoch(2, Some(digest(3)))));
            Compartments::<Test>::mutate(CHART, GENERAL, |it| it.as_mut().unwrap().epoch = MAX_EPOCHS);
        }),
        "a compartment has too many epochs"
    );
    assert_eq!(broken(|| store(0, epoch(1, Some(digest(2))))), "a link is missing, or leads nowhere");
    assert_eq!(broken(|| store(0, epoch(0, None))), "an epoch has an unusable key");
}
