// SPDX-License-Identifier: Apache-2.0

//! The end of shredded records in this vault: their objects are deleted at once, and the institution attests that they are gone.
//!
//! The chain names a shredded record's objects no more. They are not unnamed by mistake, so no safety age protects them. A vault goes
//! over all shreddings when it starts and each day: what an old disk or a late write brought back goes again.
//!
//! | file | what it does |
//! |---|---|
//! | `shreddings` | the questions to the chain |
//! | `attests` | the way of an attestation into the chain |
//! | `shredder` | rounds: which shreddings are looked at when, and which ones wait |
//! | `case` | one shredding, as far as this vault has come with it |
//! | `destroy` | the rules by which an object is deleted, or stays |
//! | `destroyed` | blobs that never come back, whatever names them |

mod attests;
mod case;
mod destroy;
mod destroyed;
mod shredder;
mod shreddings;

pub use attests::Attests;
pub use destroyed::{Destroyed, FOLDER};
pub use shredder::{ShredError, Shredded, Shredder};
pub use shreddings::Shreddings;
