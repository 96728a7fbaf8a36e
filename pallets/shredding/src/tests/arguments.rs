// SPDX-License-Identifier: Apache-2.0

//! Calls with any arguments: each fails without a trace, or is logged (B3: input validation).

use super::*;
use crate::Call;
use frame_support::{storage::with_storage_layer, traits::UnfilteredDispatchable};
use proptest::{prelude::*, sample::select};
use salus_primitives::{
    shredding::{RetentionGround, StoreKind, MAX_RETENTION, REVIEW_TIME},
    Digest, Moment, RecordKey,
};
use sp_runtime::StateVersion;

fn records() -> impl Strategy<Value = RecordId> {
    let unknown = RecordId { key: RecordKey([9; 16]), ..RECORD };
    let elsewhere = RecordId { chart: OTHER_CHART, ..RECORD };
    prop_oneof![8 => select(vec![RECORD, OTHER_RECORD]), 1 => select(vec![unknown, elsewhere])]
}

fn calls() -> impl Strategy<Value = (MemberId, Call<Test>)> {
    let callers =
        select(vec![PATIENT, PATIENT, AUDITOR, AUDITOR, SERVICE, OTHER_SERVICE, OTHER_AUDITOR, DOCTOR, STRANGER]);
    let untils = prop_oneof![
        6 => START..START + 3 * REVIEW_TIME,
        1 => select(vec![0, START, START + MAX_RETENTION, START + MAX_RETENTION + 1, Moment::MAX]),
    ];
    let retentions =
        (select(RetentionGround::ALL.to_vec()), untils).prop_map(|(ground, until)| Retention { ground, until });
    let counts = || select(vec![0, 1, 5, u32::MAX]);
    let absences = (counts(), counts(), select(StoreKind::ALL.to_vec())).prop_map(|(absent, kept, store)| Absence {
        absent,
        kept,
        store,
    });
    let reasons = select(vec![None, Some(digest(1)), Some(Digest::default())]);
    let call = (records(), retentions, absences, reasons, select(vec![0, 1, 2, u64::MAX]), 0..6usize).prop_map(
        |(record, retention, absence, reason, shredding, kind)| match kind {
            0 => Call::request_shredding { record, reason },
            1 => Call::cancel_shredding { record },
            2 => Call::retain_record { record, retention },
            3 => Call::lift_retention { record },
            4 => Call::shred_record { record },
            _ => Call::attest_shredding { shredding, absence },
        },
    );
    (callers, call)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(
        calls in proptest::collection::vec((calls(), 0..REVIEW_TIME), 1..48),
    ) {
        on_records(|| {
            for ((caller, call), wait) in calls {
                Clock::wait(wait);
                let root = || sp_io::storage::root(StateVersion::V1);
                let (before, entries) = (root(), Log::entries().len());
                let result = with_storage_layer(|| {
                    call.clone().dispatch_bypass_filter(signed(caller)).map_err(|failure| failure.error)
                });
                match result {
                    Ok(_) => assert_eq!(Log::entries().len(), entries + 1, "{call:?} is not logged"),
                    Err(_) => assert_eq!(root(), before, "{call:?} left a trace"),
                }
                assert_ok!(Shredding::do_try_state());
            }
        });
    }
}
