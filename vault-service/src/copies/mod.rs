// SPDX-License-Identifier: Apache-2.0

//! Copies between the vaults of institutions that agreed to it: the loss of one vault loses nothing.
//!
//! The chain says which objects belong in which vault. A service fetches those of its partners, and its own that it lost. It
//! asks the chain first, so what the chain does not name never comes, and hashes each object before it gets a name.

mod copier;
mod expected;

pub use copier::{Copied, Copier, CopyError, Partners, StoreFault};
pub use expected::ExpectedObjects;
