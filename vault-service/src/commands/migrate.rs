// SPDX-License-Identifier: Apache-2.0

//! `salus-vault migrate`.

use super::{configured::own, Failure};
use salus_vault_service::{config::Config, migration::migrate, staging::Ledger};
use std::path::Path;

/// Whether all objects of the previous store are in the new one now.
pub(super) async fn perform(path: &Path) -> Result<bool, Failure> {
    let config = Config::read(path)?;
    if config.previous_store.is_none() {
        return Err("the configuration has no `previous-store`, so nothing moves".into());
    }
    let (vault, _lock) = own(&config).await?;
    let ledger = Ledger::open(&vault, config.staging)?;
    let migrated = migrate(&vault, &ledger, |migrated| eprintln!("{migrated}")).await?;
    migrated.damaged.iter().for_each(|id| println!("{id}"));
    eprintln!("{migrated}");
    Ok(migrated.damaged.is_empty())
}
