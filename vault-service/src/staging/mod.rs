// SPDX-License-Identifier: Apache-2.0

//! Objects on their way into the vault: staged by members, then named by the chain, or deleted when it does not name them in time.
//!
//! | file | what it does |
//! |---|---|
//! | `limits` | how much may be staged, by whom and for how long |
//! | `ledger` | which objects are staged, and what they count against |
//! | `journal` | the ledger on the disk |
//! | `uploads` | bytes that arrive, and may be cut off |
//! | `collector` | asks the chain, keeps what it names and deletes what has expired |

mod collector;
mod journal;
mod ledger;
mod limits;
mod uploads;

pub use collector::{collect, CollectError, Collected, NamedObjects};
pub use ledger::{Account, Ledger, LedgerFault, Reservation, StagedObject};
pub use limits::Limits;
pub use uploads::{UploadFault, Uploads};
