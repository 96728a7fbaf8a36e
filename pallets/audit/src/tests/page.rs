// SPDX-License-Identifier: Apache-2.0

use super::*;

fn sequences(from: u64, limit: u32) -> Vec<u64> {
    Audit::page(LOG, from, limit).iter().map(|entry| entry.sequence).collect()
}

#[test]
fn page_returns_what_lies_between_its_edges() {
    Builder.test(|| {
        for _ in 0..5 {
            Audit::append(LOG, opened());
        }
        assert_eq!(sequences(0, 5), [0, 1, 2, 3, 4]);
        assert_eq!(sequences(1, 3), [1, 2, 3]);
        assert_eq!(sequences(3, 10), [3, 4]);
        assert_eq!(sequences(4, 1), [4]);
        assert!(sequences(5, 10).is_empty());
        assert!(sequences(0, 0).is_empty());
        assert!(sequences(u64::MAX, u32::MAX).is_empty());
    });
}

#[test]
fn page_begins_with_the_first_entry_that_is_still_held() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        Audit::append(LOG, opened());
        wait(HORIZON);
        // A log, its page, and the end of the logs.
        assert_eq!(Audit::prune(Clock::now(), 10), 3);
        assert_eq!(Audit::oldest(LOG), 2);
        assert!(sequences(0, 1).is_empty());
        Audit::append(LOG, opened());
        assert_eq!(sequences(0, 1), [2]);
    });
}

#[test]
fn page_goes_across_pages_of_the_storage() {
    Builder.test(|| {
        for _ in 0..3 * ENTRIES_PER_PAGE + 1 {
            Audit::append(LOG, opened());
        }
        assert_eq!(sequences(0, u32::MAX), (0..49).collect::<Vec<_>>());
        assert_eq!(sequences(15, 2), [15, 16]);
        assert_eq!(sequences(15, 18), (15..33).collect::<Vec<_>>());
        assert_eq!(sequences(48, 10), [48]);
    });
}

#[test]
fn head_of_an_empty_log_has_no_entries_and_is_its_own() {
    Builder.test(|| {
        assert_eq!(Audit::head(LOG), LogHead::empty(LOG));
        assert_ne!(Audit::head(LOG), Audit::head(LogId::Consortium));
        assert!(Audit::page(LOG, 0, 10).is_empty());
        assert!(!Heads::<Test>::contains_key(LOG));
    });
}
