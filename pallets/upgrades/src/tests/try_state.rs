// SPDX-License-Identifier: Apache-2.0

//! Each invariant check reports a broken state.

use super::*;

fn assert_noticed(fault: &'static str, damage: impl FnOnce()) {
    Builder::default().build().execute_with(|| {
        make_ready();
        assert_ok!(authorize());
        assert_ok!(Upgrades::do_try_state());
        damage();
        assert_eq!(Upgrades::do_try_state(), Err(DispatchError::Other(fault)));
    });
}

fn change_plan(change: impl FnOnce(&mut Plan)) {
    Planned::<Test>::mutate(|plan| change(plan.as_mut().unwrap()));
}

#[test]
fn try_state_notices_times_out_of_order() {
    assert_noticed("a plan's times are out of order", || change_plan(|plan| plan.ready_at = plan.planned_at));
    assert_noticed("a plan's times are out of order", || change_plan(|plan| plan.expires_at += 1));
    assert_noticed("a plan was authorized out of its time", || change_plan(|plan| plan.authorized_at = Some(0)));
    assert_noticed("a plan leads back", || change_plan(|plan| plan.spec_version = plan.replaces));
}

#[test]
fn try_state_notices_confirmations_of_nothing() {
    assert_noticed("what is not planned is confirmed", Planned::<Test>::kill);
    assert_noticed("an authority confirmed twice", || {
        Confirmations::<Test>::mutate(|confirmed| confirmed.try_push(FIRST).unwrap());
    });
}

#[test]
fn try_state_notices_what_was_authorized_past_the_plan() {
    let fault = "what was not planned is authorized";
    assert_noticed(fault, || System::do_authorize_upgrade(OTHER_CODE, true));
    assert_noticed(fault, || System::do_authorize_upgrade(CODE, false));
    assert_noticed(fault, || change_plan(|plan| plan.authorized_at = None));
}

#[test]
fn try_state_notices_delays_out_of_bounds() {
    assert_noticed("upgrades wait too long or not at all", || UpgradeDelay::<Test>::put(Delay::of(0)));
    assert_noticed("a shorter delay is none", || {
        UpgradeDelay::<Test>::put(Delay { length: DELAY, shorter: Some((START, DELAY)) });
    });
}

#[test]
fn try_state_notices_parameters_out_of_bounds() {
    assert_noticed("a parameter is out of bounds", || {
        Tuned::<Test>::put(PARAMETERS.with(Parameter::RequestLife(0)));
    });
}
