// SPDX-License-Identifier: Apache-2.0

//! The outcome of a round of copying.

use salus_primitives::InstitutionId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Copies that were read back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Checks {
    /// They came whole.
    pub whole: u64,
    /// The holder said to have them, and they did not come, or other bytes came.
    pub false_claims: u64,
}

/// The outcome of one round.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Copied {
    /// Objects that came, by the institutions in whose vaults they belong.
    pub copied: BTreeMap<InstitutionId, u64>,
    /// Objects that were damaged here, and are whole again.
    pub repaired: u64,
    /// Objects that reading needs and that no vault gave, likewise: they are lost, or a vault is away.
    pub missing: BTreeMap<InstitutionId, u64>,
    /// Objects that reading needs and that never came: their authors did not upload them, or named others.
    pub never_came: BTreeMap<InstitutionId, u64>,
    /// Own objects, by how many other vaults keep them.
    pub copies: BTreeMap<u64, u64>,
    /// Own objects that fewer other vaults keep than there should be.
    pub under_replicated: u64,
    /// How many other vaults are to keep each own object.
    pub wanted: u64,
    /// Copies that were read back, by the institution that keeps them.
    pub checks: BTreeMap<InstitutionId, Checks>,
    /// Answers of partners that were cut off, false or a refusal; in words.
    pub complaints: Vec<String>,
}

impl Copied {
    pub(super) fn complain(&mut self, partner: InstitutionId, complaint: &str) {
        let complaint = format!("institution {partner}: {complaint}");
        if !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }
}
