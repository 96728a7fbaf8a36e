// SPDX-License-Identifier: Apache-2.0

//! The cryptographic crates against published vectors, in the very combinations that are used here.
//!
//! `vectors/hpke_*.json`: the RFC 9180 test vectors of the CFRG for mode base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
//! AES-256-GCM (the encryptions that the RFC prints). `vectors/aes256gcm_*.json`: NIST's CAVS 14.0 GCM vectors with
//! 96-bit nonce and 128-bit tag. Of each pair of lengths one stands there, and one decryption that has to fail.
//! HKDF-SHA256 has those of RFC 5869 in `src/secret.rs`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::convert::Infallible;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::Aes256Gcm;
use hex_literal::hex;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use salus_sealing::keys::EncryptionPair;
use serde::Deserialize;

#[derive(Deserialize)]
struct Hpke {
    info: String,
    #[serde(rename = "ikmR")]
    recipient_ikm: String,
    #[serde(rename = "ikmE")]
    ephemeral_ikm: String,
    #[serde(rename = "skRm")]
    recipient_private: String,
    #[serde(rename = "pkRm")]
    recipient_public: String,
    enc: String,
    encryptions: Vec<Encryption>,
}

#[derive(Deserialize)]
struct Encryption {
    aad: String,
    ct: String,
    pt: String,
    sequence: usize,
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// Yields the vector's ephemeral input instead of randomness.
struct Fixed(Vec<u8>);

impl TryRng for Fixed {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("only bytes are asked for")
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("only bytes are asked for")
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.0.drain(..out.len()).collect::<Vec<_>>());
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

#[test]
fn hpke_gives_the_results_of_rfc_9180() {
    let vector: Hpke = serde_json::from_str(include_str!("vectors/hpke_base_x25519_sha256_aes256gcm.json")).unwrap();
    let (private, public) = X25519HkdfSha256::derive_keypair(&bytes(&vector.recipient_ikm));
    assert_eq!(public.to_bytes().to_vec(), bytes(&vector.recipient_public));
    let ours = EncryptionPair::derive(&bytes(&vector.recipient_ikm).try_into().unwrap());
    assert_eq!(ours.public().key.to_vec(), bytes(&vector.recipient_public));
    let ours = EncryptionPair::from_private(&bytes(&vector.recipient_private).try_into().unwrap()).unwrap();
    assert_eq!(ours.public().key.to_vec(), bytes(&vector.recipient_public));

    let (enc, mut sender) = hpke::setup_sender_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        &bytes(&vector.info),
        &mut Fixed(bytes(&vector.ephemeral_ikm)),
    )
    .unwrap();
    assert_eq!(enc.to_bytes().to_vec(), bytes(&vector.enc));
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&bytes(&vector.enc)).unwrap();
    let mut receiver = hpke::setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &enc,
        &bytes(&vector.info),
    )
    .unwrap();

    let mut wanted = vector.encryptions.iter().peekable();
    for sequence in 0..=256 {
        // The sequence number is in the nonce, so the ones between have to be gone through.
        let aad = format!("Count-{sequence}");
        let plain = bytes(&vector.encryptions[0].pt);
        let sealed = sender.seal(&plain, aad.as_bytes()).unwrap();
        assert_eq!(receiver.open(&sealed, aad.as_bytes()).unwrap(), plain);
        if let Some(vector) = wanted.next_if(|vector| vector.sequence == sequence) {
            assert_eq!(bytes(&vector.aad), aad.as_bytes());
            assert_eq!(sealed, bytes(&vector.ct), "encryption {sequence}");
        }
    }
    assert!(wanted.next().is_none());
}

#[derive(Deserialize)]
struct Gcm {
    key: String,
    iv: String,
    aad: String,
    pt: String,
    ct: String,
    tag: String,
    fails: bool,
}

#[test]
fn aes_256_gcm_gives_the_results_of_nist() {
    let vectors: Vec<Gcm> = serde_json::from_str(include_str!("vectors/aes256gcm_nist_cavs14.json")).unwrap();
    assert!(vectors.len() > 40 && vectors.iter().any(|vector| vector.fails));
    for (number, vector) in vectors.iter().enumerate() {
        let cipher = Aes256Gcm::new_from_slice(&bytes(&vector.key)).unwrap();
        let nonce: [u8; 12] = bytes(&vector.iv).try_into().unwrap();
        let (plain, aad) = (bytes(&vector.pt), bytes(&vector.aad));
        let sealed = [bytes(&vector.ct), bytes(&vector.tag)].concat();
        let opened = cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &aad });
        if vector.fails {
            assert!(opened.is_err(), "vector {number}");
            continue;
        }
        assert_eq!(opened.unwrap(), plain, "vector {number}");
        let again = cipher.encrypt(&nonce.into(), Payload { msg: &plain, aad: &aad }).unwrap();
        assert_eq!(again, sealed, "vector {number}");
    }
}

#[test]
fn aes_256_gcm_gives_the_results_of_mcgrew_and_viega() {
    let key = hex!("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    let nonce = hex!("cafebabefacedbaddecaf888");
    let plain = hex!(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
    );
    let sealed = hex!(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
    );
    let cipher = Aes256Gcm::new(&key.into());
    // Test cases 13 and 14: no plaintext, and one block of zeros, under the all-zero key.
    let zero = Aes256Gcm::new(&[0; 32].into());
    assert_eq!(zero.encrypt(&[0; 12].into(), &b""[..]).unwrap(), hex!("530f8afbc74536b9a963b4f1c4cb738b"));
    assert_eq!(
        zero.encrypt(&[0; 12].into(), &[0; 16][..]).unwrap(),
        hex!("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    );
    // Test case 15.
    let tag = hex!("b094dac5d93471bdec1a502270e3cc6c");
    assert_eq!(cipher.encrypt(&nonce.into(), &plain[..]).unwrap(), [&sealed[..], &tag].concat());
    // Test case 16: four bytes less, with associated data.
    let aad = hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let tag = hex!("76fc6ece0f4e1768cddf8853bb2d551b");
    let opened = cipher.encrypt(&nonce.into(), Payload { msg: &plain[..60], aad: &aad }).unwrap();
    assert_eq!(opened, [&sealed[..60], &tag].concat());
}
