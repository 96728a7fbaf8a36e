// SPDX-License-Identifier: Apache-2.0

//! The three keys of a member.

use salus_primitives::{membership::Newcomer, EncryptionKey, SigningKey};
use schnorrkel::SecretKey;
use serde::{Deserialize, Serialize};

use super::encryption::EncryptionPair;
use super::fault::KeyError;
use super::mnemonic::Mnemonic;
use super::signing::{address, SigningPair};
use super::uri::{hard_child, secret_of_uri};
use crate::secret::derive;

/// A member's keys, with their private parts.
pub struct Identity {
    transaction: SigningPair,
    membership: SigningPair,
    encryption: EncryptionPair,
}

impl Identity {
    /// Fresh keys, and the phrase from which they can be made again.
    pub fn generate() -> Result<(Self, Mnemonic), KeyError> {
        let mnemonic = Mnemonic::generate()?;
        Ok((Self::from_mnemonic(&mnemonic.expose())?, mnemonic))
    }

    /// The keys of a BIP-39 phrase.
    pub fn from_mnemonic(phrase: &str) -> Result<Self, KeyError> {
        // Nothing but words: a path or an empty phrase would silently be other keys.
        let phrase = Mnemonic::parse(phrase)?;
        Self::from_uri(&phrase.expose())
    }

    /// The keys whose root a Substrate secret URI names, such as `//Hospital1//Issuer` of a development chain.
    ///
    /// Without a phrase, the URI stands for keys that all know.
    pub fn from_uri(uri: &str) -> Result<Self, KeyError> {
        secret_of_uri(uri).map(|root| Self::from_root(&root))
    }

    fn from_root(root: &SecretKey) -> Self {
        let seed = hard_child(root, "encryption");
        Self {
            transaction: SigningPair::from_mini_secret(&hard_child(root, "transaction")),
            membership: SigningPair::from_mini_secret(&hard_child(root, "membership")),
            encryption: EncryptionPair::derive(&derive(b"", seed.as_bytes(), b"salus/encryption-key/1")),
        }
    }

    pub(super) fn from_parts(transaction: SigningPair, membership: SigningPair, encryption: EncryptionPair) -> Self {
        Self { transaction, membership, encryption }
    }

    /// The key of the member's account.
    pub fn transaction(&self) -> &SigningPair {
        &self.transaction
    }

    /// The key that answers verifiers and changes keys.
    pub fn membership(&self) -> &SigningPair {
        &self.membership
    }

    /// The key that opens envelopes.
    pub fn encryption(&self) -> &EncryptionPair {
        &self.encryption
    }

    /// The public parts.
    pub fn public(&self) -> PublicKeys {
        PublicKeys {
            transaction: self.transaction.public(),
            membership: self.membership.public(),
            encryption: self.encryption.public(),
        }
    }
}

/// The public parts of a member's keys.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicKeys {
    /// The account's key.
    pub transaction: SigningKey,
    /// The membership key.
    pub membership: SigningKey,
    /// The key to which envelopes are sealed.
    pub encryption: EncryptionKey,
}

impl PublicKeys {
    /// The account's address, as polkadot.js shows it.
    pub fn address(&self) -> String {
        address(&self.transaction)
    }

    /// The keys that a newcomer brings to redeem a voucher.
    pub fn newcomer(&self) -> Newcomer {
        Newcomer { transaction_key: self.transaction, membership_key: self.membership, encryption_key: self.encryption }
    }
}
