// SPDX-License-Identifier: Apache-2.0

//! The gate that decides who is given what of a store.

mod clock;
mod error;
mod numbers;
mod release;
mod released;
mod store;
mod view;

pub use clock::system_now;
pub use error::GateError;
pub use numbers::UsedNumbers;
pub use release::{ReleaseGate, HEAD_LIFE};
pub use released::{BoxedBytes, Released, ReleasedBlob};
pub use store::{Store, StoreFault};
pub use view::{ChainView, Head};
