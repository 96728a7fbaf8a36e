// SPDX-License-Identifier: Apache-2.0

//! The share of the council that each decision takes. No sequence of majority decisions amounts to one that takes two
//! thirds (B3 classes 1, 3 and 14).

use crate::{
    calls::calls,
    collusion::{self, Collusion, Decision, Step},
    consortium::{self, chain, council_origin, decide, decide_with, dispatch, motion, staff, two_thirds},
};
use codec::Encode;
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use proptest::prelude::*;
use salus_primitives::{governance::Share, membership::Role, traits::Membership as _, InstitutionId};
use salus_runtime::{
    council::{share_of, CouncilCollective},
    limits, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash as _},
    AccountId32, DispatchError,
};

type Seats = pallet_salus_authorities::Call<Runtime>;
type Upgrades = pallet_salus_upgrades::Call<Runtime>;
type Members = pallet_salus_membership::Call<Runtime>;

/// Calls of the SDK's pallets that the council decides with its own origin.
const OF_SDK: [&str; 2] = ["disapprove_proposal", "kill"];
/// Calls that every origin may make.
const FOR_ANYBODY: [(&str, &str); 3] = [("Utility", "batch"), ("Utility", "batch_all"), ("Utility", "force_batch")];

#[test]
fn every_decision_takes_the_share_that_motions_are_held_to() {
    let mut decisions = 0;
    chain(4).execute_with(|| {
        for ((pallet, name), call) in calls() {
            if FOR_ANYBODY.contains(&(pallet.as_str(), name.as_str())) {
                continue;
            }
            let is_refused = |in_favor, seats| {
                let result = frame_support::storage::with_transaction(|| {
                    let result = dispatch(call.clone(), council_origin(in_favor, seats));
                    sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(result))
                });
                result.unwrap() == Err(DispatchError::BadOrigin)
            };
            let is_ours = !["Council", "Utility", "System"].contains(&pallet.as_str());
            if is_refused(9, 9) || !(is_ours || OF_SDK.contains(&name.as_str())) {
                continue;
            }
            decisions += 1;
            for seats in 1..=12 {
                let needed = share_of(&call).of(seats);
                assert!(!is_refused(needed, seats), "{pallet}.{name}: {needed} of {seats} should do");
                assert!(is_refused(needed - 1, seats), "{pallet}.{name}: less than {needed} of {seats} is enough");
            }
        }
    });
    assert!(decisions > 20, "{decisions}");
}

#[test]
fn what_changes_the_council_the_authorities_or_the_runtime_takes_two_thirds() {
    let calls = calls();
    for (pallet, name) in [
        ("Authorities", "admit_authority"),
        ("Authorities", "remove_authority"),
        ("Authorities", "force_remove_authority"),
        ("Authorities", "suspend_authority"),
        ("Authorities", "reinstate_authority"),
        ("Authorities", "hand_over_account"),
        ("Authorities", "resume_finality"),
        ("Membership", "rotate_issuing_key"),
        ("Membership", "reinstate_member"),
        ("Upgrades", "plan_upgrade"),
        ("Upgrades", "set_upgrade_delay"),
        ("Council", "disapprove_proposal"),
        ("Council", "kill"),
    ] {
        let call = &calls[&(pallet.to_string(), name.to_string())];
        assert_eq!(share_of(call), Share::TwoThirds, "{pallet}.{name}");
    }
}

#[test]
fn a_batch_takes_what_the_greatest_of_its_calls_takes() {
    let majority = RuntimeCall::from(Seats::withdraw_resumption {});
    let two_thirds = RuntimeCall::from(Upgrades::set_upgrade_delay { delay: 1_000 });
    let batch = |calls: Vec<RuntimeCall>| RuntimeCall::Utility(pallet_utility::Call::batch_all { calls });
    assert_eq!(share_of(&batch(vec![majority.clone(), majority.clone()])), Share::Majority);
    assert_eq!(share_of(&batch(vec![majority.clone(), batch(vec![two_thirds])])), Share::TwoThirds);
    let deep = (0..9).fold(majority, |call, _| batch(vec![call]));
    assert_eq!(share_of(&deep), Share::TwoThirds);
}

fn delegates(numbers: std::ops::Range<u32>) -> Vec<AccountId32> {
    numbers.map(|number| staff(number, Role::Delegate)).collect()
}

