// SPDX-License-Identifier: Apache-2.0

//! Kept objects that the finalized state names no more. They are marked, and deleted after a safety age.
//!
//! | file | what it does |
//! |---|---|
//! | `marks` | since when which object is unnamed |
//! | `lease` | one process at a time sweeps a vault |
//! | `sweep` | asks the chain about everything, marks, and deletes what was unnamed for long enough |

mod lease;
mod marks;
mod sweep;

pub use lease::Lease;
pub use marks::Marks;
pub use sweep::{sweep, SweepError, Swept, Vaults};
