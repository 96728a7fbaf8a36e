// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Compartments, Epochs};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    charts::{Epoch, MAX_EPOCHS},
    CompartmentId, EncryptionKey,
};

fn rotate(number: u32, epoch: Epoch) -> DispatchResult {
    Charts::rotate_compartment(signed(PATIENT), CHART, GENERAL, number, epoch)
}

#[docify::export]
#[test]
fn rotate_compartment_begins_the_next_epoch_and_keeps_the_earlier() {
    on_charts(|| {
        let next = epoch(2, Some(digest(3)));
        assert_ok!(rotate(1, next.clone()));

        assert_eq!(Compartments::<Test>::get(CHART, GENERAL).map(|it| it.epoch), Some(1));
        assert_eq!(Epochs::<Test>::get((CHART, GENERAL, 0)), Some(epoch(1, None)));
        assert_eq!(Epochs::<Test>::get((CHART, GENERAL, 1)), Some(next));
        assert_eq!(take_events(), [Event::CompartmentRotated { chart: CHART, compartment: GENERAL, epoch: 1 }]);
        assert_eq!(Log::take(), [by_patient(Action::CompartmentRotated, Subject::Compartment(GENERAL, 1))]);
    });
}

#[test]
fn rotate_compartment_fails_when_repeated_or_an_epoch_is_skipped() {
    on_charts(|| {
        assert_ok!(rotate(1, epoch(2, Some(digest(3)))));
        for number in [0, 1, 3, u32::MAX] {
            assert_noop!(rotate(number, epoch(3, Some(digest(4)))), Error::InvalidEpoch);
        }
        assert_ok!(rotate(2, epoch(3, Some(digest(4)))));
    });
}

#[test]
fn rotate_compartment_rotates_up_to_the_bound_of_epochs_and_no_further() {
    on_charts(|| {
        for number in 1..MAX_EPOCHS {
            let key = (number % 200) as u8 + 2;
            assert_ok!(rotate(number, epoch(key, Some(digest(3)))));
        }
        let count = Epochs::<Test>::iter_prefix((CHART, GENERAL)).count();
        assert_eq!(count as u32, MAX_EPOCHS);
        let next = epoch(1, Some(digest(3)));
        assert_noop!(rotate(MAX_EPOCHS, next.clone()), Error::TooManyEpochs);
        for number in [0, MAX_EPOCHS - 1, MAX_EPOCHS + 1, u32::MAX] {
            assert_noop!(rotate(number, next.clone()), Error::InvalidEpoch);
        }
    });
}

#[test]
fn rotate_compartment_fails_without_a_link() {
    on_charts(|| {
        assert_noop!(rotate(1, epoch(2, None)), Error::InvalidLink);
    });
}

#[test]
fn rotate_compartment_fails_when_the_key_is_unusable() {
    on_charts(|| {
        assert_noop!(rotate(1, epoch(0, Some(digest(3)))), Error::InvalidKey);
        let foreign = EncryptionKey { suite: 0, key: [1; 32] };
        assert_noop!(rotate(1, Epoch { public_key: foreign, ..epoch(2, Some(digest(3))) }), Error::InvalidKey);
    });
}

#[test]
fn rotate_compartment_fails_when_the_key_stays() {
    on_charts(|| {
        assert_noop!(rotate(1, epoch(1, Some(digest(3)))), Error::KeyUnchanged);
    });
}

#[test]
fn rotate_compartment_fails_when_there_is_no_such_compartment() {
    on_charts(|| {
        let next = epoch(2, Some(digest(3)));
        let origin = signed(PATIENT);
        let call = Charts::rotate_compartment(origin, CHART, CompartmentId(3), 1, next);
        assert_noop!(call, Error::CompartmentNotFound);
    });
}
