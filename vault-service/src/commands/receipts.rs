// SPDX-License-Identifier: Apache-2.0

//! `salus-vault receipts`.

use super::{ConfigFile, Failure};
use clap::Subcommand;
use salus_gate::ReceiptBook;
use salus_primitives::{receipts::Opening, ChartId};
use salus_vault_service::{config::Config, receipts::folder_of};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the receipts for one opening as JSON; `salus receipts FILE` compares them with the chart's log
    Export {
        /// The chart
        chart: ChartId,
        /// The place of the opening in the chart's log, as `salus log` shows it
        entry: u64,
        #[command(flatten)]
        file: ConfigFile,
    },
}

pub(super) fn perform(command: &Command) -> Result<(), Failure> {
    let Command::Export { chart, entry, file } = command;
    let folder = folder_of(Config::read(&file.config)?.store.folder());
    let stored = ReceiptBook::stored(&folder, Opening { chart: *chart, entry: *entry })?;
    let stored = stored.ok_or_else(|| format!("there are no receipts for entry `{entry}` of chart `{chart}`"))?;
    println!("{}", serde_json::to_string_pretty(&stored)?);
    Ok(())
}
