// SPDX-License-Identifier: Apache-2.0

//! The errors of `salus_*` methods and `grandpa_proveFinality`.
//!
//! | code | meaning | what to do |
//! |---|---|---|
//! | -32602 | a parameter is missing or malformed; the message says where | correct it |
//! | 7001 | the block in `at` is not known | name a block that the node has |
//! | 7002 | the runtime failed, or the block's runtime does not know the question; `data` says how | report it |
//! | 7003 | the limit is zero or more than a page holds (256) | ask for less |
//! | 7004 | the node has pruned the state of the block | ask an archive node |
//! | 7005 | the block is not final yet, so nothing proves it | wait |
//!
//! A missing record is not an error: the answer is `null`, or an empty list.

use jsonrpsee::types::{ErrorObject, ErrorObjectOwned};
use salus_primitives::api::MAX_PAGE;
use salus_runtime::{BlockNumber, Hash};
use std::fmt;

/// The reason why a method fails.
#[derive(Debug)]
pub(crate) enum Error {
    /// The node does not know the block.
    UnknownBlock(Hash),
    /// The runtime failed, or does not have the API call.
    Runtime(sp_api::ApiError),
    /// The limit is zero or more than a page holds.
    LimitOutOfRange(u32),
    /// The node has pruned the state of the block.
    StateNotKept(Hash),
    /// The block is not final yet.
    NotFinal(BlockNumber),
    /// The database failed.
    Database(sp_blockchain::Error),
}

impl Error {
    fn code(&self) -> i32 {
        match self {
            Self::UnknownBlock(_) => 7001,
            Self::Runtime(_) | Self::Database(_) => 7002,
            Self::LimitOutOfRange(_) => 7003,
            Self::StateNotKept(_) => 7004,
            Self::NotFinal(_) => 7005,
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Runtime(error) => Some(error.to_string()),
            Self::Database(error) => Some(error.to_string()),
            Self::UnknownBlock(_) | Self::LimitOutOfRange(_) | Self::StateNotKept(_) | Self::NotFinal(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBlock(block) => write!(f, "block `{block:#x}` is not known"),
            Self::Runtime(_) => f.write_str("the runtime could not answer"),
            Self::LimitOutOfRange(limit) => write!(f, "limit `{limit}` is not between 1 and {MAX_PAGE}"),
            Self::StateNotKept(block) => write!(f, "the node has pruned the state of block `{block:#x}`"),
            Self::NotFinal(block) => write!(f, "block {block} is not final yet"),
            Self::Database(_) => f.write_str("the database could not answer"),
        }
    }
}

impl From<Error> for ErrorObjectOwned {
    fn from(error: Error) -> Self {
        ErrorObject::owned(error.code(), error.to_string(), error.detail())
    }
}
