// SPDX-License-Identifier: Apache-2.0

//! From an HTTP message to a signed request.

use super::problems::problem;
use axum::{
    body::Body,
    extract::Request,
    http::{header::HOST, request::Parts, StatusCode},
};
use futures::StreamExt;
use salus_gate::protocol::{
    content_digest, GateRequest, Problem, RequestFault, SignatureFields, Signed, CONTENT_DIGEST, GENESIS,
};
use salus_primitives::Digest;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take.
const LONGEST_BODY: Duration = Duration::from_secs(10);

/// The request that a message carries to the gate at `authority`. Its signature is not judged yet.
///
/// The values that the signature covers come from this side: authority and genesis hash from the service, the digest from the
/// body that arrived. The fields of the message only have to agree with them, so that a mistake is told from a forgery.
pub(super) async fn receive<R: GateRequest>(
    message: Request,
    authority: &str,
    genesis: &Digest,
) -> Result<Signed<R>, Problem> {
    let (parts, body) = message.into_parts();
    let bad = |detail: &str| problem(StatusCode::BAD_REQUEST, detail);
    is_for(&parts, authority)?;
    if parts.uri.query().is_some() {
        return Err(bad("a request has no query"));
    }
    let of_signature = |name| only(&parts, name, StatusCode::UNAUTHORIZED);
    let fields = SignatureFields { input: of_signature("signature-input")?, signature: of_signature("signature")? };
    if only(&parts, GENESIS, StatusCode::BAD_REQUEST)? != genesis.to_string() {
        return Err(bad("the message is for another chain"));
    }
    let digest = only(&parts, CONTENT_DIGEST, StatusCode::BAD_REQUEST)?;
    let cut_off = |_| problem(StatusCode::REQUEST_TIMEOUT, "the body did not arrive whole in time");
    let body = timeout(LONGEST_BODY, whole(body, R::MAX_BODY)).await.map_err(cut_off)??;
    if digest != content_digest(&body) {
        return Err(bad("the content digest is not the SHA-256 of the body"));
    }
    Signed::receive(authority, body, &fields).map_err(|fault| {
        let status = match fault {
            RequestFault::Signature(_) => StatusCode::UNAUTHORIZED,
            RequestFault::Body { .. } => StatusCode::BAD_REQUEST,
        };
        problem(status, &fault.to_string())
    })
}

/// Whether the message is for `authority`.
pub(super) fn is_for(parts: &Parts, authority: &str) -> Result<(), Problem> {
    if parts.headers.get_all(HOST).iter().count() > 1 {
        return Err(problem(StatusCode::BAD_REQUEST, "the message has more than one field `Host`"));
    }
    if asked(parts).is_none_or(|asked| !asked.eq_ignore_ascii_case(authority)) {
        return Err(problem(StatusCode::MISDIRECTED_REQUEST, "the message is for another authority than this gate's"));
    }
    Ok(())
}

/// The whole body, which is short and arrives soon.
async fn whole(body: Body, longest: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    let cut_off = || problem(StatusCode::REQUEST_TIMEOUT, "the body did not arrive whole in time");
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(|_| cut_off())?);
        if bytes.len() > longest {
            return Err(problem(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body is longer than {longest} bytes")));
        }
    }
    Ok(bytes)
}

/// The authority that the message names: in its target where that has one, else in the field `Host`.
fn asked(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts.headers.get(HOST).and_then(|host| host.to_str().ok()),
    }
}

/// The value of a field that has to occur once; else the message is refused with this status.
fn only(parts: &Parts, name: &'static str, status: StatusCode) -> Result<String, Problem> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) => Ok(value.to_owned()),
        _ => Err(problem(status, &format!("the message needs the field `{name}` once"))),
    }
}
