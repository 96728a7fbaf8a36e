// SPDX-License-Identifier: Apache-2.0

//! `salus_equivocations`: the equivocations that this node noticed, which the chain may not know.

use super::error::Error;
use crate::equivocations::Equivocations;
use jsonrpsee::proc_macros::rpc;
use salus_primitives::evidence::BlockEquivocation;
use std::sync::Arc;

/// The RPC methods about authorities that break the rules.
#[rpc(server)]
pub(crate) trait EquivocationMethods {
    /// Returns pairs of blocks by one authority for one slot, oldest first; at most 16, the newest ones.
    #[method(name = "salus_equivocations", blocking)]
    fn equivocations(&self) -> Result<Vec<BlockEquivocation>, Error>;
}

/// Answers the method.
pub(crate) struct Evidence(pub(crate) Arc<Equivocations>);

impl EquivocationMethodsServer for Evidence {
    fn equivocations(&self) -> Result<Vec<BlockEquivocation>, Error> {
        self.0.all().map_err(Error::Database)
    }
}
