// SPDX-License-Identifier: Apache-2.0

//! The texts that an institution declares, as people read them.

use crate::output::quoted;
use salus_vault_client::Declaration;

/// Both texts, each with its hash.
pub(crate) fn human(declaration: &Declaration) -> String {
    let Declaration { institution, criteria, data_policy, .. } = declaration;
    format!(
        "criteria of institution {institution} (SHA-256 {})\n\n{}\n\ndata policy (SHA-256 {})\n\n{}\n",
        criteria.sha256(),
        quoted(criteria.text()),
        data_policy.sha256(),
        quoted(data_policy.text())
    )
}
