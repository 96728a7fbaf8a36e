// SPDX-License-Identifier: Apache-2.0

//! Vault services over HTTP, at the addresses that the chain has.

use std::{future::Future, io, net::IpAddr, time::Duration};

use futures::{stream, Stream, StreamExt, TryStreamExt};
use reqwest::{header, redirect::Policy, Client, Method, RequestBuilder, Response, StatusCode};
use salus_chain::{At, Chain};
use salus_gate::{
    protocol::{
        content_digest, normal_authority, CompartmentRequest, GateRequest, KeyRequest, NoteRequest, Problem,
        ReleaseHead, ReleaseRequest, ReleasedCompartment, ReleasedKey, ReleasedNote, Signed, StageRequest, Staged,
        UploadId, CONTENT_DIGEST, GENESIS, PARTIAL_UPLOAD, UPLOADS, UPLOAD_OFFSET,
    },
    BoxedBytes, Released, ReleasedBlob,
};
use salus_primitives::InstitutionId;
use serde::de::DeserializeOwned;
use tokio::{io::AsyncReadExt, time::sleep};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{Answer, ServiceError, Services};
use crate::sealed_objects::SealedObject;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the next bytes may take. A gate hashes a blob before it gives out the first byte: gigabytes take a while.
const SILENCE: Duration = Duration::from_secs(300);
/// Bytes of an answer that is read into memory, at most: 1,024 links of 2 KiB in base64.
const LONGEST: usize = 4 * 1024 * 1024;
/// Bytes of an upload in memory at one time.
const PIECE: usize = 64 * 1024;
/// Attempts to go on with an upload that was cut off, without any byte arriving.
const ATTEMPTS: u32 = 5;

/// The services of all institutions, over a network.
///
/// An address is `https://`, or `http://` on this machine. No answer redirects a request, which is signed to one authority.
pub struct RemoteServices {
    chain: Chain,
    client: Client,
}

/// Where a service is.
struct Address {
    base: String,
    authority: String,
}

impl RemoteServices {
    /// The services whose addresses `chain` has.
    ///
    /// The system's certificates count, and the environment's proxies.
    pub fn new(chain: &Chain) -> io::Result<Self> {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("salus/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build()
            .map_err(io::Error::other)?;
        Ok(Self { chain: chain.clone(), client })
    }

    async fn address(&self, institution: InstitutionId) -> Result<Address, ServiceError> {
        let found = self.chain.institution(At::Best, institution).await?;
        let address = found.map(|found| String::from_utf8_lossy(&found.profile.vault_address).into_owned());
        let address = address.filter(|address| !address.is_empty()).ok_or(ServiceError::NoAddress(institution))?;
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        match (normal_authority(&address), scheme.as_deref()) {
            (Some(authority), Some(scheme)) if scheme == "https" || is_this_machine(&authority) => {
                Ok(Address { base: format!("{scheme}://{authority}"), authority })
            }
            _ => Err(ServiceError::Address { institution, address }),
        }
    }

    /// Sends a signed request. A problem is an error.
    async fn ask<R: GateRequest>(
        &self,
        institution: InstitutionId,
        request: &Signed<R>,
    ) -> Result<(Address, Response), ServiceError> {
        let address = self.address(institution).await?;
        let fields = request.fields();
        let message = self
            .client
            .post(format!("{}{}", address.base, R::PATH))
            .header(GENESIS, self.chain.genesis().to_string())
            .header(CONTENT_DIGEST, content_digest(request.body()))
            .header("signature-input", fields.input)
            .header("signature", fields.signature)
            .header(header::CONTENT_TYPE, "application/json")
            .body(request.body().to_vec());
        let answer = address.send(message).await?;
        Ok((address, answer))
    }

    async fn json<R: GateRequest, T: DeserializeOwned>(
        &self,
        institution: InstitutionId,
        request: &Signed<R>,
    ) -> Result<(Address, T), ServiceError> {
        let (address, answer) = self.ask(institution, request).await?;
        let body = address.short(answer).await?;
        let answer = serde_json::from_slice(&body).map_err(|_| ServiceError::Form(address.authority.clone()))?;
        Ok((address, answer))
    }

    async fn released(
        &self,
        institution: InstitutionId,
        request: &Signed<ReleaseRequest>,
    ) -> Result<Released<BoxedBytes>, ServiceError> {
        let (address, answer) = self.ask(institution, request).await?;
        let form = || ServiceError::Form(address.authority.clone());
        let mut frame = StreamReader::new(answer.bytes_stream().map_err(io::Error::other).boxed());
        let mut length = [0; 4];
        frame.read_exact(&mut length).await.map_err(|_| form())?;
        let mut head = vec![0; ReleaseHead::length(length).map_err(|_| form())?];
        frame.read_exact(&mut head).await.map_err(|_| form())?;
        let ReleaseHead { bindings, content, basis, key_envelope, size } =
            ReleaseHead::from_bytes(&head).map_err(|_| form())?;
        // A byte more than there should be is noticed where the blob is hashed.
        let bytes: BoxedBytes = Box::new(frame.take(size.saturating_add(1)));
        Ok(Released { bindings, content, basis, key_envelope, blob: ReleasedBlob::new(size, bytes) })
    }

    /// Sends the bytes of an upload. Where it was cut off, it goes on.
    async fn upload(&self, address: &Address, upload: UploadId, objects: &[SealedObject]) -> Result<(), ServiceError> {
        let url = format!("{}{UPLOADS}/{upload}", address.base);
        let (mut offset, mut attempts) = (0, 0u32);
        loop {
            let message = self
                .client
                .request(Method::PATCH, &url)
                .header(UPLOAD_OFFSET, offset)
                .header(header::CONTENT_TYPE, PARTIAL_UPLOAD)
                .body(reqwest::Body::wrap_stream(bytes_from(objects, offset)?));
            let cut_off = match address.send(message).await {
                Ok(answer) if answer.status() == StatusCode::CREATED => return Ok(()),
                Ok(_) => None,
                // The service judges the bytes while they come, and closes the connection when it knows enough.
                Err(error @ ServiceError::Unreachable { .. }) => Some(error),
                Err(ServiceError::Problem { status: 409, .. }) => None,
                Err(error) => return Err(lost(error)),
            };
            attempts = attempts.saturating_add(1);
            let received = match address.send(self.client.head(&url)).await {
                Ok(answer) => answer.headers().get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok()),
                Err(ServiceError::Problem { status: 409, .. } | ServiceError::Unreachable { .. }) => None,
                Err(error) => return Err(lost(error)),
            };
            if let Some(received) = received {
                if received > offset {
                    attempts = 0;
                }
                offset = received;
            }
            if attempts >= ATTEMPTS {
                let authority = address.authority.clone();
                let cause = "the upload was cut off again and again".to_owned();
                return Err(cut_off.unwrap_or(ServiceError::Unreachable { authority, cause }));
            }
            sleep(Duration::from_secs(1 << attempts.min(4))).await;
        }
    }
}

