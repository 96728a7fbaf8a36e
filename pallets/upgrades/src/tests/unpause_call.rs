// SPDX-License-Identifier: Apache-2.0

use super::*;

fn unpause(pallet: &str, call: &str) -> DispatchResult {
    Upgrades::unpause_call(council(), part(pallet), part(call))
}

#[test]
fn unpause_call_ends_the_pause() {
    Builder::default().test(|| {
        assert_ok!(Upgrades::pause_call(council(), part("System"), part("remark")));
        assert_ok!(unpause("System", "remark"));

        assert!(Paused::get().is_empty());
        let name = CallName::new(b"System", b"remark").unwrap();
        let entry = AuditEvent::by_council(Action::CallUnpaused, Subject::Call(name));
        assert_done(Event::CallUnpaused { pallet: part("System"), call: part("remark") }, entry);
        assert_ok!(Upgrades::pause_call(council(), part("System"), part("remark")));
    });
}

#[test]
fn unpause_call_ends_the_pause_of_a_call_that_is_gone() {
    Builder::default().test(|| {
        Paused::set(vec![(part("Former"), part("call"))]);
        assert_ok!(unpause("Former", "call"));
        assert!(Paused::get().is_empty());
    });
}

#[test]
fn unpause_call_fails_when_the_call_is_not_paused() {
    Builder::default().test(|| {
        for (pallet, call) in [("System", "remark"), ("Nothing", "nothing"), ("", ""), ("not a name", "at all")] {
            assert_fails(|| unpause(pallet, call), Error::<Test>::NotPaused);
        }
    });
}
