// SPDX-License-Identifier: Apache-2.0

//! Refusals and faults as problems (RFC 9457). No problem says anything about content, keys or the machine.

use axum::{
    http::{
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
        HeaderValue, StatusCode,
    },
    response::{IntoResponse, Response},
};
use salus_gate::{
    protocol::{GateRefusal, Problem, PROBLEM},
    GateError,
};

/// A problem without a refusal of the gate.
pub(super) fn problem(status: StatusCode, detail: &str) -> Problem {
    Problem {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        detail: Some(detail.to_owned()),
        refusal: None,
    }
}

/// The problem that tells a reader why the gate gave nothing out.
pub(super) fn of_gate<E: std::error::Error>(error: &GateError<E>) -> Problem {
    match error {
        GateError::Refused(refusal) => {
            Problem { refusal: Some(*refusal), ..problem(status_of(refusal), &refusal.to_string()) }
        }
        GateError::Chain(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "the gate cannot ask its node"),
        GateError::Store(error) if error.kind() == std::io::ErrorKind::HostUnreachable => {
            problem(StatusCode::SERVICE_UNAVAILABLE, "the store of the vault is away")
        }
        GateError::Store(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the gate cannot read its vault"),
        GateError::Receipt(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the gate cannot keep a receipt"),
    }
}

fn status_of(refusal: &GateRefusal) -> StatusCode {
    match refusal {
        GateRefusal::RequestNotFresh | GateRefusal::RequestUsed | GateRefusal::NotTheMember(_) => {
            StatusCode::UNAUTHORIZED
        }
        GateRefusal::AnotherGate => StatusCode::MISDIRECTED_REQUEST,
        GateRefusal::Unacceptable => StatusCode::PAYLOAD_TOO_LARGE,
        GateRefusal::BeyondEnd(_) => StatusCode::RANGE_NOT_SATISFIABLE,
        GateRefusal::VaultFull => StatusCode::INSUFFICIENT_STORAGE,
        GateRefusal::TooManyRequests
        | GateRefusal::TooManyUnderWay
        | GateRefusal::ReadTooMuch(_)
        | GateRefusal::TooManyUploads
        | GateRefusal::QuotaUsedUp => StatusCode::TOO_MANY_REQUESTS,
        GateRefusal::StaleHead(_) | GateRefusal::Behind(_) => StatusCode::SERVICE_UNAVAILABLE,
        GateRefusal::NotFound | GateRefusal::Missing(_) => StatusCode::NOT_FOUND,
        GateRefusal::Corrupted(_) => StatusCode::INTERNAL_SERVER_ERROR,
        GateRefusal::NoEnvelope(_)
        | GateRefusal::CannotUnseal
        | GateRefusal::EnvelopeOutdated { .. }
        | GateRefusal::TooManyLinks
        | GateRefusal::ForeignBlob(_) => StatusCode::CONFLICT,
        _ => StatusCode::FORBIDDEN,
    }
}

/// The problem as an answer. Where waiting helps, the answer says for how many seconds.
pub(super) fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, [(CONTENT_TYPE, HeaderValue::from_static(PROBLEM))], body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Signature"));
    }
    let wait = match (status, problem.refusal) {
        (_, Some(GateRefusal::ReadTooMuch(seconds))) => Some(seconds),
        (_, Some(GateRefusal::TooManyUnderWay)) => Some(10),
        (StatusCode::TOO_MANY_REQUESTS, Some(GateRefusal::QuotaUsedUp)) => Some(3600),
        (StatusCode::TOO_MANY_REQUESTS, _) => Some(120),
        (StatusCode::SERVICE_UNAVAILABLE, _) => Some(10),
        _ => None,
    };
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_store_that_is_away_is_worth_waiting_for() {
        let of = |kind: io::ErrorKind| of_gate(&GateError::<io::Error>::Store(kind.into()));
        let away = answer(&of(io::ErrorKind::HostUnreachable));
        assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(away.headers().get(RETRY_AFTER).unwrap(), "10");
        assert_eq!(of(io::ErrorKind::PermissionDenied).status, 500);
    }
}
