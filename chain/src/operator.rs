// SPDX-License-Identifier: Apache-2.0

//! Questions of an operator to the own node: new session keys, and the faults of other authorities that it noticed.

use super::{storage::decoded, At, Chain, QueryError, SessionKeys};
use salus_primitives::{evidence::BlockEquivocation, Digest, SigningKey};
use serde::Deserialize;
use subxt::rpcs::{rpc_params, Error};

/// New session keys, whose private parts lie in the node's keystore.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RotatedKeys {
    /// The public parts.
    pub keys: SessionKeys,
    /// Shows the chain that the node has the private parts, and for whom they were made.
    pub proof: Vec<u8>,
}

/// The answer to `author_rotateKeysWithOwner`.
#[derive(Deserialize)]
struct Generated {
    keys: String,
    proof: Option<String>,
}

impl Generated {
    fn read(&self) -> Option<RotatedKeys> {
        let bytes = |text: &str| hex::decode(text.strip_prefix("0x")?).ok();
        let keys = decoded(&bytes(&self.keys)?, ROTATE).ok()?;
        Some(RotatedKeys { keys, proof: bytes(self.proof.as_deref()?)? })
    }
}

const ROTATE: &str = "author_rotateKeysWithOwner";
/// A node's answer to a method that would change it, unless it allows these.
const UNSAFE: i32 = -32_601;

impl Chain {
    /// Lets the node make new session keys for the authority with this account. The former ones stay in its keystore.
    ///
    /// None when the node does not answer methods that change it.
    pub async fn rotate_keys(&self, owner: &SigningKey) -> Result<Option<RotatedKeys>, QueryError> {
        let answer: Generated = match self.raw.request(ROTATE, rpc_params![owner.to_string()]).await {
            Ok(answer) => answer,
            Err(Error::User(error)) if error.code == UNSAFE => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        answer.read().map(Some).ok_or(QueryError::Unreadable(ROTATE))
    }

    /// Blocks by one authority for one slot that this node noticed, oldest first.
    pub async fn equivocations(&self) -> Result<Vec<BlockEquivocation>, QueryError> {
        Ok(self.raw.request("salus_equivocations", rpc_params![]).await?)
    }

    /// Proves, as of this block, that an Aura key is an authority's in the block's session. None when no authority has it.
    pub async fn key_ownership_proof(&self, block: Digest, author: SigningKey) -> Result<Option<Vec<u8>>, QueryError> {
        self.view(At::Block(block), "Authorities", "key_ownership_proof", author).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_keys_are_read_and_anything_else_is_not() {
        let answer = |keys: &str, proof: Option<&str>| {
            Generated { keys: keys.to_owned(), proof: proof.map(str::to_owned) }.read()
        };
        let keys = format!("0x{}{}", "11".repeat(32), "22".repeat(32));
        let read = answer(&keys, Some("0x0102")).unwrap();
        assert_eq!((read.keys.aura, read.proof.as_slice()), (SigningKey([0x11; 32]), &[1, 2][..]));
        assert_eq!(read.keys.grandpa.0, [0x22; 32]);
        assert_eq!(answer(&keys, None), None);
        assert_eq!(answer(&keys[..keys.len() - 2], Some("0x")), None);
        assert_eq!(answer("0x", Some("0x")), None);
    }
}
