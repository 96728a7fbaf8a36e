// SPDX-License-Identifier: Apache-2.0

//! The receipts of what the gate gave out, and their way into the charts' logs.
//!
//! The gate writes a receipt before each release under an opening. Once the finalized chain says that the session is over, no
//! more can come: the poster fixes count and digest, and posts them. The home vault posts for each opening of its charts,
//! also when it gave nothing out.

mod posted_log;
mod poster;

pub use posted_log::{Posted, PostedLog};
pub use poster::{PostError, Poster};

use std::path::{Path, PathBuf};

/// The name of the folder of the receipts, beside the objects of a vault.
pub const FOLDER: &str = "receipts";

/// The folder of the receipts, beside the objects of a vault.
pub fn folder_of(vault: &Path) -> PathBuf {
    vault.join(FOLDER)
}
