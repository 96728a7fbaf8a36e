// SPDX-License-Identifier: Apache-2.0

//! `salus-vault status`.

use super::{ConfigFile, Failure};
use salus_vault_service::{config::Config, status::Status};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether the vault of the service that runs is well.
pub(super) async fn perform(arguments: &Arguments) -> Result<bool, Failure> {
    let config = Config::read(&arguments.file.config)?;
    let address = config.monitoring.ok_or("the configuration has no `monitoring`, where the service could be asked")?;
    let status = Status::ask(address).await;
    let status = status.map_err(|cause| format!("the service does not answer at `{address}`: {cause}"))?;
    match arguments.json {
        true => println!("{}", serde_json::to_string(&status)?),
        false => print!("{status}"),
    }
    Ok(status.is_well())
}
