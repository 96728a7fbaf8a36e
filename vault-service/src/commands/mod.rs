// SPDX-License-Identifier: Apache-2.0

//! One command per file.

mod check;
mod configured;
mod init;
mod key;
mod migrate;
mod receipts;
mod run;
mod status;
mod verify;

use clap::Subcommand;
use std::{error::Error, path::PathBuf};

/// Why a command failed.
pub(super) type Failure = Box<dyn Error>;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Write a configuration and make the institution's encryption key; replaces nothing
    Init(init::Arguments),
    /// Serve until SIGTERM or SIGINT
    Run(ConfigFile),
    /// Read every object of the vault, and name those that are damaged; the service may run meanwhile
    #[command(after_help = "Exit status: 0 all are whole, 1 some are damaged, 2 failed.")]
    Verify(verify::Arguments),
    /// Show the receipts of what the gate gave out, for others to compare with the chain; the service may run meanwhile
    Receipts {
        #[command(subcommand)]
        command: receipts::Command,
    },
    /// Move all objects of the previous store to the new one; a service that runs does so by itself
    #[command(after_help = "Exit status: 0 all are in the new store, 1 some are damaged, 2 failed.")]
    Migrate(ConfigFile),
    /// Ask the service that runs here how many copies there are of its objects, and which are missing
    #[command(after_help = "Exit status: 0 well, 1 objects are missing or have too few copies, 2 failed.")]
    Status(status::Arguments),
    /// Make an encryption key for the institution, and print its public part
    Key(key::Arguments),
    /// Check configuration, vault, node and the institution's entry on the chain, and serve nothing
    Check(ConfigFile),
}

#[derive(clap::Args)]
pub(super) struct ConfigFile {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
    config: PathBuf,
}

impl Command {
    /// Carries the command out. Whether all was well.
    pub(super) async fn perform(self) -> Result<bool, Failure> {
        match self {
            Self::Init(arguments) => init::perform(arguments).map(|()| true),
            Self::Run(ConfigFile { config }) => run::perform(&config).await.map(|()| true),
            Self::Check(ConfigFile { config }) => check::perform(&config).await.map(|()| true),
            Self::Key(arguments) => key::perform(&arguments).map(|()| true),
            Self::Receipts { command } => receipts::perform(&command).map(|()| true),
            Self::Migrate(ConfigFile { config }) => migrate::perform(&config).await,
            Self::Status(arguments) => status::perform(&arguments).await,
            Self::Verify(arguments) => verify::perform(&arguments).await,
        }
    }
}
