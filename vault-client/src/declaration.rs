// SPDX-License-Identifier: Apache-2.0

//! The texts with which an institution says whom it admits, and how it treats data (S0-13, S0-56).

use std::time::Duration;

use salus_primitives::{text, Digest, InstitutionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::address::Address;
use crate::client::{form, send, short, within, VaultClient};
use crate::error::VaultClientError;

/// The path at which a service declares them.
pub const DECLARATION_PATH: &str = "/v1/joining";
/// Bytes of a declared text, at most.
pub const LONGEST_DECLARED: usize = 64 * 1024;
/// How long a service may take.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The texts that an institution declares.
///
/// No key signs them. An application quotes their hashes under a signature, and the institution compares these with the hashes of
/// what it declares. So a forged text shows when the institution decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Declaration {
    /// The institution.
    pub institution: InstitutionId,
    /// The genesis hash of its chain.
    pub genesis: Digest,
    /// Whom it admits, and what a newcomer has to show.
    pub criteria: DeclaredText,
    /// How it treats data.
    pub data_policy: DeclaredText,
}

/// A text that its readers can trust and quote, with its SHA-256. One that comes from elsewhere is checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct DeclaredText {
    sha256: Digest,
    text: String,
}

impl DeclaredText {
    /// The text, unless its readers could not trust it.
    pub fn new(text: String) -> Result<Self, DeclaredTextFault> {
        if text.trim().is_empty() {
            return Err(DeclaredTextFault::Empty);
        }
        if text.len() > LONGEST_DECLARED {
            return Err(DeclaredTextFault::TooLong);
        }
        for (line, words) in (1..).zip(text.split('\n')) {
            if let Some(character) = text::unfit(words) {
                return Err(DeclaredTextFault::Unfit { line, character });
            }
        }
        Ok(Self { sha256: Digest(Sha256::digest(text.as_bytes()).into()), text })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of its bytes in UTF-8.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }
}

/// A text as a service gives it.
#[derive(Deserialize)]
struct Unchecked {
    sha256: Digest,
    text: String,
}

impl TryFrom<Unchecked> for DeclaredText {
    type Error = DeclaredTextFault;

    fn try_from(given: Unchecked) -> Result<Self, DeclaredTextFault> {
        let declared = Self::new(given.text)?;
        match declared.sha256 == given.sha256 {
            true => Ok(declared),
            false => Err(DeclaredTextFault::OtherHash),
        }
    }
}

/// A text cannot be declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum DeclaredTextFault {
    /// There is nothing to read.
    #[error("has no words")]
    Empty,
    /// It is too long.
    #[error("has more than {LONGEST_DECLARED} bytes")]
    TooLong,
    /// It holds what its readers could not trust.
    #[error(
        "has the character `U+{:04X}` in line `{line}`, which its readers could not see or trust",
        u32::from(*character)
    )]
    Unfit {
        /// The line, counted from 1.
        line: usize,
        /// The character.
        character: char,
    },
    /// The hash that came with it belongs to another text.
    #[error("has another hash than the one that came with it")]
    OtherHash,
}

impl VaultClient {
    /// The texts that the institution of the service at `address` declares; none where it declares nothing.
    pub async fn declaration(&self, address: &Address) -> Result<Option<Declaration>, VaultClientError> {
        let asked = async {
            let answer = match send(address, self.client_of(address).get(address.at(DECLARATION_PATH))).await {
                // So answers a version that knows no such path, too.
                Err(VaultClientError::Problem { status: 404, .. }) => return Ok(None),
                answer => answer?,
            };
            let body = short(address, answer).await?;
            serde_json::from_slice(&body).map(Some).map_err(|_| form(address))
        };
        within(address, LONGEST_WAIT, asked).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::{Read, Write};

    fn declaration() -> Declaration {
        let text = |text: &str| DeclaredText::new(text.to_owned()).unwrap();
        Declaration {
            institution: InstitutionId(3),
            genesis: Digest([1; 32]),
            criteria: text("A doctor shows her license.\n"),
            data_policy: text("Records are read for treatment only.\nAuditors look each month.\n"),
        }
    }

    #[test]
    fn a_text_has_the_hash_of_its_bytes() {
        let text = DeclaredText::new("abc".to_owned()).unwrap();
        let expected = "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((text.text(), text.sha256().to_string()), ("abc", expected.to_owned()));
    }

    #[test]
    fn a_text_is_bounded_and_plain() {
        let fault = |text: &str| DeclaredText::new(text.to_owned()).err();
        assert_eq!(fault(""), Some(DeclaredTextFault::Empty));
        assert_eq!(fault(" \n\n"), Some(DeclaredTextFault::Empty));
        assert_eq!(fault(&"a".repeat(LONGEST_DECLARED)), None);
        assert_eq!(fault(&"a".repeat(LONGEST_DECLARED + 1)), Some(DeclaredTextFault::TooLong));
        for character in ['\u{1b}', '\r', '\t', '\0', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'] {
            let found = fault(&format!("one\ntwo{character} three"));
            assert_eq!(found, Some(DeclaredTextFault::Unfit { line: 2, character }));
        }
        assert!(fault("one\r\n").unwrap().to_string().contains("`U+000D` in line `1`"));
    }

    #[test]
    fn a_declaration_that_was_altered_is_not_read() {
        let whole = serde_json::to_value(declaration()).unwrap();
        assert_eq!(serde_json::from_value::<Declaration>(whole.clone()).unwrap(), declaration());
        for (pointer, value) in [
            ("/criteria/text", json!("All are welcome.\n")),
            ("/data_policy/text", json!("")),
            ("/data_policy/text", json!("Read\u{202e}")),
            ("/criteria/sha256", json!(Digest([0; 32]))),
            ("/criteria", json!("text")),
            ("/institution", json!("3")),
        ] {
            let mut altered = whole.clone();
            *altered.pointer_mut(pointer).unwrap() = value;
            assert!(serde_json::from_value::<Declaration>(altered).is_err(), "{pointer}");
        }
    }

    /// A server that answers its one request so.
    fn server(status: &str, body: &str) -> Address {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap();
            assert!(asked[..length].starts_with(b"GET /v1/joining HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[tokio::test]
    async fn a_declaration_none_and_a_forged_one_are_told_apart() {
        let client = VaultClient::new(Digest::default()).unwrap();
        let whole = serde_json::to_string(&declaration()).unwrap();
        assert_eq!(client.declaration(&server("200 OK", &whole)).await.unwrap(), Some(declaration()));
        assert_eq!(client.declaration(&server("404 Not Found", "{}")).await.unwrap(), None);
        let forged = whole.replace("license", "smile");
        for body in [forged.as_str(), "{}", "<html>"] {
            let given = client.declaration(&server("200 OK", body)).await;
            assert!(matches!(given, Err(VaultClientError::Form(_))), "{body}");
        }
        let silent = Address::parse("http://127.0.0.1:1").unwrap();
        assert!(matches!(client.declaration(&silent).await, Err(VaultClientError::Unreachable { .. })));
    }
}
