// SPDX-License-Identifier: Apache-2.0

//! The paths of the service.

use super::{
    metrics::{Metrics, Outcome},
    problems::{answer, of_gate, problem},
    requests::receive,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
        HeaderValue, StatusCode,
    },
    response::{IntoResponse, Response},
    routing::{get, post},
    Router,
};
use futures::{stream, StreamExt};
use http_body_util::BodyExt;
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRefusal, GateRequest, KeyRequest, Problem, ReleaseHead, ReleaseRequest, Signed, RELEASE,
    },
    ChainView, GateError, ReleaseGate, Released, Store, HEAD_LIFE,
};
use salus_primitives::{time::SECOND, Moment};
use serde::Serialize;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{io::AsyncRead, sync::Semaphore, time::timeout};
use tokio_util::io::ReaderStream;
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

/// The text format of Prometheus.
const METRICS: &str = "text/plain; version=0.0.4";

/// Bytes of a blob in memory for each reader.
const PIECE: usize = 64 * 1024;
/// How long an answer may take to begin. The gate may have to hash a blob of gigabytes first.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Requests and answers that are under way at one time.
const UNDER_WAY: usize = 1_024;
/// How far ahead of the service's clock a request may be made.
///
/// An earlier process may have answered requests that were made ahead of its clock, and remembered their numbers. So a
/// service that starts counts as started that much later, and answers nothing until then.
pub const MAX_LEAD: Moment = 10 * SECOND;

/// A gate, and what it is asked through.
pub struct Service<C, S> {
    gate: ReleaseGate<C, S>,
    authority: String,
    metrics: Metrics,
    opens_at: Moment,
    now: fn() -> Moment,
    under_way: Arc<Semaphore>,
}

impl<C, S> Service<C, S>
where
    C: ChainView + Send + Sync + 'static,
    S: Store + Send + Sync + 'static,
    S::Bytes: 'static,
{
    /// The service of the gate at `authority`, which answers nothing before `opens_at` by the clock `now`.
    pub fn new(
        gate: ReleaseGate<C, S>,
        authority: &str,
        metrics: Metrics,
        opens_at: Moment,
        now: fn() -> Moment,
    ) -> Arc<Self> {
        let under_way = Arc::new(Semaphore::new(UNDER_WAY));
        Arc::new(Self { gate, authority: authority.to_owned(), metrics, opens_at, now, under_way })
    }

    /// The paths for readers.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route(ReleaseRequest::PATH, post(serve::<ReleaseRequest, C, S>))
            .route(KeyRequest::PATH, post(serve::<KeyRequest, C, S>))
            .route(CompartmentRequest::PATH, post(serve::<CompartmentRequest, C, S>))
            .fallback(|| async { answer(&problem(StatusCode::NOT_FOUND, "there is nothing at this path")) })
            .method_not_allowed_fallback(|| async {
                answer(&problem(StatusCode::METHOD_NOT_ALLOWED, "this path takes POST only"))
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
            .route("/ready", get(ready::<C, S>))
            .route("/metrics", get(metrics::<C, S>))
            .with_state(self.clone())
    }

    /// Receives a request, has the gate answer it, and counts the outcome.
    async fn serve<R: Served<C, S>>(&self, message: Request) -> Response {
        let outcome = timeout(LONGEST_WAIT, self.outcome::<R>(message)).await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(problem(StatusCode::SERVICE_UNAVAILABLE, "the gate took too long")));
        match outcome {
            Ok(given) => {
                self.metrics.count(R::PATH, Outcome::Served);
                given
            }
            Err(problem) => {
                self.metrics.count(R::PATH, Outcome::of(problem.status, problem.refusal.as_ref()));
                answer(&problem)
            }
        }
    }

    async fn outcome<R: Served<C, S>>(&self, message: Request) -> Result<Response, Problem> {
        let busy =
            |_| problem(StatusCode::SERVICE_UNAVAILABLE, "the service has as many requests under way as it takes");
        let place = self.under_way.clone().try_acquire_owned().map_err(busy)?;
        if (self.now)() < self.opens_at {
            return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "the service has just started"));
        }
        let signed = receive::<R>(message, &self.authority, &self.gate.chain().genesis()).await?;
        if signed.at() > (self.now)().saturating_add(MAX_LEAD) {
            return Err(of_gate::<C::Error>(&GateRefusal::RequestNotFresh.into()));
        }
        match R::answer(&self.gate, &signed).await {
            // The place is free again once the answer is out, or its reader is gone.
            Ok(given) => Ok(given.map(|body| {
                Body::new(body.map_frame(move |frame| {
                    let _ = &place;
                    frame
                }))
            })),
            Err(error) => {
                report(&error);
                Err(of_gate(&error))
            }
        }
    }
}

