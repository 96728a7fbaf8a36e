// SPDX-License-Identifier: Apache-2.0

//! Requests over HTTP, and their answers.

use std::{future::Future, io, time::Duration};

use futures::{stream, Stream, StreamExt, TryStreamExt};
use reqwest::{header, redirect::Policy, Client, Method, RequestBuilder, Response, StatusCode};
use salus_gate::{
    protocol::{
        content_digest, CopyRequest, GateRefusal, GateRequest, Problem, ReleaseHead, ReleaseRequest, RestRequest,
        Signed, StageRequest, Staged, UploadId, CONTENT_DIGEST, GENESIS, PARTIAL_UPLOAD, UPLOADS, UPLOAD_OFFSET,
    },
    BoxedBytes, Released, ReleasedBlob,
};
use salus_primitives::Digest;
use serde::de::DeserializeOwned;
use tokio::{
    io::AsyncReadExt,
    time::{sleep, timeout},
};
use tokio_util::io::StreamReader;

use crate::address::Address;
use crate::copies::Copies;
use crate::error::VaultClientError;
use crate::objects::SealedObject;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the next bytes may take. A gate may have to hash gigabytes before it gives out the first byte.
const SILENCE: Duration = Duration::from_secs(300);
/// Bytes of an answer that is read into memory, at most: 1,024 links of 2 KiB in base64.
const LONGEST: usize = 4 * 1024 * 1024;
/// Bytes of an upload in one message. An answer comes before the service counts as silent.
const PART: u64 = 32 * 1024 * 1024;
/// How long an answer in JSON may take to come whole.
const LONGEST_ANSWER: Duration = Duration::from_secs(120);
/// Attempts to go on with an upload that was cut off, without any byte arriving.
const ATTEMPTS: u32 = 5;
/// The wait after the first of them is twice this long, and each wait is twice the one before.
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 1_000 });

/// Asks vault services of one chain.
///
/// No answer redirects a request, which is signed to one authority.
#[derive(Clone)]
pub struct VaultClient {
    genesis: Digest,
    client: Client,
    direct: Client,
}

