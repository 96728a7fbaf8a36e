// SPDX-License-Identifier: Apache-2.0

//! Answers that a reader gets, and each way to get none.

use crate::messages::{answer, custody, get, message, problem, service, service_with, settings};
use axum::{
    body::Body,
    http::{header, Method, StatusCode},
};
use futures::StreamExt;
use salus_gate::{
    protocol::{
        content_digest, CompartmentRequest, GateRefusal, GateRequest, KeyRequest, ReleaseHead, ReleasedCompartment,
        ReleasedKey, RestRequest, CONTENT_DIGEST, GENESIS, RELEASE,
    },
    HEAD_LIFE,
};
use salus_gate_testing::{
    by_doctor, by_patient, World, CHART, CONTENT, DOCTOR, GATE, GENESIS as CHAIN, GRANT, LABORATORY, NOW, STRANGER,
};
use salus_primitives::{decision::Denial, Digest};
use salus_sealing::blob::open_bytes;
use salus_vault_service::{limits::ServiceLimits, Metrics, Service, ServiceSettings, MAX_LEAD};
use std::{fs, num::NonZeroU32};
use tower::ServiceExt;

#[tokio::test]
async fn a_reader_gets_a_version_and_the_way_to_its_key() {
    let world = World::new().await;
    let (router, metrics) = service(&world);
    for (request, reader) in [(by_doctor(0), DOCTOR), (by_patient(1), salus_gate_testing::PATIENT)] {
        let number = usize::from(request == by_patient(1));
        let (status, headers, frame) = answer(&router, message(&world.signed(request.clone()))).await;
        assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &RELEASE.parse().unwrap()));
        assert_eq!(headers[header::CONTENT_LENGTH], frame.len().to_string());
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        let (length, rest) = frame.split_first_chunk().unwrap();
        let (head, blob) = rest.split_at(ReleaseHead::length(*length).unwrap());
        let head = ReleaseHead::from_bytes(head).unwrap();
        assert_eq!(head.size, blob.len() as u64);

        let (status, headers, key) = answer(&router, message(&world.signed(KeyRequest(request)))).await;
        assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &"application/json".parse().unwrap()));
        assert_eq!(headers[header::CONTENT_LENGTH], key.len().to_string());
        let key: ReleasedKey = serde_json::from_slice(&key).unwrap();
        assert_eq!(key.bindings, head.bindings);
        let pair = world.identities[&reader].encryption();
        let key = key.open(head.key_envelope.as_deref(), pair).unwrap();
        assert_eq!(open_bytes(blob, &head.bindings, &key).unwrap().1.expose(), CONTENT[number]);
    }
    let text = metrics.text().unwrap();
    for line in [
        "salus_vault_requests_total{outcome=\"served\",path=\"/v1/release\"} 2",
        "salus_vault_requests_total{outcome=\"served\",path=\"/v1/release-key\"} 2",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn a_reader_gets_the_rest_of_a_version() {
    let world = World::new().await;
    let (router, metrics) = service(&world);
    let (_, _, whole) = answer(&router, message(&world.signed(by_doctor(0)))).await;
    let head = 4 + ReleaseHead::length(*whole.first_chunk().unwrap()).unwrap();
    let size = (whole.len() - head) as u64;
    let of = |from| RestRequest { release: by_doctor(0), from };
    for from in [1, size / 2, size] {
        let (status, headers, rest) = answer(&router, message(&world.signed(of(from)))).await;
        assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &RELEASE.parse().unwrap()));
        assert_eq!(headers[header::CONTENT_LENGTH], rest.len().to_string());
        assert_eq!(rest[..head], whole[..head], "the same head, with the size of the whole blob");
        assert_eq!(rest[head..], whole[head + from as usize..]);
    }
    let beyond = problem(&router, message(&world.signed(of(size + 1)))).await;
    assert_eq!((beyond.status, beyond.refusal), (416, Some(GateRefusal::BeyondEnd(size))));
    let text = metrics.text().unwrap();
    assert!(text.contains("salus_vault_requests_total{outcome=\"served\",path=\"/v1/release-rest\"} 3"), "{text}");
}

