// SPDX-License-Identifier: Apache-2.0

//! Receipts on the gate's disk: a list for each opening, and the book of all lists.
//!
//! A receipt is on the disk before the first byte leaves. A gate that cannot write it gives nothing out.

mod book;
mod list;

pub use book::ReceiptBook;
pub use list::{ListState, ReceiptFault, StoredReceipts};
