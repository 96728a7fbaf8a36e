// SPDX-License-Identifier: Apache-2.0

//! The keys of an authority node: made on the hospital's own machine, in the form in which the node reads them.
//!
//! | file | holds | for |
//! |---|---|---|
//! | `node-key` | ed25519 seed, hexadecimal | the node's name in the network ([`PeerId`]) and its encrypted connections |
//! | `session/61757261…` | sr25519 seed | authoring blocks (Aura) |
//! | `session/6772616e…` | ed25519 seed | voting on what is final (GRANDPA) |
//!
//! A node starts without anybody typing a password, so these rest unencrypted, readable by their owner only.

use std::{fmt, str::FromStr};

use ed25519_dalek::{SigningKey as Ed25519Pair, VerifyingKey};
use salus_primitives::{FinalityKey, SigningKey};
use thiserror::Error;
use zeroize::Zeroizing;

use super::signing::SigningPair;
use crate::secret::random;

/// The file with the node key, among [`AuthorityKeys::files`].
pub const NODE_KEY: &str = "node-key";
/// The folder with the session keys, among [`AuthorityKeys::files`].
pub const SESSION: &str = "session";

/// Substrate's key type of Aura, `aura`, in hexadecimal.
const AURA: &str = "61757261";
/// Substrate's key type of GRANDPA, `gran`, in hexadecimal.
const GRANDPA: &str = "6772616e";

/// The private keys of an authority node. They are wiped on drop and cannot be printed.
pub struct AuthorityKeys {
    node: Zeroizing<[u8; 32]>,
    aura: Zeroizing<[u8; 32]>,
    grandpa: Zeroizing<[u8; 32]>,
}

/// The public keys of an authority node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthorityPublic {
    /// The node's name in the network.
    pub peer_id: PeerId,
    /// Authors blocks.
    pub aura: SigningKey,
    /// Votes on what is final.
    pub grandpa: FinalityKey,
}

impl AuthorityKeys {
    /// Fresh random keys.
    pub fn generate() -> Self {
        let [node, aura, grandpa] = [(); 3].map(|()| Zeroizing::new(random::<32>()));
        Self { node, aura, grandpa }
    }

    /// The public parts.
    pub fn public(&self) -> AuthorityPublic {
        AuthorityPublic {
            peer_id: PeerId(ed25519_public(&self.node)),
            aura: SigningPair::from_seed(&self.aura).public(),
            grandpa: FinalityKey(ed25519_public(&self.grandpa)),
        }
    }

    /// The files that the node reads, by their paths in a folder of the keys' own.
    pub fn files(&self) -> Vec<(String, Zeroizing<String>)> {
        let public = self.public();
        let session = |kind: &str, key: &[u8; 32]| format!("{SESSION}/{kind}{}", hex::encode(key));
        let quoted = |seed: &[u8; 32]| Zeroizing::new(format!("\"0x{}\"", hex::encode(seed)));
        vec![
            // The node takes no line end.
            (NODE_KEY.to_owned(), Zeroizing::new(hex::encode(*self.node))),
            (session(AURA, &public.aura.0), quoted(&self.aura)),
            (session(GRANDPA, &public.grandpa.0), quoted(&self.grandpa)),
        ]
    }
}

/// The public session keys whose private parts lie in files of these names.
pub fn session_keys_among<'a>(names: impl IntoIterator<Item = &'a str>) -> (Vec<SigningKey>, Vec<FinalityKey>) {
    let (mut aura, mut grandpa) = (Vec::new(), Vec::new());
    for name in names {
        if let Some(Ok(key)) = name.strip_prefix(AURA).map(str::parse) {
            aura.push(key);
        }
        if let Some(Ok(key)) = name.strip_prefix(GRANDPA).map(str::parse) {
            grandpa.push(key);
        }
    }
    (aura, grandpa)
}

fn ed25519_public(seed: &[u8; 32]) -> [u8; 32] {
    Ed25519Pair::from_bytes(seed).verifying_key().to_bytes()
}

/// Whether signatures under this key can be good: it is a point of the curve, and none of the few under which anybody
/// can sign.
pub fn is_finality_key(key: &FinalityKey) -> bool {
    VerifyingKey::from_bytes(&key.0).is_ok_and(|key| !key.is_weak())
}

/// Whether signatures under this key can be good: it is a point of the group, and not zero.
pub fn is_signing_key(key: &SigningKey) -> bool {
    key.0 != [0; 32] && schnorrkel::PublicKey::from_bytes(&key.0).is_ok()
}

/// A node's name in the network: its public ed25519 key, as libp2p writes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId([u8; 32]);

/// The identity multihash of 36 bytes, which are a protobuf message: key type 1 (ed25519), then 32 bytes.
const PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode([PEER_ID_PREFIX.as_slice(), &self.0].concat()).into_string())
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Not the name of a node with an ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("expected a peer id of an ed25519 key, which begins with 12D3KooW")]
pub struct InvalidPeerId;

impl FromStr for PeerId {
    type Err = InvalidPeerId;

    fn from_str(text: &str) -> Result<Self, InvalidPeerId> {
        let bytes = bs58::decode(text).into_vec().map_err(|_| InvalidPeerId)?;
        let key = bytes.strip_prefix(&PEER_ID_PREFIX).and_then(|key| <[u8; 32]>::try_from(key).ok());
        let key = key.filter(|key| is_finality_key(&FinalityKey(*key)));
        key.map(Self).ok_or(InvalidPeerId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    #[test]
    fn peer_id_is_the_one_that_the_node_shows() {
        // `salus-node key inspect-node-key` prints this for the seed.
        let seed = hex!("0000000000000000000000000000000000000000000000000000000000000001");
        let id = PeerId(ed25519_public(&seed));
        assert_eq!(id.to_string(), "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn peer_id_fails_when_it_is_something_else() {
        for text in ["", "12D3KooW", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", "0OIl", "12D3KooWé"] {
            assert_eq!(text.parse::<PeerId>(), Err(InvalidPeerId), "{text}");
        }
    }

    #[test]
    fn session_keys_are_named_by_their_files() {
        let keys = AuthorityKeys::generate();
        let files = keys.files();
        let names = files.iter().filter_map(|(name, _)| name.strip_prefix("session/"));
        assert_eq!(session_keys_among(names), (vec![keys.public().aura], vec![keys.public().grandpa]));
        let (_, seed) = files.iter().find(|(name, _)| name == NODE_KEY).unwrap();
        assert_eq!(**seed, hex::encode(*keys.node), "the node takes no line end");
    }

    #[test]
    fn keys_under_which_anybody_can_sign_are_no_keys() {
        assert!(!is_signing_key(&SigningKey([0; 32])) && !is_signing_key(&SigningKey([0xff; 32])));
        let small = |first: u8| FinalityKey(std::array::from_fn(|place| if place == 0 { first } else { 0 }));
        assert!(!is_finality_key(&small(0)) && !is_finality_key(&small(1)), "points of small order");
        assert!((2..8).any(|first| !is_finality_key(&small(first))), "half of all numbers are not points");
        let public = AuthorityKeys::generate().public();
        assert!(is_signing_key(&public.aura) && is_finality_key(&public.grandpa));
    }
}
