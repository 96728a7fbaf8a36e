// SPDX-License-Identifier: Apache-2.0

//! The paths of the service.

use super::{
    problems::{answer, problem},
    requests::is_for,
    service::{json, Served, Service},
    status::{Status, STATUS_PATH},
    writes::{add_to_upload, ask_upload},
};
use axum::{
    extract::{Request, State},
    http::{
        header::{CACHE_CONTROL, CONTENT_TYPE},
        HeaderValue, StatusCode,
    },
    response::{IntoResponse, Response},
    routing::{get, patch, post},
    Router,
};
use salus_gate::{
    protocol::{
        CompartmentRequest, CopyRequest, GateRequest, HeldRequest, KeyRequest, NoteRequest, ReleaseRequest,
        RestRequest, StageRequest, UnsealProfileRequest, UnsealRequest, UPLOADS,
    },
    ChainView, HEAD_LIFE,
};
use salus_vault_client::{Introduction, DECLARATION_PATH, INTRODUCTION_PATH};
use std::sync::Arc;
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

/// The description of the paths, after OpenAPI 3.1.
const DESCRIPTION: &str = include_str!("../openapi.json");
const DESCRIPTION_PATH: &str = "/v1/openapi.json";
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The text format of Prometheus.
const METRICS: &str = "text/plain; version=0.0.4";

impl<C: ChainView + Send + Sync + 'static> Service<C> {
    /// The paths for members.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route(ReleaseRequest::PATH, post(serve::<ReleaseRequest, C>))
            .route(RestRequest::PATH, post(serve::<RestRequest, C>))
            .route(KeyRequest::PATH, post(serve::<KeyRequest, C>))
            .route(CompartmentRequest::PATH, post(serve::<CompartmentRequest, C>))
            .route(NoteRequest::PATH, post(serve::<NoteRequest, C>))
            .route(CopyRequest::PATH, post(serve::<CopyRequest, C>))
            .route(HeldRequest::PATH, post(serve::<HeldRequest, C>))
            .route(UnsealRequest::PATH, post(serve::<UnsealRequest, C>))
            .route(UnsealProfileRequest::PATH, post(serve::<UnsealProfileRequest, C>))
            .route(StageRequest::PATH, post(serve::<StageRequest, C>))
            .route(&format!("{UPLOADS}/{{number}}"), patch(add_to_upload::<C>).head(ask_upload::<C>))
            .route(INTRODUCTION_PATH, get(introduce::<C>))
            .route(DECLARATION_PATH, get(declare::<C>))
            .route(DESCRIPTION_PATH, get(|| async { ([(CONTENT_TYPE, JSON)], DESCRIPTION) }))
            .fallback(|| async { answer(&problem(StatusCode::NOT_FOUND, "there is nothing at this path")) })
            .method_not_allowed_fallback(|| async {
                answer(&problem(StatusCode::METHOD_NOT_ALLOWED, "this path does not take this method"))
            })
            .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                answer(&problem(StatusCode::INTERNAL_SERVER_ERROR, "the service has a fault"))
            }))
            .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .with_state(self.clone())
    }

    /// The paths for the hospital's own monitoring.
    pub fn monitoring(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/health", get(|| async { "alive\n" }))
            .route("/ready", get(ready::<C>))
            .route("/metrics", get(metrics::<C>))
            .route(STATUS_PATH, get(status::<C>))
            .with_state(self.clone())
    }
}

async fn serve<R, C>(State(service): State<Arc<Service<C>>>, message: Request) -> Response
where
    R: Served<C>,
    C: ChainView + Send + Sync + 'static,
{
    service.serve::<R>(message).await
}

/// Whether the service answers requests, and its node's finalized head is young enough for the gate to decide.
async fn ready<C: ChainView + Send + Sync + 'static>(State(service): State<Arc<Service<C>>>) -> Response {
    match readiness(&service).await {
        Ok(()) => "ready\n".into_response(),
        Err(detail) => answer(&problem(StatusCode::SERVICE_UNAVAILABLE, detail)),
    }
}

/// Why the service is not ready.
async fn readiness<C: ChainView + Send + Sync + 'static>(service: &Service<C>) -> Result<(), &'static str> {
    let now = (service.now)();
    if now < service.opens_at {
        return Err("the service has just started");
    }
    match service.gate.chain().finalized_head().await {
        Ok(head) if now.saturating_sub(head.time) <= HEAD_LIFE => Ok(()),
        Ok(_) => Err("nothing was finalized for two minutes"),
        Err(_) => Err("the node does not answer"),
    }
}

/// The service tells all who ask whom it serves.
async fn introduce<C: ChainView + Send + Sync + 'static>(
    State(service): State<Arc<Service<C>>>,
    message: Request,
) -> Response {
    let (parts, _) = message.into_parts();
    if let Err(problem) = is_for(&parts, service.gate.authority()) {
        return answer(&problem);
    }
    let ready = service.readiness.of(readiness(&service)).await;
    json(&Introduction {
        institution: service.custody.institution,
        genesis: service.gate.chain().genesis(),
        encryption_key: service.custody.key.as_ref().map(|key| key.public()),
        ready: ready.is_ok(),
        reason: ready.err().map(str::to_owned),
    })
}

/// The service tells all who ask whom the institution admits, and how it treats data.
async fn declare<C: ChainView + Send + Sync + 'static>(
    State(service): State<Arc<Service<C>>>,
    message: Request,
) -> Response {
    let (parts, _) = message.into_parts();
    if let Err(problem) = is_for(&parts, service.gate.authority()) {
        return answer(&problem);
    }
    match &service.declaration {
        Some(declaration) => json(declaration),
        None => answer(&problem(StatusCode::NOT_FOUND, "the institution declares neither criteria nor a data policy")),
    }
}

async fn status<C: ChainView + Send + Sync + 'static>(State(service): State<Arc<Service<C>>>) -> Response {
    let custody = &service.custody;
    let (staged_objects, staged_bytes) = custody.ledger.usage();
    json(&Status {
        institution: custody.institution,
        staged_objects,
        staged_bytes,
        shreddings_waiting: service.metrics.shreddings_waiting(),
        copies: custody.copying.last(),
        notices: service.notices.as_ref().map(|desk| desk.status()),
    })
}

async fn metrics<C: ChainView + Send + Sync + 'static>(State(service): State<Arc<Service<C>>>) -> Response {
    let (objects, bytes) = service.custody.ledger.usage();
    service.metrics.show_staged(objects, bytes);
    service.metrics.show_under_way(service.under_way());
    service.metrics.show_ready(readiness(&service).await.is_ok());
    if let Ok(free) = service.custody.ledger.free() {
        service.metrics.show_free(free);
    }
    if let Some(desk) = &service.notices {
        service.metrics.show_letters(desk);
    }
    match service.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, HeaderValue::from_static(METRICS))], text).into_response(),
        Err(_) => answer(&problem(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written")),
    }
}