/// Faults A1, as it was found: four of seven remove three, and are then four of four.
#[test]
fn four_of_seven_cannot_become_four_of_four() {
    chain(7).execute_with(|| {
        let four = delegates(0..4);
        for institution in (4..7).map(InstitutionId) {
            for call in [Seats::remove_authority { institution }, Seats::force_remove_authority { institution }] {
                assert!(decide(&four, call.clone()).is_err());
                // Whatever threshold they write on the motion.
                for threshold in 2..=5 {
                    assert!(decide_with(threshold, &four, call.clone().into()).is_err());
                }
            }
        }
        assert_eq!(consortium::council_size(), 7);
        let plan = Upgrades::plan_upgrade { code_hash: H256::zero(), spec_version: u32::MAX };
        assert!(decide(&four, plan.clone()).is_err());
        assert_ok!(decide(&delegates(0..5), plan));
    });
}

/// Faults A7: a colleague proposes first, with a threshold that is not enough.
#[test]
fn a_motion_is_proposed_with_the_threshold_that_its_call_takes_and_no_other() {
    chain(7).execute_with(|| {
        let plan = Upgrades::plan_upgrade { code_hash: H256::zero(), spec_version: u32::MAX }.into();
        let by = |number| RuntimeOrigin::signed(staff(number, Role::Delegate));
        let filtered = Err(frame_system::Error::<Runtime>::CallFiltered.into());
        for threshold in [0, 1, 2, 3, 4, 6, 7, 8, u32::MAX] {
            assert_eq!(dispatch(motion(threshold, &plan), by(6)), filtered, "{threshold}");
            let within = pallet_utility::Call::batch_all { calls: vec![motion(threshold, &plan)] };
            assert_eq!(dispatch(RuntimeCall::Utility(within), by(6)), filtered, "{threshold} in a batch");
        }
        // Nothing stands in the way of the honest motion.
        assert_ok!(decide(&delegates(0..5), plan));
        let pause = Members::set_required_verifications { count: 3 };
        assert_eq!(dispatch(motion(5, &pause.clone().into()), by(0)), filtered);
        assert_ok!(decide(&delegates(0..4), pause));
    });
}

/// A majority admits an institution, and people of it; a seat it does not get.
#[test]
fn a_majority_cannot_admit_friends_until_it_is_two_thirds() {
    chain(7).execute_with(|| {
        let mut collusion = Collusion::of(4, 7);
        let friend = InstitutionId(7);
        collusion.attempt(&Step::Decide(Decision::AdmitInstitution, 0));
        for role in [Role::Delegate, Role::Service] {
            collusion.attempt(&Step::Join(friend.0, role));
            assert_eq!(collusion.accounts(role).last().unwrap().0, friend, "two of theirs verify whom they want");
        }
        let step = Step::Decide(Decision::AdmitAuthority, 0);
        collusion.attempt(&step);
        collusion.assert_short_of_two_thirds(&step);
        let (account, delegate) =
            (collusion.accounts(Role::Service)[4].1.clone(), collusion.accounts(Role::Delegate)[4].1.clone());
        assert_ok!(decide(&delegates(0..5), Seats::admit_authority { institution: friend, account, delegate }));
    });
}

/// With another institution's issuing key, a majority could admit a delegate of that institution, who takes its vote.
#[test]
fn a_majority_cannot_take_the_vote_of_another_institution() {
    chain(7).execute_with(|| {
        let mut collusion = Collusion::of(4, 7);
        for step in [Step::Decide(Decision::RotateIssuingKey, 6), Step::Join(6, Role::Delegate), Step::TakeVote] {
            collusion.attempt(&step);
            collusion.assert_short_of_two_thirds(&step);
        }
        assert_eq!(collusion.in_council().len(), 4);
    });
}

/// With the issuing key of an honest hospital, they admit a delegate of that hospital. For a day the delegate speaks
/// for no seat, and an issuer whom they admit likewise decides about none of the hospital's staff. Meanwhile the
/// hospital revokes both.
#[test]
fn a_majority_with_a_stolen_issuing_key_takes_no_seat_for_a_day() {
    chain(7).execute_with(|| {
        let robbed = InstitutionId(6);
        let mut collusion = Collusion::of(4, 7).with_issuing_key_of(robbed);
        for role in [Role::Delegate, Role::Issuer, Role::Service] {
            collusion.attempt(&Step::Join(robbed.0, role));
        }
        let [delegate, issuer, service] = [Role::Delegate, Role::Issuer, Role::Service].map(|role| {
            let (institution, account) = collusion.accounts(role).last().unwrap().clone();
            assert_eq!(institution, robbed, "two of theirs verify whom they want");
            account
        });
        let by = |account: &AccountId32| RuntimeOrigin::signed(account.clone());
        let too_new = Err(pallet_salus_authorities::Error::<Runtime>::TooNew.into());
        let take_vote = || dispatch(Seats::take_vote {}, by(&delegate));
        assert_eq!(take_vote(), too_new);
        let hand_over = Seats::hand_over_account { institution: robbed, account: service };
        assert_eq!(dispatch(hand_over, by(&delegate)), too_new);
        assert_eq!(dispatch(Seats::suspend_authority { institution: robbed }, by(&delegate)), too_new);
        let member_of = |account: &AccountId32| salus_runtime::Membership::standing_of_account(account).unwrap().member;
        for role in [Role::Issuer, Role::Delegate] {
            let revoke = Members::revoke_member { member: member_of(&staff(robbed.0, role)) };
            assert_eq!(dispatch(revoke, by(&issuer)), Err(pallet_salus_membership::Error::<Runtime>::TooNew.into()));
        }

        for false_member in [&delegate, &issuer] {
            let revoke = Members::revoke_member { member: member_of(false_member) };
            assert_ok!(dispatch(revoke, by(&staff(robbed.0, Role::Issuer))));
        }
        System::set_block_number(System::block_number() + limits::DAYS);
        consortium::next_block();
        assert_eq!(take_vote(), Err(DispatchError::BadOrigin));
        collusion.assert_short_of_two_thirds(&Step::TakeVote);
    });
}

