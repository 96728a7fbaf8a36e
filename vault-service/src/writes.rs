// SPDX-License-Identifier: Apache-2.0

//! The requests of writers: a signed request announces objects, and an upload brings their bytes.

use super::{
    problems::{answer, problem},
    service::{json, report, Served, Service},
    staging::{LedgerFault, UploadFault},
};
use axum::{
    body::Bytes,
    extract::{rejection::PathRejection, Path, Request, State},
    http::{request::Parts, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use salus_gate::{
    protocol::{GateRefusal, Problem, Signed, StageRequest, Staged, UploadId, UPLOADS, UPLOAD_OFFSET},
    ChainView, GateError,
};
use salus_primitives::{
    access::{Permission, Scope},
    decision::Denial,
    RecordId,
};
use salus_sealing::secret::random;
use salus_vault::VaultError;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
    time::Duration,
};
use tokio::time::{timeout, Instant};

/// How long one message of an upload may take. Another one goes on.
const LONGEST_MESSAGE: Duration = Duration::from_secs(15 * 60);

impl<C: ChainView + Send> Served<C> for StageRequest {
    /// Asks the gate who the writer is and the chain about the records, reserves room for the objects, and opens an upload.
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        let custody = &service.custody;
        let permit = service.gate.permit_staging(signed, custody.institution).await?;
        let request = signed.request();
        let mut present = BTreeMap::new();
        for object in &request.objects {
            match custody.vault.size(&object.id).await {
                Ok(size) => drop(present.insert(object.id, size)),
                Err(VaultError::NotFound(_)) => {}
                Err(fault) => return Err(GateError::Store(fault.into())),
            }
        }
        let now = (service.now)();
        if !service.uploads.has_room(permit.writer, permit.kind, now) {
            return Err(GateRefusal::TooManyUploads.into());
        }
        refuse_what_is_gone(service, request).await?;
        let reservation = custody.ledger.reserve(&permit, request, &present).map_err(|fault| match fault {
            LedgerFault::Refused(refusal) => refusal.into(),
            LedgerFault::Io(error) => GateError::Store(error),
        })?;
        // An object that the chain named no more is going to be named again: its age begins from the start.
        for object in &request.objects {
            custody.unnamed.strike(&object.id).map_err(GateError::Store)?;
        }
        let upload = UploadId(random());
        service.uploads.begin(upload, request.writer, request.objects.clone(), reservation, now);
        Ok(json(&Staged { upload, expires_at: custody.ledger.limits().end(now) }))
    }
}

/// Refuses objects for a record of which nothing is left: it was shredded, or never became part of its chart. So a writer who
/// did not know of it learns it before the bytes are sent. No upload begins with a blob that this vault deleted, either, whatever record
/// it is for.
async fn refuse_what_is_gone<C: ChainView + Send>(
    service: &Service<C>,
    request: &StageRequest,
) -> Result<(), GateError<C::Error>> {
    let destroyed = &service.custody.copying.destroyed;
    if request.objects.iter().any(|object| destroyed.has(&object.id)) {
        return Err(GateRefusal::Denied(Denial::Shredded).into());
    }
    let scope = match request.scope {
        Some(Scope::Record(key)) => Some(key),
        _ => None,
    };
    let keys: BTreeSet<_> = request.objects.iter().filter_map(|object| object.record).chain(scope).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let chain = service.gate.chain();
    let head = chain.finalized_head().await.map_err(GateError::Chain)?;
    for key in keys {
        let record = chain.record(&head, RecordId { chart: request.chart, key }).await.map_err(GateError::Chain)?;
        let gone = record.map(|record| record.state).filter(|state| !state.has_content());
        if let Some(denial) = gone.and_then(|state| state.denial(Permission::Amend, false)) {
            return Err(GateRefusal::Denied(denial).into());
        }
    }
    Ok(())
}

/// Adds the bytes of a message to an upload.
pub(super) async fn add_to_upload<C: ChainView + Send + Sync + 'static>(
    State(service): State<Arc<Service<C>>>,
    number: Result<Path<String>, PathRejection>,
    message: Request,
) -> Response {
    let outcome = service.clone().add_to_upload(number, message).await;
    service.counted(UPLOADS, outcome)
}

/// Says how far an upload has come.
pub(super) async fn ask_upload<C: ChainView + Send + Sync + 'static>(
    State(service): State<Arc<Service<C>>>,
    number: Result<Path<String>, PathRejection>,
) -> Response {
    let outcome = service.ask_upload(number);
    service.counted(UPLOADS, outcome)
}