#[tokio::test]
async fn damage_within_a_large_version_ends_the_answer_and_is_repaired() {
    let world = World::new().await;
    let large = world.version(salus_gate_testing::record(0), 0, 0, &vec![7; 1 << 20]).await;
    world.change(|state| {
        state.versions.insert((salus_gate_testing::record(0), 0), large.clone());
    });
    let mut bytes = fs::read(world.object(large.content)).unwrap();
    bytes[500_000] ^= 1;
    fs::write(world.object(large.content), &bytes).unwrap();
    let custody = custody(&world);
    let copying = custody.copying.clone();
    let (router, _) = service_with(&world, custody);

    let response = router.clone().oneshot(message(&world.signed(by_doctor(0)))).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let (mut body, mut arrived) = (response.into_body().into_data_stream(), 0);
    let end = loop {
        match body.next().await {
            Some(Ok(piece)) => arrived += piece.len(),
            end => break end,
        }
    };
    assert!(matches!(end, Some(Err(_))));
    assert!(arrived < bytes.len(), "the last bytes are held back");
    assert_eq!(copying.damaged.all().unwrap(), [large.content].into());
    // Who goes on where the answer was cut off is told at once.
    let rest = RestRequest { release: by_doctor(0), from: arrived as u64 };
    let refused = problem(&router, message(&world.signed(rest))).await;
    assert_eq!(refused.refusal, Some(GateRefusal::Corrupted(large.content)));
}

#[tokio::test]
async fn a_disk_that_does_not_give_out_the_end_of_a_version_ends_the_answer_and_the_version_is_repaired() {
    let world = World::new().await;
    let large = world.version(salus_gate_testing::record(0), 0, 0, &vec![7; 4 << 20]).await;
    world.change(|state| {
        state.versions.insert((salus_gate_testing::record(0), 0), large.clone());
    });
    let custody = custody(&world);
    let copying = custody.copying.clone();
    let (router, _) = service_with(&world, custody);
    let response = router.clone().oneshot(message(&world.signed(by_doctor(0)))).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    assert!(matches!(body.next().await, Some(Ok(_))));
    // The file is cut off while it goes out: the bytes that follow are not other ones, there are none.
    fs::File::options().write(true).open(world.object(large.content)).unwrap().set_len(1 << 20).unwrap();
    let end = loop {
        match body.next().await {
            Some(Ok(_)) => {}
            end => break end,
        }
    };
    assert!(matches!(end, Some(Err(_))));
    assert_eq!(copying.damaged.all().unwrap(), [large.content].into());
    // An object that the system does not even open is refused, as an altered one is.
    let path = world.object(large.content);
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&path, &path).unwrap();
    let refused = problem(&router, message(&world.signed(by_doctor(0)))).await;
    assert_eq!((refused.status, refused.refusal), (500, Some(GateRefusal::Corrupted(large.content))));
}

#[tokio::test]
async fn a_reader_gets_the_secret_and_profile_of_a_compartment() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let (status, _, body) = answer(&router, message(&world.signed(request))).await;
    assert_eq!(status, StatusCode::OK);
    let released: ReleasedCompartment = serde_json::from_slice(&body).unwrap();
    assert!(released.open_profile(world.identities[&DOCTOR].encryption()).unwrap().name == "Blood");
}

