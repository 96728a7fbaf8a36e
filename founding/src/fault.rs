// SPDX-License-Identifier: Apache-2.0

//! What is wrong in a list, and where.

/// What is wrong in a list, and where.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The line, counted from one.
    pub line: usize,
    /// Why it cannot stay so.
    pub reason: String,
}
