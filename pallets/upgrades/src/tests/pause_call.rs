// SPDX-License-Identifier: Apache-2.0

use super::*;

fn pause(pallet: &str, call: &str) -> DispatchResult {
    Upgrades::pause_call(council(), part(pallet), part(call))
}

#[test]
fn pause_call_pauses_and_names_the_call() {
    Builder::default().test(|| {
        assert_ok!(pause("System", "remark"));

        let (pallet, call) = (part("System"), part("remark"));
        assert_eq!(Upgrades::paused_calls(), [(pallet.clone(), call.clone())]);
        assert!(!Upgrades::pausable_calls().contains(&(pallet.clone(), call.clone())));
        let name = CallName::new(b"System", b"remark").unwrap();
        let entry = AuditEvent::by_council(Action::CallPaused, Subject::Call(name));
        assert_done(Event::CallPaused { pallet, call }, entry);
    });
}

#[test]
fn pause_call_fails_when_there_is_no_such_call() {
    Builder::default().test(|| {
        for (pallet, call) in
            [("System", "remarks"), ("Systems", "remark"), ("", ""), ("remark", "System"), ("Upgrades", "remark")]
        {
            assert_fails(|| pause(pallet, call), Error::<Test>::NotFound);
        }
    });
}

#[test]
fn pause_call_fails_when_the_call_is_never_paused() {
    Builder::default().test(|| {
        assert_fails(|| pause("Upgrades", "cancel_upgrade"), Error::<Test>::NotPausable);
        assert!(Upgrades::pausable_calls().iter().all(|(pallet, _)| *pallet == part("System")));
    });
}

#[test]
fn pause_call_fails_when_the_call_is_paused_already() {
    Builder::default().test(|| {
        assert_ok!(pause("System", "remark"));
        assert_fails(|| pause("System", "remark"), Error::<Test>::AlreadyPaused);
    });
}

#[test]
fn reasons_why_nothing_is_paused_are_told_apart() {
    use frame_support::traits::TransactionPauseError;
    for (pause_error, expected) in [
        (TransactionPauseError::NotFound, Error::<Test>::NotFound),
        (TransactionPauseError::Unpausable, Error::NotPausable),
        (TransactionPauseError::AlreadyPaused, Error::AlreadyPaused),
        (TransactionPauseError::AlreadyUnpaused, Error::NotPaused),
        (TransactionPauseError::Unknown, Error::NotPausable),
    ] {
        assert_eq!(DispatchError::from(Error::<Test>::from(pause_error)), expected.into());
    }
}