#[tokio::test]
async fn refusals_of_the_gate_have_a_status_and_a_code() {
    let world = World::new().await;
    let (router, metrics) = service(&world);
    let used = world.signed(by_doctor(0));
    assert_eq!(answer(&router, message(&used)).await.0, StatusCode::OK);
    let replayed = problem(&router, message(&used)).await;
    assert_eq!((replayed.status, replayed.refusal), (401, Some(GateRefusal::RequestUsed)));

    let strangers = by_doctor(0).sign(&CHAIN, GATE, world.identities[&STRANGER].transaction(), NOW);
    let refused = problem(&router, message(&strangers)).await;
    assert_eq!((refused.status, refused.refusal), (401, Some(GateRefusal::NotTheMember(DOCTOR))));

    world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(NOW - 1));
    let revoked = problem(&router, message(&world.signed(by_doctor(0)))).await;
    assert_eq!((revoked.status, revoked.refusal), (403, Some(GateRefusal::Denied(Denial::Revoked))));

    world.change(|state| state.time = NOW - HEAD_LIFE - 1);
    let (status, headers, _) = answer(&router, message(&world.signed(by_patient(0)))).await;
    assert_eq!((status, &headers[header::RETRY_AFTER]), (StatusCode::SERVICE_UNAVAILABLE, &"10".parse().unwrap()));
    let text = metrics.text().unwrap();
    for outcome in ["served", "request-used", "not-the-member", "denied", "stale-head"] {
        assert!(text.contains(&format!("outcome=\"{outcome}\",path=\"/v1/release\"}} 1")), "{text}");
    }
}

#[tokio::test]
async fn a_request_from_too_far_ahead_is_refused() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let ahead = problem(&router, message(&world.signed_at(by_doctor(0), NOW + MAX_LEAD + 1_000))).await;
    assert_eq!((ahead.status, ahead.refusal), (401, Some(GateRefusal::RequestNotFresh)));
    let within = world.signed_at(by_doctor(0), NOW + MAX_LEAD);
    assert_eq!(answer(&router, message(&within)).await.0, StatusCode::OK);
}

