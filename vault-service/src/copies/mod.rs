// SPDX-License-Identifier: Apache-2.0

//! Copies between the vaults of institutions that agreed to it: the loss of one vault loses nothing.
//!
//! The chain says which objects belong in which vault. A service fetches those of which it is to keep copies, and its own that it
//! lost. It asks the chain first, so what the chain does not name never comes, and hashes each object before it gets a name.
//!
//! | file | what it does |
//! |---|---|
//! | `policy` | who keeps copies of which objects |
//! | `copier` | rounds: looks at the charts that changed, and fetches what is missing |
//! | `arriving` | the bytes of a copy, and a copy that was cut off |
//! | `pace` | how slow answers may be |
//! | `wanted` | what the vault lacks of a chart, and whether the chain still names it |
//! | `outcome` | what a round did and saw |
//! | `others` | the questions to other vaults |
//! | `looks` | when which chart is looked at again |
//! | `survey` | asks how many copies own objects have, and reads some back |
//! | `notes` | what the vault once held |
//! | `damaged` | what has to be fetched although it is there |
//! | `expected` | the questions to the chain |
//! | `copying` | what rounds and answers to other services share |

mod arriving;
mod copier;
mod copying;
mod damaged;
mod expected;
mod looks;
mod notes;
mod others;
mod outcome;
mod pace;
mod policy;
mod survey;
mod wanted;

pub use copier::{Copier, CopyError, StoreFault};
pub use copying::Copying;
pub use damaged::Damaged;
pub use expected::ExpectedObjects;
pub use notes::{Note, Notes};
pub use others::Partners;
pub use outcome::{Checks, Copied};
pub use pace::Pace;
pub use policy::{Agreement, Policy};
