// SPDX-License-Identifier: Apache-2.0

//! Each finding says what it should, and no more.

use super::*;
use salus_chain::{Head, Plan, SeatStatus, SessionKeys};
use salus_primitives::{Digest, SigningKey};
use Verdict::{Failure, Ok, Warning};

fn samples(best: [u64; 2], finalized: [u64; 2], age: i64) -> [Sample; 2] {
    [0, 1].map(|place| {
        let local_time = [1_000_000_u64, 1_005_000][place];
        let block_time = local_time.checked_add_signed(age.checked_neg().unwrap()).unwrap();
        Sample { best: best[place], finalized: finalized[place], block_time, local_time }
    })
}

fn health(peers: usize) -> Health {
    Health { peers, syncing: false, authority: true }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Hospital {number}")).collect()
}

#[test]
fn a_third_less_one_may_fail() {
    let numbers: Vec<_> = [0, 1, 3, 4, 6, 7, 10].map(may_fail).into();
    assert_eq!(numbers, [0, 0, 0, 1, 1, 2, 3]);
}

#[test]
fn how_many_more_may_fail_is_said() {
    for (total, missing, verdict, words) in [
        (7, 0, Ok, "2 more may fail"),
        (4, 0, Ok, "1 more may fail"),
        (7, 1, Warning, "1 more may fail"),
        (4, 1, Warning, "no more may fail"),
        (4, 2, Failure, "Finality has stopped"),
        (3, 0, Warning, "no more may fail"),
        (3, 1, Failure, "Finality has stopped"),
        (1, 0, Warning, "no more may fail"),
    ] {
        let finding = authorities(total, Some(&names(missing)), Progress::Waits);
        assert_eq!(finding.verdict, verdict, "{finding:?}");
        assert!(finding.says.contains(words), "{finding:?}");
        assert_eq!(finding.says.contains("Hospital 0"), missing > 0);
        assert_eq!(finding.advice.is_some(), verdict != Ok);
    }
    assert_eq!(authorities(4, None, Progress::Waits).verdict, Warning);
    let stopped = authorities(4, Some(&names(1)), Progress::StandsStill);
    assert!(stopped.verdict == Failure && stopped.says.contains("Finality has stopped"), "{stopped:?}");
}

#[test]
fn a_node_that_saw_too_few_votes_while_blocks_become_final_does_not_say_that_finality_has_stopped() {
    let unseen = authorities(4, Some(&names(4)), progress(&samples([5, 9], [3, 7], 0)));
    assert_eq!(unseen.verdict, Warning);
    assert!(unseen.says.contains("blocks become final") && unseen.says.contains("Hospital 3"), "{unseen:?}");
    assert_eq!(authorities(4, Some(&names(2)), progress(&samples([5, 9], [3, 3], 0))).verdict, Failure);
    assert_eq!(authorities(4, Some(&names(2)), progress(&samples([50, 54], [3, 3], 0))).verdict, Failure);
}

#[test]
fn peers_are_counted_against_the_other_hospitals() {
    for (peers_now, total, verdict) in [(3, 4, Ok), (5, 4, Ok), (2, 4, Warning), (0, 4, Failure), (0, 1, Ok)] {
        assert_eq!(peers(&health(peers_now), total).verdict, verdict, "{peers_now} of {total}");
    }
}

#[test]
fn blocks_and_finality_have_to_move() {
    assert_eq!(blocks(&samples([5, 9], [3, 7], 0)).verdict, Ok);
    assert_eq!(blocks(&samples([9, 9], [7, 7], 0)).verdict, Failure);
    assert_eq!(blocks(&[]).verdict, Failure);
    assert_eq!(finality(&samples([5, 9], [3, 7], 0)).verdict, Ok);
    assert_eq!(finality(&samples([50, 54], [38, 42], 0)).verdict, Warning);
    assert_eq!(finality(&samples([50, 54], [38, 38], 0)).verdict, Failure);
    assert_eq!(finality(&samples([500, 504], [38, 42], 0)).verdict, Failure);
    assert_eq!(finality(&samples([3, 3], [0, 0], 0)).verdict, Ok, "a network that has only begun");
    assert_eq!(finality(&[]).verdict, Failure);
}