/// Each alteration of a good message, and the status of the problem.
#[tokio::test]
async fn messages_of_another_form_are_refused_before_the_gate_is_asked() {
    let world = World::new().await;
    let (router, metrics) = service(&world);
    let good = || message(&world.signed(by_doctor(0)));
    let with = |name: &'static str, value: &str| {
        let mut message = good();
        message.headers_mut().insert(name, value.parse().unwrap());
        message
    };
    let without = |name: &'static str| {
        let mut message = good();
        message.headers_mut().remove(name);
        message
    };
    let twice = |name: &'static str| {
        let mut message = good();
        let value = message.headers()[name].clone();
        message.headers_mut().append(name, value);
        message
    };
    let at = |uri: &str| {
        let mut message = good();
        *message.uri_mut() = uri.parse().unwrap();
        message
    };
    let with_body = |body: Vec<u8>| {
        let mut message = good();
        message.headers_mut().insert(CONTENT_DIGEST, content_digest(&body).parse().unwrap());
        *message.body_mut() = Body::from(body);
        message
    };
    for (altered, status) in [
        (with("host", "vault.clinic.example"), 421),
        (without("host"), 421),
        (at("https://vault.clinic.example/v1/release"), 421),
        (at("/v1/release?x=1"), 400),
        (with(GENESIS, &Digest([9; 32]).to_string()), 400),
        (without(GENESIS), 400),
        (with(CONTENT_DIGEST, &content_digest(b"another")), 400),
        (without(CONTENT_DIGEST), 400),
        (without("signature"), 401),
        (without("signature-input"), 401),
        (twice("host"), 400),
        (with_body(b"[\"11/02020202020202020202020202020202\",0,null,2]".to_vec()), 400),
        (twice("signature"), 401),
        (twice("signature-input"), 401),
        (with("signature", "sig=:"), 401),
        (with("signature-input", "sig=()"), 401),
        (with_body(b"{}".to_vec()), 400),
        (with_body(vec![b' '; 4097]), 413),
    ] {
        let shown = format!("{altered:?}");
        assert_eq!(problem(&router, altered).await.status, status, "{shown}");
    }
    assert_eq!(problem(&router, at("/v1/releases")).await.status, 404);
    let mut got = good();
    *got.method_mut() = Method::GET;
    assert_eq!(problem(&router, got).await.status, 405);
    let text = metrics.text().unwrap();
    assert!(text.contains("outcome=\"invalid\",path=\"/v1/release\"} 18"), "{text}");
    assert_eq!(answer(&router, good()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_request_of_one_kind_is_refused_at_the_path_of_another() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let mut redirected = message(&world.signed(by_doctor(0)));
    *redirected.uri_mut() = KeyRequest::PATH.parse().unwrap();
    let refused = problem(&router, redirected).await;
    assert_eq!((refused.status, refused.refusal), (401, Some(GateRefusal::NotTheMember(DOCTOR))));
}

#[tokio::test]
async fn monitoring_tells_whether_blocks_become_final() {
    let world = World::new().await;
    let service = Service::new(
        world.gate(),
        custody(&world),
        Metrics::new().unwrap(),
        ServiceSettings { opens_at: NOW, ..settings() },
    );
    let (readers, monitoring) = (service.router(), service.monitoring());
    assert_eq!(answer(&monitoring, get("/ready")).await.0, StatusCode::OK);
    assert_eq!(answer(&readers, message(&world.signed(by_doctor(0)))).await.0, StatusCode::OK);
    let (status, headers, text) = answer(&monitoring, get("/metrics")).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"text/plain; version=0.0.4".parse().unwrap())
    );
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("outcome=\"served\"") && text.contains("salus_vault_ready 1\n"), "{text}");
    let free = text.lines().find_map(|line| line.strip_prefix("salus_vault_free_bytes ")).unwrap();
    assert!(free.parse::<u64>().unwrap() > 0);
    world.change(|state| state.time = NOW - HEAD_LIFE - 1);
    assert_eq!(answer(&monitoring, get("/ready")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    let (_, _, text) = answer(&monitoring, get("/metrics")).await;
    assert!(String::from_utf8(text).unwrap().contains("salus_vault_ready 0\n"));
    assert_eq!(answer(&monitoring, get("/health")).await.0, StatusCode::OK);
    assert_eq!(problem(&readers, get("/ready")).await.status, 404);
}

#[tokio::test]
async fn a_service_that_has_just_started_answers_nothing() {
    let world = World::new().await;
    let service = Service::new(
        world.gate(),
        custody(&world),
        Metrics::new().unwrap(),
        ServiceSettings { opens_at: NOW + 1, ..settings() },
    );
    let (status, headers, _) = answer(&service.router(), message(&world.signed(by_doctor(0)))).await;
    assert_eq!((status, &headers[header::RETRY_AFTER]), (StatusCode::SERVICE_UNAVAILABLE, &"10".parse().unwrap()));
    assert_eq!(answer(&service.monitoring(), get("/ready")).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn answers_under_way_are_counted_and_bounded() {
    let world = World::new().await;
    // One reader plays all.
    let limits = ServiceLimits { under_way_of_one: NonZeroU32::MAX, ..ServiceLimits::default() };
    let metrics = Metrics::new().unwrap();
    let service =
        Service::new(world.gate(), custody(&world), metrics.clone(), ServiceSettings { limits, ..settings() });
    let (router, monitoring) = (service.router(), service.monitoring());
    let mut under_way = Vec::new();
    for _ in 0..1024 {
        let response = router.clone().oneshot(message(&world.signed(by_patient(0)))).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        under_way.push(response);
    }
    assert_eq!(problem(&router, message(&world.signed(by_patient(0)))).await.status, 503);
    let (_, _, text) = answer(&monitoring, get("/metrics")).await;
    assert!(String::from_utf8(text).unwrap().contains("salus_vault_under_way 1024\n"));
    under_way.pop();
    assert_eq!(answer(&router, message(&world.signed(by_patient(0)))).await.0, StatusCode::OK);
}
