// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::{assert_storage_noop, traits::Hooks, weights::Weight};

fn note(place: u64, institution: u32) -> Result<(), NotNoted> {
    Audit::note_receipts(LOG, place, InstitutionId(institution))
}

#[test]
fn entry_is_found_at_its_place_and_nowhere_else() {
    Builder.test(|| {
        assert_eq!(Audit::append(LOG, opened()), 0);
        wait(1);
        assert_eq!(Audit::append(LOG, denied()), 1);
        let entry = Audit::entry(LOG, 1).unwrap();
        assert_eq!((entry.sequence, entry.at, entry.action), (1, START + 1, Action::ReadDenied));
        assert_eq!((Audit::entry(LOG, 2), Audit::entry(LOG, u64::MAX)), (None, None));
        assert_eq!(Audit::entry(LogId::Consortium, 0), None);
    });
}

#[test]
fn note_receipts_takes_an_institution_once_for_an_entry() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        Audit::append(LOG, opened());
        assert_eq!(note(0, 1), Ok(()));
        assert_storage_noop!(assert_eq!(note(0, 1), Err(NotNoted::Posted)));
        assert_eq!((note(0, 2), note(1, 1)), (Ok(()), Ok(())));
    });
}

#[test]
fn note_receipts_fails_when_there_is_no_such_entry() {
    Builder.test(|| {
        assert_storage_noop!(assert_eq!(note(0, 1), Err(NotNoted::NoEntry)));
        Audit::append(LOG, opened());
        for place in [1, 15, 16, u64::MAX] {
            assert_storage_noop!(assert_eq!(note(place, 1), Err(NotNoted::NoEntry)));
        }
        let elsewhere = Audit::note_receipts(LogId::Consortium, 0, CLINIC);
        assert_eq!(elsewhere, Err(NotNoted::NoEntry));
    });
}

#[test]
fn note_receipts_takes_as_many_institutions_as_may_post_for_every_entry_of_a_page() {
    Builder.test(|| {
        for place in 0..u64::from(ENTRIES_PER_PAGE) {
            Audit::append(LOG, opened());
            (0..MAX_POSTERS).for_each(|institution| assert_eq!(note(place, institution), Ok(())));
            assert_storage_noop!(assert_eq!(note(place, MAX_POSTERS), Err(NotNoted::TooMany)));
        }
        assert_eq!(Receipts::<Test>::get((LOG, 0)).len(), MAX_NOTES as usize);
    });
}

#[test]
fn prune_removes_the_notes_with_the_page_and_nothing_can_be_posted_after() {
    Builder.test(|| {
        for _ in 0..=ENTRIES_PER_PAGE {
            Audit::append(LOG, opened());
        }
        assert_eq!((note(0, 1), note(ENTRIES_PER_PAGE.into(), 1)), (Ok(()), Ok(())));
        wait(HORIZON - 1);
        // Younger than the horizon, so its page stays.
        Audit::append(LOG, opened());
        wait(1);
        Audit::on_idle(System::block_number(), Weight::MAX);
        assert_eq!(Receipts::<Test>::iter_keys().collect::<Vec<_>>(), [(LOG, 1)]);
        assert_eq!(note(0, 1), Err(NotNoted::NoEntry));
        assert_eq!(
            (note(ENTRIES_PER_PAGE.into(), 1), note(ENTRIES_PER_PAGE.into(), 2)),
            (Err(NotNoted::Posted), Ok(()))
        );
    });
}
