// SPDX-License-Identifier: Apache-2.0

//! The methods `salus_*`: each question of [`SalusApi`], with a block hash as an optional last parameter.
//!
//! Without a block hash, a method reads the state of the best block. A program that acts on the answer, such as a
//! release gate, names a finalized block. Parameters and answers are the JSON of the types in `salus-primitives`:
//! identifiers are numbers, digests and keys are hexadecimal with `0x`, a record is `"CHART/KEY"`. Errors: see
//! [`super::error`].

use super::error::Error;
use crate::client::Client;
use jsonrpsee::proc_macros::rpc;
use salus_primitives::api::*;
use salus_runtime::Hash;
use salus_runtime_api::SalusApi;
use sc_client_api::HeaderBackend;
use sp_api::ProvideRuntimeApi;
use sp_consensus::BlockStatus;
use std::sync::Arc;

/// Declares the methods and answers each with the question of the same name.
macro_rules! declare {
    ($(
        $(#[$doc:meta])*
        $method:literal => $name:ident($($parameter:ident: $type:ty),*) $(page[$place:ident: $at:ty])? -> $answer:ty;
    )*) => {
        /// The RPC methods `salus_*`.
        #[rpc(server)]
        pub(crate) trait SalusMethods {
            $(
                $(#[$doc])*
                #[method(name = $method, blocking)]
                fn $name(
                    &self,
                    $($parameter: $type,)*
                    $($place: $at, limit: u32,)?
                    at: Option<Hash>,
                ) -> Result<$answer, Error>;
            )*
        }

        impl SalusMethodsServer for Salus {
            $(
                fn $name(
                    &self,
                    $($parameter: $type,)*
                    $($place: $at, limit: u32,)?
                    at: Option<Hash>,
                ) -> Result<$answer, Error> {
                    let block = self.block(at)?;
                    self.client
                        .runtime_api()
                        .$name(block, $($parameter,)* $($place, within_page(limit)?,)?)
                        .map_err(Error::Runtime)
                }
            )*
        }
    };
}

salus_primitives::salus_api!(declare);

/// The implementation of the methods.
pub(crate) struct Salus {
    client: Arc<Client>,
}

impl Salus {
    /// Asks the runtime through this client.
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// Returns the block whose state a method reads: `at`, or the best one.
    fn block(&self, at: Option<Hash>) -> Result<Hash, Error> {
        let Some(block) = at else { return Ok(self.client.info().best_hash) };
        match self.client.block_status(block).map_err(Error::Database)? {
            BlockStatus::InChainWithState => Ok(block),
            BlockStatus::InChainPruned => Err(Error::StateNotKept(block)),
            BlockStatus::Queued | BlockStatus::KnownBad | BlockStatus::Unknown => Err(Error::UnknownBlock(block)),
        }
    }
}

fn within_page(limit: u32) -> Result<u32, Error> {
    match limit {
        1..=MAX_PAGE => Ok(limit),
        _ => Err(Error::LimitOutOfRange(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_refused_at_zero_and_past_a_page() {
        assert!(within_page(1).is_ok() && within_page(MAX_PAGE).is_ok());
        for limit in [0, MAX_PAGE + 1, u32::MAX] {
            assert!(matches!(within_page(limit), Err(Error::LimitOutOfRange(it)) if it == limit));
        }
    }
}
