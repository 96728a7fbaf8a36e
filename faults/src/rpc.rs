// SPDX-License-Identifier: Apache-2.0

//! The JSON-RPC calls of the watch. They need no metadata, so a connection takes only a moment.

use anyhow::{Context, Result};
use codec::{Compact, Encode};
use salus_primitives::Digest;
use serde_json::Value;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::rpcs::{client::RpcParams, rpc_params, RpcClient};
use tokio::time::timeout;

/// The time limit of an answer. The node is on the same machine, so only a hanging node reaches it.
const PATIENCE: Duration = Duration::from_secs(4);

/// A connection to a node.
#[derive(Clone)]
pub struct Rpc(RpcClient);

/// The used fields of a header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The block's height.
    pub number: u32,
    /// The hash of the parent.
    pub parent: Digest,
    /// The slot in which the author made it, if the digest names one.
    pub slot: Option<u64>,
    /// The BLAKE2b-256 of the header that the node returned. It should equal the requested hash.
    pub hash: Digest,
}

impl Rpc {
    /// Connects to the node at `url`.
    pub async fn connect(url: &str) -> Result<Self> {
        let client = timeout(PATIENCE, RpcClient::from_url(url)).await.context("the node does not answer")?;
        Ok(Self(client.context("the node does not answer")?))
    }

    /// Returns the underlying client.
    pub fn client(&self) -> &RpcClient {
        &self.0
    }

    /// Calls `method`, and returns the result as JSON.
    pub async fn call(&self, method: &str, params: RpcParams) -> Result<Value> {
        let answer = timeout(PATIENCE, self.0.request::<Value>(method, params)).await;
        answer.with_context(|| format!("no answer to {method}"))?.with_context(|| format!("{method} failed"))
    }

    /// Returns the hash of the newest finalized block.
    pub async fn finalized(&self) -> Result<Digest> {
        hash(&self.call("chain_getFinalizedHead", rpc_params![]).await?)
    }

    /// Returns the height of the best block.
    pub async fn best(&self) -> Result<u32> {
        let header = self.call("chain_getHeader", rpc_params![]).await?;
        number(header.get("number").context("a header without number")?)
    }

    /// Returns the hash of the block with this number on the best chain.
    pub async fn block_hash(&self, number: u32) -> Result<Option<Digest>> {
        match self.call("chain_getBlockHash", rpc_params![number]).await? {
            Value::Null => Ok(None),
            found => hash(&found).map(Some),
        }
    }

    /// Returns the hashes of several blocks, in the order of `numbers`.
    pub async fn block_hashes(&self, numbers: &[u32]) -> Result<Vec<Option<Digest>>> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.call("chain_getBlockHash", rpc_params![numbers]).await?;
        let found = found.as_array().context("chain_getBlockHash gives no list")?;
        found.iter().map(|one| if one.is_null() { Ok(None) } else { hash(one).map(Some) }).collect()
    }

    /// Returns the header of the block `of`.
    pub async fn header(&self, of: Digest) -> Result<Option<Header>> {
        match self.call("chain_getHeader", rpc_params![of.to_string()]).await? {
            Value::Null => Ok(None),
            header => read_header(&header).map(Some),
        }
    }

    /// Returns the block `of`, header and transactions, as JSON.
    pub async fn body(&self, of: Digest) -> Result<Option<Value>> {
        let block = self.call("chain_getBlock", rpc_params![of.to_string()]).await?;
        Ok(block.get("block").cloned())
    }

    /// Returns the number of peers, and whether the node is syncing.
    pub async fn health(&self) -> Result<(u64, bool)> {
        let health = self.call("system_health", rpc_params![]).await?;
        let peers = health.get("peers").and_then(Value::as_u64).context("no count of peers")?;
        let syncing = health.get("isSyncing").and_then(Value::as_bool).context("no state of syncing")?;
        Ok((peers, syncing))
    }
}

/// Reads a header and hashes it again, because a faulty node may return another one than requested.
fn read_header(header: &Value) -> Result<Header> {
    let field = |name: &str| header.get(name).with_context(|| format!("a header without {name}"));
    let (parent, state, transactions) =
        (hash(field("parentHash")?)?, hash(field("stateRoot")?)?, hash(field("extrinsicsRoot")?)?);
    let number = number(field("number")?)?;
    let logs = header.pointer("/digest/logs").and_then(Value::as_array).context("a header without logs")?;
    let logs: Vec<Vec<u8>> = logs.iter().map(bytes).collect::<Result<_>>()?;
    let mut encoded = (parent, Compact(number), state, transactions, Compact(u32::try_from(logs.len())?)).encode();
    logs.iter().for_each(|log| encoded.extend_from_slice(log));
    // Aura's item in the digest: `PreRuntime` (6), the engine's id, and the slot in little-endian bytes.
    let slot = logs.iter().find_map(|log| match log.as_slice() {
        [6, b'a', b'u', b'r', b'a', 32, slot @ ..] => slot.try_into().ok().map(u64::from_le_bytes),
        _ => None,
    });
    Ok(Header { number, parent, slot, hash: Digest(blake2_256(&encoded)) })
}

fn bytes(value: &Value) -> Result<Vec<u8>> {
    let text = value.as_str().and_then(|text| text.strip_prefix("0x")).context("no hexadecimal text")?;
    Ok(hex::decode(text)?)
}

fn hash(value: &Value) -> Result<Digest> {
    let text = value.as_str().context("no hash")?;
    text.parse().map_err(|error| anyhow::anyhow!("no hash: {error}"))
}

fn number(value: &Value) -> Result<u32> {
    let text = value.as_str().and_then(|text| text.strip_prefix("0x")).context("no hexadecimal number")?;
    Ok(u32::from_str_radix(text, 16)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_hashed_anew() {
        let zero = Digest::default().to_string();
        let mut header = serde_json::json!({
            "parentHash": zero, "number": "0x2a", "stateRoot": zero, "extrinsicsRoot": zero,
            "digest": { "logs": ["0x066175726120cd35c55f00000000"] },
        });
        let first = read_header(&header).unwrap();
        assert_eq!((first.number, first.slot), (42, Some(0x5fc5_35cd)));
        header["stateRoot"] = serde_json::json!(Digest([1; 32]).to_string());
        assert_ne!(read_header(&header).unwrap().hash, first.hash);
    }
}