/// A service that does not know an upload has restarted.
fn lost(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Problem { authority, status: 404, .. } => ServiceError::UploadLost(authority),
        error => error,
    }
}

/// The bytes of objects, one after the other, from a place on.
fn bytes_from(
    objects: &[SealedObject],
    offset: u64,
) -> io::Result<impl Stream<Item = io::Result<bytes::Bytes>> + Send + 'static> {
    let mut skip = offset;
    let mut parts = Vec::new();
    for object in objects {
        if skip < object.size() {
            parts.push(object.bytes_from(skip)?);
        }
        skip = skip.saturating_sub(object.size());
    }
    Ok(stream::iter(parts).flat_map(|part| ReaderStream::with_capacity(part, PIECE)))
}

/// Whether an authority is on the loopback interface, which other machines do not reach.
fn is_this_machine(authority: &str) -> bool {
    let host = authority.rsplit_once(':').map_or(authority, |(host, port)| match port.ends_with(']') {
        true => authority,
        false => host,
    });
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Address {
    /// Sends a message. A problem is an error.
    async fn send(&self, message: RequestBuilder) -> Result<Response, ServiceError> {
        let answer = message.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = self.short(answer).await.unwrap_or_default();
        let problem: Option<Problem> = serde_json::from_slice(&body).ok();
        if let Some(refusal) = problem.as_ref().and_then(|problem| problem.refusal) {
            return Err(refusal.into());
        }
        let detail = problem.and_then(|problem| problem.detail);
        let detail = detail.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason").to_owned());
        Err(ServiceError::Problem { authority: self.authority.clone(), status: status.as_u16(), detail })
    }

    /// A body that fits into memory.
    async fn short(&self, answer: Response) -> Result<Vec<u8>, ServiceError> {
        let (mut body, mut pieces) = (Vec::new(), answer.bytes_stream());
        while let Some(piece) = pieces.try_next().await.map_err(|error| self.unreachable(&error))? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST {
                return Err(ServiceError::Form(self.authority.clone()));
            }
        }
        Ok(body)
    }

    fn unreachable(&self, error: &reqwest::Error) -> ServiceError {
        // The error names the address, which is said already; its innermost cause says what happened.
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        ServiceError::Unreachable { authority: self.authority.clone(), cause: cause.to_string() }
    }
}

fn boxed<'a, T>(answer: impl Future<Output = Result<T, ServiceError>> + Send + 'a) -> Answer<'a, T> {
    Box::pin(answer)
}

impl Services for RemoteServices {
    fn authority(&self, institution: InstitutionId) -> Answer<'_, String> {
        boxed(async move { Ok(self.address(institution).await?.authority) })
    }

    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        boxed(self.released(institution, request))
    }

    fn release_key<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<KeyRequest>,
    ) -> Answer<'a, ReleasedKey> {
        boxed(async move { Ok(self.json(institution, request).await?.1) })
    }

    fn release_compartment<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<CompartmentRequest>,
    ) -> Answer<'a, ReleasedCompartment> {
        boxed(async move { Ok(self.json(institution, request).await?.1) })
    }

    fn release_note<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<NoteRequest>,
    ) -> Answer<'a, ReleasedNote> {
        boxed(async move { Ok(self.json(institution, request).await?.1) })
    }

    fn store<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<StageRequest>,
        objects: &'a [SealedObject],
    ) -> Answer<'a, ()> {
        boxed(async move {
            let (address, Staged { upload, .. }) = self.json(institution, request).await?;
            self.upload(&address, upload, objects).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for here in ["localhost", "localhost:80", "127.0.0.1", "127.3.2.1:8080", "[::1]", "[::1]:8080"] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in ["vault.example", "10.0.0.1:80", "localhost.example", "[2001:db8::1]:80", "127.0.0.1.example"]
        {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
    }

    #[tokio::test]
    async fn bytes_go_on_in_the_midst_of_an_object() {
        let objects = [vec![1; 3], vec![2; 4], vec![3; 1]].map(SealedObject::of);
        let all = [1, 1, 1, 2, 2, 2, 2, 3];
        for offset in 0..=8 {
            let pieces: Vec<_> = bytes_from(&objects, offset).unwrap().try_collect().await.unwrap();
            assert_eq!(pieces.concat(), all[usize::try_from(offset).unwrap()..], "{offset}");
        }
    }
}
