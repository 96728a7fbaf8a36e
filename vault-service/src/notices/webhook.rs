// SPDX-License-Identifier: Apache-2.0

//! Letters to webhooks: a POST of JSON, signed as "Standard Webhooks" describes it.

use super::{fault::Fault, lane::Letter, wording::json};
use base64::{prelude::BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{header::CONTENT_TYPE, redirect::Policy, Client, StatusCode, Url};
use salus_primitives::{time::SECOND, Moment};
use salus_vault_client::is_this_machine;
use sha2::Sha256;
use std::{io, time::Duration};
use zeroize::Zeroizing;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a whole answer may take.
const LONGEST: Duration = Duration::from_secs(20);

/// Sends letters to web servers. No answer redirects one.
pub struct WebhookSender {
    client: Client,
    direct: Client,
    secret: Zeroizing<Vec<u8>>,
    greeting: Option<String>,
}

impl WebhookSender {
    /// A sender that signs with `secret`.
    ///
    /// The system's certificates count, and the environment's proxies but for this machine.
    pub fn new(secret: Zeroizing<Vec<u8>>, greeting: Option<&str>) -> io::Result<Self> {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = Client::builder().user_agent(concat!("salus/", env!("CARGO_PKG_VERSION")));
            builder.redirect(Policy::none()).connect_timeout(CONNECT).timeout(LONGEST)
        };
        let client = builder().build().map_err(io::Error::other)?;
        let direct = builder().no_proxy().build().map_err(io::Error::other)?;
        Ok(Self { client, direct, secret, greeting: greeting.map(str::to_owned) })
    }

    /// Sends a letter at the moment `now`. When this returns, the server said that it has it.
    pub(super) async fn send(&self, to: &Url, letter: &Letter, now: Moment) -> Result<(), Fault> {
        let unwritable = || Fault::Refused("a letter cannot be written as JSON".to_owned());
        let body = json(letter, self.greeting.as_deref()).map_err(|_| unwritable())?;
        let seconds = now.checked_div(SECOND).unwrap_or_default().to_string();
        let signature = signature(&self.secret, &letter.id, &seconds, &body).ok_or_else(unwritable)?;
        let client = if to.host_str().is_some_and(is_this_machine) { &self.direct } else { &self.client };
        let sent = client
            .post(to.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(body);
        match sent.send().await {
            Ok(answer) => judge(answer.status()),
            // Its text has the address.
            Err(error) if error.is_timeout() => Err(Fault::Away("the server of a webhook is too slow".to_owned())),
            Err(_) => Err(Fault::Away(
                "the server of a webhook cannot be reached, or its certificate is not trusted".to_owned(),
            )),
        }
    }
}

fn judge(status: StatusCode) -> Result<(), Fault> {
    let said = || format!("the server of a webhook answers with status {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE | StatusCode::NOT_FOUND => Err(Fault::Refused(said())),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(Fault::Away(said())),
        _ => Err(Fault::Later(said())),
    }
}

/// The signature of a letter: HMAC-SHA-256 over id, seconds and body, in base64.
fn signature(secret: &[u8], id: &str, seconds: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    [id.as_bytes(), b".", seconds.as_bytes(), b".", body].into_iter().for_each(|part| mac.update(part));
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification "Standard Webhooks".
    #[test]
    fn a_signature_is_that_of_the_published_example() {
        let secret = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_success_is_success() {
        for (status, is_taken) in [(200, true), (204, true), (301, false), (400, false), (404, false), (500, false)] {
            assert_eq!(judge(StatusCode::from_u16(status).unwrap()).is_ok(), is_taken, "{status}");
        }
    }
}
