// SPDX-License-Identifier: Apache-2.0

//! The key that a backup is sealed with: one random key, which rests under a password.
//!
//! A *sealed piece* is 32 random bytes, the salt, and then AES-256-GCM segments of 64 KiB (STREAM). Key and nonce come from the
//! backup's key, the salt and a *use*, by HKDF-SHA256. So a piece that was sealed for one use opens for no other. One that was
//! altered, reordered, cut off or extended does not open.

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::Aes256Gcm;
use chacha20poly1305::aead::{Aead, Payload};
use codec::Encode;
use salus_primitives::Digest;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::keys::cost::{Cost, COST};
use crate::keys::KeystoreFault;
use crate::secret::{derive, extend, random, Password};

const FORMAT: u32 = 1;
/// Plaintext bytes of a segment.
const SEGMENT: usize = 64 * 1024;
const TAG: usize = 16;
const SALT: usize = 32;

/// The key of a backup: random, and never written but under a password.
pub struct BackupKey(Zeroizing<[u8; 32]>);

/// A sealed piece was altered, cut off or extended, or belongs to another backup or use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("it was altered or cut off")]
pub struct Altered;

/// The text in which a key rests: it is under XChaCha20-Poly1305, with a key that Argon2id makes from the password.
#[derive(Serialize, Deserialize)]
struct SealedKey {
    version: u32,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    nonce: String,
    sealed: String,
}

impl BackupKey {
    /// A fresh random key.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random()))
    }

    /// The text in which the key rests under `password`.
    pub fn seal(&self, password: &Password) -> Result<String, KeystoreFault> {
        let (salt, nonce) = (random::<16>(), random::<24>());
        let bound = associated_data(COST, &salt);
        let payload = Payload { msg: self.0.as_slice(), aad: &bound };
        let sealed = COST.cipher(password, &salt)?.encrypt(&nonce.into(), payload);
        let sealed = sealed.map_err(|_| KeystoreFault::Malformed("cannot be encrypted"))?;
        let text = SealedKey {
            version: FORMAT,
            cost: COST,
            salt: hex::encode(salt),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        };
        let text =
            serde_json::to_string_pretty(&text).map_err(|_| KeystoreFault::Malformed("cannot be written as JSON"))?;
        Ok(text + "\n")
    }

    /// The key in `text`.
    pub fn open(text: &str, password: &Password) -> Result<Self, KeystoreFault> {
        let malformed = KeystoreFault::Malformed("not JSON with the expected fields");
        let text: SealedKey = serde_json::from_str(text).map_err(|_| malformed)?;
        if text.version != FORMAT {
            return Err(KeystoreFault::Unsupported("another version of the format"));
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        hex::decode_to_slice(&text.salt, &mut salt).map_err(|_| malformed)?;
        hex::decode_to_slice(&text.nonce, &mut nonce).map_err(|_| malformed)?;
        let sealed = hex::decode(&text.sealed).map_err(|_| malformed)?;
        let bound = associated_data(text.cost, &salt);
        let key = text.cost.cipher(password, &salt)?.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &bound });
        let key = Zeroizing::new(key.map_err(|_| KeystoreFault::WrongPassword)?);
        Ok(Self(Zeroizing::new(key.as_slice().try_into().map_err(|_| malformed)?)))
    }

    /// The name under which a backup keeps the bytes with the hash `id`. Without the key, it says nothing about them.
    pub fn name_of(&self, id: &Digest) -> Digest {
        Digest(*derive(&id.0, self.0.as_slice(), b"salus/backup/1/name"))
    }

    /// Begins a sealed piece for `usage`, whose first bytes are added to `out`.
    pub fn sealer(&self, usage: &str, out: &mut Vec<u8>) -> PieceSealer {
        let salt = random();
        out.extend_from_slice(&salt);
        PieceSealer { stream: self.stream(usage, &salt), segment: buffer(), position: 0 }
    }

    /// Begins to open a piece that was sealed for `usage`.
    pub fn opener<'a>(&'a self, usage: &'a str) -> PieceOpener<'a> {
        PieceOpener { key: self, usage, salt: Vec::with_capacity(SALT), stream: None, segment: buffer(), position: 0 }
    }

    fn stream(&self, usage: &str, salt: &[u8; SALT]) -> StreamBE32<Aes256Gcm> {
        let key = derive::<32>(salt, self.0.as_slice(), format!("salus/backup/1/key/{usage}").as_bytes());
        let nonce = derive::<7>(salt, self.0.as_slice(), format!("salus/backup/1/nonce/{usage}").as_bytes());
        StreamBE32::new(&(*key).into(), &(*nonce).into())
    }
}

/// Seals bytes as they come.
pub struct PieceSealer {
    stream: StreamBE32<Aes256Gcm>,
    segment: Zeroizing<Vec<u8>>,
    position: u32,
}

impl PieceSealer {
    /// Takes the next bytes; what is sealed of them is added to `out`. It fails beyond 256 TiB.
    pub fn push(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), Altered> {
        while !plain.is_empty() {
            // More follows, so this segment is not the last.
            if self.segment.len() == SEGMENT {
                self.seal(false, out)?;
            }
            let room = SEGMENT.saturating_sub(self.segment.len());
            let (now, later) = plain.split_at_checked(room).unwrap_or((plain, &[]));
            self.segment.extend_from_slice(now);
            plain = later;
        }
        Ok(())
    }

    /// Ends the piece, whose last bytes are added to `out`.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Altered> {
        self.seal(true, out)
    }

    fn seal(&mut self, is_last: bool, out: &mut Vec<u8>) -> Result<(), Altered> {
        self.stream.encrypt_in_place(self.position, is_last, b"", &mut *self.segment).map_err(|_| Altered)?;
        out.extend_from_slice(&self.segment);
        self.segment.clear();
        self.position = self.position.checked_add(1).ok_or(Altered)?;
        Ok(())
    }
}

