// SPDX-License-Identifier: Apache-2.0

//! Every call with every origin that it does not admit.

use super::*;

#[derive(Clone, Copy, PartialEq)]
enum Admits {
    Council,
    TwoThirds,
    Seat,
    Members,
}

fn calls() -> Vec<(Call<Test>, Admits)> {
    let (pallet, call) = (part("System"), part("remark"));
    vec![
        (Call::plan_upgrade { code_hash: OTHER_CODE, spec_version: VERSION + 2 }, Admits::TwoThirds),
        (Call::confirm_upgrade { code_hash: CODE }, Admits::Seat),
        (Call::authorize_upgrade {}, Admits::Members),
        (Call::cancel_upgrade { code_hash: CODE }, Admits::Council),
        (Call::set_upgrade_delay { delay: DAY }, Admits::TwoThirds),
        (Call::pause_call { pallet: pallet.clone(), call: call.clone() }, Admits::Council),
        (Call::unpause_call { pallet, call }, Admits::Council),
        (Call::set_parameter { parameter: Parameter::RequestLife(DAY) }, Admits::Council),
    ]
}

#[test]
fn every_call_fails_with_every_origin_that_it_does_not_admit() {
    Builder::default().test(|| {
        make_ready();
        for (call, admits) in calls() {
            let fails = |origin, error: DispatchError| assert_fails(|| dispatch(call.clone(), origin), error);
            fails(RuntimeOrigin::none(), BadOrigin.into());
            fails(frame_system::RawOrigin::Authorized.into(), BadOrigin.into());
            if admits != Admits::Council {
                fails(council(), BadOrigin.into());
            }
            fails(signed(STRANGER), BadOrigin.into());
            if admits != Admits::TwoThirds {
                fails(two_thirds(), BadOrigin.into());
            }
            for role in Role::ALL {
                let account = Staff(FOURTH, role, 0).account();
                match admits {
                    Admits::Council | Admits::TwoThirds => fails(signed(account), BadOrigin.into()),
                    Admits::Seat if role != Role::Service => fails(signed(account), Error::<Test>::NotAuthority.into()),
                    // The runtime decides which roles may make it.
                    Admits::Seat | Admits::Members => (),
                }
            }
        }
    });
}

#[test]
fn calls_have_the_indices_that_clients_know() {
    Builder::default().test(|| {
        let indices: Vec<u8> = calls().iter().map(|(call, _)| codec::Encode::encode(call)[0]).collect();
        assert_eq!(indices, (0..8).collect::<Vec<u8>>());
    });
}