#[test]
fn a_clock_is_compared_with_the_newest_block() {
    for (age, verdict) in [(800, Ok), (-1_500, Ok), (-2_500, Failure), (9_000, Ok), (12_000, Failure)] {
        assert_eq!(clock(&samples([5, 9], [3, 7], age), false).verdict, verdict, "{age}");
    }
    assert_eq!(clock(&samples([5, 9], [3, 7], 90_000), true).verdict, Ok, "while catching up");
    assert_eq!(clock(&samples([9, 9], [3, 7], 90_000), false).verdict, Ok, "`blocks` says what is wrong");
    assert_eq!(clock(&[], false).verdict, Ok);
}

#[test]
fn an_open_port_and_open_methods_are_warned_of() {
    let loopback = ["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
    let everywhere = ["0.0.0.0".parse().unwrap()];
    assert_eq!(exposure(true, Some(&loopback)).verdict, Ok);
    assert_eq!(exposure(true, Some(&everywhere)).verdict, Warning);
    assert_eq!(exposure(true, None).verdict, Ok);
    assert_eq!(exposure(false, None).verdict, Warning);
    assert_eq!(unsafe_methods(false, false).verdict, Ok);
    assert_eq!(unsafe_methods(true, true).verdict, Warning);
    assert_eq!(unsafe_methods(true, false).verdict, Failure);
}

pub(crate) fn seat(number: u8, keys: Option<u8>, in_use: Option<u8>) -> Seat {
    let session_keys = |key: u8| SessionKeys { aura: SigningKey([key; 32]), grandpa: FinalityKey([key; 32]) };
    Seat {
        institution: InstitutionId(number.into()),
        account: SigningKey([number; 32]),
        delegate: SigningKey([number; 32]),
        authority: SigningKey([number; 32]),
        status: SeatStatus::Active,
        admitted_at: 0,
        liable_from: 0,
        keys: keys.map(session_keys),
        keys_in_use: in_use.map(session_keys),
        disabled: false,
        will_take_part: keys.is_some(),
        changes_with_session: (keys != in_use).then_some(3),
        missed_sessions: 0,
    }
}

fn seating(seats: Vec<Seat>) -> Seating {
    let block = Head { number: 100, hash: Digest::default() };
    Seating {
        block,
        session: 1,
        session_length: Some(60),
        next_session_at: Some(120),
        slot_duration: 1_000,
        seats,
        leaving: Vec::new(),
    }
}

#[test]
fn seats_that_do_not_take_part_are_warned_of_and_ones_own_is_a_failure() {
    let name = |seat: &Seat| format!("Hospital {}", seat.institution);
    let all = || vec![seat(0, Some(10), Some(10)), seat(1, Some(11), Some(11)), seat(2, None, None)];
    let own = Some(InstitutionId(0));
    let fine = seats(&seating(all()), own, &name);
    assert_eq!(fine.verdict, Ok);
    assert!(fine.says.contains("3 hospitals") && fine.says.contains("without session keys yet: Hospital 2"));
    for (place, verdict) in [(1, Warning), (0, Failure)] {
        let mut suspended = all();
        suspended[place].status = SeatStatus::Suspended;
        let found = seats(&seating(suspended), own, &name);
        assert_eq!(found.verdict, verdict, "{found:?}");
        assert!(found.says.contains(&format!("suspended: Hospital {place}")), "{found:?}");
        let mut absent = all();
        absent[place].missed_sessions = 2;
        let found = seats(&seating(absent), own, &name);
        assert_eq!(found.verdict, verdict, "{found:?}");
        assert!(found.says.contains(&format!("last session: Hospital {place}")), "{found:?}");
    }
    assert_eq!(seats(&seating(all()), None, &name).verdict, Ok);
}

#[test]
fn an_upgrade_asks_for_what_is_missing() {
    let planned = |confirmed: &[u32]| Upgrade {
        plan: Plan {
            code_hash: Digest::default(),
            spec_version: 2,
            replaces: 1,
            planned_at: 0,
            ready_at: 1_000_000,
            expires_at: 2_000_000,
            authorized_at: None,
        },
        confirmed: confirmed.iter().copied().map(InstitutionId).collect(),
        authorities: [0, 1, 2, 3].map(InstitutionId).to_vec(),
        needed: 3,
    };
    for (confirmed, own, now, verdict, words) in [
        (&[][..], Some(0), 0, Warning, "This hospital has not"),
        (&[0], Some(0), 0, Ok, "waits another 17 min"),
        (&[0], None, 0, Ok, "1 of 4 have confirmed, 3 have to"),
        (&[0, 1], Some(0), 1_000_000, Warning, "its delay has run"),
        (&[0, 1, 2], Some(0), 1_000_000, Warning, "its delay has run"),
        (&[0], Some(0), 2_000_000, Ok, "its time is over"),
    ] {
        let found = upgrade(Some(&planned(confirmed)), own.map(InstitutionId), now);
        assert_eq!(found.verdict, verdict, "{found:?}");
        assert!(found.says.contains(words), "{found:?}");
    }
    assert_eq!(upgrade(None, None, 0).verdict, Ok);
}

#[test]
fn paused_calls_are_named() {
    assert_eq!(pauses(&[]).verdict, Ok);
    let found = pauses(&[CallName::new(b"Records", b"open_records").unwrap()]);
    assert!(found.verdict == Warning && found.says.contains("Records.open_records"), "{found:?}");
}

#[test]
fn a_nodes_keys_are_found_among_the_seats() {
    let seats = vec![seat(0, Some(10), Some(10)), seat(1, Some(21), Some(11)), seat(2, Some(12), None)];
    let seating = seating(seats);
    let of = |keys: &[u8]| {
        let keys: Vec<_> = keys.iter().map(|key| FinalityKey([*key; 32])).collect();
        let (session, institution) = Session::of(&seating, &keys);
        (session, institution.map(|institution| institution.0))
    };
    assert_eq!(of(&[10]), (Session::InUse, Some(0)));
    assert_eq!(of(&[11, 21]), (Session::InUse, Some(1)), "former and new ones");
    assert_eq!(of(&[11]), (Session::Leaving(3), Some(1)));
    assert_eq!(of(&[21]), (Session::Coming(3, Some(80_000)), Some(1)));
    assert_eq!(of(&[12, 99]), (Session::Coming(3, Some(80_000)), Some(2)));
    assert_eq!(of(&[99]), (Session::Foreign, None));
    assert_eq!(session(Session::Coming(3, None), true).verdict, Warning);
    assert_eq!(session(Session::Coming(3, None), false).verdict, Failure);
    assert_eq!(session(Session::Leaving(3), true).verdict, Failure);
    assert_eq!(session(Session::Idle, true).verdict, Warning);
}

#[test]
fn session_keys_have_to_be_in_use() {
    assert_eq!(session(Session::InUse, true).verdict, Ok);
    assert_eq!(session(Session::InUse, false).verdict, Failure);
    assert_eq!(session(Session::Foreign, true).verdict, Failure);
    assert_eq!(session(Session::Foreign, false).verdict, Ok);
    assert_eq!(session(Session::Unseen, true).verdict, Ok);
}

#[test]
fn disks_run_full() {
    let folder = Path::new("/data");
    assert_eq!(disk(folder, 100 * GIB, 200 * GIB).verdict, Ok);
    assert_eq!(disk(folder, 15 * GIB, 200 * GIB).verdict, Warning);
    assert_eq!(disk(folder, 9 * GIB, 20 * GIB).verdict, Warning);
    assert_eq!(disk(folder, GIB, 20 * GIB).verdict, Failure);
}

#[test]
fn other_software_is_warned_of() {
    let version = |spec_version| RuntimeVersion { spec_name: "salus".to_owned(), spec_version };
    assert_eq!(software("0.1.0", &version(1), Some(&version(1))).verdict, Ok);
    assert_eq!(software("0.1.0", &version(2), Some(&version(1))).verdict, Warning);
    assert_eq!(software("0.1.0", &version(2), None).verdict, Ok);
}

#[test]
fn the_worst_finding_decides() {
    assert_eq!(worst(&[]), Ok);
    assert_eq!(worst(&[Finding::ok("a", ""), Finding::warning("b", "", "")]), Warning);
    assert_eq!(worst(&[Finding::failure("a", "", ""), Finding::ok("b", "")]), Failure);
}
