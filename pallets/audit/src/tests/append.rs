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
        let head = LogHead::empty(LOG).after(&entries[0].stored()).after(&entries[1].stored());
        assert_eq!(Audit::head(LOG), head);
        System::assert_last_event(
            Event::Appended { log: LOG, sequence: 1, action: Action::ReadDenied, head: head.hash }.into(),
        );
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
        let first = Pages::<Test>::get((LOG, 0))[0];
        for _ in 0..20 {
            wait(HOUR);
            Audit::append(LOG, denied());
            Audit::append_denial(CHART, DOCTOR, denied());
            Audit::append_denial(CHART, DOCTOR, denied());
        }
        assert_eq!(Pages::<Test>::get((LOG, 0))[0], first);
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
        assert_eq!(verify_log(LOG, &entries[..2], &head), Err(LogFault::Length { expected: 3, actual: 2 }));
        let added = [entries.clone(), vec![Entry { sequence: 3, ..entries[2] }]].concat();
        assert_eq!(verify_log(LOG, &added, &head), Err(LogFault::Length { expected: 3, actual: 4 }));
    });
}

/// Returns the storage items that the call reads and writes, each once.
fn touched(call: impl FnOnce()) -> (Vec<Vec<u8>>, usize) {
    let before: std::collections::BTreeMap<_, _> = items();
    call();
    let after = items();
    let written = after.iter().filter(|(key, value)| before.get(*key) != Some(*value)).map(|(key, _)| key.clone());
    let grown = after.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
        - before.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
    (written.collect(), grown)
}

/// Returns all storage items of this pallet.
fn items() -> std::collections::BTreeMap<Vec<u8>, Vec<u8>> {
    let prefix = sp_io::hashing::twox_128(b"Audit").to_vec();
    let mut items = std::collections::BTreeMap::new();
    let mut key = prefix.clone();
    while let Some(next) = sp_io::storage::next_key(&key).filter(|next| next.starts_with(&prefix)) {
        items.insert(next.clone(), sp_io::storage::get(&next).unwrap().to_vec());
        key = next;
    }
    items
}

#[test]
fn append_writes_one_head_and_one_page_however_long_the_log() {
    Builder.test(|| {
        Audit::append(LOG, opened());
        for _ in 0..3 * ENTRIES_PER_PAGE {
            let (written, _) = touched(|| {
                Audit::append(LOG, opened());
            });
            let page = crate::types::page_of(Audit::head(LOG).length - 1);
            let mut expected = [Heads::<Test>::hashed_key_for(LOG), Pages::<Test>::hashed_key_for((LOG, page))];
            expected.sort();
            assert_eq!(written, expected);
        }
    });
}

#[test]
fn append_adds_less_than_75_bytes_for_a_grant_with_a_note() {
    use salus_primitives::{Digest, GrantId};
    Builder.test(|| {
        System::set_block_number(10_000_000);
        let grant = AuditEvent::by_member(MemberId(9_999), None, Action::AccessGranted, Subject::Grant(GrantId(63)))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Text(Digest([1; 32])));
        Audit::append(LOG, grant);
        let rounds = 10 * ENTRIES_PER_PAGE;
        let (_, grown) = touched(|| {
            for _ in 0..rounds {
                Audit::append(LOG, grant);
            }
        });
        assert!(grown / rounds as usize <= 62, "{grown} bytes in {rounds} rounds");
    });
}

#[test]
fn a_page_of_the_largest_entries_has_little_more_than_two_kib() {
    use codec::MaxEncodedLen;
    let largest = frame_support::BoundedVec::<
        salus_primitives::audit::StoredEntry,
        frame_support::traits::ConstU32<ENTRIES_PER_PAGE>,
    >::max_encoded_len();
    assert!(largest <= 2_304, "{largest}");
}
