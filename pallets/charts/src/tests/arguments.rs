// SPDX-License-Identifier: Apache-2.0

//! Calls with any arguments: each fails without a trace, or is logged (B3: input validation).

use super::*;
use crate::Call;
use frame_support::{assert_ok, storage::with_storage_layer, traits::UnfilteredDispatchable};
use proptest::prelude::*;
use salus_primitives::{
    charts::{CompartmentFlags, Epoch},
    ChartId, CompartmentId, EncryptionKey, MemberId,
};
use sp_runtime::StateVersion;

fn epochs() -> impl Strategy<Value = Epoch> {
    (0..3u8, 0..3u8, any::<bool>()).prop_map(|(suite, key, link)| Epoch {
        public_key: EncryptionKey { suite, key: [key; 32] },
        secret_envelope: digest(1),
        link: link.then(|| digest(2)),
    })
}

fn calls() -> impl Strategy<Value = (MemberId, Call<Test>)> {
    let callers = proptest::sample::select(alloc::vec![PATIENT, OTHER_PATIENT, DOCTOR, SUSPENDED_DOCTOR, STRANGER]);
    let charts = prop_oneof![Just(CHART), Just(OTHER_CHART), any::<u64>().prop_map(ChartId)];
    let numbers = prop_oneof![0..20u8, any::<u8>()].prop_map(CompartmentId);
    let call = (charts, numbers, prop_oneof![0..4u32, any::<u32>()], epochs(), 0..3usize).prop_map(
        |(chart, compartment, number, epoch, kind)| match kind {
            0 => Call::open_chart {},
            1 => {
                let flags = CompartmentFlags::default();
                Call::add_compartment { chart, compartment, flags, profile: digest(1), epoch }
            }
            _ => Call::rotate_compartment { chart, compartment, number, epoch },
        },
    );
    (callers, call)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(
        calls in proptest::collection::vec(calls(), 1..32),
    ) {
        on_charts(|| {
            for (caller, call) in calls {
                let root = || sp_io::storage::root(StateVersion::V1);
                let (before, entries) = (root(), Log::entries().len());
                let result = with_storage_layer(|| {
                    call.clone().dispatch_bypass_filter(signed(caller)).map_err(|failure| failure.error)
                });
                match result {
                    Ok(_) => assert_eq!(Log::entries().len(), entries + 1, "{call:?} is not logged"),
                    Err(_) => assert_eq!(root(), before, "{call:?} left a trace"),
                }
                assert_ok!(Charts::do_try_state());
            }
        });
    }
}
