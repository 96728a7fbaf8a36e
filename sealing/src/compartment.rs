// SPDX-License-Identifier: Apache-2.0

//! Compartment secrets, one for each epoch, and the profile that they seal.
//!
//! An epoch's secret is a random X25519 key pair. Authors seal content keys to its public part, which is on the chain. A
//! holder of the private part opens every version sealed in that epoch and, by way of *links*, in all earlier ones. The
//! link of epoch `n` is the secret of `n - 1`, sealed to the public key of `n`. No link leads forward, so a secret that a
//! former reader kept is worth nothing for versions that are added after the patient rotates.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::Aes256Gcm;
use codec::Encode;
use salus_primitives::{ChartId, CompartmentId, Digest, EncryptionKey, RecordId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::blob::{Bindings, ContentKey};
use crate::envelope::{
    open_envelope, open_secret, seal_envelope, EnvelopeContext, EnvelopeError, EnvelopeKind, Recipient,
};
use crate::keys::EncryptionPair;
use crate::secret::{derive, random};

const PROFILE: [u8; 8] = *b"SALPRF\x01\x01";
/// Profiles are padded to multiples of this.
const PROFILE_STEP: usize = 256;
/// Bytes of a sealed profile, at most.
pub const MAX_PROFILE: usize = 8 * 1024;

/// A compartment of a chart of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompartmentPath {
    /// The chain.
    pub genesis: Digest,
    /// The chart.
    pub chart: ChartId,
    /// The compartment.
    pub compartment: CompartmentId,
}

impl CompartmentPath {
    /// The compartment in which a version lies.
    pub fn of(bindings: &Bindings) -> Self {
        Self { genesis: bindings.genesis, chart: bindings.record.chart, compartment: bindings.compartment }
    }

    /// The recipient of content keys and links that are sealed to the key of `epoch`.
    pub fn recipient(&self, epoch: u32) -> Recipient {
        Recipient::Compartment { chart: self.chart, compartment: self.compartment, epoch }
    }

    fn profile(&self, recipient: Recipient) -> EnvelopeContext {
        let kind = EnvelopeKind::Profile { chart: self.chart, compartment: self.compartment };
        EnvelopeContext { genesis: self.genesis, kind, recipient }
    }

    fn secret(&self, epoch: u32, recipient: Recipient) -> EnvelopeContext {
        let kind = EnvelopeKind::CompartmentSecret { chart: self.chart, compartment: self.compartment, epoch };
        EnvelopeContext { genesis: self.genesis, kind, recipient }
    }

    /// The link that a holder of the secret of `epoch` opens: it holds the secret of `earlier`.
    fn link(&self, earlier: u32, epoch: u32) -> EnvelopeContext {
        let kind = EnvelopeKind::Link { chart: self.chart, compartment: self.compartment, epoch: earlier };
        EnvelopeContext { genesis: self.genesis, kind, recipient: self.recipient(epoch) }
    }
}

/// The secret of a compartment's epoch.
pub struct CompartmentSecret {
    place: CompartmentPath,
    epoch: u32,
    pair: EncryptionPair,
}

impl CompartmentSecret {
    /// A fresh random secret for the first epoch of a new compartment.
    pub fn generate(place: CompartmentPath) -> Self {
        Self { place, epoch: 0, pair: EncryptionPair::generate() }
    }

    /// A fresh random secret for the next epoch, and the link back to this one.
    pub fn rotate(&self) -> Result<(Self, Vec<u8>), EnvelopeError> {
        let epoch = self.epoch.checked_add(1).ok_or(EnvelopeError::NoSuchEpoch)?;
        let next = Self { place: self.place, epoch, pair: EncryptionPair::generate() };
        let link =
            seal_envelope(&*self.pair.expose_private(), &next.public_key(), &self.place.link(self.epoch, epoch))?;
        Ok((next, link))
    }

    /// The compartment.
    pub fn place(&self) -> &CompartmentPath {
        &self.place
    }

    /// The epoch.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The public part, to which authors seal content keys.
    pub fn public_key(&self) -> EncryptionKey {
        self.pair.public()
    }

    /// Seals the secret to the controller or to a reader with a grant.
    pub fn seal_to(&self, recipient: Recipient, key: &EncryptionKey) -> Result<Vec<u8>, EnvelopeError> {
        seal_envelope(&*self.pair.expose_private(), key, &self.place.secret(self.epoch, recipient))
    }

    /// The secret of `epoch` that is in `envelope`, sealed to `recipient`, whose key is `pair`.
    pub fn open_from(
        envelope: &[u8],
        place: CompartmentPath,
        epoch: u32,
        recipient: Recipient,
        pair: &EncryptionPair,
    ) -> Result<Self, EnvelopeError> {
        let secret = open_secret(envelope, pair, &place.secret(epoch, recipient))?;
        let pair = EncryptionPair::from_private(&secret).map_err(|_| EnvelopeError::Malformed)?;
        Ok(Self { place, epoch, pair })
    }

