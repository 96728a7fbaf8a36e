// SPDX-License-Identifier: Apache-2.0

//! `salus-vault verify`.

use super::{ConfigFile, Failure};
use salus_vault_service::{
    config::Config,
    verify::{verify, Damage, Verified},
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Delete damaged objects: with partners, the service fetches them again, whether they are deleted or not
    #[arg(long)]
    delete_damaged: bool,
}

/// Whether all objects are whole.
pub(super) async fn perform(arguments: &Arguments) -> Result<bool, Failure> {
    let (config, delete) = (Config::read(&arguments.file.config)?, arguments.delete_damaged);
    if !config.store.is_there() {
        return Err(format!("there is no vault at `{}`", config.store).into());
    }
    let vault = config.store.open_with(config.previous_store.as_ref()).await?;
    let Verified { whole, damaged } = verify(&vault, delete, |whole| eprintln!("{whole} objects are whole")).await?;
    for Damage { id, unreadable, faults, .. } in &damaged {
        println!("{id}");
        unreadable.iter().for_each(|why| eprintln!("the object `{id}` cannot be read: {why}"));
        faults.iter().for_each(|fault| eprintln!("the object `{id}` {fault}"));
    }
    let (deleted, left): (Vec<_>, Vec<_>) = damaged.iter().partition(|damage| damage.deleted);
    let mut words = format!("{whole} objects are whole");
    if !deleted.is_empty() {
        words += &format!(", {} damaged and deleted", deleted.len());
    }
    if !left.is_empty() {
        let by_itself = "a service with partners fetches them again by itself";
        words += &format!(", {} damaged: {by_itself}; without partners, restore them from the backup", left.len());
    }
    if damaged.iter().any(|damage| damage.unreadable.is_some()) {
        words +=
            "; the disk does not give some out: look at the system's log, and replace the disk if it names bad sectors";
    }
    eprintln!("{words}");
    Ok(damaged.is_empty())
}
