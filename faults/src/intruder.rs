// SPDX-License-Identifier: Apache-2.0

//! An intruder who holds the specification of a chain, and whom its consortium did not admit, asks nodes for what they have.
//!
//! An ordinary node asks only peers with which it has shaken hands, and authorities shake hands with reserved peers only. The
//! protocols in which nodes ask each other know no such difference: any connected node may ask. So this opens a
//! connection and asks, with the messages of `sc-network-sync` and `sc-network-light`, in the network library that nodes use.

use anyhow::{Context, Result};
use futures::{future::join_all, StreamExt};
use litep2p::{
    config::ConfigBuilder,
    protocol::request_response::{self, DialOptions, RequestResponseEvent, RequestResponseHandle},
    transport::tcp,
    types::multiaddr::Multiaddr,
    Litep2p, Litep2pEvent, PeerId,
};
use prost::Message;
use salus_primitives::Digest;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::time::timeout;

/// How long a connection may take, and an answer.
const PATIENCE: Duration = Duration::from_secs(6);
/// More than a node ever answers.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// Header and body, as `BlockAttributes` has them.
const HEADER_AND_BODY: u32 = 0x0300_0000;

/// What came of asking one node.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Whether it could be connected to, with both sides' keys proved.
    pub connected: bool,
    /// The hashes of the blocks that it gave, each with header or body.
    pub blocks: Vec<Digest>,
    /// What it answered in each protocol: how many bytes, or why nothing.
    pub answers: BTreeMap<String, Answer>,
}

/// An answer, or none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// So many bytes.
    Bytes(usize),
    /// None, with the reason.
    Nothing(String),
}

impl Asked {
    /// The bytes of the answer in `protocol`.
    pub fn bytes(&self, protocol: &str) -> usize {
        match self.answers.get(protocol) {
            Some(Answer::Bytes(bytes)) => *bytes,
            _ => 0,
        }
    }
}

/// Asks the node at `address` (with its peer id) of the chain `genesis` for its first blocks, and about `block` for the state,
/// for a proof of finality from the beginning, and for the proof of a call.
pub async fn ask(genesis: Digest, block: Digest, address: &str) -> Result<Asked> {
    let address: Multiaddr = address.parse().context("no address of a node")?;
    let peer = PeerId::try_from_multiaddr(&address).context("the address names no peer")?;
    let call =
        RemoteCall { block: block.0.to_vec(), method: "GrandpaApi_grandpa_authorities".to_owned(), data: Vec::new() };
    let questions = [
        // By number, which is encoded as a chain of ours does: four bytes.
        (
            "sync/2",
            BlockRequest { fields: HEADER_AND_BODY, number: 1u32.to_le_bytes().to_vec(), max_blocks: 8 }
                .encode_to_vec(),
        ),
        ("state/2", StateRequest { block: block.0.to_vec() }.encode_to_vec()),
        ("sync/warp", genesis.0.to_vec()),
        ("light/2", LightRequest { call: Some(call) }.encode_to_vec()),
    ];

    let mut config = ConfigBuilder::new().with_tcp(tcp::config::Config {
        listen_addresses: Vec::new(),
        connection_open_timeout: PATIENCE,
        ..Default::default()
    });
    let mut asking = Vec::new();
    for (name, question) in questions {
        let protocol = format!("/{}/{name}", hex::encode(genesis.0));
        let (protocol, handle) = request_response::ConfigBuilder::new(protocol.into())
            .with_max_size(LARGEST_ANSWER)
            .with_timeout(PATIENCE)
            .build();
        config = config.with_request_response_protocol(protocol);
        asking.push((name, question, handle));
    }
    let mut network = Litep2p::new(config.build()).context("the network library does not start")?;
    network.add_known_address(peer, std::iter::once(address));
    let connected = Arc::new(AtomicBool::new(false));
    let seen = connected.clone();
    // Nothing moves unless events are asked for.
    let driver = tokio::spawn(async move {
        while let Some(event) = network.next_event().await {
            if let Litep2pEvent::ConnectionEstablished { .. } = event {
                seen.store(true, Ordering::Relaxed);
            }
        }
    });

    let answers = asking
        .into_iter()
        .map(|(name, question, mut handle)| async move { (name, put(&mut handle, peer, question).await) });
    let mut asked = Asked::default();
    for (name, answer) in join_all(answers).await {
        let answer = match answer {
            Ok(answer) => {
                if name == "sync/2" {
                    asked.blocks = blocks(&answer)?;
                }
                Answer::Bytes(answer.len())
            }
            Err(error) => Answer::Nothing(format!("{error:#}")),
        };
        asked.answers.insert(name.to_owned(), answer);
    }
    asked.connected = connected.load(Ordering::Relaxed);
    driver.abort();
    Ok(asked)
}

/// Puts a question, if need be over a new connection.
async fn put(handle: &mut RequestResponseHandle, peer: PeerId, question: Vec<u8>) -> Result<Vec<u8>> {
    handle.send_request(peer, question, DialOptions::Dial).await.context("the network library takes no question")?;
    // The connection has its own limit, and the answer another.
    let event = timeout(PATIENCE.saturating_mul(3), handle.next()).await.context("neither answer nor failure")?;
    match event.context("the network library ended")? {
        RequestResponseEvent::ResponseReceived { response, .. } => Ok(response),
        RequestResponseEvent::RequestFailed { error, .. } => anyhow::bail!("{error:?}"),
        RequestResponseEvent::RequestReceived { .. } => anyhow::bail!("a question instead of an answer"),
    }
}

/// The hashes of the blocks in an answer that say anything.
fn blocks(answer: &[u8]) -> Result<Vec<Digest>> {
    let response = BlockResponse::decode(answer).context("no answer to a question for blocks")?;
    let full = response.blocks.into_iter().filter(|block| !block.header.is_empty() || !block.body.is_empty());
    full.map(|block| Ok(Digest(block.hash.try_into().ok().context("a hash of another length")?))).collect()
}

// ---- Messages, as far as they are used --------------------------------------------------------------------------------

#[derive(Clone, PartialEq, Message)]
struct BlockRequest {
    #[prost(uint32, tag = "1")]
    fields: u32,
    /// One of the ways to say where to begin.
    #[prost(bytes = "vec", tag = "3")]
    number: Vec<u8>,
    #[prost(uint32, tag = "6")]
    max_blocks: u32,
}

#[derive(Clone, PartialEq, Message)]
struct BlockResponse {
    #[prost(message, repeated, tag = "1")]
    blocks: Vec<BlockData>,
}

#[derive(Clone, PartialEq, Message)]
struct BlockData {
    #[prost(bytes = "vec", tag = "1")]
    hash: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    header: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "3")]
    body: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct StateRequest {
    #[prost(bytes = "vec", tag = "1")]
    block: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct LightRequest {
    #[prost(message, optional, tag = "1")]
    call: Option<RemoteCall>,
}

#[derive(Clone, PartialEq, Message)]
struct RemoteCall {
    #[prost(bytes = "vec", tag = "2")]
    block: Vec<u8>,
    #[prost(string, tag = "3")]
    method: String,
    #[prost(bytes = "vec", tag = "4")]
    data: Vec<u8>,
}
