// SPDX-License-Identifier: Apache-2.0

//! Envelopes: a short secret, sealed to one public key for one purpose (docs/adr/0003-envelopes.md).
//!
//! HPKE (RFC 9180) in base mode, suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. An envelope is
//!
//! | bytes | field |
//! |---|---|
//! | 6 | magic `SALENV` |
//! | 1 | format, 1 |
//! | 1 | suite, 1 |
//! | 32 | encapsulated key |
//! | … | ciphertext and 16-byte tag |
//!
//! The first eight bytes are associated data. `info` is the SCALE encoding of `salus/envelope/1`, the kind of envelope
//! with its subject, the genesis hash, the recipient, and the recipient's public key. So an envelope
//! that was moved to another place, purpose, person or chain does not open. Envelopes do not say whom they are for; a reader who asks the
//! chain for their hashes knows.

use codec::Encode;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use salus_primitives::{ChartId, CompartmentId, Digest, EncryptionKey, InstitutionId, MemberId, RecordId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::blob::{ContentKey, SHORTEST};
use crate::keys::{EncryptionPair, PublicKey};

const MAGIC: [u8; 6] = *b"SALENV";
const BEGINNING: [u8; 8] = *b"SALENV\x01\x01";
/// Bytes of a sealed secret, at most.
const MAX_SECRET: usize = 8 * 1024;
/// Reasons are padded to multiples of this. So their envelopes are longer than any that holds a key, and a hash that is said
/// to be that of a reason gets no key out of a vault.
const REASON_STEP: usize = 4 * 1024;
/// Bytes of a reason, at most.
pub const MAX_REASON: usize = 4 * 1024;
/// Bytes of an envelope, at most.
pub const MAX_ENVELOPE: usize = 16 * 1024;
/// Bytes of an envelope that holds a key, at most. Format 1 has 88; later algorithms may need more.
///
/// Envelopes and blobs lie in one store, and a hash does not tell which of the two it names. No blob is so short.
pub const MAX_KEY_ENVELOPE: usize = 2 * 1024;

const _: () = assert!((MAX_KEY_ENVELOPE as u64) < SHORTEST);
const _: () = assert!(MAX_KEY_ENVELOPE < REASON_STEP);

type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// The content of an envelope, and its subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode)]
#[non_exhaustive]
pub enum EnvelopeKind {
    /// The content key of a record's version.
    #[codec(index = 0)]
    ContentKey {
        /// The record.
        record: RecordId,
        /// The version's number.
        version: u32,
    },
    /// The secret of a compartment's epoch, for the controller or a reader.
    #[codec(index = 1)]
    CompartmentSecret {
        /// The chart.
        chart: ChartId,
        /// The compartment.
        compartment: CompartmentId,
        /// The epoch whose secret it is.
        epoch: u32,
    },
    /// The secret of an epoch, for a holder of that of a later one.
    #[codec(index = 2)]
    Link {
        /// The chart.
        chart: ChartId,
        /// The compartment.
        compartment: CompartmentId,
        /// The earlier epoch, whose secret it is.
        epoch: u32,
    },
    /// The reason of a request or grant, in words.
    #[codec(index = 3)]
    Reason {
        /// The chart.
        chart: ChartId,
    },
    /// A compartment's profile, for a member of an institution that was granted the compartment.
    #[codec(index = 4)]
    Profile {
        /// The chart.
        chart: ChartId,
        /// The compartment.
        compartment: CompartmentId,
    },
}

/// For whom an envelope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recipient {
    /// A member.
    #[codec(index = 0)]
    Member(MemberId),
    /// An institution's vault service.
    #[codec(index = 1)]
    Institution(InstitutionId),
    /// A holder of the secret of a compartment's epoch.
    #[codec(index = 2)]
    Compartment {
        /// The chart.
        chart: ChartId,
        /// The compartment.
        compartment: CompartmentId,
        /// The epoch.
        epoch: u32,
    },
}

impl From<salus_primitives::access::Grantee> for Recipient {
    fn from(grantee: salus_primitives::access::Grantee) -> Self {
        match grantee {
            salus_primitives::access::Grantee::Member(member) => Self::Member(member),
            salus_primitives::access::Grantee::Institution(institution) => Self::Institution(institution),
        }
    }
}

/// Everything that an envelope is bound to but the recipient's key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EnvelopeContext {
    /// The chain.
    pub genesis: Digest,
    /// The content of the envelope.
    pub kind: EnvelopeKind,
    /// For whom it is.
    pub recipient: Recipient,
}

impl EnvelopeContext {
    fn info(&self, key: &EncryptionKey) -> Vec<u8> {
        (b"salus/envelope/1", self.kind, self.genesis, self.recipient, key).encode()
    }
}

/// An envelope cannot be sealed or opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The recipient's public key is of an unknown suite, or one to which all could open.
    #[error("the recipient's encryption key cannot be used")]
    UnusableKey,
    /// The secret is longer than an envelope holds.
    #[error("too long for an envelope")]
    TooLong,
    /// The bytes do not begin like an envelope, or are too short or too long for one.
    #[error("not an envelope of a known format")]
    NotAnEnvelope,
    /// It is sealed to another key, or for another purpose, place or chain, or it was altered.
    #[error("the envelope does not open: it is for another recipient or another use, or was altered")]
    DoesNotOpen,
    /// It opened, but does not hold what it should.
    #[error("the envelope holds something else than it should")]
    Malformed,
    /// The epoch's number has no successor or predecessor.
    #[error("there is no such epoch")]
    NoSuchEpoch,
}