impl<C: ChainView + Send + Sync + 'static> Service<C> {
    fn ask_upload(&self, number: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
        let _place = self.place()?;
        let upload = self.uploads.take(upload_id(number)?, (self.now)()).map_err(|fault| of_upload(&fault))?;
        Ok(at_offset(StatusCode::NO_CONTENT, upload.received()))
    }

    async fn add_to_upload(
        self: Arc<Self>,
        number: Result<Path<String>, PathRejection>,
        message: Request,
    ) -> Result<Response, Problem> {
        let (place, number) = (self.place_for_upload()?, upload_id(number)?);
        let (parts, body) = message.into_parts();
        let offset = offset_of(&parts)
            .ok_or_else(|| problem(StatusCode::BAD_REQUEST, "the message needs the field `upload-offset` once"))?;
        let service = self.clone();
        // A task of its own: the server drops its future when the connection ends, in the midst of whatever it does.
        let receiving = tokio::spawn(async move {
            let received = service.receive_bytes(number, offset, body.into_data_stream()).await;
            drop(place);
            received
        });
        let received = receiving.await.unwrap_or_else(|fault| Err(io::Error::other(fault).into()));
        match received {
            Ok((true, received)) => Ok(at_offset(StatusCode::CREATED, received)),
            Ok((false, received)) => Ok(at_offset(StatusCode::NO_CONTENT, received)),
            // Where the upload is, the writer learns from the field, too.
            Err(fault @ UploadFault::Elsewhere(received)) => {
                let mut refused = answer(&of_upload(&fault));
                refused.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(received));
                Ok(refused)
            }
            Err(fault) => Err(of_upload(&fault)),
        }
    }

    /// Takes bytes until the message ends, or is cut off; whether the upload is complete, and how far it has come.
    async fn receive_bytes<E>(
        &self,
        number: UploadId,
        offset: u64,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(bool, u64), UploadFault> {
        let mut upload = self.uploads.take(number, (self.now)())?;
        if upload.received() != offset {
            return Err(UploadFault::Elsewhere(upload.received()));
        }
        let end = Instant::now().checked_add(LONGEST_MESSAGE).unwrap_or_else(Instant::now);
        let received = async {
            while Instant::now() < end {
                let Ok(Some(Ok(piece))) = timeout(self.longest_pause, body.next()).await else { break };
                upload.take(&self.custody.vault, &self.custody.ledger, piece, (self.now)()).await?;
            }
            Ok((upload.settle().await?, upload.received()))
        }
        .await;
        match &received {
            Ok((false, _)) => {}
            // Complete, or in a state that is not known: ended before another message can take it.
            Ok((true, _)) => self.uploads.end(number),
            Err(fault) => {
                if let UploadFault::Vault(error) = fault {
                    report(&GateError::<C::Error>::Store(io::Error::other(error.to_string())));
                }
                self.uploads.end(number);
            }
        }
        received
    }
}

fn upload_id(number: Result<Path<String>, PathRejection>) -> Result<UploadId, Problem> {
    let number = number.ok().and_then(|Path(number)| number.parse().ok());
    number.ok_or_else(|| of_upload(&UploadFault::Unknown))
}

fn offset_of(parts: &Parts) -> Option<u64> {
    let mut values = parts.headers.get_all(UPLOAD_OFFSET).iter();
    let (value, further) = (values.next()?, values.next());
    further.is_none().then(|| value.to_str().ok()?.parse().ok())?
}

fn at_offset(status: StatusCode, received: u64) -> Response {
    (status, [(UPLOAD_OFFSET, HeaderValue::from(received))]).into_response()
}

fn of_upload(fault: &UploadFault) -> Problem {
    let status = match fault {
        UploadFault::TooMany => StatusCode::TOO_MANY_REQUESTS,
        UploadFault::Unknown => StatusCode::NOT_FOUND,
        UploadFault::Busy | UploadFault::Elsewhere(_) => StatusCode::CONFLICT,
        UploadFault::TooLong | UploadFault::OtherBytes => StatusCode::UNPROCESSABLE_ENTITY,
        UploadFault::Full => StatusCode::INSUFFICIENT_STORAGE,
        UploadFault::Vault(VaultError::Away(_)) => StatusCode::SERVICE_UNAVAILABLE,
        UploadFault::Vault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    problem(status, &fault.to_string())
}
