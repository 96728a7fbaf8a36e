// SPDX-License-Identifier: Apache-2.0

//! A look at a vault service from outside: what it says of itself, its clock and its certificate.

use std::time::{Duration, SystemTime};

use reqwest::{header::DATE, tls::TlsInfo, Response};
use salus_primitives::Moment;

use crate::address::Address;
use crate::client::{form, send, short, within, VaultClient};
use crate::error::VaultClientError;
use crate::introduction::{Introduction, INTRODUCTION_PATH};

/// How long a service may take.
const LONGEST_LOOK: Duration = Duration::from_secs(15);

/// The facts that one look showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// The introduction; none if the service is of a version that says nothing.
    pub introduction: Option<Introduction>,
    /// How far its clock is ahead of this machine's, in milliseconds, to about a second; none if it does not tell the time.
    pub ahead: Option<i64>,
    /// When its certificate ends; none without TLS.
    pub certificate_ends: Option<Moment>,
}

impl VaultClient {
    /// Looks at the service at `address`.
    pub async fn look(&self, address: &Address) -> Result<Look, VaultClientError> {
        within(address, LONGEST_LOOK, self.look_for_long(address)).await
    }

    async fn look_for_long(&self, address: &Address) -> Result<Look, VaultClientError> {
        let asked = now();
        let answer = send(address, self.client_of(address).get(address.at(INTRODUCTION_PATH))).await;
        let answered = now();
        let answer = match answer {
            Ok(answer) => answer,
            // A version that knows no such path still has a clock and a certificate.
            Err(VaultClientError::Problem { status: 404, .. }) => {
                let message = self.client_of(address).get(address.at("/v1/openapi.json"));
                let look = facts(&send(address, message).await?, answered, now());
                return Ok(look);
            }
            Err(error) => return Err(error),
        };
        let look = facts(&answer, asked, answered);
        let introduction = serde_json::from_slice(&short(address, answer).await?).map_err(|_| form(address))?;
        Ok(Look { introduction: Some(introduction), ..look })
    }
}

/// The facts that the head of an answer shows, which came between two moments.
fn facts(answer: &Response, asked: Moment, answered: Moment) -> Look {
    let date = answer.headers().get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let certificate = answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
    Look {
        introduction: None,
        ahead: date.map(|date| ahead(milliseconds(date), asked, answered)),
        certificate_ends: certificate.and_then(end_of),
    }
}

/// How far a clock is ahead that showed this second at some moment between two others of this machine.
fn ahead(second: Moment, asked: Moment, answered: Moment) -> i64 {
    let (earliest, latest) = (signed(second), signed(second).saturating_add(999));
    let (asked, answered) = (signed(asked), signed(answered));
    match () {
        () if earliest > answered => earliest.saturating_sub(answered),
        () if latest < asked => latest.saturating_sub(asked),
        () => 0,
    }
}

/// The end of a certificate in DER.
fn end_of(certificate: &[u8]) -> Option<Moment> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let seconds = Moment::try_from(certificate.validity().not_after.timestamp()).ok()?;
    seconds.checked_mul(1_000)
}

fn now() -> Moment {
    milliseconds(SystemTime::now())
}

fn milliseconds(time: SystemTime) -> Moment {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment::try_from(since.as_millis()).unwrap_or(Moment::MAX)
}

fn signed(moment: Moment) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::Digest;
    use std::io::{Read, Write};

    #[test]
    fn a_clock_is_off_by_no_less_than_it_has_to_be() {
        for (second, asked, answered, expected) in [
            (10_000, 10_000, 10_100, 0),
            (10_000, 10_900, 11_100, 0),
            (12_000, 10_000, 10_500, 1_500),
            (5_000, 10_000, 10_500, -4_001),
        ] {
            assert_eq!(ahead(second, asked, answered), expected, "{second}");
        }
    }

    #[test]
    fn the_end_of_something_that_is_not_a_certificate_is_unknown() {
        assert_eq!(end_of(b"not a certificate"), None);
    }

    /// A server that answers each of its requests with one of these.
    fn server(answers: Vec<String>) -> Address {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 4096]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        address
    }

    fn answer(status: &str, fields: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{fields}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_service_is_seen_as_it_introduces_itself() {
        let body = format!(
            r#"{{"institution":3,"genesis":"0x{}","encryption_key":null,"ready":false,"reason":"why"}}"#,
            "01".repeat(32)
        );
        let date = "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n";
        let client = VaultClient::new(Digest::default()).unwrap();
        let look = client.look(&server(vec![answer("200 OK", date, &body)])).await.unwrap();
        let introduction = look.introduction.unwrap();
        assert_eq!((introduction.institution.0, introduction.genesis), (3, Digest([1; 32])));
        assert_eq!((introduction.ready, introduction.reason.as_deref()), (false, Some("why")));
        assert!(look.ahead.unwrap() < -1_000_000_000 && look.certificate_ends.is_none());
    }

    #[tokio::test]
    async fn an_older_service_a_foreign_one_and_none_are_told_apart() {
        let client = VaultClient::new(Digest::default()).unwrap();
        let older = server(vec![answer("404 Not Found", "", "{}"), answer("200 OK", "", "{}")]);
        let look = client.look(&older).await.unwrap();
        assert_eq!(look, Look { introduction: None, ahead: None, certificate_ends: None });
        let foreign = server(vec![answer("200 OK", "", "<html>")]);
        assert!(matches!(client.look(&foreign).await, Err(VaultClientError::Form(_))));
        let silent = Address::parse("http://127.0.0.1:1").unwrap();
        assert!(matches!(client.look(&silent).await, Err(VaultClientError::Unreachable { .. })));
    }
}
