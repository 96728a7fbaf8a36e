// SPDX-License-Identifier: Apache-2.0

//! The JSON keystore of polkadot.js, version 3: what its wallets export and import for one account.
//!
//! The document's `encoded` is base64 over
//!
//! ```text
//! salt (32) ‖ N, p, r as u32 little-endian (12) ‖ nonce (24) ‖ xsalsa20-poly1305(key, nonce, PKCS #8)
//! ```
//!
//! with `key` the first 32 bytes of scrypt(password, salt, N, r, p), and the PKCS #8 part
//!
//! ```text
//! header (16) ‖ secret key in ed25519 form (64) ‖ divider (5) ‖ public key (32)
//! ```

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{KeyInit, XSalsa20Poly1305};
use schnorrkel::SecretKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fault::KeystoreFault;
use super::signing::{address, SigningPair};
use crate::secret::{random, Password};

const HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];
/// The cost that polkadot.js writes by default: N = 2^15, p = 1, r = 8.
const COST: Cost = Cost { log_n: 15, p: 1, r: 8 };
/// The cost that polkadot.js agrees to read; anything else is a hostile file's way to eat time and memory.
const READABLE: [Cost; 6] = [
    Cost { log_n: 13, p: 10, r: 8 },
    Cost { log_n: 14, p: 5, r: 8 },
    Cost { log_n: 15, p: 3, r: 8 },
    COST,
    Cost { log_n: 16, p: 2, r: 8 },
    Cost { log_n: 17, p: 1, r: 8 },
];

#[derive(Clone, Copy)]
struct Cost {
    log_n: u8,
    p: u32,
    r: u32,
}

impl Cost {
    fn n(self) -> u32 {
        1u32.checked_shl(self.log_n.into()).unwrap_or(0)
    }

    fn key(self, password: &Password, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeystoreFault> {
        let mut key = Zeroizing::new([0; 32]);
        scrypt::Params::new(self.log_n, self.r, self.p)
            .ok()
            .and_then(|params| scrypt::scrypt(password.as_bytes(), salt, &params, &mut *key).ok())
            .ok_or(KeystoreFault::Unsupported("scrypt parameters that polkadot.js does not use"))?;
        Ok(key)
    }
}

#[derive(Serialize, Deserialize)]
struct Document {
    encoded: String,
    encoding: Encoding,
    address: String,
    #[serde(default)]
    meta: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Encoding {
    content: Vec<String>,
    r#type: Vec<String>,
    version: String,
}

/// The document for `pair`, which polkadot.js shows under `name`.
pub fn to_polkadot_json(pair: &SigningPair, name: &str, password: &Password) -> Result<String, KeystoreFault> {
    let (salt, nonce) = (random::<32>(), random::<24>());
    let key = COST.key(password, &salt)?;

    let mut content = Zeroizing::new(Vec::with_capacity(117));
    content.extend(HEADER);
    content.extend_from_slice(&*Zeroizing::new(pair.secret().to_ed25519_bytes()));
    content.extend(DIVIDER);
    content.extend(pair.public().0);
    let sealed = XSalsa20Poly1305::new(&(*key).into())
        .encrypt(&nonce.into(), content.as_slice())
        .map_err(|_| KeystoreFault::Malformed("cannot be encrypted"))?;

    let mut encoded = Vec::with_capacity(256);
    encoded.extend(salt);
    for number in [COST.n(), COST.p, COST.r] {
        encoded.extend(number.to_le_bytes());
    }
    encoded.extend(nonce);
    encoded.extend(sealed);
    let texts = |words: [&str; 2]| words.map(str::to_owned).to_vec();
    let document = Document {
        encoded: STANDARD.encode(encoded),
        encoding: Encoding {
            content: texts(["pkcs8", "sr25519"]),
            r#type: texts(["scrypt", "xsalsa20-poly1305"]),
            version: "3".to_owned(),
        },
        address: address(&pair.public()),
        meta: [("name".to_owned(), name.into())].into_iter().collect(),
    };
    serde_json::to_string_pretty(&document).map_err(|_| KeystoreFault::Malformed("cannot be written as JSON"))
}

/// The key in the document `json`.
pub fn from_polkadot_json(json: &str, password: &Password) -> Result<SigningPair, KeystoreFault> {
    let document: Document =
        serde_json::from_str(json).map_err(|_| KeystoreFault::Malformed("not a polkadot.js keystore in JSON"))?;
    let Encoding { content, r#type, version } = &document.encoding;
    if version != "3" || *content != ["pkcs8", "sr25519"] || *r#type != ["scrypt", "xsalsa20-poly1305"] {
        return Err(KeystoreFault::Unsupported("another encoding than version 3 with pkcs8, sr25519, scrypt"));
    }
    let encoded =
        STANDARD.decode(&document.encoded).map_err(|_| KeystoreFault::Malformed("`encoded` is not base64"))?;

    let mut rest = encoded.as_slice();
    let salt: [u8; 32] = take(&mut rest)?;
    let [n, p, r] = [take(&mut rest)?, take(&mut rest)?, take(&mut rest)?].map(u32::from_le_bytes);
    let nonce: [u8; 24] = take(&mut rest)?;
    let cost = READABLE.into_iter().find(|cost| (cost.n(), cost.p, cost.r) == (n, p, r));
    let key = cost
        .ok_or(KeystoreFault::Unsupported("scrypt parameters that polkadot.js does not use"))?
        .key(password, &salt)?;
    let content = XSalsa20Poly1305::new(&(*key).into()).decrypt(&nonce.into(), rest);
    let content = Zeroizing::new(content.map_err(|_| KeystoreFault::WrongPassword)?);

    let mut rest = content.as_slice();
    let header: [u8; 16] = take(&mut rest)?;
    let secret = Zeroizing::new(take::<64>(&mut rest)?);
    let divider: [u8; 5] = take(&mut rest)?;
    let public: [u8; 32] = take(&mut rest)?;
    if header != HEADER || divider != DIVIDER || !rest.is_empty() {
        return Err(KeystoreFault::Malformed("holds no sr25519 key"));
    }
    let secret = SecretKey::from_ed25519_bytes(secret.as_slice())
        .map_err(|_| KeystoreFault::Malformed("holds no sr25519 key"))?;
    let pair = SigningPair::from_secret(secret);
    if pair.public().0 != public || address(&pair.public()) != document.address {
        return Err(KeystoreFault::Malformed("its public and private key are not of a pair"));
    }
    Ok(pair)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], KeystoreFault> {
    let (taken, left) = rest.split_first_chunk().ok_or(KeystoreFault::Malformed("too short"))?;
    *rest = left;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exported by polkadot.js itself.
    const ALICE: &str = r#"{
        "encoded": "DumgApKCTqoCty1OZW/8WS+sgo6RdpHhCwAkA2IoDBMAgAAAAQAAAAgAAAB6IG/q24EeVf0JqWqcBd5m2tKq5BlyY84IQ8oamLn9DZe9Ouhgunr7i36J1XxUnTI801axqL/ym1gil0U8440Qvj0lFVKwGuxq38zuifgoj0B3Yru0CI6QKEvQPU5xxj4MpyxdSxP+2PnTzYao0HDH0fulaGvlAYXfqtU89xrx2/z9z7IjSwS3oDFPXRQ9kAdDebtyCVreZ9Otw9v3",
        "encoding": { "content": ["pkcs8", "sr25519"], "type": ["scrypt", "xsalsa20-poly1305"], "version": "3" },
        "address": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "meta": { "genesisHash": "", "name": "Alice", "whenCreated": 1718265838755 }
    }"#;

