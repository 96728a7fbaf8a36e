// SPDX-License-Identifier: Apache-2.0

//! Faults of a list, by line.

/// A fault of a list, and its line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The line, counted from one.
    pub line: usize,
    /// Why it cannot stay so.
    pub reason: String,
}
