// SPDX-License-Identifier: Apache-2.0

//! Objects that a writer may stage, and how their bytes come.

use crate::messages::{answer, custody, custody_with, message, problem, service, service_with, settings};
use axum::{
    body::Body,
    http::{header, Method, Request, StatusCode},
    Router,
};
use futures::{stream, StreamExt};
use salus_gate::protocol::{
    AnnouncedObject, GateRefusal, StageRequest, Staged, UploadId, PARTIAL_UPLOAD, UPLOADS, UPLOAD_OFFSET,
};
use salus_gate_testing::{
    by_patient, institution, member, record, World, CHART, COLLEAGUE, DOCTOR, LABORATORY, NOW, PATIENT, STRANGER,
};
use salus_primitives::{
    access::{Permission, Permissions, Scope},
    membership::MemberStatus,
    InstitutionId, MemberId,
};
use salus_sealing::keys::Identity;
use salus_vault::object_id;
use salus_vault_service::{staging::Limits, Metrics, Service, ServiceSettings};
use std::time::Duration;
use tokio::time::sleep;
use tower::ServiceExt;

const CLINIC: InstitutionId = InstitutionId(8);

fn announced(objects: &[Vec<u8>]) -> Vec<AnnouncedObject> {
    let one = |bytes: &Vec<u8>| AnnouncedObject { id: object_id(bytes), size: bytes.len() as u64, record: None };
    objects.iter().map(one).collect()
}

pub(crate) fn request(writer: MemberId, objects: &[Vec<u8>]) -> StageRequest {
    StageRequest { chart: CHART, scope: None, writer, objects: announced(objects) }
}

pub(crate) fn part(upload: &str, offset: Option<u64>, bytes: &[u8]) -> Request<Body> {
    let mut message = Request::builder().method(Method::PATCH).uri(format!("{UPLOADS}/{upload}"));
    if let Some(offset) = offset {
        message = message.header(UPLOAD_OFFSET, offset);
    }
    message.header("content-type", PARTIAL_UPLOAD).body(Body::from(bytes.to_vec())).unwrap()
}

/// Leave to upload.
pub(crate) async fn stage(world: &World, router: &Router, request: StageRequest) -> UploadId {
    let (status, _, body) = answer(router, message(&world.signed(request))).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let staged: Staged = serde_json::from_slice(&body).unwrap();
    assert_eq!(staged.expires_at, NOW + 24 * 60 * 60 * 1000);
    staged.upload
}

async fn refusal(world: &World, router: &Router, request: StageRequest) -> GateRefusal {
    problem(router, message(&world.signed(request))).await.refusal.unwrap()
}

fn ask(upload: UploadId) -> Request<Body> {
    Request::builder().method(Method::HEAD).uri(format!("{UPLOADS}/{upload}")).body(Body::empty()).unwrap()
}

/// Whether a message adds to an upload.
async fn is_busy(router: &Router, upload: UploadId) -> bool {
    answer(router, ask(upload)).await.0 == StatusCode::CONFLICT
}

