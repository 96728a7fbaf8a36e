// SPDX-License-Identifier: Apache-2.0

//! The gate that decides who is given what of a store.

mod clock;
mod error;
mod keeping;
mod notes;
mod numbers;
mod receipts;
mod release;
mod release_gate;
mod released;
mod staging;
mod store;
mod unsealing;
mod view;

pub use clock::system_now;
pub use error::GateError;
pub use numbers::UsedNumbers;
pub use receipts::{ListState, ReceiptBook, ReceiptFault, StoredReceipts};
pub use release_gate::{ReleaseGate, HEAD_LIFE};
pub use released::{BoxedBytes, Released, ReleasedBlob};
pub use staging::{StagingPermit, WriterKind};
pub use store::{Store, StoreFault};
pub use view::{ChainView, Head};
