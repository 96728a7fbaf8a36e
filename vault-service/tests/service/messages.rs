// SPDX-License-Identifier: Apache-2.0

//! The service of a hospital, and messages to it.

use axum::{
    body::{to_bytes, Body},
    http::{header, HeaderMap, Method, Request, StatusCode},
    Router,
};
use salus_gate::protocol::{content_digest, GateRequest, Problem, Signed, CONTENT_DIGEST, GENESIS, PROBLEM};
use salus_gate_testing::{World, GATE, GENESIS as CHAIN, HOSPITAL, NOW};
use salus_primitives::{InstitutionId, Moment};
use salus_vault_service::{
    copies::{Agreement, Copying},
    staging::{Ledger, Limits},
    unnamed::Marks,
    Custody, Metrics, Service, ServiceSettings,
};
use std::sync::Arc;
use tower::ServiceExt;

/// An institution with which the hospital exchanges copies.
pub(crate) const PARTNER: InstitutionId = InstitutionId(21);

fn now() -> Moment {
    NOW
}

/// A service that has been open for long.
pub(crate) fn settings() -> ServiceSettings {
    ServiceSettings { now, ..ServiceSettings::default() }
}

/// The service of the hospital's gate, and its counters.
pub(crate) fn service(world: &World) -> (Router, Metrics) {
    service_with(world, custody(world))
}

pub(crate) fn service_with(world: &World, custody: Custody) -> (Router, Metrics) {
    let metrics = Metrics::new().unwrap();
    (Service::new(world.gate(), custody, metrics.clone(), settings()).router(), metrics)
}

pub(crate) fn monitoring_of(world: &World, limits: Limits) -> Router {
    Service::new(world.gate(), custody_with(world, limits), Metrics::new().unwrap(), settings()).monitoring()
}

pub(crate) fn custody(world: &World) -> Custody {
    custody_with(world, Limits::default())
}

pub(crate) fn custody_with(world: &World, limits: Limits) -> Custody {
    let ledger = Arc::new(Ledger::open(&world.vault, limits).unwrap());
    let agreement = Agreement::with_partners(HOSPITAL, vec![PARTNER]);
    let copying = Arc::new(Copying::open(&world.vault, agreement).unwrap());
    let unnamed = Marks::of(&world.vault);
    Custody { institution: HOSPITAL, vault: world.vault.clone(), ledger, copying, unnamed, key: None }
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::builder().uri(path).body(Body::empty()).unwrap()
}

/// The message that carries a signed request.
pub(crate) fn message<R: GateRequest>(signed: &Signed<R>) -> Request<Body> {
    let fields = signed.fields();
    Request::builder()
        .method(Method::POST)
        .uri(R::PATH)
        .header(header::HOST, GATE)
        .header(GENESIS, CHAIN.to_string())
        .header(CONTENT_DIGEST, content_digest(signed.body()))
        .header("signature-input", fields.input)
        .header("signature", fields.signature)
        .body(Body::from(signed.body().to_vec()))
        .unwrap()
}

pub(crate) async fn answer(router: &Router, message: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let response = router.clone().oneshot(message).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

pub(crate) async fn problem(router: &Router, message: Request<Body>) -> Problem {
    let (status, headers, body) = answer(router, message).await;
    assert_eq!(headers[header::CONTENT_TYPE], PROBLEM, "{status}");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let problem: Problem = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem.status, status.as_u16());
    problem
}
