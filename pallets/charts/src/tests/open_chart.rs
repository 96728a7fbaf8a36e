// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Charts as Stored, NextChart};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{charts::Chart, ChartId};

#[test]
fn open_chart_gives_the_patient_a_chart() {
    on_empty_chain(|| {
        assert_ok!(Charts::open_chart(signed(PATIENT)));

        let chart = Chart { controller: PATIENT, opened_at: NOW, compartments: 0 };
        assert_eq!(Stored::<Test>::get(CHART), Some(chart));
        assert_eq!(Charts::charts_of(PATIENT), [CHART]);
        assert_eq!(take_events(), [Event::ChartOpened { chart: CHART, controller: PATIENT }]);
        assert_eq!(Log::take(), [by_patient(Action::ChartOpened, Subject::Chart(CHART))]);
    });
}

#[test]
fn open_chart_gives_every_chart_its_own_number_and_log() {
    on_empty_chain(|| {
        assert_ok!(Charts::open_chart(signed(PATIENT)));
        assert_ok!(Charts::open_chart(signed(OTHER_PATIENT)));
        assert_eq!(Charts::charts_of(OTHER_PATIENT), [OTHER_CHART]);
        assert_eq!(
            Log::entries().iter().map(|(log, _)| *log).collect::<Vec<_>>(),
            [LogId::Chart(CHART), LogId::Chart(OTHER_CHART)]
        );
    });
}

#[test]
fn open_chart_fails_when_not_a_patient() {
    on_empty_chain(|| {
        assert_noop!(Charts::open_chart(signed(DOCTOR)), Error::NotPatient);
    });
}

#[test]
fn open_chart_fails_past_the_bound_of_charts() {
    on_empty_chain(|| {
        for _ in 0..MAX_CHARTS {
            assert_ok!(Charts::open_chart(signed(PATIENT)));
        }
        assert_noop!(Charts::open_chart(signed(PATIENT)), Error::TooManyCharts);
        assert_ok!(Charts::open_chart(signed(OTHER_PATIENT)));
    });
}

#[test]
fn open_chart_fails_when_numbers_are_exhausted() {
    on_empty_chain(|| {
        NextChart::<Test>::put(ChartId(u64::MAX));
        assert_noop!(Charts::open_chart(signed(PATIENT)), Error::NumbersExhausted);
    });
}
