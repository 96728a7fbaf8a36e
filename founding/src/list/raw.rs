// SPDX-License-Identifier: Apache-2.0

//! The tables of a list, as they are written.

use serde::Deserialize;
use toml::Spanned;

/// A text, and its place in the list.
pub(super) type Text = Spanned<String>;

/// A list, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) network: RawNetwork,
    #[serde(default, rename = "hospital")]
    pub(super) hospitals: Vec<RawHospital>,
}

/// The `[network]` table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawNetwork {
    pub(super) name: Text,
    pub(super) id: Text,
    pub(super) verifications: Option<Spanned<u32>>,
    pub(super) upgrade_delay: Option<Text>,
    pub(super) session: Option<Text>,
    #[serde(default)]
    pub(super) accept_no_failures: bool,
}

/// A `[[hospital]]` table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawHospital {
    pub(super) name: Text,
    pub(super) kind: Option<Text>,
    pub(super) address: Text,
    pub(super) port: Spanned<u16>,
    pub(super) listen: Option<Text>,
    pub(super) vault_address: Option<Text>,
    pub(super) admission_quota: Option<Spanned<u32>>,
    pub(super) peer_id: Text,
    pub(super) aura: Text,
    pub(super) grandpa: Text,
    pub(super) institution: RawInstitution,
    pub(super) issuer: RawMember,
    pub(super) verifier: RawMember,
    pub(super) delegate: RawMember,
    pub(super) service: RawMember,
    /// The institution's number, for a hospital that joined later.
    pub(super) joined: Option<Spanned<u32>>,
    /// Whether its node has left.
    #[serde(default)]
    pub(super) left: bool,
}

/// The keys of an institution.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInstitution {
    pub(super) issuing: Text,
    pub(super) encryption: Text,
}

/// The keys of a member of staff.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMember {
    pub(super) transaction: Text,
    pub(super) membership: Text,
    pub(super) encryption: Text,
}
