// SPDX-License-Identifier: Apache-2.0

//! The requests of readers, and the form in which answers travel.

use super::service::{json, Served, Service};
use axum::{
    body::Body,
    http::{
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        HeaderValue,
    },
    response::{IntoResponse, Response},
};
use futures::{stream, StreamExt, TryStreamExt};
use salus_gate::{
    protocol::{
        CompartmentRequest, KeyRequest, NoteRequest, ReleaseHead, ReleaseRequest, RestRequest, Signed, RELEASE,
    },
    ChainView, GateError, Released,
};
use std::io;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

/// Bytes of a blob in memory for each reader.
const PIECE: usize = 64 * 1024;

impl<C: ChainView + Send> Served<C> for ReleaseRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(stream_out(service, service.gate.release(signed).await?, 0))
    }
}

impl<C: ChainView + Send> Served<C> for RestRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(stream_out(service, service.gate.release_rest(signed).await?, signed.request().from))
    }
}

impl<C: ChainView + Send> Served<C> for KeyRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(json(&service.gate.release_key(signed).await?))
    }
}

impl<C: ChainView + Send> Served<C> for CompartmentRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(json(&service.gate.release_compartment(signed).await?))
    }
}

impl<C: ChainView + Send> Served<C> for NoteRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(json(&service.gate.release_note(signed).await?))
    }
}

/// The frame of a version, piece by piece, without the first `from` bytes of its blob.
///
/// When the vault fails in between, or the bytes turn out damaged, the connection ends before the length is reached.
fn stream_out<C: ChainView, B: AsyncRead + Unpin + Send + 'static>(
    service: &Service<C>,
    released: Released<B>,
    from: u64,
) -> Response {
    let Released { bindings, content, basis, key_envelope, blob } = released;
    let size = blob.size();
    let head = ReleaseHead { bindings, content, basis, key_envelope, size }.to_bytes();
    let length = size.saturating_sub(from).saturating_add(head.len() as u64);
    let first = stream::once(async { Ok(head.into()) });
    let copying = service.custody.copying.clone();
    let pieces = ReaderStream::with_capacity(blob, PIECE).inspect_err(move |error| {
        if error.kind() != io::ErrorKind::InvalidData {
            eprintln!("fault: the object `{content}` cannot be read to its end: {error}");
        }
        copying.have_repaired(&content);
    });
    let body = Body::from_stream(first.chain(pieces));
    let fields = [(CONTENT_TYPE, HeaderValue::from_static(RELEASE)), (CONTENT_LENGTH, HeaderValue::from(length))];
    (fields, body).into_response()
}
