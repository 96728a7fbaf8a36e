// SPDX-License-Identifier: Apache-2.0

//! The service tells all who ask which criteria and which data policy the institution declares.

use crate::messages::{answer, custody, get, problem, service, settings};
use axum::{
    body::Body,
    http::{header, Method, Request, StatusCode},
    Router,
};
use salus_gate_testing::{World, GATE, GENESIS, HOSPITAL};
use salus_vault_client::{Declaration, DeclaredText, DECLARATION_PATH, LONGEST_DECLARED};
use salus_vault_service::{Metrics, Service, ServiceSettings};

fn at(host: &str) -> Request<Body> {
    let mut message = get(DECLARATION_PATH);
    message.headers_mut().insert(header::HOST, host.parse().unwrap());
    message
}

fn declaration() -> Declaration {
    let text = |text: &str| DeclaredText::new(text.to_owned()).unwrap();
    // As long as a text may be, with characters that JSON escapes.
    let policy = "\"Records are read for treatment only.\"\n".repeat(LONGEST_DECLARED / 39);
    let criteria = text("A doctor shows her license.\nÉva does, too.\n");
    Declaration { institution: HOSPITAL, genesis: GENESIS, criteria, data_policy: text(&policy) }
}

fn declaring(world: &World) -> Router {
    let settings = ServiceSettings { declaration: Some(declaration()), ..settings() };
    Service::new(world.gate(), custody(world), Metrics::new().unwrap(), settings).router()
}

#[tokio::test]
async fn all_who_ask_are_told_both_texts_with_their_hashes() {
    let world = World::new().await;
    let (status, headers, body) = answer(&declaring(&world), at(GATE)).await;
    assert_eq!((status, headers[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "no-store"));
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    // Reading it compares each text with its hash.
    assert_eq!(serde_json::from_slice::<Declaration>(&body).unwrap(), declaration());
}

#[tokio::test]
async fn an_institution_that_declares_nothing_says_so() {
    let world = World::new().await;
    let problem = problem(&service(&world).0, at(GATE)).await;
    assert_eq!((problem.status, problem.refusal), (404, None));
    assert!(problem.detail.unwrap().contains("declares neither criteria nor a data policy"));
}

#[tokio::test]
async fn a_message_to_another_authority_or_of_another_method_meets_no_declaration() {
    let world = World::new().await;
    let router = declaring(&world);
    assert_eq!(problem(&router, at("vault.clinic.example")).await.status, 421);
    assert_eq!(problem(&router, get(DECLARATION_PATH)).await.status, 421, "without `Host`");
    let mut posted = at(GATE);
    *posted.method_mut() = Method::POST;
    assert_eq!(problem(&router, posted).await.status, 405);
}
