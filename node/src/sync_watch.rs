// SPDX-License-Identifier: Apache-2.0

//! Ends a node whose syncing waits for answers that never come, so that its supervisor restarts it.
//!
//! A node that could not verify a block drops the peer that sent it, and forgets its open requests to that peer. In a
//! network of reserved peers the connection stays, though: the SDK's network (litep2p) ignores the order to close it.
//! Syncing then waits for an answer that never comes. Once that has happened with every peer, the node makes no
//! progress, but still has all its peers and looks healthy. A clock that runs behind is enough: every block comes from
//! the future until the clock is right again (docs/faults.md, `wrong-clock`).
//!
//! Reconnecting does not help: the SDK then sends the peer no requests for a minute, and for longer each time.

use salus_runtime::{opaque::Block, BlockNumber};
use sc_client_api::HeaderBackend;
use sc_network_sync::SyncingService;
use sp_consensus::SyncOracle;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// The time between two checks.
const INTERVAL: Duration = Duration::from_secs(3);
/// The number of checks without a new block after which syncing counts as stuck. The other nodes make a block every
/// second or so.
const PATIENCE: u32 = 5;
/// The log target.
const LOG_TARGET: &str = "salus";

/// Watches until syncing is stuck. As an essential task, its end stops the node.
pub(crate) async fn watch(client: Arc<impl HeaderBackend<Block>>, sync: Arc<SyncingService<Block>>) {
    let mut progress = Progress::default();
    loop {
        sleep(INTERVAL).await;
        let best = client.info().best_number;
        // While the node fetches a proof of finality or a state, it imports no blocks, however long that takes.
        let fetches = sync.status().await.is_ok_and(|status| status.warp_sync.is_some() || status.state_sync.is_some());
        if progress.is_stuck(best, sync.is_major_syncing() && !sync.is_offline() && !fetches) {
            let seconds = INTERVAL.as_secs().saturating_mul(PATIENCE.into());
            log::error!(
                target: LOG_TARGET,
                "peers have newer blocks, but none came for {seconds} s: ending, so that the supervisor restarts the node: best={best}"
            );
            return;
        }
    }
}

/// The progress of syncing.
#[derive(Default)]
struct Progress {
    best: BlockNumber,
    looks: u32,
}

impl Progress {
    /// Whether no block came for too long, although the node is behind.
    fn is_stuck(&mut self, best: BlockNumber, is_behind: bool) -> bool {
        let stands = is_behind && best == self.best;
        self.best = best;
        self.looks = if stands { self.looks.saturating_add(1) } else { 0 };
        self.looks >= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stuck_at(looks: impl IntoIterator<Item = (BlockNumber, bool)>) -> Option<usize> {
        let mut progress = Progress::default();
        looks.into_iter().position(|(best, is_behind)| progress.is_stuck(best, is_behind))
    }

    #[test]
    fn a_node_that_is_behind_and_stands_is_stuck() {
        assert_eq!(stuck_at([(7, true); 16]), Some(5));
        assert_eq!(stuck_at([(0, true); 16]), Some(4), "nor does the first block come");
    }

    #[test]
    fn a_node_that_moves_or_is_level_is_not_stuck() {
        assert_eq!(stuck_at((1..40).map(|best| (best, true))), None);
        assert_eq!(stuck_at([(7, false); 40]), None, "without newer blocks anywhere, nothing is missing");
        assert_eq!(stuck_at([(7, true), (7, true), (7, true), (7, true), (7, true), (8, true), (8, true)]), None);
    }
}