    #[test]
    fn opens_what_polkadot_js_exported() {
        let pair = from_polkadot_json(ALICE, &"whoisalice".into()).ok().unwrap();
        assert_eq!(pair.public(), SigningPair::from_uri("//Alice").unwrap().public());
        assert!(matches!(from_polkadot_json(ALICE, &"whoisbob".into()), Err(KeystoreFault::WrongPassword)));
    }

    #[test]
    fn subxt_signer_opens_what_is_written() {
        let pair = SigningPair::generate();
        let json = to_polkadot_json(&pair, "Ada", &"correct horse".into()).ok().unwrap();
        let opened = subxt_signer::polkadot_js_compat::decrypt_json(&json, "correct horse").unwrap();
        assert_eq!(opened.public_key().0, pair.public().0);
        assert!(subxt_signer::polkadot_js_compat::decrypt_json(&json, "wrong").is_err());
        let again = from_polkadot_json(&json, &"correct horse".into()).ok().unwrap();
        assert_eq!(again.public(), pair.public());
    }

    #[test]
    fn refuses_what_is_damaged_without_panicking() {
        let document: serde_json::Value = serde_json::from_str(ALICE).unwrap();
        let with = |place: &str, value: serde_json::Value| {
            let mut document = document.clone();
            *document.pointer_mut(place).unwrap() = value;
            from_polkadot_json(&document.to_string(), &"whoisalice".into()).err().unwrap()
        };
        assert!(matches!(with("/encoded", "%".into()), KeystoreFault::Malformed(_)));
        assert!(matches!(with("/encoded", "".into()), KeystoreFault::Malformed(_)));
        assert!(matches!(with("/encoded", 7.into()), KeystoreFault::Malformed(_)));
        assert!(matches!(with("/encoding/version", "4".into()), KeystoreFault::Unsupported(_)));
        assert!(matches!(with("/encoding/content/1", "ed25519".into()), KeystoreFault::Unsupported(_)));
        assert!(matches!(with("/address", "5Grwva".into()), KeystoreFault::Malformed(_)));
        assert!(matches!(from_polkadot_json("{", &"".into()), Err(KeystoreFault::Malformed(_))));

        let encoded = STANDARD.decode(document["encoded"].as_str().unwrap()).unwrap();
        for length in 0..encoded.len() {
            // Only a few of the lengths that reach decryption: each costs one scrypt.
            if length < 68 || length % 40 == 0 {
                with("/encoded", STANDARD.encode(&encoded[..length]).into());
            }
        }
        let mut greedy = encoded.clone();
        greedy[35] = 0x40;
        assert!(matches!(with("/encoded", STANDARD.encode(greedy).into()), KeystoreFault::Unsupported(_)));
        let mut flipped = encoded;
        flipped[100] ^= 1;
        assert!(matches!(with("/encoded", STANDARD.encode(flipped).into()), KeystoreFault::WrongPassword));
    }
}
