// SPDX-License-Identifier: Apache-2.0

//! Copies for partners: who may have them, and how they come.

use crate::messages::{answer, custody, message, problem, service, service_with, PARTNER};
use axum::http::StatusCode;
use salus_gate::protocol::{CopyRequest, GateRefusal, Held, HeldRequest};
use salus_gate_testing::{institution, World, COLLEAGUE, HOSPITAL};
use salus_primitives::{
    membership::{InstitutionStatus, MemberStatus, Role},
    ChartId, Digest,
};
use salus_vault_client::Copies;
use salus_vault_service::copies::Note;
use std::io::Cursor;
use tokio::io::AsyncReadExt;

/// Makes a member the service of a partner.
async fn world() -> World {
    let world = World::new().await;
    world.change(|state| {
        state.institutions.insert(PARTNER, institution());
        let colleague = state.members.get_mut(&COLLEAGUE).unwrap();
        (colleague.role, colleague.admitted_by) = (Role::Service, PARTNER);
    });
    world
}

fn request(objects: &[Digest]) -> CopyRequest {
    CopyRequest { objects: objects.to_vec(), from: 0, service: COLLEAGUE }
}

#[tokio::test]
async fn a_partners_service_gets_copies_in_the_order_of_its_request() {
    let world = world().await;
    let (router, _) = service(&world);
    let (one, large) = (vec![1; 10], vec![2; 200_000]);
    let ids =
        [world.put(one.clone()).await, Digest([9; 32]), world.put(large.clone()).await, world.put(vec![3; 5]).await];
    // Altered bytes are as good as none.
    std::fs::write(world.object(ids[3]), [4; 5]).unwrap();
    // So are bytes that the disk does not give out.
    let unreadable = world.put(vec![5; 5]).await;
    std::fs::remove_file(world.object(unreadable)).unwrap();
    std::os::unix::fs::symlink(world.object(unreadable), world.object(unreadable)).unwrap();
    let last = world.put(vec![6; 5]).await;
    let ids = [ids[0], ids[1], ids[2], ids[3], unreadable, last];
    let (status, _, frame) = answer(&router, message(&world.signed(request(&ids)))).await;
    assert_eq!(status, StatusCode::OK);
    let mut copies = Copies::new(Box::new(Cursor::new(frame)), ids.to_vec(), 0);
    let mut seen = Vec::new();
    while let Some(object) = copies.next().await.unwrap() {
        let mut bytes = Vec::new();
        object.bytes.read_to_end(&mut bytes).await.unwrap();
        seen.push((object.id, object.size.map(|_| bytes)));
    }
    assert_eq!(
        seen,
        [
            (ids[0], Some(one)),
            (ids[1], None),
            (ids[2], Some(large)),
            (ids[3], None),
            (unreadable, None),
            (last, Some(vec![6; 5]))
        ]
    );
}

#[tokio::test]
async fn an_answer_that_was_cut_off_goes_on_within_an_object() {
    let world = world().await;
    let (router, _) = service(&world);
    let large: Vec<u8> = (0..200_000u32).map(|place| (place / 1000) as u8).collect();
    let ids = [world.put(large.clone()).await, world.put(vec![1; 10]).await];
    for from in [1, 150_000, 200_000] {
        let rest = CopyRequest { from, ..request(&ids) };
        let (_, _, frame) = answer(&router, message(&world.signed(rest))).await;
        let mut copies = Copies::new(Box::new(Cursor::new(frame)), ids.to_vec(), from);
        for (whole, expected) in [(200_000, &large[from as usize..]), (10, &[1; 10])] {
            let object = copies.next().await.unwrap().unwrap();
            let mut bytes = Vec::new();
            object.bytes.read_to_end(&mut bytes).await.unwrap();
            assert!(object.size == Some(whole) && bytes == expected, "from {from}");
        }
    }
}