async fn offset(router: &Router, upload: UploadId) -> u64 {
    let (status, headers, _) = answer(router, ask(upload)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    headers[UPLOAD_OFFSET].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_writer_stages_small_and_large_objects_in_one_upload() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let objects = [vec![1; 10], vec![2; 300_000], vec![3; 64 * 1024], vec![4; 64 * 1024 + 1]];
    let upload = stage(&world, &router, request(DOCTOR, &objects)).await;
    let bytes = objects.concat();
    let (status, headers, _) = answer(&router, part(&upload.to_string(), Some(0), &bytes)).await;
    assert_eq!((status, headers[UPLOAD_OFFSET].to_str().unwrap()), (StatusCode::CREATED, &*bytes.len().to_string()));
    for object in &objects {
        assert_eq!(world.vault.get(&object_id(object)).await.unwrap(), object);
    }
    // The upload is over, and can be staged again, as often as one likes.
    assert_eq!(problem(&router, part(&upload.to_string(), Some(0), &bytes)).await.status, 404);
    let again = stage(&world, &router, request(DOCTOR, &objects)).await;
    assert_eq!(answer(&router, part(&again.to_string(), Some(0), &bytes)).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn an_upload_that_was_cut_off_goes_on_where_it_stopped() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let objects = [vec![1; 100], vec![2; 200_000]];
    let bytes = objects.concat();
    let upload = stage(&world, &router, request(DOCTOR, &objects)).await;
    let number = upload.to_string();
    let mut sent = 0;
    for next in [0, 1, 99, 100, 150_000, bytes.len() - 1] {
        let (status, headers, _) = answer(&router, part(&number, Some(sent as u64), &bytes[sent..next])).await;
        assert_eq!((status, headers[UPLOAD_OFFSET].to_str().unwrap()), (StatusCode::NO_CONTENT, &*next.to_string()));
        assert_eq!(offset(&router, upload).await, next as u64);
        sent = next;
    }
    assert!(!world.vault.has(&object_id(&objects[1])).await.unwrap(), "half an object has a name");
    for wrong in [Some(0), Some(bytes.len() as u64), None] {
        let (status, headers, _) = answer(&router, part(&number, wrong, b"x")).await;
        assert_eq!(status.as_u16(), if wrong.is_some() { 409 } else { 400 });
        let told = headers.get(UPLOAD_OFFSET).map(|offset| offset.to_str().unwrap().to_owned());
        assert_eq!(told, wrong.map(|_| sent.to_string()));
    }
    assert_eq!(answer(&router, part(&number, Some(sent as u64), &bytes[sent..])).await.0, StatusCode::CREATED);
    assert_eq!(world.vault.get(&object_id(&objects[1])).await.unwrap(), objects[1]);
}

#[tokio::test]
async fn other_bytes_than_those_announced_get_no_name() {
    let world = World::new().await;
    let (router, _) = service(&world);
    for length in [10, 100_000] {
        let (good, mut bad) = (vec![1; length], vec![1; length]);
        bad[length - 1] = 2;
        for sent in [&bad, &[good.as_slice(), b"x"].concat()] {
            let objects = [good.clone(), vec![7; length]];
            let objects = if *sent == bad { &objects[..] } else { &objects[..1] };
            let upload = stage(&world, &router, request(DOCTOR, objects)).await.to_string();
            assert_eq!(problem(&router, part(&upload, Some(0), sent)).await.status, 422);
            assert_eq!(problem(&router, part(&upload, Some(0), b"")).await.status, 404, "it can go on");
            assert!(!world.vault.has(&object_id(&bad)).await.unwrap());
        }
    }
    assert_eq!(std::fs::read_dir(world.vault.folder().join("incoming")).unwrap().count(), 0);
    for unknown in ["", "00", "../x", "%ff", &"0".repeat(32)] {
        assert_eq!(problem(&router, part(unknown, Some(0), b"x")).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_request_announces_some_objects_and_none_twice_or_empty() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let many: Vec<_> = (0..257u32).map(|number| number.to_le_bytes().to_vec()).collect();
    for objects in [vec![], vec![vec![]], vec![vec![1], vec![1]], many] {
        assert_eq!(refusal(&world, &router, request(DOCTOR, &objects)).await, GateRefusal::Unacceptable);
    }
    let most: Vec<_> = (0..256u32).map(|number| number.to_le_bytes().to_vec()).collect();
    stage(&world, &router, request(DOCTOR, &most)).await;
}

/// Makes a member one of another institution.
fn move_to_clinic(world: &World, member: MemberId) {
    world.change(|state| {
        state.institutions.insert(CLINIC, institution());
        state.members.get_mut(&member).unwrap().admitted_by = CLINIC;
    });
}

#[tokio::test]
async fn a_member_of_another_institution_may_bring_a_note_and_no_more() {
    let world = World::new().await;
    let (router, _) = service(&world);
    move_to_clinic(&world, STRANGER);
    stage(&world, &router, request(STRANGER, &[vec![1; 200 * 1024]])).await;
    let more = request(STRANGER, &[vec![2; 100 * 1024]]);
    assert_eq!(refusal(&world, &router, more).await, GateRefusal::QuotaUsedUp);
    // The vault of a hospital that has nothing to do with the chart takes nothing from a guest.
    move_to_clinic(&world, PATIENT);
    assert_eq!(refusal(&world, &router, request(STRANGER, &[vec![3]])).await, GateRefusal::MayNotStage);
}

#[tokio::test]
async fn an_author_of_another_institution_may_bring_what_a_grant_lets_it_add() {
    let world = World::new().await;
    let (router, _) = service(&world);
    move_to_clinic(&world, DOCTOR);
    let large = |scope| {
        let mut large = request(DOCTOR, &[vec![1; 400 * 1024]]);
        large.scope = Some(scope);
        large
    };
    let (compartment, of_record) = (Scope::Compartment(LABORATORY), Scope::Record(record(0).key));
    assert_eq!(refusal(&world, &router, large(compartment)).await, GateRefusal::QuotaUsedUp, "as a guest");
    world.change(|state| {
        let grant = state.grants.get_mut(&(CHART, salus_gate_testing::GRANT)).unwrap();
        grant.permissions = Permissions::of(&[Permission::Create, Permission::Amend]);
    });
    stage(&world, &router, large(compartment)).await;
    stage(&world, &router, large(of_record)).await;
    // The record lies here, also where the chart is at home elsewhere; a new record would lie with its author.
    move_to_clinic(&world, PATIENT);
    stage(&world, &router, large(of_record)).await;
    assert_eq!(refusal(&world, &router, large(compartment)).await, GateRefusal::MayNotStage);
    world.change_best(|state| state.grants.clear());
    assert_eq!(refusal(&world, &router, large(of_record)).await, GateRefusal::MayNotStage, "revoked in the best block");
}

#[tokio::test]
async fn who_may_not_act_stages_nothing() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let one = || request(DOCTOR, &[vec![1]]);
    world.change_best(|state| state.members.get_mut(&DOCTOR).unwrap().status = MemberStatus::Suspended);
    assert_eq!(refusal(&world, &router, one()).await, GateRefusal::MayNotStage);
    world.change_best(|state| {
        let doctor = state.members.get_mut(&DOCTOR).unwrap();
        (doctor.status, doctor.valid_until) = (MemberStatus::Active, Some(NOW));
    });
    assert_eq!(refusal(&world, &router, one()).await, GateRefusal::MayNotStage);
    world.change_best(|state| state.members.get_mut(&DOCTOR).unwrap().valid_until = None);
    world.change(|state| state.institutions.clear());
    assert_eq!(refusal(&world, &router, one()).await, GateRefusal::MayNotStage);
}

/// Stages and uploads.
async fn bring(world: &World, router: &Router, writer: MemberId, objects: &[Vec<u8>]) {
    let upload = stage(world, router, request(writer, objects)).await.to_string();
    let status = answer(router, part(&upload, Some(0), &objects.concat())).await.0;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_staged_is_bounded_and_survives_a_restart() {
    let world = World::new().await;
    let limits = Limits { member_mebibytes: 1, total_mebibytes: 2, keep_free_mebibytes: 0, ..Limits::default() };
    let object = |byte: u8| vec![vec![byte; 1024 * 1024]];
    for number in 0..2u8 {
        // Each time another process.
        let (router, metrics) = service_with(&world, custody_with(&world, limits));
        let writer = [DOCTOR, STRANGER][usize::from(number)];
        bring(&world, &router, writer, &object(number)).await;
        assert_eq!(refusal(&world, &router, request(writer, &[vec![9]])).await, GateRefusal::QuotaUsedUp);
        let monitoring = crate::messages::monitoring_of(&world, limits);
        let (_, _, text) = answer(&monitoring, crate::messages::get("/metrics")).await;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(&format!("salus_vault_staged_objects {}", number + 1)), "{text}");
        assert!(metrics.text().unwrap().contains("outcome=\"quota-used-up\",path=\"/v1/stage\"} 1"));
    }
    let (router, _) = service_with(&world, custody_with(&world, limits));
    assert_eq!(
        refusal(&world, &router, request(COLLEAGUE, &[vec![9]])).await,
        GateRefusal::QuotaUsedUp,
        "all together"
    );

    let full = Limits { keep_free_mebibytes: u32::MAX, ..Limits::default() };
    let (router, _) = service_with(&world, custody_with(&world, full));
    let problem = problem(&router, message(&world.signed(request(PATIENT, &[vec![9]])))).await;
    assert_eq!((problem.status, problem.refusal), (507, Some(GateRefusal::VaultFull)));
}

#[tokio::test]
async fn announcements_count_as_long_as_their_upload_lives() {
    let world = World::new().await;
    let limits = Limits { member_mebibytes: 1, keep_free_mebibytes: 0, ..Limits::default() };
    let (router, _) = service_with(&world, custody_with(&world, limits));
    let most = || request(DOCTOR, &[vec![1; 1024 * 1024]]);
    let first = stage(&world, &router, most()).await.to_string();
    assert_eq!(refusal(&world, &router, most()).await, GateRefusal::QuotaUsedUp, "the same objects again");
    // An upload that fails gives its room back, and one that is complete counts as what it brought.
    assert_eq!(problem(&router, part(&first, Some(0), &[2; 1024 * 1024])).await.status, 422);
    bring(&world, &router, DOCTOR, &[vec![3; 4]]).await;
    let rest = 1024 * 1024 - 4096;
    stage(&world, &router, request(DOCTOR, &[vec![4; rest]])).await;
    assert_eq!(refusal(&world, &router, request(DOCTOR, &[vec![5]])).await, GateRefusal::QuotaUsedUp);
}

#[tokio::test]
async fn patients_and_members_of_others_leave_room_for_the_staff() {
    let world = World::new().await;
    let limits = Limits { member_mebibytes: 8, total_mebibytes: 2, keep_free_mebibytes: 0, ..Limits::default() };
    let (router, _) = service_with(&world, custody_with(&world, limits));
    let one = |writer, byte| request(writer, &[vec![byte; 1024 * 1024]]);
    stage(&world, &router, one(PATIENT, 1)).await;
    assert_eq!(refusal(&world, &router, request(PATIENT, &[vec![2]])).await, GateRefusal::QuotaUsedUp, "half of all");
    stage(&world, &router, one(DOCTOR, 3)).await;
}

#[tokio::test]
async fn an_object_that_the_vault_has_is_taken_again_in_its_own_length_only() {
    let world = World::new().await;
    let limits = Limits { keep_free_mebibytes: 0, ..Limits::default() };
    let (router, _) = service_with(&world, custody_with(&world, limits));
    let kept = vec![6; 100];
    let id = world.put(kept.clone()).await;
    let mut longer = request(DOCTOR, std::slice::from_ref(&kept));
    longer.objects[0].size = 1 << 60;
    assert_eq!(refusal(&world, &router, longer).await, GateRefusal::Unacceptable);
    bring(&world, &router, DOCTOR, &[kept]).await;
    // It was named by the chain, so it is not staged now.
    let text = answer(&crate::messages::monitoring_of(&world, limits), crate::messages::get("/metrics")).await.2;
    assert!(String::from_utf8(text).unwrap().contains("salus_vault_staged_objects 0"));
    assert!(world.vault.has(&id).await.unwrap());
}

#[tokio::test]
async fn a_writer_has_some_uploads_at_a_time() {
    let world = World::new().await;
    let (router, _) = service(&world);
    for number in 0..16 {
        stage(&world, &router, request(DOCTOR, &[vec![number]])).await;
    }
    assert_eq!(refusal(&world, &router, request(DOCTOR, &[vec![99]])).await, GateRefusal::TooManyUploads);
    stage(&world, &router, request(STRANGER, &[vec![99]])).await;
}

#[tokio::test]
async fn uploads_that_bring_bytes_are_bounded_and_leave_room_for_readers() {
    const AT_ONE_TIME: u16 = 256;
    let mut world = World::new().await;
    // Each member of the staff has 16 uploads.
    let staff: Vec<_> = (100..=116).map(MemberId).collect();
    for id in &staff {
        let identity = Identity::from_uri(&format!("//Staff{id}")).unwrap();
        world.change(|state| drop(state.members.insert(*id, member(*id, &identity))));
        world.identities.insert(*id, identity);
    }
    let (router, _) = service(&world);
    let (mut numbers, mut object) = (Vec::new(), 0u16);
    for (place, id) in staff.iter().enumerate() {
        for _ in 0..if place < 16 { 16 } else { 1 } {
            object += 1;
            numbers.push(stage(&world, &router, request(*id, &[object.to_le_bytes().to_vec()])).await);
        }
    }
    let last = numbers.pop().unwrap();
    assert_eq!(numbers.len(), usize::from(AT_ONE_TIME));
    let mut under_way = Vec::new();
    for number in &numbers {
        let mut endless = part(&number.to_string(), Some(0), b"");
        *endless.body_mut() = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
        under_way.push(tokio::spawn(router.clone().oneshot(endless)));
        while !is_busy(&router, *number).await {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let one_more = || part(&last.to_string(), Some(0), &object.to_le_bytes());
    let (status, headers, _) = answer(&router, one_more()).await;
    assert_eq!((status, &headers[header::RETRY_AFTER]), (StatusCode::SERVICE_UNAVAILABLE, &"10".parse().unwrap()));
    // Who reads, or asks how far an upload has come, is not held up, and nothing of the refused one is lost.
    assert_eq!(answer(&router, message(&world.signed(by_patient(0)))).await.0, StatusCode::OK);
    assert_eq!(offset(&router, last).await, 0);
    under_way.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn an_upload_whose_connection_ends_in_its_midst_goes_on() {
    let world = World::new().await;
    let settings = ServiceSettings { longest_pause: Duration::from_secs(3), ..settings() };
    let router = Service::new(world.gate(), custody(&world), Metrics::new().unwrap(), settings).router();
    let objects = [vec![1; 100_000], vec![2; 50], vec![3; 100_000]];
    let bytes = objects.concat();
    let upload = stage(&world, &router, request(DOCTOR, &objects)).await;
    let number = upload.to_string();
    let first = stream::iter([Ok::<_, std::io::Error>(bytes[..150_000].to_vec())]).chain(stream::pending());
    let mut cut_off = part(&number, Some(0), b"");
    *cut_off.body_mut() = Body::from_stream(first);
    let handler = tokio::spawn(router.clone().oneshot(cut_off));
    while !is_busy(&router, upload).await {
        sleep(Duration::from_millis(5)).await;
    }
    // The server drops the handler while it waits for more.
    handler.abort();
    assert!(handler.await.unwrap_err().is_cancelled());
    // Until its pause is over, the message that was cut off counts as under way; its bytes are not lost.
    assert_eq!(problem(&router, part(&number, Some(150_000), &bytes[150_000..])).await.status, 409);
    while is_busy(&router, upload).await {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(offset(&router, upload).await, 150_000);
    assert_eq!(answer(&router, part(&number, Some(150_000), &bytes[150_000..])).await.0, StatusCode::CREATED);
    for object in &objects {
        assert_eq!(world.vault.get(&object_id(object)).await.unwrap(), object);
    }
}

#[tokio::test]
async fn one_who_only_announces_an_object_keeps_no_other_away() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let object = [vec![5; 100]];
    stage(&world, &router, request(STRANGER, &object)).await;
    bring(&world, &router, DOCTOR, &object).await;
    assert_eq!(refusal(&world, &router, request(STRANGER, &object)).await, GateRefusal::Unacceptable);
    bring(&world, &router, DOCTOR, &object).await;
}
