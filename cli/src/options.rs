// SPDX-License-Identifier: Apache-2.0

//! The options of the command line. Raw text becomes validated types here; nothing else parses.

use crate::commands;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Share patient records under the patient's control.
#[derive(Parser)]
#[command(name = "salus", version, about, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit status: 0 done, 1 refused by the chain or a release gate, 2 failed.")]
pub(crate) struct Options {
    /// The node to talk to
    #[arg(long, global = true, env = "SALUS_NODE", default_value = "ws://127.0.0.1:9944", value_name = "URL")]
    pub(crate) node: String,

    /// Where identities and settings are kept [default: ~/.local/share/salus]
    #[arg(long, global = true, env = "SALUS_HOME", value_name = "FOLDER")]
    pub(crate) home: Option<PathBuf>,

    /// A folder with the vaults, one for each institution number, instead of the services that the chain
    /// names: for one machine that plays all parts
    #[arg(long, global = true, env = "SALUS_VAULTS", value_name = "FOLDER")]
    pub(crate) vaults: Option<PathBuf>,

    /// The identity to act as, by name; needless when there is only one
    #[arg(long = "as", global = true, env = "SALUS_AS", value_name = "NAME")]
    pub(crate) identity: Option<String>,

    /// A file whose first line is the password; otherwise SALUS_PASSWORD is taken, or it is asked for
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Print JSON instead of tables
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make, import and show identities
    #[command(subcommand)]
    Key(commands::key::Command),
    /// Show, admit and change institutions
    #[command(subcommand)]
    Institution(commands::institution::Command),
    /// Propose to the council, and vote on what others proposed
    Council(commands::council::Arguments),
    /// Show the authorities' seats; replace session keys, suspend a seat, report an offence
    #[command(subcommand)]
    Authority(commands::authority::Command),
    /// Offer membership, and record a refusal
    #[command(subcommand)]
    Voucher(commands::voucher::Command),
    /// Redeem a voucher, or apply for one
    Join(commands::join::Arguments),
    /// Challenge a newcomer, or answer a challenge
    #[command(subcommand)]
    Verify(commands::verify::Command),
    /// Show members, change transaction keys, suspend staff
    #[command(subcommand)]
    Member(commands::member::Command),
    /// Open and show charts
    #[command(subcommand)]
    Chart(commands::chart::Command),
    /// Add and show compartments of a chart
    #[command(subcommand)]
    Compartment(commands::compartment::Command),
    /// Add, list, read and amend records, and change their states
    #[command(subcommand)]
    Record(commands::record::Command),
    /// Ask for corrections of records, answer, and disagree
    #[command(subcommand)]
    Correction(commands::correction::Command),
    /// Have a record shredded for good, keep it on a legal ground, and certify who attested that nothing is left
    #[command(subcommand)]
    Shredding(commands::shredding::Command),
    /// Grant access to a member or an institution
    Grant(commands::grant::Arguments),
    /// Grant a laboratory reading, adding, and amending its own results in one compartment
    LabGrant(commands::lab_grant::Arguments),
    /// Let another member or institution read what your own grant lets you read
    Disclose(commands::disclose::Arguments),
    /// Say in the log that you use records for something other than reading them
    DeclareUse(commands::declare_use::Arguments),
    /// Seal what a grant to read needs, for a wallet that submits the grant itself
    Envelope(commands::envelope::Arguments),
    /// Revoke a grant, at once
    Revoke(commands::revoke::Arguments),
    /// Begin a new epoch of a compartment and renew the readers' envelopes
    Rotate(commands::rotate::Arguments),
    /// Ask a patient for access
    Request(commands::request::Arguments),
    /// Approve a request
    Approve(commands::approve::Arguments),
    /// Deny a request
    Deny(commands::deny::Arguments),
    /// Show the words that came with a request, a grant, a correction, a denial or a revocation
    Note(commands::note::Arguments),
    /// Show what happened in the charts that concern you since you last looked
    Notices(commands::notices::Arguments),
    /// Show a log, and verify its chained head
    Log(commands::log::Arguments),
    /// Check that exported receipts are those that a chart's log tells of
    Receipts(commands::receipts::Arguments),
    /// Say whether a member may do something, and why
    Explain(commands::explain::Arguments),
    /// Begin a network of hospitals: keys, specification, node configurations
    #[command(subcommand)]
    Network(commands::network::Command),
    /// Check a node and its network, and say what is wrong and what to do
    #[command(after_help = commands::doctor::EXIT_STATUS)]
    Doctor(commands::doctor::Arguments),
    /// Back a hospital's vault, keys and configuration up, and check the backups
    #[command(subcommand)]
    Backup(commands::backup::Command),
    /// Restore from a backup: files as they were, and of a vault what the chain names
    Restore(commands::restore::Arguments),
    /// Show node, chain and identity
    Status,
    /// Print a completion script for a shell
    Completions(commands::completions::Arguments),
    /// Read the header of a DICOM file from standard input, within limits: `salus record add` starts this process
    #[command(hide = true, name = crate::dicom_process::COMMAND)]
    ReadDicomHeader {
        /// Bytes of the file
        size: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    /// clap checks this itself, but only in a build with debug assertions: there a program with a fault ends with a panic.
    #[test]
    fn no_command_has_two_options_of_one_name() {
        let mut options = Options::command();
        options.build();
        let mut commands = vec![&options];
        while let Some(command) = commands.pop() {
            let (mut ids, mut longs, mut shorts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for argument in command.get_arguments() {
                assert!(ids.insert(argument.get_id()), "{}: {}", command.get_name(), argument.get_id());
                assert!(
                    argument.get_long().is_none_or(|long| longs.insert(long)),
                    "{}: {argument}",
                    command.get_name()
                );
                assert!(
                    argument.get_short().is_none_or(|short| shorts.insert(short)),
                    "{}: {argument}",
                    command.get_name()
                );
            }
            commands.extend(command.get_subcommands());
        }
    }
}
