// SPDX-License-Identifier: Apache-2.0

//! The way of an attestation into the chain.

use crate::{member::ServiceMember, node::Node};
use salus_chain::{Call, SubmitError};
use salus_primitives::shredding::Absence;
use std::future::Future;

/// Attests in the name of a service.
pub trait Attests: Sync {
    /// Attests all of them, and waits until that is final. The chain may have some when it fails.
    fn attest(&self, words: &[(u64, Absence)]) -> impl Future<Output = Result<(), SubmitError>> + Send;
}

impl Attests for (Node, ServiceMember) {
    async fn attest(&self, words: &[(u64, Absence)]) -> Result<(), SubmitError> {
        let (node, member) = self;
        let chain = node.chain();
        // It takes the next nonce from the node, also when the poster of receipts signs with the same key.
        let mut pipeline = chain.pipeline(member.key());
        for (shredding, absence) in words {
            let sent = pipeline.send(&Call::attest_shredding(*shredding, absence)).await;
            if sent.is_err() {
                // Calls that were sent may still take effect.
                let _ = pipeline.finish().await;
                return sent;
            }
        }
        pipeline.finish().await
    }
}
