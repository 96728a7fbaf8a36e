// SPDX-License-Identifier: Apache-2.0

//! Web pages of a configured origin may ask the service, and no others.

use crate::messages::{answer, message, service};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
    Router,
};
use salus_gate::protocol::{GateRequest, ReleaseRequest};
use salus_gate_testing::{by_doctor, World};
use salus_vault_service::cors::{Cors, Origin};

const PORTAL: &str = "https://portal.hospital.example";

fn portal(router: Router) -> Router {
    Cors { origins: vec![Origin::try_from(PORTAL.to_owned()).unwrap()] }.open(router)
}

/// A browser's question whether a page of `origin` may send a signed request.
async fn preflight(router: &Router, origin: &str) -> (StatusCode, HeaderMap) {
    let message = Request::builder()
        .method(Method::OPTIONS)
        .uri(ReleaseRequest::PATH)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-digest,salus-genesis,signature,signature-input")
        .body(Body::empty())
        .unwrap();
    let (status, headers, _) = answer(router, message).await;
    (status, headers)
}

#[tokio::test]
async fn a_page_of_the_portal_may_send_signed_requests_and_see_answers() {
    let world = World::new().await;
    let router = portal(service(&world).0);
    let (status, headers) = preflight(&router, PORTAL).await;
    assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (StatusCode::OK, PORTAL));
    let listed = |name: &str| headers[name].to_str().unwrap().to_ascii_lowercase();
    for field in ["content-type", "content-digest", "salus-genesis", "signature-input", "signature", "upload-offset"] {
        assert!(listed("access-control-allow-headers").split(',').any(|listed| listed == field), "{field}");
    }
    assert_eq!(listed("access-control-allow-methods"), "get,head,post,patch");
    assert!(!headers.contains_key("access-control-allow-credentials"));

    let mut asked = message(&world.signed(by_doctor(0)));
    asked.headers_mut().insert("origin", PORTAL.parse().unwrap());
    let (status, headers, _) = answer(&router, asked).await;
    assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (StatusCode::OK, PORTAL));
    assert!(headers["access-control-expose-headers"].to_str().unwrap().contains("upload-offset"));
    // A refusal can be read, too.
    let mut unsigned = message(&world.signed(by_doctor(0)));
    unsigned.headers_mut().insert("origin", PORTAL.parse().unwrap());
    unsigned.headers_mut().remove("signature");
    let (status, headers, _) = answer(&router, unsigned).await;
    assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (StatusCode::UNAUTHORIZED, PORTAL));
}

#[tokio::test]
async fn pages_of_other_origins_may_not() {
    let world = World::new().await;
    let router = portal(service(&world).0);
    for origin in [
        "https://elsewhere.example",
        "http://portal.hospital.example",
        "https://portal.hospital.example:8443",
        "https://portal.hospital.example.elsewhere.example",
        "https://sub.portal.hospital.example",
        "null",
    ] {
        let (_, headers) = preflight(&router, origin).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn without_a_configured_origin_the_service_knows_no_cors() {
    let world = World::new().await;
    let router = Cors::default().open(service(&world).0);
    let (status, headers) = preflight(&router, PORTAL).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
}
