// SPDX-License-Identifier: Apache-2.0

//! An intruder who has the chain specification and whom the consortium did not admit. It asks nodes for their data.
//!
//! An ordinary node sends requests only to peers after a handshake, and authorities accept it from reserved peers only.
//! The request-response protocols check no handshake: a node answers every connected peer. So the intruder connects and
//! sends the requests of `sc-network-sync` and `sc-network-light`, with litep2p, the network library of the nodes.

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

/// The time limit of a connection, and of an answer.
const PATIENCE: Duration = Duration::from_secs(6);
/// The maximum size of an answer, in bytes; nodes send less.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// The bits for header and body in `BlockAttributes`, as its `to_be_u32` encodes them.
const HEADER_AND_BODY: u32 = 0x0300_0000;

/// The result of the requests to one node.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Whether both sides proved their keys and connected.
    pub connected: bool,
    /// The hashes of the blocks that the node sent with a header or a body.
    pub blocks: Vec<Digest>,
    /// The answer in each protocol, by the protocol's name.
    pub answers: BTreeMap<String, Answer>,
}

/// The outcome of one request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The length of the answer, in bytes.
    Bytes(usize),
    /// No answer, and the reason.
    Nothing(String),
}

impl Asked {
    /// Returns the length of the answer in `protocol`, in bytes; 0 if there was none.
    pub fn bytes(&self, protocol: &str) -> usize {
        match self.answers.get(protocol) {
            Some(Answer::Bytes(bytes)) => *bytes,
            _ => 0,
        }
    }
}

/// Sends four requests to the node at `address`, a multiaddress that ends with its peer id.
///
/// They ask for the first blocks and a warp proof of the chain `genesis`, and for state and a call proof at `block`.
pub async fn ask(genesis: Digest, block: Digest, address: &str) -> Result<Asked> {
    let address: Multiaddr = address.parse().context("no address of a node")?;
    let peer = PeerId::try_from_multiaddr(&address).context("the address names no peer")?;
    let call =
        RemoteCall { block: block.0.to_vec(), method: "GrandpaApi_grandpa_authorities".to_owned(), data: Vec::new() };
    let questions = [
        // From block 1. Salus encodes a block's number in four bytes, little-endian.
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
    // litep2p makes progress only while its events are polled.
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

/// Sends a request, over a new connection if there is none, and returns the answer.
async fn put(handle: &mut RequestResponseHandle, peer: PeerId, question: Vec<u8>) -> Result<Vec<u8>> {
    handle.send_request(peer, question, DialOptions::Dial).await.context("the network library takes no question")?;
    // The connection and the answer each have a time limit of their own.
    let event = timeout(PATIENCE.saturating_mul(3), handle.next()).await.context("neither answer nor failure")?;
    match event.context("the network library ended")? {
        RequestResponseEvent::ResponseReceived { response, .. } => Ok(response),
        RequestResponseEvent::RequestFailed { error, .. } => anyhow::bail!("{error:?}"),
        RequestResponseEvent::RequestReceived { .. } => anyhow::bail!("a question instead of an answer"),
    }
}

/// Returns the hashes of the blocks in an answer that have a header or a body.
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
    /// `from_block` by number; the protocol also takes a hash (tag 2).
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
