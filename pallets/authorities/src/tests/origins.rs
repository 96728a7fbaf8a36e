// SPDX-License-Identifier: Apache-2.0

//! Every call with every origin that it does not admit.

use super::*;
use report_equivocation::Report;

#[derive(Clone, Copy, PartialEq)]
enum Admits {
    Council,
    TwoThirds,
    TwoThirdsOrDelegate,
    Delegate,
    Members,
}

fn calls() -> Vec<(Call<Test>, Admits)> {
    let institution = FIRST;
    let (account, delegate) = (node(FIFTH), delegate(FIFTH));
    let own_service = Staff(FIRST, Role::Service, 1).account();
    vec![
        (Call::admit_authority { institution: FIFTH, account, delegate }, Admits::TwoThirds),
        (Call::remove_authority { institution }, Admits::TwoThirds),
        (Call::force_remove_authority { institution }, Admits::TwoThirds),
        (Call::suspend_authority { institution }, Admits::TwoThirdsOrDelegate),
        (Call::reinstate_authority { institution }, Admits::TwoThirds),
        (Report::of(FIRST).call(), Admits::Members),
        (Call::take_vote {}, Admits::Delegate),
        (Call::resume_finality { last_final: 0, wait: 1 }, Admits::TwoThirds),
        (Call::withdraw_resumption {}, Admits::Council),
        (Call::hand_over_account { institution, account: own_service }, Admits::TwoThirdsOrDelegate),
        (Call::set_keys { keys: keys(&aura(SIXTH)), proof: Vec::new() }, Admits::Members),
    ]
}

#[test]
fn every_call_fails_with_every_origin_that_it_does_not_admit() {
    Builder::default().test(|| {
        for (call, admits) in calls() {
            let fails = |origin, error: DispatchError| assert_fails(|| dispatch(call.clone(), origin), error);
            fails(RuntimeOrigin::none(), BadOrigin.into());
            fails(frame_system::RawOrigin::Authorized.into(), BadOrigin.into());
            if admits != Admits::Council {
                fails(council(), BadOrigin.into());
            }
            let is_signed = !matches!(admits, Admits::Council | Admits::TwoThirds);
            let refusal = if is_signed { Error::<Test>::NotPermitted.into() } else { BadOrigin.into() };
            fails(signed(STRANGER), BadOrigin.into());
            if !matches!(admits, Admits::TwoThirds | Admits::TwoThirdsOrDelegate) {
                fails(two_thirds(), BadOrigin.into());
            }
            for role in Role::ALL {
                let is_admitted = match admits {
                    Admits::Council | Admits::TwoThirds => false,
                    Admits::TwoThirdsOrDelegate | Admits::Delegate => role == Role::Delegate,
                    Admits::Members => true,
                };
                if !is_admitted {
                    fails(signed(Staff(FIRST, role, 0).account()), refusal);
                }
            }
        }
    });
}

#[test]
fn calls_have_the_indices_that_clients_know() {
    Builder::default().test(|| {
        let indices: Vec<u8> = calls().iter().map(|(call, _)| codec::Encode::encode(call)[0]).collect();
        assert_eq!(indices, (0..11).collect::<Vec<u8>>());
    });
}