/// Whether `bytes` begin like an envelope, of this or a later format.
pub fn is_envelope(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Seals `secret` to `key` for what `context` says.
pub fn seal_envelope(secret: &[u8], key: &EncryptionKey, context: &EnvelopeContext) -> Result<Vec<u8>, EnvelopeError> {
    if secret.len() > MAX_SECRET {
        return Err(EnvelopeError::TooLong);
    }
    if !key.is_acceptable() {
        return Err(EnvelopeError::UnusableKey);
    }
    let public = PublicKey::from_bytes(&key.key).map_err(|_| EnvelopeError::UnusableKey)?;
    let (encapped, sealed) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        &context.info(key),
        secret,
        &BEGINNING,
    )
    .map_err(|_| EnvelopeError::UnusableKey)?;
    Ok([&BEGINNING[..], &encapped.to_bytes(), &sealed].concat())
}

/// Opens `envelope` with `pair`, if it was sealed to it for what `context` says.
pub fn open_envelope(
    envelope: &[u8],
    pair: &EncryptionPair,
    context: &EnvelopeContext,
) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let rest = envelope.strip_prefix(&BEGINNING).filter(|_| envelope.len() <= MAX_ENVELOPE);
    let (encapped, sealed) =
        rest.and_then(|rest| rest.split_first_chunk::<32>()).ok_or(EnvelopeError::NotAnEnvelope)?;
    let encapped = EncappedKey::from_bytes(encapped).map_err(|_| EnvelopeError::NotAnEnvelope)?;
    hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        pair.private(),
        &encapped,
        &context.info(&pair.public()),
        sealed,
        &BEGINNING,
    )
    .map(Zeroizing::new)
    .map_err(|_| EnvelopeError::DoesNotOpen)
}

/// Opens an envelope that holds a secret of 32 bytes.
pub(crate) fn open_secret(
    envelope: &[u8],
    pair: &EncryptionPair,
    context: &EnvelopeContext,
) -> Result<Zeroizing<[u8; 32]>, EnvelopeError> {
    let secret = open_envelope(envelope, pair, context)?;
    secret.as_slice().try_into().map(Zeroizing::new).map_err(|_| EnvelopeError::Malformed)
}

impl ContentKey {
    /// Seals the content key of a record's version to `key`: the compartment's, or that of a member with a grant over
    /// this record alone.
    pub fn seal_to(
        &self,
        recipient: Recipient,
        key: &EncryptionKey,
        genesis: Digest,
        record: RecordId,
        version: u32,
    ) -> Result<Vec<u8>, EnvelopeError> {
        let kind = EnvelopeKind::ContentKey { record, version };
        seal_envelope(self.expose(), key, &EnvelopeContext { genesis, kind, recipient })
    }

    /// The content key of a record's version that is in `envelope`.
    pub fn open_from(
        envelope: &[u8],
        recipient: Recipient,
        pair: &EncryptionPair,
        genesis: Digest,
        record: RecordId,
        version: u32,
    ) -> Result<Self, EnvelopeError> {
        let kind = EnvelopeKind::ContentKey { record, version };
        let secret = open_secret(envelope, pair, &EnvelopeContext { genesis, kind, recipient })?;
        Ok(Self::from_bytes(&secret))
    }
}

/// Seals the reason of a request or grant; its length shows in steps of 4 KiB only.
pub fn seal_reason(
    reason: &str,
    recipient: Recipient,
    key: &EncryptionKey,
    genesis: Digest,
    chart: ChartId,
) -> Result<Vec<u8>, EnvelopeError> {
    if reason.len() > MAX_REASON {
        return Err(EnvelopeError::TooLong);
    }
    let length = u16::try_from(reason.len()).map_err(|_| EnvelopeError::TooLong)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(MAX_SECRET));
    padded.extend(length.to_le_bytes());
    padded.extend_from_slice(reason.as_bytes());
    let whole = padded.len().next_multiple_of(REASON_STEP);
    padded.resize(whole, 0);
    seal_envelope(&padded, key, &EnvelopeContext { genesis, kind: EnvelopeKind::Reason { chart }, recipient })
}

/// The reason in `envelope`.
pub fn open_reason(
    envelope: &[u8],
    recipient: Recipient,
    pair: &EncryptionPair,
    genesis: Digest,
    chart: ChartId,
) -> Result<Zeroizing<String>, EnvelopeError> {
    let context = EnvelopeContext { genesis, kind: EnvelopeKind::Reason { chart }, recipient };
    let padded = open_envelope(envelope, pair, &context)?;
    let (length, rest) = padded.split_first_chunk().ok_or(EnvelopeError::Malformed)?;
    let reason = rest.get(..u16::from_le_bytes(*length).into()).ok_or(EnvelopeError::Malformed)?;
    let reason = std::str::from_utf8(reason).map_err(|_| EnvelopeError::Malformed)?;
    Ok(Zeroizing::new(reason.to_owned()))
}
