// SPDX-License-Identifier: Apache-2.0

//! The requests of readers, and the form in which answers travel.

use super::service::{json, Served, Service};
use axum::{
    body::{Body, Bytes},
    http::{
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        HeaderValue,
    },
    response::{IntoResponse, Response},
};
use futures::{stream, Stream, StreamExt};
use salus_gate::{
    protocol::{
        CompartmentRequest, CopyRequest, KeyRequest, NoteRequest, ReleaseHead, ReleaseRequest, Signed, COPY_MISSING,
        RELEASE,
    },
    ChainView, GateError, Released,
};
use salus_primitives::Digest;
use salus_vault::{ObjectReader, Vault, VaultError};
use std::io;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

/// The media type of bytes without further meaning.
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// Bytes of a blob in memory for each reader.
const PIECE: usize = 64 * 1024;

impl<C: ChainView + Send> Served<C> for ReleaseRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        Ok(stream_out(service.gate.release(signed).await?))
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

impl<C: ChainView + Send> Served<C> for CopyRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        service.gate.permit_copy(signed, &service.custody.partners).await?;
        let copies = copies(service.custody.vault.clone(), signed.request().objects.clone());
        Ok(([(CONTENT_TYPE, OCTETS)], Body::from_stream(copies)).into_response())
    }
}

/// Objects, each after its length. One that is altered counts as missing. When the vault fails in between, the connection ends.
fn copies(vault: Vault, objects: Vec<Digest>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let opened = stream::iter(objects).then(move |id| {
        let vault = vault.clone();
        async move {
            match vault.reader(&id).await {
                Ok(object) => Ok(Some(object)),
                Err(VaultError::NotFound(_) | VaultError::Corrupted { .. }) => Ok(None),
                Err(error) => Err(io::Error::other(error)),
            }
        }
    });
    opened.flat_map(|object| {
        let length = match &object {
            Ok(object) => Ok(object.as_ref().map_or(COPY_MISSING, ObjectReader::size)),
            Err(error) => Err(io::Error::other(error.to_string())),
        };
        let length = length.map(|length| Bytes::copy_from_slice(&length.to_be_bytes()));
        let bytes = object.ok().flatten().map(|object| ReaderStream::with_capacity(object, PIECE));
        stream::once(async { length }).chain(stream::iter(bytes).flatten())
    })
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
