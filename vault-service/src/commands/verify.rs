// SPDX-License-Identifier: Apache-2.0

//! `salus-vault verify`.

use super::{ConfigFile, Failure};
use salus_vault_service::{
    config::Config,
    verify::{verify, Verified},
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
    for id in &damaged {
        println!("{id}");
    }
    let rest = match (damaged.len(), delete) {
        (0, _) => String::new(),
        (count, true) => format!(", {count} damaged and deleted"),
        (count, false) => {
            let by_itself = "a service with partners fetches them again by itself";
            format!(", {count} damaged: {by_itself}; without partners, restore them from the backup")
        }
    };
    eprintln!("{whole} objects are whole{rest}");
    Ok(damaged.is_empty())
}
