// SPDX-License-Identifier: Apache-2.0

//! Notes are for the two whom they are between, and a hash that is said to be a note's gets nothing else out.

use salus_gate::protocol::{GateRefusal, NoteOf, NoteRequest};
use salus_gate_testing::*;
use salus_primitives::{
    access::{Permission, Permissions, Purpose, Request, RequestState},
    audit::{Action, Actor, Entry, Reason, Subject},
    decision::Denial,
    records::RecordState,
    Digest, GrantId, MemberId, RequestId,
};
use salus_sealing::envelope::{open_reason, seal_reason, Recipient};

const REQUEST: RequestId = RequestId(3);
const ENTRY: u64 = 9;

fn of(of: NoteOf, reader: MemberId) -> NoteRequest {
    NoteRequest { chart: CHART, of, reader }
}

fn asked(reason: Digest) -> Request {
    Request {
        requester: COLLEAGUE,
        permissions: Permissions::of(&[Permission::Read]),
        purpose: Purpose::Treatment,
        until: None,
        reason: Some(reason),
        requested_at: NOW,
        expires_at: NOW,
        state: RequestState::Denied,
    }
}

fn entry(reason: Digest) -> Entry {
    Entry {
        sequence: ENTRY,
        at: NOW,
        block: 90,
        actor: Actor::Member(PATIENT),
        on_behalf: None,
        institution: None,
        action: Action::RequestDenied,
        subject: Subject::Request(REQUEST),
        purpose: None,
        reason: Some(Reason::Text(reason)),
    }
}

#[tokio::test]
async fn a_note_is_given_to_the_controller_and_to_the_other_party() {
    let world = World::new().await;
    let note = seal_reason("why", Recipient::Member(DOCTOR), &world.key(DOCTOR), GENESIS, CHART).unwrap();
    let id = world.put(note.clone()).await;
    world.change(|state| {
        state.grants.get_mut(&(CHART, GRANT)).unwrap().reason = Some(id);
        state.requests.insert((CHART, REQUEST), asked(id));
        state.entries.insert((CHART, ENTRY), entry(id));
    });
    for (place, party) in
        [(NoteOf::Grant(GRANT), DOCTOR), (NoteOf::Request(REQUEST), COLLEAGUE), (NoteOf::Entry(ENTRY), COLLEAGUE)]
    {
        for reader in [PATIENT, party] {
            let released = world.gate().release_note(&world.signed(of(place, reader))).await.unwrap();
            assert_eq!(released.sealed, note);
        }
        let others = [DOCTOR, COLLEAGUE, STRANGER].into_iter().filter(|other| *other != party);
        for other in others {
            let refused = world.gate().release_note(&world.signed(of(place, other))).await;
            assert_eq!(refusal(refused), GateRefusal::NotForYou, "{place:?} for {other}");
        }
    }
    let pair = world.identities[&DOCTOR].encryption();
    assert_eq!(*open_reason(&note, Recipient::Member(DOCTOR), pair, GENESIS, CHART).unwrap(), "why");
}

#[tokio::test]
async fn a_request_about_a_record_is_given_to_its_author_and_to_the_controller() {
    let world = World::new().await;
    let note = seal_reason("wrong", Recipient::Member(DOCTOR), &world.key(DOCTOR), GENESIS, CHART).unwrap();
    let id = world.put(note.clone()).await;
    let about = |action| Entry { action, subject: Subject::Record(record(1), 0), ..entry(id) };
    world.change(|state| {
        state.entries.insert((CHART, ENTRY), about(Action::CorrectionRequested));
        state.entries.insert((CHART, ENTRY + 1), about(Action::RecordRestricted));
        state.entries.insert((CHART, ENTRY + 2), about(Action::ShreddingRequested));
    });
    let ask = |place, reader| {
        let signed = world.signed(of(NoteOf::Entry(place), reader));
        let gate = world.gate();
        async move { gate.release_note(&signed).await }
    };
    for place in [ENTRY, ENTRY + 2] {
        for reader in [PATIENT, DOCTOR] {
            assert_eq!(ask(place, reader).await.unwrap().sealed, note);
        }
        for other in [COLLEAGUE, STRANGER] {
            assert_eq!(refusal(ask(place, other).await), GateRefusal::NotForYou);
        }
    }
    // Shredded, it leaves the reason of its end alone.
    world.change(|state| state.records.get_mut(&record(1)).unwrap().state = RecordState::Shredded);
    assert_eq!(refusal(ask(ENTRY, PATIENT).await), GateRefusal::Denied(Denial::Shredded));
    assert_eq!(ask(ENTRY + 2, PATIENT).await.unwrap().sealed, note);
    world.change(|state| state.records.get_mut(&record(1)).unwrap().state = RecordState::Active);
    assert_eq!(
        refusal(ask(ENTRY + 1, DOCTOR).await),
        GateRefusal::NotForYou,
        "a restriction is between no two members"
    );
}

#[tokio::test]
async fn a_note_that_is_not_there_is_not_found() {
    let world = World::new().await;
    for place in [NoteOf::Grant(GRANT), NoteOf::Grant(GrantId(9)), NoteOf::Request(REQUEST), NoteOf::Entry(ENTRY)] {
        let refused = world.gate().release_note(&world.signed(of(place, PATIENT))).await;
        assert_eq!(refusal(refused), GateRefusal::NotFound, "{place:?}");
    }
    world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().reason = Some(Digest([9; 32])));
    let refused = world.gate().release_note(&world.signed(of(NoteOf::Grant(GRANT), DOCTOR))).await;
    assert_eq!(refusal(refused), GateRefusal::Missing(Digest([9; 32])));
}

#[tokio::test]
async fn a_hash_of_another_object_gets_nothing_out() {
    let world = World::new().await;
    let (blob, key_envelope) = {
        let states = world.blocks.0.lock().unwrap();
        let version = &states[0].versions[&(record(1), 0)];
        (version.content, version.key_envelope)
    };
    for id in [blob, key_envelope] {
        world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().reason = Some(id));
        let refused = world.gate().release_note(&world.signed(of(NoteOf::Grant(GRANT), DOCTOR))).await;
        assert_eq!(refusal(refused), GateRefusal::Corrupted(id));
    }
}
