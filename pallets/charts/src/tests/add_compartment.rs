// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Compartments, Epochs};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    charts::{Compartment, CompartmentFlags, Epoch, MAX_COMPARTMENTS},
    ChartId, CompartmentId, EncryptionKey,
};

fn add(chart: ChartId, number: u8, epoch: Epoch) -> DispatchResult {
    Charts::add_compartment(
        signed(PATIENT),
        chart,
        CompartmentId(number),
        CompartmentFlags::default(),
        digest(1),
        epoch,
    )
}

#[test]
fn add_compartment_adds_it_at_epoch_zero() {
    on_charts(|| {
        let flags = CompartmentFlags { sensitive: true, emergency: true, de_identified: false };
        let number = CompartmentId(3);
        assert_ok!(Charts::add_compartment(signed(PATIENT), CHART, number, flags, digest(5), epoch(6, None)));

        let compartment = Compartment { flags, epoch: 0, profile: digest(5) };
        assert_eq!(Compartments::<Test>::get(CHART, number), Some(compartment));
        assert_eq!(Epochs::<Test>::get((CHART, number, 0)), Some(epoch(6, None)));
        assert_eq!(Charts::chart(CHART).map(|chart| chart.compartments), Some(4));
        assert_eq!(take_events(), [Event::CompartmentAdded { chart: CHART, compartment: number, flags }]);
        assert_eq!(Log::take(), [by_patient(Action::CompartmentAdded, Subject::Compartment(number, 0))]);
    });
}

#[test]
fn add_compartment_fails_when_repeated_or_a_number_is_skipped() {
    on_charts(|| {
        assert_ok!(add(CHART, 3, epoch(1, None)));
        assert_noop!(add(CHART, 3, epoch(1, None)), Error::NotNextCompartment);
        assert_noop!(add(CHART, 5, epoch(1, None)), Error::NotNextCompartment);
        assert_noop!(add(CHART, u8::MAX, epoch(1, None)), Error::NotNextCompartment);
    });
}

#[test]
fn add_compartment_fails_past_the_bound_of_compartments() {
    on_charts(|| {
        for number in 3..MAX_COMPARTMENTS {
            assert_ok!(add(CHART, number, epoch(1, None)));
        }
        assert_noop!(add(CHART, MAX_COMPARTMENTS, epoch(1, None)), Error::TooManyCompartments);
        assert_noop!(add(CHART, 0, epoch(1, None)), Error::TooManyCompartments);
    });
}

#[test]
fn add_compartment_fails_when_the_first_epoch_has_a_link() {
    on_charts(|| {
        assert_noop!(add(CHART, 3, epoch(1, Some(digest(2)))), Error::InvalidLink);
    });
}

#[test]
fn add_compartment_fails_when_the_key_is_unusable() {
    on_charts(|| {
        assert_noop!(add(CHART, 3, epoch(0, None)), Error::InvalidKey);
        let foreign = EncryptionKey { suite: 2, key: [1; 32] };
        assert_noop!(add(CHART, 3, Epoch { public_key: foreign, ..epoch(1, None) }), Error::InvalidKey);
    });
}

#[test]
fn add_compartment_fails_when_there_is_no_chart() {
    on_charts(|| {
        assert_noop!(add(ChartId(7), 0, epoch(1, None)), Error::ChartNotFound);
    });
}