#[tokio::test]
async fn only_the_active_service_of_a_partner_gets_copies() {
    let world = world().await;
    let (router, _) = service(&world);
    let id = world.put(vec![1; 10]).await;
    let refused = async |refusal| {
        let problem = problem(&router, message(&world.signed(request(&[id])))).await;
        assert_eq!((problem.status, problem.refusal), (403, Some(refusal)));
    };
    let may_not = GateRefusal::MayNotCopy;
    world.change_best(|state| state.members.get_mut(&COLLEAGUE).unwrap().role = Role::Clinician);
    refused(may_not).await;
    world.change_best(|state| {
        let colleague = state.members.get_mut(&COLLEAGUE).unwrap();
        (colleague.role, colleague.status) = (Role::Service, MemberStatus::Suspended);
    });
    refused(may_not).await;
    world.change_best(|state| state.members.get_mut(&COLLEAGUE).unwrap().status = MemberStatus::Active);
    world.change_best(|state| state.institutions.get_mut(&PARTNER).unwrap().status = InstitutionStatus::Suspended);
    refused(may_not).await;
    world.change_best(|state| state.institutions.get_mut(&PARTNER).unwrap().status = InstitutionStatus::Active);
    assert_eq!(answer(&router, message(&world.signed(request(&[id])))).await.0, StatusCode::OK);
    // The service of its own institution fetches from others, too.
    world.change(|state| state.members.get_mut(&COLLEAGUE).unwrap().admitted_by = HOSPITAL);
    refused(may_not).await;
}

#[tokio::test]
async fn a_request_for_copies_names_some_objects() {
    let world = world().await;
    let (router, _) = service(&world);
    for objects in [vec![], vec![Digest([1; 32]); 257]] {
        let problem = problem(&router, message(&world.signed(request(&objects)))).await;
        assert_eq!((problem.status, problem.refusal), (413, Some(GateRefusal::Unacceptable)));
    }
}

#[tokio::test]
async fn an_institution_learns_which_of_its_own_objects_are_kept() {
    let world = world().await;
    let custody = custody(&world);
    let copying = custody.copying.clone();
    let (router, _) = service_with(&world, custody);
    let own = Note { owner: PARTNER, chart: ChartId(0) };
    let [kept, of_another, unknown, damaged] = [1u8, 2, 3, 4];
    let [kept, of_another, unknown, damaged] = [
        world.put(vec![kept]).await,
        world.put(vec![of_another]).await,
        world.put(vec![unknown]).await,
        world.put(vec![damaged]).await,
    ];
    let lost = Digest([9; 32]);
    for id in [kept, lost, damaged] {
        copying.notes.note(id, own);
    }
    copying.notes.note(of_another, Note { owner: HOSPITAL, ..own });
    copying.have_repaired(&damaged);
    let unreadable = world.put(vec![5]).await;
    copying.notes.note(unreadable, own);
    std::fs::remove_file(world.object(unreadable)).unwrap();
    std::os::unix::fs::symlink(world.object(unreadable), world.object(unreadable)).unwrap();
    let objects = vec![of_another, kept, lost, unknown, damaged, unreadable];
    let request = || HeldRequest { objects: objects.clone(), service: COLLEAGUE };
    let (status, _, body) = answer(&router, message(&world.signed(request()))).await;
    assert_eq!(status, StatusCode::OK);
    let Held { held } = serde_json::from_slice(&body).unwrap();
    assert_eq!(held, [false, true, false, false, false, false]);
    assert_eq!(copying.damaged.all().unwrap(), [damaged, unreadable].into());
    world.change_best(|state| state.members.get_mut(&COLLEAGUE).unwrap().role = Role::Clinician);
    let problem = problem(&router, message(&world.signed(request()))).await;
    assert_eq!((problem.status, problem.refusal), (403, Some(GateRefusal::MayNotCopy)));
}

#[tokio::test]
async fn a_copy_that_turns_out_damaged_is_marked() {
    let world = world().await;
    let custody = custody(&world);
    let copying = custody.copying.clone();
    let (router, _) = service_with(&world, custody);
    let id = world.put(vec![1; 10]).await;
    std::fs::write(world.object(id), [4; 10]).unwrap();
    answer(&router, message(&world.signed(request(&[id])))).await;
    assert_eq!(copying.damaged.all().unwrap(), [id].into());
}
