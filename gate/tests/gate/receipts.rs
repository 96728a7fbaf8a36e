// SPDX-License-Identifier: Apache-2.0

//! Receipts: each release under an opening has one on the disk before its first byte, or there is no release.

use salus_gate::{
    protocol::{GateRefusal, KeyRequest},
    GateError, ListState, ReceiptBook, ReceiptFault, ReleaseGate, StoredReceipts, UsedNumbers,
};
use salus_gate_testing::{
    by_doctor, by_patient, record, refusal, Blocks, World, CHART, DOCTOR, ENTRY, GENESIS, HOSPITAL, NOW,
};
use salus_primitives::{
    receipts::{Given, Opening, Receipt, ReceiptsHead, MAX_RECEIPTS},
    records::SESSION_LENGTH,
    MemberId, Moment, RecordKey,
};
use salus_vault::Vault;
use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

const OPENING: Opening = Opening { chart: CHART, entry: ENTRY };
const END: Moment = NOW + SESSION_LENGTH;

fn receipt(number: u64) -> Receipt {
    let record = RecordKey([9; 16]);
    Receipt { record, version: 0, given: Given::Blob, reader: MemberId(number), at: NOW + number }
}

fn book_in(folder: &Path) -> ReceiptBook {
    ReceiptBook::open(folder.to_owned(), GENESIS, HOSPITAL, NOW).unwrap()
}

fn stored(folder: &Path) -> StoredReceipts {
    ReceiptBook::stored(folder, OPENING).unwrap().unwrap()
}

/// The file of the list, while receipts may come.
fn open_file(folder: &Path) -> PathBuf {
    folder.join(format!("{CHART}-{ENTRY}.open"))
}

fn gate(world: &World, book: ReceiptBook) -> ReleaseGate<Blocks, Vault> {
    world.gate().with_numbers(Arc::new(UsedNumbers::since(0))).with_receipts(Arc::new(book))
}

#[tokio::test]
async fn each_release_under_an_opening_has_a_receipt_of_ids_alone() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let gate = gate(&world, book_in(folder.path()));
    gate.release_key(&world.signed(KeyRequest(by_doctor(0)))).await.unwrap();
    gate.release(&world.signed(by_doctor(0))).await.unwrap();
    gate.release(&world.signed(by_doctor(1))).await.unwrap();

    let stored = stored(folder.path());
    let given = |number, given| Receipt { record: record(number).key, version: 0, given, reader: DOCTOR, at: NOW };
    let expected = [given(0, Given::KeyPath), given(0, Given::Blob), given(1, Given::Blob)];
    assert_eq!(stored.receipts, expected);
    assert_eq!(stored.head, ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, &expected));
    assert_eq!((stored.institution, stored.opening, stored.state), (HOSPITAL, OPENING, ListState::Open));
}

#[tokio::test]
async fn what_is_refused_or_read_by_the_patient_has_none() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let gate = gate(&world, book_in(folder.path()));
    gate.release(&world.signed(by_patient(0))).await.unwrap();
    let stranger = salus_gate::protocol::ReleaseRequest { reader: salus_gate_testing::STRANGER, ..by_doctor(0) };
    assert_eq!(refusal(gate.release(&world.signed(stranger)).await), GateRefusal::NoSession);
    assert_eq!(ReceiptBook::stored(folder.path(), OPENING).unwrap(), None);
    // Nor has a release that the vault cannot make.
    let blob = world.blocks.0.lock().unwrap()[0].versions[&(record(0), 0)].content;
    fs::remove_file(world.object(blob)).unwrap();
    assert_eq!(refusal(gate.release(&world.signed(by_doctor(0))).await), GateRefusal::Missing(blob));
    assert_eq!(ReceiptBook::stored(folder.path(), OPENING).unwrap(), None);
}