impl VaultClient {
    /// A client for the chain of `genesis`.
    ///
    /// The system's certificates count, and the environment's proxies.
    pub fn new(genesis: Digest) -> io::Result<Self> {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = Client::builder().user_agent(concat!("salus/", env!("CARGO_PKG_VERSION")));
            builder.redirect(Policy::none()).connect_timeout(CONNECT).read_timeout(SILENCE).tls_info(true)
        };
        let client = builder().build().map_err(io::Error::other)?;
        let direct = builder().no_proxy().build().map_err(io::Error::other)?;
        Ok(Self { genesis, client, direct })
    }

    /// Sends a signed request. A problem is an error.
    async fn ask<R: GateRequest>(&self, address: &Address, request: &Signed<R>) -> Result<Response, VaultClientError> {
        // The address may have changed on the chain since the request was signed.
        if request.authority() != address.authority() {
            return Err(GateRefusal::AnotherGate.into());
        }
        let fields = request.fields();
        let message = self
            .client_of(address)
            .post(address.at(R::PATH))
            .header(GENESIS, self.genesis.to_string())
            .header(CONTENT_DIGEST, content_digest(request.body()))
            .header("signature-input", fields.input)
            .header("signature", fields.signature)
            .header(header::CONTENT_TYPE, "application/json")
            .body(request.body().to_vec());
        send(address, message).await
    }

    /// A request whose answer is JSON.
    pub async fn json<R: GateRequest, T: DeserializeOwned>(
        &self,
        address: &Address,
        request: &Signed<R>,
    ) -> Result<T, VaultClientError> {
        let answer = self.ask(address, request).await?;
        let body = timeout(LONGEST_ANSWER, short(address, answer)).await.map_err(|_| form(address))??;
        serde_json::from_slice(&body).map_err(|_| form(address))
    }

    /// A version of a record. Its bytes come while they are read.
    pub async fn release(
        &self,
        address: &Address,
        request: &Signed<ReleaseRequest>,
    ) -> Result<Released<BoxedBytes>, VaultClientError> {
        released(address, self.ask(address, request).await?, 0).await
    }

    /// The same version, and of its blob the bytes that are still missing.
    pub async fn release_rest(
        &self,
        address: &Address,
        request: &Signed<RestRequest>,
    ) -> Result<Released<BoxedBytes>, VaultClientError> {
        released(address, self.ask(address, request).await?, request.request().from).await
    }

    /// Copies of objects, for a service that keeps them.
    pub async fn copy(&self, address: &Address, request: &Signed<CopyRequest>) -> Result<Copies, VaultClientError> {
        let answer = self.ask(address, request).await?;
        let bytes = StreamReader::new(answer.bytes_stream().map_err(io::Error::other).boxed());
        let CopyRequest { objects, from, .. } = request.request();
        Ok(Copies::new(Box::new(bytes), objects.clone(), *from))
    }

    /// Puts the objects that `request` announces into a vault. When this returns, they are on its disk.
    pub async fn store(
        &self,
        address: &Address,
        request: &Signed<StageRequest>,
        objects: &[SealedObject],
    ) -> Result<(), VaultClientError> {
        let Staged { upload, .. } = self.json(address, request).await?;
        self.upload(address, upload, objects).await
    }

    /// Sends the bytes of an upload, in parts. Where it was cut off, it goes on.
    async fn upload(
        &self,
        address: &Address,
        upload: UploadId,
        objects: &[SealedObject],
    ) -> Result<(), VaultClientError> {
        let url = address.at(&format!("{UPLOADS}/{upload}"));
        let total = objects.iter().fold(0u64, |sum, object| sum.saturating_add(object.size()));
        let (mut offset, mut farthest, mut attempts) = (0, 0, 0u32);
        loop {
            let message = self
                .client_of(address)
                .request(Method::PATCH, &url)
                .header(UPLOAD_OFFSET, offset)
                .header(header::CONTENT_TYPE, PARTIAL_UPLOAD)
                .body(reqwest::Body::wrap_stream(bytes_from(objects, offset, PART)));
            let (received, fault) = match send(address, message).await {
                Ok(answer) if answer.status() == StatusCode::CREATED => return Ok(()),
                Ok(answer) => (offset_in(&answer), None),
                Err(fault) if is_cut_off(&fault) => (None, Some(fault)),
                Err(fault) => return Err(lost(fault)),
            };
            let received = match received {
                Some(received) => Some(received),
                None => match send(address, self.client_of(address).head(&url)).await {
                    Ok(answer) => offset_in(&answer),
                    Err(fault) if is_cut_off(&fault) => None,
                    Err(fault) => return Err(lost(fault)),
                },
            };
            offset = received.filter(|received| *received <= total).unwrap_or(offset);
            // Only bytes that never arrived before are progress.
            if offset > farthest {
                (farthest, attempts) = (offset, 0);
                continue;
            }
            attempts = attempts.saturating_add(1);
            if attempts >= ATTEMPTS {
                let authority = address.authority().to_owned();
                let cause = "the upload was cut off again and again".to_owned();
                return Err(fault.unwrap_or(VaultClientError::Unreachable { authority, cause }));
            }
            sleep(PAUSE.saturating_mul(1 << attempts.min(4))).await;
        }
    }

    /// Services on this machine are reached by no proxy, which would be asked in the clear.
    pub(crate) fn client_of(&self, address: &Address) -> &Client {
        match address.is_here() {
            true => &self.direct,
            false => &self.client,
        }
    }
}

/// The version in a frame, without the first `from` bytes of its blob.
async fn released(address: &Address, answer: Response, from: u64) -> Result<Released<BoxedBytes>, VaultClientError> {
    let form = || form(address);
    let mut frame = StreamReader::new(answer.bytes_stream().map_err(io::Error::other).boxed());
    let mut length = [0; 4];
    frame.read_exact(&mut length).await.map_err(|_| form())?;
    let mut head = vec![0; ReleaseHead::length(length).map_err(|_| form())?];
    frame.read_exact(&mut head).await.map_err(|_| form())?;
    let ReleaseHead { bindings, content, basis, key_envelope, size } =
        ReleaseHead::from_bytes(&head).map_err(|_| form())?;
    // A byte more than there should be is noticed where the blob is hashed.
    let bytes: BoxedBytes = Box::new(frame.take(size.saturating_sub(from).saturating_add(1)));
    Ok(Released { bindings, content, basis, key_envelope, blob: ReleasedBlob::new(size, bytes) })
}

/// How far an upload has come, as the service says.
fn offset_in(answer: &Response) -> Option<u64> {
    answer.headers().get(UPLOAD_OFFSET)?.to_str().ok()?.parse().ok()
}