/// Opens a sealed piece as it comes.
///
/// Bytes come out as soon as their segment is authenticated. On an error, everything that came out has to be discarded.
pub struct PieceOpener<'a> {
    key: &'a BackupKey,
    usage: &'a str,
    salt: Vec<u8>,
    stream: Option<StreamBE32<Aes256Gcm>>,
    segment: Zeroizing<Vec<u8>>,
    position: u32,
}

impl PieceOpener<'_> {
    /// Takes the next bytes; what became readable is added to `out`.
    pub fn push(&mut self, mut sealed: &[u8], out: &mut Zeroizing<Vec<u8>>) -> Result<(), Altered> {
        if self.stream.is_none() {
            let missing = SALT.saturating_sub(self.salt.len());
            let (now, later) = sealed.split_at_checked(missing).unwrap_or((sealed, &[]));
            self.salt.extend_from_slice(now);
            let Ok(salt) = self.salt.as_slice().try_into() else { return Ok(()) };
            self.stream = Some(self.key.stream(self.usage, salt));
            sealed = later;
        }
        while !sealed.is_empty() {
            // More follows, so this segment is not the last.
            if self.segment.len() == SEGMENT + TAG {
                self.open(false, out)?;
            }
            let room = (SEGMENT + TAG).saturating_sub(self.segment.len());
            let (now, later) = sealed.split_at_checked(room).unwrap_or((sealed, &[]));
            self.segment.extend_from_slice(now);
            sealed = later;
        }
        Ok(())
    }

    /// Ends the piece; its last bytes are added to `out`.
    pub fn finish(mut self, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Altered> {
        self.open(true, out)
    }

    fn open(&mut self, is_last: bool, out: &mut Zeroizing<Vec<u8>>) -> Result<(), Altered> {
        let stream = self.stream.as_ref().ok_or(Altered)?;
        stream.decrypt_in_place(self.position, is_last, b"", &mut *self.segment).map_err(|_| Altered)?;
        extend(out, &self.segment);
        self.segment.clear();
        self.position = self.position.checked_add(1).ok_or(Altered)?;
        Ok(())
    }
}

/// Large enough never to move: a buffer that grows leaves a copy of its content behind.
fn buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(SEGMENT + TAG))
}

fn associated_data(cost: Cost, salt: &[u8; 16]) -> Vec<u8> {
    (b"salus/backup-key/1", cost, salt).encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &BackupKey, usage: &str, plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sealer = key.sealer(usage, &mut out);
        plain.chunks(10_000).for_each(|piece| sealer.push(piece, &mut out).unwrap());
        sealer.finish(&mut out).unwrap();
        out
    }

    fn opened(key: &BackupKey, usage: &str, sealed: &[u8]) -> Result<Vec<u8>, Altered> {
        let mut out = Zeroizing::new(Vec::new());
        let mut opener = key.opener(usage);
        sealed.chunks(7_001).try_for_each(|piece| opener.push(piece, &mut out))?;
        opener.finish(&mut out)?;
        Ok(out.to_vec())
    }

    #[test]
    fn pieces_of_any_length_open_again_and_never_look_alike() {
        let key = BackupKey::generate();
        for length in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT] {
            let plain: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let (one, other) = (sealed(&key, "object", &plain), sealed(&key, "object", &plain));
            assert_ne!(one, other);
            assert_eq!(opened(&key, "object", &one).unwrap(), plain);
        }
    }

    #[test]
    fn a_piece_that_was_altered_cut_off_extended_or_sealed_for_another_use_does_not_open() {
        let key = BackupKey::generate();
        let whole = sealed(&key, "object", &[7; SEGMENT + 100]);
        for place in [0, SALT, SALT + SEGMENT, whole.len() - 1] {
            let mut altered = whole.clone();
            altered[place] ^= 1;
            assert_eq!(opened(&key, "object", &altered), Err(Altered), "{place}");
        }
        for length in [0, 1, SALT, SALT + 1, SALT + SEGMENT + TAG, whole.len() - 1] {
            assert_eq!(opened(&key, "object", &whole[..length]), Err(Altered), "{length}");
        }
        assert_eq!(opened(&key, "object", &[whole.as_slice(), &[0]].concat()), Err(Altered));
        assert_eq!(opened(&key, "snapshot", &whole), Err(Altered));
        assert_eq!(opened(&BackupKey::generate(), "object", &whole), Err(Altered));
    }

    #[test]
    fn a_key_rests_under_its_password() {
        let (key, password) = (BackupKey::generate(), Password::from("correct horse"));
        let text = key.seal(&password).unwrap();
        let again = BackupKey::open(&text, &password).unwrap();
        assert_eq!(again.name_of(&Digest([1; 32])), key.name_of(&Digest([1; 32])));
        assert_ne!(key.name_of(&Digest([1; 32])), key.name_of(&Digest([2; 32])));
        assert_ne!(BackupKey::generate().name_of(&Digest([1; 32])), key.name_of(&Digest([1; 32])));
        let fault = |text: &str, password: &str| BackupKey::open(text, &Password::from(password)).err().unwrap();
        assert_eq!(fault(&text, "wrong horse"), KeystoreFault::WrongPassword);
        assert!(matches!(fault("{}", "correct horse"), KeystoreFault::Malformed(_)));
        let dear = text.replace("65536", "4294967295");
        assert!(matches!(fault(&dear, "correct horse"), KeystoreFault::Unsupported(_)));
    }
}
