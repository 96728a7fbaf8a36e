// SPDX-License-Identifier: Apache-2.0

//! The way from a reader's own key to what a gate gave out: envelopes and links, and how the reader opens them.

use salus_primitives::decision::Basis;
use salus_sealing::blob::{Bindings, ContentKey};
use salus_sealing::compartment::{CompartmentPath, CompartmentSecret, Profile};
use salus_sealing::envelope::{EnvelopeError, Recipient};
use salus_sealing::keys::EncryptionPair;

/// A compartment's secret and profile, given out.
pub struct ReleasedCompartment {
    /// The compartment.
    pub place: CompartmentPath,
    /// The basis of the permission.
    pub basis: Basis,
    /// The newest secret that the reader may have.
    pub secret: SealedSecret,
    /// The links from that secret's epoch down to the profile's.
    pub links: Vec<Vec<u8>>,
    /// The sealed profile.
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
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedSecret {
    /// To whom.
    pub recipient: Recipient,
    /// The epoch.
    pub epoch: u32,
    /// The envelope.
    pub envelope: Vec<u8>,
}

impl SealedSecret {
    fn open(&self, place: &CompartmentPath, pair: &EncryptionPair) -> Result<CompartmentSecret, EnvelopeError> {
        CompartmentSecret::open_from(&self.envelope, *place, self.epoch, self.recipient, pair)
    }
}

/// How a reader comes from a key of its own to the content key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyPath {
    /// By the secret of a compartment's epoch, links down to the version's epoch, and the version's key envelope.
    Compartment {
        /// The secret, sealed to the reader, or to the reader's institution.
        secret: SealedSecret,
        /// Links, from the secret's epoch downwards.
        links: Vec<Vec<u8>>,
        /// The content key, sealed to the version's epoch.
        key_envelope: Vec<u8>,
    },
    /// By an envelope of a grant over this record alone.
    Record {
        /// To whom it is sealed.
        recipient: Recipient,
        /// The content key, sealed.
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

    /// The content key of the version that `bindings` names; `pair` is the reader's key, or its institution's.
    pub fn open(&self, bindings: &Bindings, pair: &EncryptionPair) -> Result<ContentKey, EnvelopeError> {
        let Bindings { genesis, record, version, compartment, .. } = *bindings;
        match self {
            Self::Record { recipient, envelope } => {
                ContentKey::open_from(envelope, *recipient, pair, genesis, record, version)
            }
            Self::Compartment { secret, links, key_envelope } => {
                let place = CompartmentPath { genesis, chart: record.chart, compartment };
                walk(secret.open(&place, pair)?, links)?.open_content_key(key_envelope, record, version)
            }
        }
    }
}

fn walk(newest: CompartmentSecret, links: &[Vec<u8>]) -> Result<CompartmentSecret, EnvelopeError> {
    links.iter().try_fold(newest, |secret, link| secret.earlier(link))
}