    /// The secret of the epoch before, which is in this epoch's `link`.
    pub fn earlier(&self, link: &[u8]) -> Result<Self, EnvelopeError> {
        let epoch = self.epoch.checked_sub(1).ok_or(EnvelopeError::NoSuchEpoch)?;
        let secret = open_secret(link, &self.pair, &self.place.link(epoch, self.epoch))?;
        let pair = EncryptionPair::from_private(&secret).map_err(|_| EnvelopeError::Malformed)?;
        Ok(Self { place: self.place, epoch, pair })
    }

    /// The content key of a version of a record in this compartment, which was sealed in this epoch.
    pub fn open_content_key(
        &self,
        envelope: &[u8],
        record: RecordId,
        version: u32,
    ) -> Result<ContentKey, EnvelopeError> {
        let recipient = self.place.recipient(self.epoch);
        ContentKey::open_from(envelope, recipient, &self.pair, self.place.genesis, record, version)
    }

    /// Seals the compartment's profile for all who hold this secret or a later one.
    pub fn seal_profile(&self, profile: &Profile) -> Result<Vec<u8>, EnvelopeError> {
        let json = profile.padded()?;
        let mut bytes = PROFILE.to_vec();
        bytes.extend(self.epoch.to_le_bytes());
        let nonce = random::<12>();
        let sealed = self
            .profile_cipher()
            .encrypt(&nonce.into(), Payload { msg: &json, aad: &bytes })
            .map_err(|_| EnvelopeError::TooLong)?;
        bytes.extend(nonce);
        bytes.extend(sealed);
        if bytes.len() > MAX_PROFILE {
            return Err(EnvelopeError::TooLong);
        }
        Ok(bytes)
    }

    /// The profile in `bytes`, which was sealed in this epoch.
    pub fn open_profile(&self, bytes: &[u8]) -> Result<Profile, EnvelopeError> {
        if profile_epoch(bytes)? != self.epoch {
            return Err(EnvelopeError::DoesNotOpen);
        }
        let (bound, rest) = bytes.split_first_chunk::<12>().ok_or(EnvelopeError::NotAnEnvelope)?;
        let (nonce, sealed) = rest.split_first_chunk::<12>().ok_or(EnvelopeError::NotAnEnvelope)?;
        let json = self.profile_cipher().decrypt(&(*nonce).into(), Payload { msg: sealed, aad: bound });
        let json = Zeroizing::new(json.map_err(|_| EnvelopeError::DoesNotOpen)?);
        serde_json::from_slice(&json).map_err(|_| EnvelopeError::Malformed)
    }

    fn profile_cipher(&self) -> Aes256Gcm {
        let info = (b"salus/profile/1", self.place, self.epoch).encode();
        Aes256Gcm::new(&(*derive::<32>(b"", &*self.pair.expose_private(), &info)).into())
    }
}

/// The epoch whose secret opens the sealed profile `bytes`.
pub fn profile_epoch(bytes: &[u8]) -> Result<u32, EnvelopeError> {
    let rest = bytes.strip_prefix(&PROFILE).filter(|_| bytes.len() <= MAX_PROFILE);
    let (epoch, _) = rest.and_then(|rest| rest.split_first_chunk()).ok_or(EnvelopeError::NotAnEnvelope)?;
    Ok(u32::from_le_bytes(*epoch))
}

/// The name of a compartment and what belongs in it. Sealed: it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The patient's name for it.
    pub name: String,
    /// Its kind of records, as a word that programs know, such as `laboratory`.
    pub meaning: String,
}

impl Profile {
    /// Seals the profile of the compartment at `place` to a member, who does not have the compartment's secret.
    pub fn seal_to(
        &self,
        place: &CompartmentPath,
        recipient: Recipient,
        key: &EncryptionKey,
    ) -> Result<Vec<u8>, EnvelopeError> {
        seal_envelope(&self.padded()?, key, &place.profile(recipient))
    }

    /// The profile of the compartment at `place` that is in `envelope`.
    pub fn open_from(
        envelope: &[u8],
        place: &CompartmentPath,
        recipient: Recipient,
        pair: &EncryptionPair,
    ) -> Result<Self, EnvelopeError> {
        let json = open_envelope(envelope, pair, &place.profile(recipient))?;
        serde_json::from_slice(&json).map_err(|_| EnvelopeError::Malformed)
    }

    /// White space after a JSON value means nothing, so it can hide how long the name is.
    fn padded(&self) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let mut json = Zeroizing::new(serde_json::to_vec(self).map_err(|_| EnvelopeError::Malformed)?);
        let padded = json.len().next_multiple_of(PROFILE_STEP);
        json.resize(padded, b' ');
        Ok(json)
    }
}
