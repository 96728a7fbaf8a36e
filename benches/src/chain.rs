// SPDX-License-Identifier: Apache-2.0

//! A chain of one authority that begins with patients.

use crate::{
    finality::wait_for_finality,
    network::{self, Node},
    patients,
    transactions::Encoder,
};
use anyhow::{Context, Result};
use std::path::Path;
use subxt::rpcs::RpcClient;
use tempfile::TempDir;

/// The chain, its node, and what a generator needs to reach it.
pub(crate) struct Chain {
    pub(crate) node: Node,
    pub(crate) rpc: RpcClient,
    pub(crate) encoder: Encoder,
    /// The node's database, which goes with it.
    _folder: TempDir,
}

impl Chain {
    /// Starts it with so many patients and so many further items of the state, and waits until it makes blocks final.
    pub(crate) async fn begin(program: &Path, patients: usize, items: u64, node_options: &[String]) -> Result<Self> {
        let (folder, program) = (tempfile::tempdir()?, network::program(program)?);
        let spec = folder.path().join("spec.json");
        network::specification(&program, "dev", &patients::newcomers(patients)?, &spec)?;
        network::fill(&program, &spec, items)?;
        let nodes = Node::start_with(&program, &spec, 1, folder.path(), node_options)?;
        let node = nodes.into_iter().next().context("no node was started")?;
        let rpc = RpcClient::from_url(&node.url).await?;
        wait_for_finality(&rpc).await?;
        let encoder = Encoder::of(&rpc).await?;
        Ok(Self { node, rpc, encoder, _folder: folder })
    }
}
