// SPDX-License-Identifier: Apache-2.0

//! Derivation against another implementation.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::str::FromStr;

use proptest::prelude::*;
use salus_sealing::keys::{verify, Identity, KeyError, SigningPair};
use subxt_signer::{sr25519, SecretUri};

const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

fn theirs(uri: &str) -> Option<[u8; 32]> {
    sr25519::Keypair::from_uri(&SecretUri::from_str(uri).ok()?).ok().map(|pair| pair.public_key().0)
}

fn ours(uri: &str) -> Option<[u8; 32]> {
    SigningPair::from_uri(uri).ok().map(|pair| pair.public().0)
}

#[test]
fn derivation_equals_that_of_subxt_signer() {
    let long = "//a-name-that-has-more-than-thirty-two-bytes-in-it";
    for path in [
        "",
        "//transaction",
        "//Hospital1//Issuer",
        "/soft",
        "//hard/soft//7/00042",
        long,
        "//é",
        "///password",
        "//x///a/b",
    ] {
        for phrase in [PHRASE, ""] {
            let uri = format!("{phrase}{path}");
            assert_eq!(ours(&uri), theirs(&uri), "{path}");
            assert!(ours(&uri).is_some(), "{path}");
        }
    }
    let seed = format!("0x{}//hard", "ab".repeat(32));
    assert_eq!(ours(&seed), theirs(&seed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn derivation_equals_that_of_subxt_signer_on_any_path(path in "(//?[a-z0-9 .]{1,40}){0,4}(///[a-zA-Z0-9/]{0,8})?") {
        prop_assert_eq!(ours(&path), theirs(&path));
    }

    #[test]
    fn no_text_makes_derivation_panic(text in ".{0,60}") {
        let _ = (SigningPair::from_uri(&text), Identity::from_uri(&text), Identity::from_mnemonic(&text));
    }
}

#[test]
fn uri_fails_when_it_is_none() {
    let error = |uri: &str| SigningPair::from_uri(uri).err();
    assert_eq!(error("//Alice/"), Some(KeyError::InvalidUri));
    assert_eq!(error("0xab//Alice"), Some(KeyError::InvalidSeed));
    assert_eq!(error("Alice"), Some(KeyError::WordCount(1)));
    // A phrase alone is wanted here: with a path it would be another identity without anybody noticing.
    assert!(Identity::from_mnemonic(&format!("{PHRASE}//transaction")).is_err());
    assert!(Identity::from_mnemonic("").is_err());
}

#[test]
fn identity_has_the_accounts_that_polkadot_js_derives() {
    let identity = Identity::from_mnemonic(PHRASE).unwrap();
    let keys = identity.public();
    assert_eq!(Some(keys.transaction.0), theirs(&format!("{PHRASE}//transaction")));
    assert_eq!(Some(keys.membership.0), theirs(&format!("{PHRASE}//membership")));
    // Fixed for ever: another value would lose all envelopes.
    assert_eq!(hex::encode(keys.encryption.key), "157797af73f64d4e6a4700f5cf0863aedf5dac72df001c1298714bc3235aab07");
}

#[test]
fn identity_keys_are_independent_and_reproducible() {
    let (identity, phrase) = Identity::generate().unwrap();
    let keys = identity.public();
    assert!(keys.transaction != keys.membership && keys.encryption.is_acceptable());
    assert_eq!(Identity::from_mnemonic(&phrase.expose()).unwrap().public(), keys);
    assert_ne!(Identity::generate().unwrap().0.public(), keys);

    let signature = identity.transaction().sign(b"payload");
    assert!(verify(&keys.transaction, b"payload", &signature));
    assert!(!verify(&keys.membership, b"payload", &signature));
    let theirs = sr25519::Signature(signature);
    assert!(sr25519::verify(&theirs, b"payload", &sr25519::PublicKey(keys.transaction.0)));
}
