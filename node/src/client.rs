// SPDX-License-Identifier: Apache-2.0

//! The types of the SDK's client, database and pool, for this runtime.

use salus_runtime::{opaque::Block, RuntimeApi};

/// The client of the chain.
pub(crate) type Client =
    sc_service::TFullClient<Block, RuntimeApi, sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>>;
/// The database behind the client.
pub(crate) type FullBackend = sc_service::TFullBackend<Block>;
/// The pool of transactions.
pub(crate) type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;
