// SPDX-License-Identifier: Apache-2.0

//! The way from a reader's own key to what a gate gave out: envelopes and links, and how the reader opens them.

use salus_primitives::decision::Basis;
use salus_sealing::blob::{Bindings, ContentKey};
use salus_sealing::compartment::{CompartmentPath, CompartmentSecret, Profile};
use salus_sealing::envelope::{EnvelopeError, Recipient};
use salus_sealing::keys::EncryptionPair;
use serde::{Deserialize, Serialize};
use serde_with::{base64::Base64, serde_as};

/// A compartment's secret and profile, given out.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedCompartment {
    /// The compartment.
    pub place: CompartmentPath,
    /// The basis of the permission.
    pub basis: Basis,
    /// The newest secret that the reader may have.
    pub secret: SealedSecret,
    /// The links from that secret's epoch down to the profile's.
    #[serde_as(as = "Vec<Base64>")]
    pub links: Vec<Vec<u8>>,
    /// The sealed profile.
    #[serde_as(as = "Base64")]
    pub profile: Vec<u8>,
    /// The epoch whose secret opens it.
    pub profile_epoch: u32,
}

impl ReleasedCompartment {
    /// The newest secret that the reader may have; `pair` is the key that it is sealed to.
    pub fn open_secret(&self, pair: &EncryptionPair) -> Result<CompartmentSecret, EnvelopeError> {
        self.secret.open(&self.place, pair)
    }

    /// The compartment's profile; `pair` is the key that the secret is sealed to.
    pub fn open_profile(&self, pair: &EncryptionPair) -> Result<Profile, EnvelopeError> {
        walk(self.open_secret(pair)?, &self.links)?.open_profile(&self.profile)
    }
}

/// The secret of a compartment's epoch, sealed to a recipient.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedSecret {
    /// To whom.
    pub recipient: Recipient,
    /// The epoch.
    pub epoch: u32,
    /// The envelope.
    #[serde_as(as = "Base64")]
    pub envelope: Vec<u8>,
}

impl SealedSecret {
    fn open(&self, place: &CompartmentPath, pair: &EncryptionPair) -> Result<CompartmentSecret, EnvelopeError> {
        CompartmentSecret::open_from(&self.envelope, *place, self.epoch, self.recipient, pair)
    }
}

/// The way to the content key of a version, given out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedKey {
    /// The version, and the epoch that its content key is sealed to.
    pub bindings: Bindings,
    /// The basis of the permission.
    pub basis: Basis,
    /// The way.
    pub path: KeyPath,
}

impl ReleasedKey {
    /// The content key. `pair` is the reader's key, or its institution's; `key_envelope` is that of the released version.
    ///
    /// A path by way of a compartment needs the envelope, and does not open without it.
    pub fn open(&self, key_envelope: Option<&[u8]>, pair: &EncryptionPair) -> Result<ContentKey, EnvelopeError> {
        let Bindings { genesis, record, version, .. } = self.bindings;
        match &self.path {
            KeyPath::Record { recipient, envelope } => {
                ContentKey::open_from(envelope, *recipient, pair, genesis, record, version)
            }
            KeyPath::Compartment { secret, links } => {
                let secret = walk(secret.open(&CompartmentPath::of(&self.bindings), pair)?, links)?;
                secret.open_content_key(key_envelope.unwrap_or_default(), record, version)
            }
        }
    }
}

/// How a reader comes from a key of its own towards the content key.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum KeyPath {
    /// To the secret of the version's epoch, which opens the version's key envelope.
    Compartment {
        /// The secret of that epoch or a later one, sealed to the reader, or to the reader's institution.
        secret: SealedSecret,
        /// Links, from that secret's epoch downwards.
        #[serde_as(as = "Vec<Base64>")]
        links: Vec<Vec<u8>>,
    },
    /// To the content key itself, by an envelope of a grant over this record alone.
    Record {
        /// To whom it is sealed.
        recipient: Recipient,
        /// The content key, sealed.
        #[serde_as(as = "Base64")]
        envelope: Vec<u8>,
    },
}

impl KeyPath {
    /// To whom the first envelope of the path is sealed.
    pub fn recipient(&self) -> Recipient {
        match self {
            Self::Compartment { secret, .. } => secret.recipient,
            Self::Record { recipient, .. } => *recipient,
        }
    }
}

fn walk(newest: CompartmentSecret, links: &[Vec<u8>]) -> Result<CompartmentSecret, EnvelopeError> {
    links.iter().try_fold(newest, |secret, link| secret.earlier(link))
}
