// SPDX-License-Identifier: Apache-2.0

//! X25519 key pairs, to which envelopes are sealed.

use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};
use salus_primitives::EncryptionKey;
use zeroize::Zeroizing;

use super::fault::KeyError;
use crate::secret::{derive, random};

pub(crate) type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
pub(crate) type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;

/// A key that opens envelopes. Its private part is wiped on drop and cannot be printed.
pub struct EncryptionPair {
    private: PrivateKey,
    public: EncryptionKey,
}

impl EncryptionPair {
    /// A fresh random key.
    pub fn generate() -> Self {
        Self::derive(&Zeroizing::new(random::<32>()))
    }

    /// The key that `DeriveKeyPair` of RFC 9180 makes from these 32 secret bytes.
    pub fn derive(ikm: &[u8; 32]) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(ikm);
        Self { private, public: EncryptionKey::x25519(public.to_bytes().into()) }
    }

    /// The key whose private part these bytes are.
    pub fn from_private(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let private = PrivateKey::from_bytes(bytes).map_err(|_| KeyError::InvalidKey)?;
        let public = X25519HkdfSha256::sk_to_pk(&private);
        Ok(Self { private, public: EncryptionKey::x25519(public.to_bytes().into()) })
    }

    /// The public part.
    pub fn public(&self) -> EncryptionKey {
        self.public
    }

    /// A secret of its own for the use that `info` names: the same each time, and unguessable without this key.
    pub fn derived_secret(&self, info: &[u8]) -> Zeroizing<[u8; 32]> {
        derive(b"", &*self.expose_private(), info)
    }

    pub(crate) fn private(&self) -> &PrivateKey {
        &self.private
    }

    pub(crate) fn expose_private(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.private.to_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_part_gives_the_same_key_again() {
        let pair = EncryptionPair::generate();
        let again = EncryptionPair::from_private(&pair.expose_private()).unwrap();
        assert_eq!(again.public(), pair.public());
        assert!(pair.public().is_acceptable());
        assert_ne!(EncryptionPair::generate().public(), pair.public());
    }
}
