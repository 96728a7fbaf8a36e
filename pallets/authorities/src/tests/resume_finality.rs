// SPDX-License-Identifier: Apache-2.0

use super::*;
use sp_core::{sr25519, Pair};

fn resume(last_final: u64, wait: u64) -> DispatchResult {
    Authorities::resume_finality(two_thirds(), last_final, wait)
}

#[test]
fn resume_finality_tells_finality_from_which_block_and_how_soon() {
    Builder::default().test(|| {
        next_session();
        let last_final = System::block_number() - 1;
        assert_ok!(resume(last_final, BLOCKS - 1));
        let entry = AuditEvent::by_council(Action::FinalityResumed, Subject::Consortium);
        assert_done(
            Event::FinalityResumed { last_final, wait: BLOCKS - 1 },
            entry.because(Reason::Count(last_final as u32)),
        );
        // Nothing is about to change, so the next session has whom it should have.
        assert_eq!(Resumed::get(), None);
        next_session();
        assert_eq!(Resumed::get(), Some((last_final, BLOCKS - 1)));
        Resumed::set(None);
        next_session();
        assert_eq!(Resumed::get(), None, "it is done once");
    });
}

#[test]
fn resume_finality_waits_for_a_session_without_those_who_are_gone() {
    Builder::default().test(|| {
        assert_ok!(Authorities::force_remove_authority(two_thirds(), THIRD));
        assert_ok!(resume(0, 1));
        next_session();
        assert_eq!((authorities().len(), Resumed::get()), (4, None));
        next_session();
        assert_eq!((authorities().len(), Resumed::get()), (3, Some((0, 1))));
    });
}

#[test]
fn resume_finality_waits_for_new_keys() {
    Builder::default().test(|| {
        set_keys(FIRST, &aura(SIXTH));
        assert_ok!(resume(0, 1));
        next_session();
        assert_eq!(Resumed::get(), None);
        next_session();
        assert_eq!(Resumed::get(), Some((0, 1)));
    });
}

#[test]
fn resume_finality_again_replaces_what_was_decided() {
    Builder::default().test(|| {
        next_session();
        assert_ok!(resume(0, 1));
        assert_ok!(resume(1, 2));
        next_session();
        assert_eq!(Resumed::get(), Some((1, 2)));
    });
}

#[test]
fn resume_finality_fails_when_the_block_is_yet_to_come() {
    Builder::default().test(|| {
        for block in [System::block_number(), u64::MAX] {
            assert_fails(|| resume(block, 1), Error::<Test>::InvalidBlock);
        }
        assert_eq!(Resumed::get(), None);
    });
}

#[test]
fn resume_finality_fails_when_the_wait_is_none_or_as_long_as_a_session() {
    Builder::default().test(|| {
        for wait in [0, BLOCKS, u64::MAX] {
            assert_fails(|| resume(0, wait), Error::<Test>::InvalidWait);
        }
        assert_eq!(Resumed::get(), None);
    });
}

#[test]
fn withdraw_resumption_ends_what_was_decided() {
    Builder::default().test(|| {
        next_session();
        assert_ok!(resume(1, 1));
        assert_ok!(Authorities::withdraw_resumption(council()));
        let entry = AuditEvent::by_council(Action::ResumptionWithdrawn, Subject::Consortium);
        assert_done(Event::ResumptionWithdrawn { last_final: 1 }, entry.because(Reason::Count(1)));
        next_session();
        next_session();
        assert_eq!(Resumed::get(), None);
    });
}

#[test]
fn withdraw_resumption_fails_when_nothing_was_decided_or_it_was_done() {
    Builder::default().test(|| {
        let withdraw = || Authorities::withdraw_resumption(council());
        assert_fails(withdraw, Error::<Test>::NotResuming);
        next_session();
        assert_ok!(resume(1, 1));
        next_session();
        assert!(Resumed::get().is_some());
        assert_fails(withdraw, Error::<Test>::NotResuming);
    });
}

#[test]
fn resume_finality_expires_when_no_session_begins_with_those_who_should_be_there() {
    Builder::default().test(|| {
        next_session();
        assert_ok!(resume(1, 1));
        for session in 1..=3 {
            assert!(Resuming::<Test>::exists() && Resumed::get().is_none());
            // The authorities that there should be are others than those of the session that begins.
            set_keys(FIRST, &sr25519::Pair::from_seed(&[session; 32]));
            next_session();
        }
        assert_eq!((Resuming::<Test>::get(), Resumed::get()), (None, None));
        System::assert_has_event(Event::ResumptionExpired { last_final: 1 }.into());
        let entry = AuditEvent::by_chain(Action::ResumptionExpired, Subject::Consortium);
        assert!(Log::entries().contains(&(LogId::Consortium, entry.because(Reason::Count(1)))));
        next_session();
        next_session();
        assert_eq!(Resumed::get(), None);
    });
}
