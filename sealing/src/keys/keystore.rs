// SPDX-License-Identifier: Apache-2.0

//! A member's keys at rest: the texts of the files, and how they open (docs/adr/0004-keystore.md).
//!
//! | text | holds | opened by |
//! |---|---|---|
//! | transaction | the transaction key, as polkadot.js keeps it | password; polkadot.js, and wallets that read its format |
//! | secrets | membership and encryption key | password; only this program |
//! | public | name and public keys | all who can read it |
//!
//! Where they lie is the program's business: files of a folder, or a browser's storage.

use chacha20poly1305::aead::{Aead, Payload};
use codec::Encode;
use salus_primitives::SigningKey;
use schnorrkel::SecretKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::cost::{Cost, COST};
use super::encryption::EncryptionPair;
use super::fault::KeystoreFault;
use super::identity::{Identity, PublicKeys};
use super::polkadot_json::{from_polkadot_json, to_polkadot_json};
use super::signing::SigningPair;
use crate::secret::{random, Password};

const FORMAT: u32 = 1;

/// The keys of an identity, sealed under a password: three texts.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKeys {
    /// The transaction key.
    pub transaction: String,
    /// Membership and encryption key.
    pub secrets: String,
    /// Name and public keys.
    pub public: String,
}

impl SealedKeys {
    /// Seals the keys of `identity`. `name` is for people; it stands in the clear.
    pub fn seal(identity: &Identity, name: &str, password: &Password) -> Result<Self, KeystoreFault> {
        let card = Card { version: FORMAT, name: name.to_owned(), keys: identity.public() };
        Ok(Self {
            transaction: to_polkadot_json(identity.transaction(), name, password)? + "\n",
            secrets: json(&Sealed::seal(identity, password)?)?,
            public: json(&card)?,
        })
    }
}

/// Name and public keys of an identity; nothing is unlocked.
#[derive(Clone, Debug)]
pub struct KeyCard(Card);

impl KeyCard {
    /// The card in the text `public`.
    pub fn parse(public: &str) -> Result<Self, KeystoreFault> {
        let card: Card = parse(public)?;
        match card.version == FORMAT {
            true => Ok(Self(card)),
            false => Err(KeystoreFault::Unsupported("another version of the format")),
        }
    }

    /// The name that its maker gave.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The public keys.
    pub fn keys(&self) -> &PublicKeys {
        &self.0.keys
    }

    /// The transaction key alone, in the text `transaction`: all that a daily device needs.
    pub fn unlock_transaction(&self, transaction: &str, password: &Password) -> Result<SigningPair, KeystoreFault> {
        let pair = from_polkadot_json(transaction, password)?;
        match pair.public() == self.0.keys.transaction {
            true => Ok(pair),
            false => Err(KeystoreFault::Malformed("holds another key than `public.json` says")),
        }
    }

    /// All keys: the text `secrets` opens for the transaction key.
    pub fn unlock(
        &self,
        transaction: SigningPair,
        secrets: &str,
        password: &Password,
    ) -> Result<Identity, KeystoreFault> {
        let (membership, encryption) = parse::<Sealed>(secrets)?.open(transaction.public(), password)?;
        let identity = Identity::from_parts(transaction, membership, encryption);
        match identity.public() == self.0.keys {
            true => Ok(identity),
            false => Err(KeystoreFault::Malformed("holds other keys than `public.json` says")),
        }
    }
}

/// Facts that all may know: the content of the public text.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Card {
    version: u32,
    name: String,
    #[serde(flatten)]
    keys: PublicKeys,
}

/// The content of `identity.json`: the SCALE encoding of membership and encryption key under XChaCha20-Poly1305, with a
/// key that Argon2id makes from the password. The associated data binds cost, salt and transaction key.
#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    kdf: String,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    cipher: String,
    nonce: String,
    sealed: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";

impl Sealed {
    fn seal(identity: &Identity, password: &Password) -> Result<Self, KeystoreFault> {
        let (salt, nonce) = (random::<16>(), random::<24>());
        let cipher = COST.cipher(password, &salt)?;
        let bound = associated_data(COST, &salt, identity.transaction().public());
        let mut secrets = Zeroizing::new(Vec::with_capacity(96));
        secrets.extend_from_slice(&*Zeroizing::new(identity.membership().secret().to_bytes()));
        secrets.extend_from_slice(&*identity.encryption().expose_private());
        let sealed = cipher
            .encrypt(&nonce.into(), Payload { msg: secrets.as_slice(), aad: &bound })
            .map_err(|_| KeystoreFault::Malformed("cannot be encrypted"))?;
        Ok(Self {
            version: FORMAT,
            kdf: KDF.to_owned(),
            cost: COST,
            salt: hex::encode(salt),
            cipher: CIPHER.to_owned(),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        })
    }

    fn open(
        &self,
        transaction: SigningKey,
        password: &Password,
    ) -> Result<(SigningPair, EncryptionPair), KeystoreFault> {
        if self.version != FORMAT || self.kdf != KDF || self.cipher != CIPHER {
            return Err(KeystoreFault::Unsupported("another version of the format"));
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        hex::decode_to_slice(&self.salt, &mut salt).map_err(|_| KeystoreFault::Malformed("`salt` is not 16 bytes"))?;
        hex::decode_to_slice(&self.nonce, &mut nonce)
            .map_err(|_| KeystoreFault::Malformed("`nonce` is not 24 bytes"))?;
        let sealed = hex::decode(&self.sealed).map_err(|_| KeystoreFault::Malformed("`sealed` is not hexadecimal"))?;
        let cipher = self.cost.cipher(password, &salt)?;
        let bound = associated_data(self.cost, &salt, transaction);
        let secrets = cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &bound });
        let secrets = Zeroizing::new(secrets.map_err(|_| KeystoreFault::WrongPassword)?);
        let malformed = KeystoreFault::Malformed("holds no keys");
        let Some((membership, encryption)) = secrets.split_first_chunk::<64>() else { return Err(malformed) };
        let (Ok(membership), Ok(encryption)) = (SecretKey::from_bytes(membership), encryption.try_into()) else {
            return Err(malformed);
        };
        let encryption = EncryptionPair::from_private(encryption).map_err(|_| malformed)?;
        Ok((SigningPair::from_secret(membership), encryption))
    }
}

fn associated_data(cost: Cost, salt: &[u8; 16], transaction: SigningKey) -> Vec<u8> {
    (b"salus/keystore/1", cost, salt, transaction).encode()
}

fn json(value: &impl Serialize) -> Result<String, KeystoreFault> {
    let text =
        serde_json::to_string_pretty(value).map_err(|_| KeystoreFault::Malformed("cannot be written as JSON"))?;
    Ok(text + "\n")
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, KeystoreFault> {
    serde_json::from_str(text).map_err(|_| KeystoreFault::Malformed("not JSON with the expected fields"))
}