/// A folder that is a file stands for a disk that takes nothing: it fails for root as well.
#[tokio::test]
async fn nothing_is_released_when_the_receipt_cannot_be_written() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let lists = folder.path().join("receipts");
    let gate = gate(&world, book_in(&lists));
    fs::remove_dir_all(&lists).unwrap();
    fs::write(&lists, b"").unwrap();
    for _ in 0..2 {
        assert!(matches!(gate.release(&world.signed(by_doctor(0))).await, Err(GateError::Receipt(_))));
        let key = gate.release_key(&world.signed(KeyRequest(by_doctor(0)))).await;
        assert!(matches!(key, Err(GateError::Receipt(_))));
    }
    // The disk is well again.
    fs::remove_file(&lists).unwrap();
    fs::create_dir(&lists).unwrap();
    gate.release(&world.signed(by_doctor(0))).await.unwrap();
    assert_eq!(stored(&lists).head.count, 1);
}

#[tokio::test]
async fn a_full_disk_is_told_from_other_faults() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let gate = gate(&world, book_in(folder.path()));
    gate.release(&world.signed(by_doctor(0))).await.unwrap();
    fs::remove_file(open_file(folder.path())).unwrap();
    std::os::unix::fs::symlink("/dev/full", open_file(folder.path())).unwrap();
    assert_eq!(refusal(gate.release(&world.signed(by_doctor(1))).await), GateRefusal::VaultFull);
}

/// `/dev/full` says at each write that the disk is full.
#[test]
fn a_full_disk_takes_no_receipt_and_the_list_goes_on_when_it_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let book = book_in(folder.path());
    book.append(OPENING, END, &receipt(1)).unwrap();
    let (file, kept) = (open_file(folder.path()), folder.path().join("kept"));
    fs::rename(&file, &kept).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    assert!(book.append(OPENING, END, &receipt(2)).unwrap_err().is_full_disk());
    fs::rename(&kept, &file).unwrap();
    book.append(OPENING, END, &receipt(3)).unwrap();
    assert_eq!(stored(folder.path()).receipts, [receipt(1), receipt(3)]);
}

#[test]
fn a_list_goes_on_after_a_crash_at_any_byte_of_a_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let book = book_in(folder.path());
    book.append(OPENING, END, &receipt(1)).unwrap();
    let one = fs::read(open_file(folder.path())).unwrap();
    book.append(OPENING, END, &receipt(2)).unwrap();
    let two = fs::read(open_file(folder.path())).unwrap();
    drop(book);
    for length in one.len()..=two.len() {
        fs::write(open_file(folder.path()), &two[..length]).unwrap();
        let book = book_in(folder.path());
        let whole: &[Receipt] = if length == two.len() { &[receipt(1), receipt(2)] } else { &[receipt(1)] };
        assert_eq!(stored(folder.path()).receipts, whole, "{length} bytes");
        book.append(OPENING, END, &receipt(3)).unwrap();
        assert_eq!(stored(folder.path()).receipts, [whole, &[receipt(3)]].concat(), "{length} bytes");
    }
    // The last block may be there in length, and not in content.
    fs::write(open_file(folder.path()), [one.as_slice(), &vec![0; two.len() - one.len()]].concat()).unwrap();
    let head = book_in(folder.path()).close(OPENING, END).unwrap();
    assert_eq!(head, ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, [&receipt(1)]));
    assert_eq!(stored(folder.path()).state, ListState::Closed);
}

#[test]
fn a_list_that_was_changed_takes_and_gives_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let book = book_in(folder.path());
    (1..4).for_each(|number| book.append(OPENING, END, &receipt(number)).unwrap());
    drop(book);
    let whole = fs::read(open_file(folder.path())).unwrap();
    for place in [0, 20, 52, 60, 80, 150] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(open_file(folder.path()), &changed).unwrap();
        let book = book_in(folder.path());
        let is_damaged =
            |fault: ReceiptFault| matches!(fault, ReceiptFault::Io(error) if error.kind() == ErrorKind::InvalidData);
        assert!(is_damaged(book.append(OPENING, END, &receipt(4)).unwrap_err()), "byte {place}");
        assert!(book.close(OPENING, END).is_err(), "byte {place}");
    }
}