/// Without a revocation, the delegate speaks for the seat after the day.
#[test]
fn a_delegate_takes_the_vote_of_its_hospital_a_day_after_it_joined() {
    chain(7).execute_with(|| {
        let mut collusion = Collusion::of(1, 7).with_issuing_key_of(InstitutionId(6));
        assert_ok!(decide(&delegates(0..4), Members::set_required_verifications { count: 1 }));
        collusion.attempt(&Step::Join(6, Role::Delegate));
        let delegate = collusion.accounts(Role::Delegate).last().unwrap().1.clone();
        let take_vote = || dispatch(Seats::take_vote {}, RuntimeOrigin::signed(delegate.clone()));
        let joined = System::block_number();
        System::set_block_number(joined + limits::DAYS - 10);
        consortium::next_block();
        assert!(take_vote().is_err());
        System::set_block_number(joined + limits::DAYS);
        consortium::next_block();
        assert_ok!(take_vote());
    });
}

/// A delegate votes for a motion and is suspended before the motion is closed.
#[test]
fn votes_of_a_suspended_delegate_do_not_count() {
    chain(4).execute_with(|| {
        type Motions = pallet_collective::Call<Runtime, CouncilCollective>;
        let call = RuntimeCall::from(Members::set_required_verifications { count: 3 });
        let by = |number, role| RuntimeOrigin::signed(staff(number, role));
        assert_ok!(dispatch(motion(3, &call), by(0, Role::Delegate)));
        let proposal = BlakeTwo256::hash_of(&call);
        let vote = |number| dispatch(Motions::vote { proposal, index: 0, approve: true }, by(number, Role::Delegate));
        for number in 0..3 {
            assert_ok!(vote(number));
        }

        let third = salus_runtime::Membership::standing_of_account(&staff(2, Role::Delegate)).unwrap().member;
        assert_ok!(dispatch(Members::suspend_member { member: third }, by(2, Role::Issuer)));
        let (proposal_weight_bound, length_bound) = (call.get_dispatch_info().call_weight, call.encoded_size() as u32);
        let close = Motions::close { proposal_hash: proposal, index: 0, proposal_weight_bound, length_bound };
        let early = pallet_collective::Error::<Runtime, CouncilCollective>::TooEarly;
        assert_eq!(dispatch(close.clone(), by(0, Role::Delegate)), Err(early.into()));
        // The seat has its delegate still, who votes again after the reinstatement.
        assert_ok!(dispatch(Members::reinstate_member { member: third }, by(2, Role::Issuer)));
        assert_ok!(vote(2));
        assert_ok!(dispatch(close, by(0, Role::Delegate)));
        assert_eq!(pallet_salus_membership::RequiredVerifications::<Runtime>::get(), 3);
    });
}

/// Any number of hospitals, and the steps of colluders who lack one vote of two thirds. They may have the last hospital's
/// issuing key.
fn attempts() -> impl Strategy<Value = (u32, bool, Vec<Step>)> {
    (5u32..=9, any::<bool>(), proptest::collection::vec(collusion::steps(), 0..25))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_sequence_of_majority_decisions_amounts_to_two_thirds((hospitals, with_key, steps) in attempts()) {
        chain(hospitals).execute_with(|| {
            let mut collusion = Collusion::of(two_thirds(hospitals) - 1, hospitals);
            if with_key {
                collusion = collusion.with_issuing_key_of(InstitutionId(hospitals - 1));
            }
            for step in steps {
                collusion.attempt(&step);
                collusion.assert_short_of_two_thirds(&step);
            }
        });
    }
}
