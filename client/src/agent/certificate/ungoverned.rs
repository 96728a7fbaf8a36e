// SPDX-License-Identifier: Apache-2.0

//! The copies of a record that shredding does not reach. A certificate that left them out would promise too much.

use serde::{Deserialize, Serialize};

/// A kind of copies that a certificate does not govern.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UngovernedCopies {
    /// Readers' own.
    Readers,
    /// On paper, or exported.
    Exports,
    /// Where the record came from.
    Sources,
    /// In backups.
    Backups,
    /// In stores that others operate.
    Stores,
    /// On disks.
    Disks,
    /// In older states of the chain.
    OlderStates,
    /// In homes of members who imported it.
    ImportMemories,
}

impl UngovernedCopies {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Readers,
        Self::Exports,
        Self::Sources,
        Self::Backups,
        Self::Stores,
        Self::Disks,
        Self::OlderStates,
        Self::ImportMemories,
    ];

    /// Which copies these are, for people.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Readers => {
                "copies that readers made while they could read it: files, notes, and content keys that their programs held"
            }
            Self::Exports => "printed pages, and what was exported, sent or copied to other systems",
            Self::Sources => "the systems that it came from, such as a hospital's own",
            Self::Backups => {
                "backups of vaults, until they are forgotten; a vault that is restored from one loses the record again"
            }
            Self::Stores => {
                "stores of vaults whose operators or other nodes may have copies: buckets of S3-compatible servers, IPFS swarms"
            }
            Self::Disks => "old blocks and snapshots of disks, until they are overwritten or destroyed",
            Self::OlderStates => "older states that archive nodes keep: they have hashes, and no content",
            Self::ImportMemories => {
                "fingerprints of the content in the homes of members who imported it, until their programs learn of the \
                 shredding; only the member's own key makes them"
            }
        }
    }
}
