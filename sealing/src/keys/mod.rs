// SPDX-License-Identifier: Apache-2.0

//! A member's keys: where they come from, and where they rest.
//!
//! Everything that signs or opens envelopes comes from one *root*: a BIP-39 phrase, or any Substrate secret URI
//! (`PHRASE//Hospital1//Issuer`). From the root, three keys are derived by label:
//!
//! | key | derivation | for |
//! |---|---|---|
//! | transaction | root`//transaction`, sr25519 | signing transactions and release requests; an ordinary account |
//! | membership | root`//membership`, sr25519 | answering verifiers, changing keys; kept off the daily device |
//! | encryption | root`//encryption`, then X25519 | opening envelopes |
//!
//! The junctions are Substrate's own hard ones, so `PHRASE//transaction` in polkadot.js is the same account. The
//! encryption key takes the 32-byte mini secret of root`//encryption`, which is never used for signing. First
//! `ikm = HKDF-SHA256(salt = "", secret = mini secret, info = "salus/encryption-key/1", 32 bytes)`, then
//! `DeriveKeyPair(ikm)` of DHKEM(X25519, HKDF-SHA256) as in RFC 9180, section 7.1.3.
//!
//! Compartment secrets and content keys are *not* derived from the root (S3-16): they are random, and rest in
//! envelopes. Private parts live in types that are wiped on drop and cannot be printed; none ever leaves the client
//! (S0-10). At rest they are [`SealedKeys`].

mod authority;
pub(crate) mod cost;
mod encryption;
mod fault;
mod identity;
mod keystore;
mod mnemonic;
mod polkadot_json;
mod signing;
mod uri;

pub use authority::{
    is_finality_key, is_signing_key, session_keys_among, AuthorityKeys, AuthorityPublic, InvalidPeerId, PeerId,
    NODE_KEY, SESSION,
};
pub use encryption::EncryptionPair;
pub(crate) use encryption::PublicKey;
pub use fault::{KeyError, KeystoreFault};
pub use identity::{Identity, PublicKeys};
pub use keystore::{KeyCard, SealedKeys};
pub use mnemonic::Mnemonic;
pub use polkadot_json::{from_polkadot_json, to_polkadot_json};
pub use signing::{address, key_of_address, verify, SignatureScheme, SigningPair};
