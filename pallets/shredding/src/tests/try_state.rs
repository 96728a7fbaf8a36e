// SPDX-License-Identifier: Apache-2.0

//! Each invariant check reports a broken state.

use super::*;
use crate::{Attestations, NextShredding, Requests, Retentions, ShreddingOf, Shreddings};

/// Breaks a sound state with a shredding, an attestation, a request and a retention, and returns what the check says.
fn broken(breaks: impl FnOnce()) -> &'static str {
    let mut said = "";
    new_test_ext().execute_with(|| {
        shredded();
        assert_ok!(attest(SERVICE, ABSENCE));
        assert_ok!(Shredding::request_shredding(signed(PATIENT), OTHER_RECORD, None));
        assert_ok!(Shredding::do_try_state());
        breaks();
        let Err(sp_runtime::DispatchError::Other(text)) = Shredding::do_try_state() else { return };
        said = text;
    });
    said
}

#[test]
fn shreddings_are_counted_and_indexed() {
    let RecordId { chart, key } = RECORD;
    assert_eq!(broken(NextShredding::<Test>::kill), "a shredding has a number that is yet to be given");
    assert_eq!(broken(|| ShreddingOf::<Test>::remove(chart, key)), "a record does not name its shredding");
    assert_eq!(broken(|| NextShredding::<Test>::put(2)), "a shredding is missing");
    assert_eq!(
        broken(|| ShreddingOf::<Test>::insert(OTHER_RECORD.chart, OTHER_RECORD.key, 0)),
        "a record names a shredding that is not there"
    );
    assert_eq!(
        broken(|| FakeRecords::set(RECORD, RecordState::Active)),
        "a shredding is of a record that was not shredded"
    );
    assert_eq!(broken(|| Shreddings::<Test>::remove(0)), "a shredding is missing");
}

#[test]
fn requests_and_retentions_are_of_records_in_the_chart() {
    let RecordId { chart, key } = RECORD;
    let said = "a request or retention is of a record that is not in the chart";
    assert_eq!(broken(|| Retentions::<Test>::insert(chart, key, RETENTION)), said);
    assert_eq!(
        broken(|| {
            let request = Requests::<Test>::get(OTHER_RECORD.chart, OTHER_RECORD.key).unwrap();
            Requests::<Test>::insert(chart, key, request);
        }),
        said
    );
}

#[test]
fn attestations_are_of_shreddings_and_count_something() {
    let attestation = || Attestations::<Test>::get(0, HOSPITAL).unwrap();
    assert_eq!(
        broken(|| Attestations::<Test>::insert(7, HOSPITAL, attestation())),
        "an attestation is of a shredding that is not there"
    );
    assert_eq!(
        broken(|| {
            let nothing = Absence { absent: 0, ..ABSENCE };
            let empty = salus_primitives::shredding::Attestation { absence: nothing, ..attestation() };
            Attestations::<Test>::insert(0, HOSPITAL, empty);
        }),
        "an attestation counts no object"
    );
}
