// SPDX-License-Identifier: Apache-2.0

//! The invariants, and how a run violates one.

use serde::{Deserialize, Serialize};

/// An invariant that a run can violate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Two nodes, or one node at two times, finalized different blocks at one height.
    Contradiction,
    /// A finalized block is missing.
    Lost,
    /// A header does not match its hash, or a body differs from the witness's.
    Forged,
    /// The chain decided differently from the model.
    Decision,
    /// A node's storage differs from the model's state.
    State,
    /// The chain lacks a transaction, or its block, that a client saw finalized.
    Transaction,
    /// The chain has a transaction twice.
    Twice,
    /// A gate released content without permission, or content that the author did not write.
    Reading,
    /// An authority was reported, suspended or removed.
    Offence,
    /// Bytes came before the log had an entry.
    Unlogged,
    /// A half object has a name in a vault.
    Half,
    /// An acknowledged version is not on the chain, or cannot be read in the end.
    Gone,
    /// Something with sealed records failed without a clear error.
    Unclear,
}

/// One violation of an invariant.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Violation {
    /// The violated invariant.
    pub rule: Rule,
    /// The place and the difference, in words.
    pub what: String,
}
