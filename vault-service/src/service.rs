// SPDX-License-Identifier: Apache-2.0

//! The checks and counts that all requests go through.

use super::{
    copies::Copying,
    limits::ServiceLimits,
    metrics::{Metrics, Outcome},
    notices::Desk,
    problems::{answer, of_gate, problem},
    readers::{ReaderPlace, Readers},
    readiness::Readiness,
    request_log::RequestLog,
    requests::receive,
    staging::{Ledger, Uploads},
    unnamed::Marks,
};
use axum::{
    body::Body,
    extract::Request,
    http::{
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        HeaderValue, StatusCode,
    },
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use salus_gate::{
    protocol::{GateRefusal, GateRequest, Problem, Signed},
    system_now, ChainView, GateError, ReleaseGate,
};
use salus_primitives::{time::SECOND, InstitutionId, Moment};
use salus_sealing::keys::EncryptionPair;
use salus_vault::Vault;
use salus_vault_client::Declaration;
use serde::Serialize;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long an answer may take to begin. The gate may have to hash a blob of gigabytes first.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// How long the next piece of an upload may take.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Requests and answers that are under way at one time.
const UNDER_WAY: usize = 1_024;
/// Messages that bring bytes of uploads at one time.
const UPLOADING: usize = 256;
/// How far ahead of the service's clock a request may be made.
///
/// An earlier process may have answered requests that were made ahead of its clock, and remembered their numbers. So a
/// service that starts counts as started that much later, and answers nothing until then.
pub const MAX_LEAD: Moment = 10 * SECOND;

/// An institution, its vault, and what it does beside giving objects out.
pub struct Custody {
    /// The institution.
    pub institution: InstitutionId,
    /// Its vault, which is the one before which the gate stands.
    pub vault: Vault,
    /// The ledger of what is staged in it.
    pub ledger: Arc<Ledger>,
    /// With whom the vault exchanges copies, and what it once held.
    pub copying: Arc<Copying>,
    /// Marks of objects that the chain names no more.
    pub unnamed: Marks,
    /// The institution's key, with which it opens what was granted to it.
    pub key: Option<EncryptionPair>,
}

/// When a service answers, and how much.
pub struct ServiceSettings {
    /// It answers nothing before this moment.
    pub opens_at: Moment,
    /// Its clock.
    pub now: fn() -> Moment,
    /// How much one reader and all connections may take.
    pub limits: ServiceLimits,
    /// How long the next piece of an upload may take.
    pub longest_pause: Duration,
    /// The desk of letters about notices, whose numbers monitoring asks for.
    pub notices: Option<Arc<Desk>>,
    /// The texts that the institution declares to all who ask.
    pub declaration: Option<Declaration>,
}

impl Default for ServiceSettings {
    /// From the start on, by the system's clock.
    fn default() -> Self {
        let (limits, longest_pause) = (ServiceLimits::default(), LONGEST_PAUSE);
        Self { opens_at: 0, now: system_now, limits, longest_pause, notices: None, declaration: None }
    }
}

/// A gate, and what it is asked through.
pub struct Service<C> {
    pub(super) gate: ReleaseGate<C, Vault>,
    pub(super) custody: Custody,
    pub(super) uploads: Uploads,
    pub(super) metrics: Metrics,
    pub(super) now: fn() -> Moment,
    pub(super) readiness: Readiness,
    pub(super) opens_at: Moment,
    pub(super) longest_pause: Duration,
    pub(super) notices: Option<Arc<Desk>>,
    pub(super) declaration: Option<Declaration>,
    under_way: Arc<Semaphore>,
    uploading: Arc<Semaphore>,
    readers: Arc<Readers>,
    log: RequestLog,
}

impl<C: ChainView + Send + Sync + 'static> Service<C> {
    /// The service of `gate`, at the gate's own authority.
    pub fn new(
        gate: ReleaseGate<C, Vault>,
        custody: Custody,
        metrics: Metrics,
        settings: ServiceSettings,
    ) -> Arc<Self> {
        Arc::new(Self {
            gate,
            custody,
            uploads: Uploads::default(),
            metrics,
            readiness: Readiness::default(),
            now: settings.now,
            opens_at: settings.opens_at,
            longest_pause: settings.longest_pause,
            notices: settings.notices,
            declaration: settings.declaration,
            under_way: Arc::new(Semaphore::new(UNDER_WAY)),
            uploading: Arc::new(Semaphore::new(UPLOADING)),
            readers: Readers::new(settings.limits),
            log: RequestLog::default(),
        })
    }

    /// Forgets uploads that waited too long for their next byte, and readers of whom nothing counts any more.
    pub fn sweep(&self) {
        self.uploads.sweep((self.now)());
        self.readers.sweep((self.now)());
    }

    /// A line for the log about the requests since the last one; none where no request came.
    pub fn next_log_line(&self) -> Option<String> {
        self.log.next_line()
    }

    /// How many requests and answers are under way.
    pub(super) fn under_way(&self) -> usize {
        UNDER_WAY.saturating_sub(self.under_way.available_permits())
    }

    /// Receives a request, has it answered, and counts the outcome.
    pub(super) async fn serve<R: Served<C>>(&self, message: Request) -> Response {
        let outcome = timeout(LONGEST_WAIT, self.outcome::<R>(message)).await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(problem(StatusCode::SERVICE_UNAVAILABLE, "the gate took too long")));
        self.counted(R::PATH, outcome)
    }

    /// Counts the outcome of a request to `path`; the answer.
    pub(super) fn counted(&self, path: &str, outcome: Result<Response, Problem>) -> Response {
        let (label, given) = match outcome {
            Ok(given) => (Outcome::Served, given),
            Err(problem) => (Outcome::of(problem.status, problem.refusal.as_ref()), answer(&problem)),
        };
        self.log.add(path, &label);
        self.metrics.count(path, label);
        given
    }

    /// A place among the requests that are under way, while the service is open.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let busy =
            |_| problem(StatusCode::SERVICE_UNAVAILABLE, "the service has as many requests under way as it takes");
        let place = self.under_way.clone().try_acquire_owned().map_err(busy)?;
        if (self.now)() < self.opens_at {
            return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "the service has just started"));
        }
        Ok(place)
    }

    /// A place among the messages that bring bytes. Readers have places of their own.
    pub(super) fn place_for_upload(&self) -> Result<OwnedSemaphorePermit, Problem> {
        drop(self.place()?);
        let busy =
            |_| problem(StatusCode::SERVICE_UNAVAILABLE, "the service takes as many uploads at a time as it can");
        self.uploading.clone().try_acquire_owned().map_err(busy)
    }

    async fn outcome<R: Served<C>>(&self, message: Request) -> Result<Response, Problem> {
        drop(self.place()?);
        let signed = receive::<R>(message, self.gate.authority(), &self.gate.chain().genesis()).await?;
        // A request that trickles in keeps no place.
        let place = self.place()?;
        if signed.at() > (self.now)().saturating_add(MAX_LEAD) {
            return Err(of_gate::<C::Error>(&GateRefusal::RequestNotFresh.into()));
        }
        // The gate refuses a request without a signature of its key, before it asks the chain. It is counted for no reader.
        let reader = match signed.is_signed(&self.gate.chain().genesis()) {
            true => Some(self.readers.place(*signed.key(), signed.request().asker(), (self.now)())),
            false => None,
        };
        let mut reader = reader.transpose().map_err(|refusal| of_gate::<C::Error>(&refusal.into()))?;
        match R::answer(self, &signed).await {
            // The places are free again once the answer is out, or its reader is gone.
            Ok(given) => {
                if let Some(reader) = &mut reader {
                    reader.count(length(&given), (self.now)());
                }
                Ok(given.map(|body| {
                    Body::new(body.map_frame(move |frame| {
                        let _ = (&place, &reader);
                        frame
                    }))
                }))
            }
            Err(error) => {
                report(&error);
                match &error {
                    GateError::Refused(GateRefusal::Corrupted(id)) => self.custody.copying.have_repaired(id),
                    GateError::Refused(GateRefusal::NotTheMember(_)) => {
                        reader.iter().for_each(ReaderPlace::disown);
                    }
                    _ => {}
                }
                Err(of_gate(&error))
            }
        }
    }
}

/// The bytes of an answer, as it says. One with copies says none: partners agreed to give each other everything.
fn length(answer: &Response) -> u64 {
    let length = answer.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

/// Tells the operator why the gate failed. The causes are those of node and disk; none names a reader or a record.
pub(super) fn report<E: std::error::Error>(error: &GateError<E>) {
    if !matches!(error, GateError::Refused(_)) {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        eprintln!("fault: {error}: {cause}");
    }
}

/// A kind of request, and the form in which the answer travels.
pub(super) trait Served<C: ChainView>: GateRequest + Send + Sync {
    /// Has the request answered.
    fn answer(
        service: &Service<C>,
        signed: &Signed<Self>,
    ) -> impl Future<Output = Result<Response, GateError<C::Error>>> + Send;
}

/// An answer in JSON. It says its length, which the body loses when it is counted among those under way.
#[expect(clippy::expect_used, reason = "the answers of a gate are JSON")]
pub(super) fn json(answer: &impl Serialize) -> Response {
    let body = serde_json::to_vec(answer).expect("an answer of the gate is JSON");
    let fields = [(CONTENT_TYPE, HeaderValue::from_static("application/json")), (CONTENT_LENGTH, body.len().into())];
    (fields, body).into_response()
}
