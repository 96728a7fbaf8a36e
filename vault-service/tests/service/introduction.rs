// SPDX-License-Identifier: Apache-2.0

//! The service tells all who ask which institution and chain it serves, and nothing else.

use crate::messages::{answer, custody, get, problem, service_with};
use axum::{
    body::Body,
    http::{header, Request, StatusCode},
};
use salus_gate_testing::{World, GATE, GENESIS, HOSPITAL};
use salus_sealing::keys::EncryptionPair;
use salus_vault_client::{Introduction, INTRODUCTION_PATH};
use salus_vault_service::Custody;

fn at(host: &str) -> Request<Body> {
    let mut message = get(INTRODUCTION_PATH);
    message.headers_mut().insert(header::HOST, host.parse().unwrap());
    message
}

#[tokio::test]
async fn a_service_introduces_itself_to_everybody() {
    let world = World::new().await;
    let key = EncryptionPair::generate();
    let public = key.public();
    let (router, _) = service_with(&world, Custody { key: Some(key), ..custody(&world) });
    let (status, headers, body) = answer(&router, at(GATE)).await;
    assert_eq!((status, headers[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "no-store"));
    let expected = Introduction {
        institution: HOSPITAL,
        genesis: GENESIS,
        encryption_key: Some(public),
        ready: true,
        reason: None,
    };
    assert_eq!(serde_json::from_slice::<Introduction>(&body).unwrap(), expected);
}

#[tokio::test]
async fn a_message_to_another_authority_meets_no_introduction() {
    let world = World::new().await;
    let (router, _) = service_with(&world, custody(&world));
    assert_eq!(problem(&router, at("vault.clinic.example")).await.status, 421);
    assert_eq!(problem(&router, get(INTRODUCTION_PATH)).await.status, 421, "without `Host`");
}