/// Whether an upload may go on after a fault: the connection was cut off, or the service had no place for the message.
fn is_cut_off(fault: &VaultClientError) -> bool {
    match fault {
        VaultClientError::Unreachable { .. } => true,
        VaultClientError::Problem { status, .. } => [408, 409, 503].contains(status),
        _ => false,
    }
}

/// A service that does not know an upload has restarted.
fn lost(error: VaultClientError) -> VaultClientError {
    match error {
        VaultClientError::Problem { authority, status: 404, .. } => VaultClientError::UploadLost(authority),
        error => error,
    }
}

/// At most `longest` bytes of objects, one after the other, from a place on.
fn bytes_from(
    objects: &[SealedObject],
    offset: u64,
    longest: u64,
) -> impl Stream<Item = io::Result<bytes::Bytes>> + Send + 'static {
    let (mut skip, mut left) = (offset, longest);
    let mut parts = Vec::new();
    for object in objects {
        let length = object.size().saturating_sub(skip).min(left);
        if length > 0 {
            parts.push(object.pieces_from(skip, length));
        }
        (skip, left) = (skip.saturating_sub(object.size()), left.saturating_sub(length));
    }
    stream::iter(parts).flatten()
}

/// Sends a message. A problem is an error.
pub(crate) async fn send(address: &Address, message: RequestBuilder) -> Result<Response, VaultClientError> {
    let answer = message.send().await.map_err(|error| unreachable(address, &error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let body = short(address, answer).await.unwrap_or_default();
    let problem: Option<Problem> = serde_json::from_slice(&body).ok();
    if let Some(refusal) = problem.as_ref().and_then(|problem| problem.refusal) {
        return Err(refusal.into());
    }
    let detail = problem.and_then(|problem| problem.detail);
    let detail = detail.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason").to_owned());
    Err(VaultClientError::Problem { authority: address.authority().to_owned(), status: status.as_u16(), detail })
}

/// Ends a question to a service after `longest`.
pub(crate) async fn within<T>(
    address: &Address,
    longest: Duration,
    asked: impl Future<Output = Result<T, VaultClientError>>,
) -> Result<T, VaultClientError> {
    timeout(longest, asked).await.unwrap_or_else(|_| {
        let cause = format!("no answer within {} s", longest.as_secs());
        Err(VaultClientError::Unreachable { authority: address.authority().to_owned(), cause })
    })
}

/// A body that fits into memory.
pub(crate) async fn short(address: &Address, answer: Response) -> Result<Vec<u8>, VaultClientError> {
    let (mut body, mut pieces) = (Vec::new(), answer.bytes_stream());
    while let Some(piece) = pieces.try_next().await.map_err(|error| unreachable(address, &error))? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST {
            return Err(form(address));
        }
    }
    Ok(body)
}

pub(crate) fn form(address: &Address) -> VaultClientError {
    VaultClientError::Form(address.authority().to_owned())
}

fn unreachable(address: &Address, error: &reqwest::Error) -> VaultClientError {
    // The error names the address, which is said already; its innermost cause says what happened.
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let (authority, cause) = (address.authority().to_owned(), cause.to_string());
    match is_of_certificate(error) {
        true => VaultClientError::Certificate { authority, cause },
        false => VaultClientError::Unreachable { authority, cause },
    }
}

/// Whether a connection failed because of the other side's certificate. The source of an error of input and output is that of
/// the error within it, so the one within is looked at first.
fn is_of_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(fault) = error.downcast_ref() {
        return matches!(fault, rustls::Error::InvalidCertificate(_));
    }
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match within {
        Some(within) => is_of_certificate(within),
        None => error.source().is_some_and(is_of_certificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    /// The places from which messages went on, and the bytes that came in all of them.
    type Arrived = (Vec<u64>, Vec<u8>);

    /// A service that ends the connections of the first messages after so many bytes of each, and takes the last message whole. Asked
    /// how far an upload has come, it says so, or knows nothing of it if it `forgets`.
    fn service(cuts: &'static [usize], forgets: bool) -> (Address, JoinHandle<Arrived>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let serving = thread::spawn(move || {
            let (mut offsets, mut received, mut cuts) = (Vec::new(), Vec::new(), cuts.iter());
            for connection in listener.incoming() {
                let mut connection = BufReader::new(connection.unwrap());
                let head = head_of(&mut connection);
                if head.starts_with("HEAD ") {
                    let status = if forgets { "404 Not Found" } else { "204 No Content" };
                    answer(connection.get_mut(), status, received.len());
                    match forgets {
                        true => break,
                        false => continue,
                    }
                }
                let offset = head.lines().find_map(|line| line.strip_prefix("upload-offset: ")).unwrap();
                offsets.push(offset.parse().unwrap());
                let most = cuts.next().map(|cut| received.len() + cut);
                while let Some(chunk) = chunk_of(&mut connection) {
                    received.extend(chunk);
                    if most.is_some_and(|most| received.len() >= most) {
                        break;
                    }
                }
                match most {
                    Some(most) => received.truncate(most),
                    None => {
                        answer(connection.get_mut(), "201 Created", received.len());
                        break;
                    }
                }
            }
            (offsets, received)
        });
        (address, serving)
    }

    fn head_of(connection: &mut impl BufRead) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(connection.read_line(&mut head).unwrap() > 0);
        }
        head
    }

    /// The next chunk of a body; none at its end.
    fn chunk_of(connection: &mut impl BufRead) -> Option<Vec<u8>> {
        let mut length = String::new();
        connection.read_line(&mut length).unwrap();
        let length = usize::from_str_radix(length.trim_end(), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        connection.read_exact(&mut chunk).unwrap();
        chunk.truncate(length);
        (length > 0).then_some(chunk)
    }

    fn answer(connection: &mut impl Write, status: &str, offset: usize) {
        write!(connection, "HTTP/1.1 {status}\r\nupload-offset: {offset}\r\nconnection: close\r\n\r\n").unwrap();
    }

    #[tokio::test]
    async fn an_upload_that_is_cut_off_goes_on_where_the_service_has_it() {
        let contents = [vec![1; 200_000], vec![2; 50], vec![3; 300_000]];
        let objects = contents.clone().map(SealedObject::of);
        let (address, serving) = service(&[150_000, 50_020], false);
        let client = VaultClient::new(Digest([0; 32])).unwrap();
        client.upload(&address, UploadId([7; 16]), &objects).await.unwrap();
        let (offsets, received) = serving.join().unwrap();
        assert_eq!(offsets, [0, 150_000, 200_020]);
        assert!(received == contents.concat());
    }

    #[tokio::test]
    async fn an_upload_ends_after_five_attempts_without_a_byte_that_is_new() {
        let content = vec![1; 200_000];
        let objects = [SealedObject::of(content.clone())];
        let client = VaultClient::new(Digest([0; 32])).unwrap();
        // Each byte that is new begins the count again.
        let (address, serving) = service(&[0, 0, 0, 0, 70_000, 0, 0, 0, 0], false);
        client.upload(&address, UploadId([7; 16]), &objects).await.unwrap();
        let (offsets, received) = serving.join().unwrap();
        assert_eq!(offsets, [[0; 5], [70_000; 5]].concat());
        assert!(received == content);

        let (address, serving) = service(&[70_000, 0, 0, 0, 0, 0], false);
        let fault = client.upload(&address, UploadId([7; 16]), &objects).await.unwrap_err();
        assert!(matches!(fault, VaultClientError::Unreachable { .. }), "{fault}");
        // The service was sent nothing more, and takes the next message whole.
        client.upload(&address, UploadId([7; 16]), &objects).await.unwrap();
        assert_eq!(serving.join().unwrap().0, [&[0][..], &[70_000; 5], &[0]].concat());
    }

    #[tokio::test]
    async fn an_upload_that_the_service_has_forgotten_is_lost() {
        let objects = [SealedObject::of(vec![1; 200_000])];
        let (address, serving) = service(&[150_000], true);
        let client = VaultClient::new(Digest([0; 32])).unwrap();
        let lost = client.upload(&address, UploadId([7; 16]), &objects).await.unwrap_err();
        assert!(matches!(&lost, VaultClientError::UploadLost(authority) if authority == address.authority()));
        assert!(lost.is_passing());
        assert_eq!(serving.join().unwrap().0, [0]);
    }

    #[tokio::test]
    async fn bytes_go_on_in_the_midst_of_an_object() {
        let objects = [vec![1; 3], vec![2; 4], vec![3; 1]].map(SealedObject::of);
        let all = [1, 1, 1, 2, 2, 2, 2, 3];
        for (offset, longest) in (0..=8).flat_map(|offset| (0..=9).map(move |longest| (offset, longest))) {
            let pieces: Vec<_> = bytes_from(&objects, offset as u64, longest as u64).try_collect().await.unwrap();
            let end = (offset + longest).min(8);
            assert_eq!(pieces.concat(), all[offset..end], "{longest} from {offset}");
        }
    }
}
