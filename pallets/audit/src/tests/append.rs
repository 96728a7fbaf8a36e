// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn append_gives_an_entry_its_place_time_and_block() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        wait(5);
        Audit::append(LOG, denied());

        let entries = [Entry::new(0, START, 1, opened()), Entry::new(1, START + 5, 2, denied())];
        assert_eq!(Audit::page(LOG, 0, 10), entries);
        let head = LogHead::empty(LOG).after(&entries[0]).after(&entries[1]);
        assert_eq!(Audit::head(LOG), head);
        System::assert_last_event(Event::Appended { log: LOG, sequence: 1, head: head.hash }.into());
    });
}

#[test]
fn append_chains_each_log_on_its_own() {
    Builder.test(|| {
        let logs = [LOG, LogId::Chart(ChartId(4)), LogId::Institution(CLINIC), LogId::Consortium];
        for round in 0..3 {
            for log in logs {
                Audit::append(log, opened());
                assert_eq!(Audit::head(log).length, round + 1);
            }
        }
        for log in logs {
            assert_eq!(verify(log), Ok(()));
        }
        // The same entries make another head in each log.
        for (place, log) in logs.iter().enumerate() {
            assert!(logs[..place].iter().all(|other| Audit::head(*other).hash != Audit::head(*log).hash));
        }
    });
}

#[test]
fn append_never_edits_an_entry() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        let (first, raw) = (Entries::<Test>::get(LOG, 0), Timeline::<Test>::get(0));
        for _ in 0..20 {
            wait(HOUR);
            Audit::append(LOG, denied());
            Audit::append_denial(CHART, DOCTOR, denied());
            Audit::append_denial(CHART, DOCTOR, denied());
        }
        assert_eq!((Entries::<Test>::get(LOG, 0), Timeline::<Test>::get(0)), (first, raw));
        assert_eq!(verify(LOG), Ok(()));
    });
}

#[docify::export]
#[test]
fn verification_finds_a_changed_dropped_or_added_entry() {
    Builder.test(|| {
        for _ in 0..3 {
            Audit::append(LOG, opened());
        }
        let (entries, head) = (Audit::page(LOG, 0, 10), Audit::head(LOG));
        assert_eq!(verify_log(LOG, &entries, &head), Ok(()));

        let mut changed = entries.clone();
        changed[2].actor = salus_primitives::audit::Actor::Council;
        assert_eq!(verify_log(LOG, &changed, &head), Err(LogFault::Hash));
        assert_eq!(verify_log(LOG, &entries[..2], &head), Err(LogFault::Length { expected: 3, found: 2 }));
        let added = [entries.clone(), vec![Entry { sequence: 3, ..entries[2] }]].concat();
        assert_eq!(verify_log(LOG, &added, &head), Err(LogFault::Length { expected: 3, found: 4 }));
    });
}