/// Tells the operator why the gate failed. The causes are those of node and disk; none names a reader or a record.
fn report<E: std::error::Error>(error: &GateError<E>) {
    if !matches!(error, GateError::Refused(_)) {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        eprintln!("fault: {error}: {cause}");
    }
}

/// A kind of request, and the form in which the gate's answer travels.
trait Served<C: ChainView, S: Store>: GateRequest + Send + Sync {
    /// Asks the gate.
    fn answer(
        gate: &ReleaseGate<C, S>,
        signed: &Signed<Self>,
    ) -> impl Future<Output = Result<Response, GateError<C::Error>>> + Send;
}

impl<C, S> Served<C, S> for ReleaseRequest
where
    C: ChainView + Send,
    S: Store + Send,
    S::Bytes: 'static,
{
    async fn answer(gate: &ReleaseGate<C, S>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(stream_out(gate.release(signed).await?))
    }
}

impl<C: ChainView + Send, S: Store + Send> Served<C, S> for KeyRequest {
    async fn answer(gate: &ReleaseGate<C, S>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(json(&gate.release_key(signed).await?))
    }
}

impl<C: ChainView + Send, S: Store + Send> Served<C, S> for CompartmentRequest {
    async fn answer(gate: &ReleaseGate<C, S>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(json(&gate.release_compartment(signed).await?))
    }
}

async fn serve<R, C, S>(State(service): State<Arc<Service<C, S>>>, message: Request) -> Response
where
    R: Served<C, S>,
    C: ChainView + Send + Sync + 'static,
    S: Store + Send + Sync + 'static,
    S::Bytes: 'static,
{
    service.serve::<R>(message).await
}

/// Whether the service answers requests, and its node's finalized head is young enough for the gate to decide.
async fn ready<C, S>(State(service): State<Arc<Service<C, S>>>) -> Response
where
    C: ChainView + Send + Sync + 'static,
    S: Store + Send + Sync + 'static,
{
    let now = (service.now)();
    let not_ready = |detail| answer(&problem(StatusCode::SERVICE_UNAVAILABLE, detail));
    if now < service.opens_at {
        return not_ready("the service has just started");
    }
    match service.gate.chain().finalized_head().await {
        Ok(head) if now.saturating_sub(head.time) <= HEAD_LIFE => "ready\n".into_response(),
        Ok(_) => not_ready("nothing was finalized for two minutes"),
        Err(_) => not_ready("the node does not answer"),
    }
}

async fn metrics<C, S>(State(service): State<Arc<Service<C, S>>>) -> Response
where
    C: ChainView + Send + Sync + 'static,
    S: Store + Send + Sync + 'static,
{
    match service.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, HeaderValue::from_static(METRICS))], text).into_response(),
        Err(_) => answer(&problem(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written")),
    }
}

/// An answer in JSON. It says its length, which the body loses when it is counted among those under way.
#[expect(clippy::expect_used, reason = "the answers of a gate are JSON")]
fn json(answer: &impl Serialize) -> Response {
    let body = serde_json::to_vec(answer).expect("an answer of the gate is JSON");
    let fields = [(CONTENT_TYPE, HeaderValue::from_static("application/json")), (CONTENT_LENGTH, body.len().into())];
    (fields, body).into_response()
}

/// The frame of a version, piece by piece. When the vault fails in between, the connection ends before the length is reached.
fn stream_out<B: AsyncRead + Unpin + Send + 'static>(released: Released<B>) -> Response {
    let Released { bindings, content, basis, key_envelope, blob } = released;
    let size = blob.size();
    let head = ReleaseHead { bindings, content, basis, key_envelope, size }.to_bytes();
    let length = size.saturating_add(head.len() as u64);
    let first = stream::once(async { Ok(head.into()) });
    let body = Body::from_stream(first.chain(ReaderStream::with_capacity(blob, PIECE)));
    let fields = [(CONTENT_TYPE, HeaderValue::from_static(RELEASE)), (CONTENT_LENGTH, HeaderValue::from(length))];
    (fields, body).into_response()
}
