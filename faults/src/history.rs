// SPDX-License-Identifier: Apache-2.0

//! The finalized history as one node has it: blocks, their transactions, and the events of each.

use super::rpc::Rpc;
use anyhow::{Context, Result};
use codec::Decode;
use salus_chain::events;
use salus_primitives::{Digest, Moment, SigningKey};
use subxt::{events::Phase, utils::H256, OnlineClient, SubstrateConfig};

/// A finalized block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its height.
    pub number: u32,
    /// Its hash.
    pub hash: Digest,
    /// The hash of its parent.
    pub parent: Digest,
    /// The time that its author set, in Unix milliseconds.
    pub at: Moment,
    /// The slot in which its author made it, if the header names one.
    pub slot: Option<u64>,
    /// Its transactions in order, including inherents.
    pub transactions: Vec<Transaction>,
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Its hash.
    pub hash: Digest,
    /// The signer; none for inherents and unsigned transactions.
    pub signer: Option<SigningKey>,
    /// The name of the called pallet.
    pub pallet: String,
    /// The name of the call.
    pub call: String,
    /// The call's arguments, SCALE-encoded.
    pub arguments: Vec<u8>,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// Its events.
    pub events: Vec<Event>,
}

/// An event of a transaction.
#[derive(Clone, Debug)]
pub struct Event {
    /// The name of the pallet.
    pub pallet: String,
    /// The name of the event.
    pub name: String,
    /// Its fields, SCALE-encoded.
    pub fields: Vec<u8>,
}

impl Transaction {
    /// Decodes the first event of this type, if there is one that decodes.
    pub fn event<One: events::Event>(&self) -> Option<One> {
        let event = self.events.iter().find(|event| event.pallet == One::PALLET && event.name == One::NAME)?;
        One::decode(&mut event.fields.as_slice()).ok()
    }
}

/// Reads the history of one node.
pub struct Reader {
    api: OnlineClient<SubstrateConfig>,
    rpc: Rpc,
}

impl Reader {
    /// Connects to the node at `url`.
    pub async fn connect(url: &str) -> Result<Self> {
        let rpc = Rpc::connect(url).await?;
        let api = OnlineClient::<SubstrateConfig>::from_rpc_client(rpc.client().clone()).await;
        Ok(Self { api: api.context("the node's metadata cannot be read")?, rpc })
    }

    /// Returns the finalized blocks `1..=last`.
    pub async fn blocks(&self, last: u32) -> Result<Vec<Block>> {
        let mut blocks = Vec::new();
        for number in 1..=last {
            blocks.push(self.block(number).await.with_context(|| format!("block {number} cannot be read"))?);
        }
        Ok(blocks)
    }

    async fn block(&self, number: u32) -> Result<Block> {
        let hash = self.rpc.block_hash(number).await?.context("the node has no such block")?;
        let header = self.rpc.header(hash).await?.context("the node has no such header")?;
        let at = self.api.at_block_hash_and_number(H256(hash.0), u64::from(number)).await?;
        let (extrinsics, events) = (at.extrinsics().fetch().await?, at.events().fetch().await?);
        let mut transactions = Vec::new();
        let mut time = None;
        for extrinsic in extrinsics.iter() {
            let extrinsic = extrinsic?;
            let transaction = Transaction {
                hash: Digest(extrinsic.hash().0),
                signer: extrinsic.address_bytes().and_then(account),
                pallet: extrinsic.pallet_name().to_owned(),
                call: extrinsic.call_name().to_owned(),
                arguments: extrinsic.call_data_field_bytes().to_vec(),
                succeeded: false,
                events: Vec::new(),
            };
            if (extrinsic.pallet_name(), extrinsic.call_name()) == ("Timestamp", "set") {
                let codec::Compact(moment) = codec::Compact::<Moment>::decode(&mut transaction.arguments.as_slice())?;
                time = Some(moment);
            }
            transactions.push(transaction);
        }
        for event in events.iter() {
            let event = event?;
            let Phase::ApplyExtrinsic(place) = event.phase() else { continue };
            let transaction = transactions.get_mut(usize::try_from(place)?).context("an event of no transaction")?;
            if event.pallet_name() == "System" && event.event_name() == "ExtrinsicSuccess" {
                transaction.succeeded = true;
            }
            transaction.events.push(Event {
                pallet: event.pallet_name().to_owned(),
                name: event.event_name().to_owned(),
                fields: event.field_bytes().to_vec(),
            });
        }
        let at = time.context("the block says no time")?;
        Ok(Block { number, hash, parent: header.parent, at, slot: header.slot, transactions })
    }
}

/// Decodes the account of a `MultiAddress::Id` (variant 0).
fn account(address: &[u8]) -> Option<SigningKey> {
    let [0, key @ ..] = address else { return None };
    <[u8; 32]>::try_from(key).ok().map(SigningKey)
}