#[test]
fn a_closed_list_keeps_its_head_over_restarts_and_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let book = book_in(folder.path());
    book.append(OPENING, END, &receipt(1)).unwrap();
    let head = book.close(OPENING, END).unwrap();
    assert!(matches!(book.append(OPENING, END, &receipt(2)), Err(ReceiptFault::Closed)));
    drop(book);
    let book = book_in(folder.path());
    assert!(matches!(book.append(OPENING, END, &receipt(2)), Err(ReceiptFault::Closed)));
    assert_eq!(book.close(OPENING, END).unwrap(), head);
    assert_eq!(book.unsettled().unwrap().into_iter().collect::<Vec<_>>(), [(OPENING, END)]);
    book.settle(OPENING).unwrap();
    book.settle(OPENING).unwrap();
    assert!(book.unsettled().unwrap().is_empty());
    assert!(matches!(book.append(OPENING, END, &receipt(2)), Err(ReceiptFault::Closed)));
    assert_eq!((stored(folder.path()).state, stored(folder.path()).head), (ListState::Settled, head));
    assert_eq!((book.forget(END).unwrap(), book.forget(END + 1).unwrap()), (0, 1));
    assert_eq!(ReceiptBook::stored(folder.path(), OPENING).unwrap(), None);
}

#[test]
fn an_opening_without_releases_has_an_empty_list() {
    let folder = tempfile::tempdir().unwrap();
    let head = book_in(folder.path()).close(OPENING, END).unwrap();
    assert_eq!(head, ReceiptsHead::empty(&GENESIS, HOSPITAL, OPENING));
    assert_eq!(stored(folder.path()).receipts, []);
}

/// A book that was lost must not say of earlier openings that nothing was given out.
#[test]
fn a_book_knows_since_when_it_has_all_releases() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(book_in(folder.path()).since(), NOW);
    let later = ReceiptBook::open(folder.path().to_owned(), GENESIS, HOSPITAL, NOW + 1).unwrap();
    assert_eq!(later.since(), NOW);
    fs::write(folder.path().join("since"), "yesterday").unwrap();
    assert!(ReceiptBook::open(folder.path().to_owned(), GENESIS, HOSPITAL, NOW).is_err());
}

#[tokio::test]
async fn a_release_that_comes_after_the_head_is_fixed_is_refused() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let book = book_in(folder.path());
    book.close(OPENING, END).unwrap();
    let gate = gate(&world, book);
    assert_eq!(refusal(gate.release(&world.signed(by_doctor(0))).await), GateRefusal::SessionExpired);
}

#[tokio::test]
async fn a_gate_gives_nothing_out_past_the_bound_of_receipts() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    drop(book_in(folder.path()));
    // A list with all receipts but one, written at once.
    let book = book_in(folder.path());
    book.append(OPENING, END, &receipt(0)).unwrap();
    drop(book);
    let mut head = stored(folder.path()).head;
    let mut bytes = Vec::new();
    for number in 1..u64::from(MAX_RECEIPTS) - 1 {
        head = head.after(&receipt(number));
        bytes.extend(codec::Encode::encode(&(receipt(number), head.digest)));
    }
    fs::OpenOptions::new().append(true).open(open_file(folder.path())).unwrap().write_all(&bytes).unwrap();
    let gate = gate(&world, book_in(folder.path()));
    gate.release(&world.signed(by_doctor(0))).await.unwrap();
    assert_eq!(refusal(gate.release(&world.signed(by_doctor(1))).await), GateRefusal::TooManyReceipts);
    assert_eq!(stored(folder.path()).head.count, MAX_RECEIPTS);
}

/// Receipts of one opening come one after the other, also when many ask at once.
#[test]
fn receipts_that_come_at_once_stand_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let book = book_in(folder.path());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let book = &book;
            scope.spawn(move || {
                (0..25).for_each(|number| book.append(OPENING, END, &receipt(100 * thread + number)).unwrap())
            });
        }
    });
    let stored = stored(folder.path());
    assert_eq!((stored.head.count, stored.receipts.len()), (200, 200));
    assert_eq!(stored.head, ReceiptsHead::of(&GENESIS, HOSPITAL, OPENING, &stored.receipts));
}
