// SPDX-License-Identifier: Apache-2.0

//! The `local` chain: four authorities, as many as it takes for one to fail (S1-01).

use salus_chain::{At, Chain};
use salus_e2e::node::Node;
use salus_primitives::Digest;
use std::time::Duration;
use tokio::time::{interval, timeout};

/// How long a network of four may take to start, or to finalize some twenty blocks more.
const PATIENCE: Duration = Duration::from_secs(400);
/// A slot, in milliseconds.
const SLOT: u64 = 1_000;

async fn finalized(chain: &Chain) -> u64 {
    chain.head(At::Finalized).await.unwrap().number
}

/// Waits until `chain` has finalized block `number`, and says which it is.
async fn finalised_block(chain: &Chain, number: u64) -> Digest {
    let mut looks = interval(Duration::from_millis(200));
    let reached = async {
        while finalized(chain).await < number {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("block {number} was not finalized within {PATIENCE:?}"));
    chain.block_hash(number.try_into().unwrap()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_authorities_finalise_the_same_blocks_and_go_on_when_one_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Node::start_four(folder.path()).await.unwrap();
    let mut chains = Vec::new();
    for node in &nodes {
        chains.push(Chain::connect(node.url()).await.unwrap());
    }

    let mut blocks = Vec::new();
    for chain in &chains {
        blocks.push([finalised_block(chain, 10).await, finalised_block(chain, 30).await]);
    }
    assert!(blocks.windows(2).all(|pair| pair[0] == pair[1]), "{blocks:?}");

    // Twenty blocks take twenty slots, as each author's clock has them. A machine on which other scenarios run loses some.
    let [first, last] = blocks[0];
    let [first, last] = [chains[0].now(At::Block(first)).await.unwrap(), chains[0].now(At::Block(last)).await.unwrap()];
    assert!((19 * SLOT..=60 * SLOT).contains(&(last - first)), "20 blocks took {} ms", last - first);

    nodes.pop().unwrap().stop().await.unwrap();
    chains.pop();
    let further = finalized(&chains[0]).await + 10;
    let mut ends = Vec::new();
    for chain in &chains {
        ends.push(finalised_block(chain, further).await);
    }
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{ends:?}");
    for node in nodes {
        node.stop().await.unwrap();
    }
}
