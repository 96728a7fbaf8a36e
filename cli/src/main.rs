// SPDX-License-Identifier: Apache-2.0

//! `salus`: the command line of hospitals, patients, clinicians and laboratories.
//!
//! Exit status: 0 done, 1 refused by the chain or a release gate, 2 failed (bad input, no node, broken file). `salus doctor` has its own: 0 well,
//! 1 warnings, 2 something is wrong.

mod applications;
mod commands;
mod confirm;
mod consent;
mod content;
mod context;
mod declarations;
mod derived_copies;
mod dicom_process;
mod failure;
mod files;
mod findings;
mod hints;
mod hospitals;
mod imports;
mod locked_json;
mod names;
mod notice_book;
mod options;
mod output;
mod parse;
mod passwords;
mod progress;
mod proposals;
mod reading;
mod sessions;
mod terminal;
mod vault_findings;
mod vaults;

use clap::Parser;
use failure::Failure;
use options::{Command, Options};
use std::{io::Write, process::ExitCode};

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        // The typed text is shown back, and may come from elsewhere.
        Err(error) if error.use_stderr() => {
            let _ = write!(std::io::stderr(), "{}", terminal::lines(&error.render().to_string()));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    // Before any thread is there: each takes memory that this process is not to have.
    if let Command::ReadDicomHeader { size } = options.command {
        return dicom_process::answer(size);
    }
    let json = options.json;
    let ended = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(options, &mut std::io::stdout().lock())),
        Err(error) => Err(error.into()),
    };
    match ended {
        // A reader that went away, such as `head`, is not a failure of this program.
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json, &mut std::io::stderr());
            failure.exit_code()
        }
    }
}

async fn run(options: Options, out: &mut dyn Write) -> Result<(), Failure> {
    let context = context::Context::new(&options)?;
    let mut out = output::Output::new(options.json, out);
    match options.command {
        Command::Key(command) => commands::key::run(command, &context, &mut out),
        Command::Institution(command) => commands::institution::run(command, &context, &mut out).await,
        Command::Council(arguments) => commands::council::run(arguments, &context, &mut out).await,
        Command::Authority(command) => commands::authority::run(command, &context, &mut out).await,
        Command::Voucher(command) => commands::voucher::run(command, &context, &mut out).await,
        Command::Join(arguments) => commands::join::run(arguments, &context, &mut out).await,
        Command::Verify(command) => commands::verify::run(command, &context, &mut out).await,
        Command::Member(command) => commands::member::run(command, &context, &mut out).await,
        Command::Chart(command) => commands::chart::run(command, &context, &mut out).await,
        Command::Compartment(command) => commands::compartment::run(command, &context, &mut out).await,
        Command::Record(command) => commands::record::run(command, &context, &mut out).await,
        Command::Correction(command) => commands::correction::run(command, &context, &mut out).await,
        Command::Shredding(command) => commands::shredding::run(command, &context, &mut out).await,
        Command::Grant(arguments) => commands::grant::run(arguments, &context, &mut out).await,
        Command::LabGrant(arguments) => commands::lab_grant::run(arguments, &context, &mut out).await,
        Command::Disclose(arguments) => commands::disclose::run(arguments, &context, &mut out).await,
        Command::DeclareUse(arguments) => commands::declare_use::run(arguments, &context, &mut out).await,
        Command::Envelope(arguments) => commands::envelope::run(arguments, &context, &mut out).await,
        Command::Revoke(arguments) => commands::revoke::run(arguments, &context, &mut out).await,
        Command::Rotate(arguments) => commands::rotate::run(arguments, &context, &mut out).await,
        Command::Request(arguments) => commands::request::run(arguments, &context, &mut out).await,
        Command::Approve(arguments) => commands::approve::run(arguments, &context, &mut out).await,
        Command::Deny(arguments) => commands::deny::run(arguments, &context, &mut out).await,
        Command::Note(arguments) => commands::note::run(arguments, &context, &mut out).await,
        Command::Notices(arguments) => commands::notices::run(arguments, &context, &mut out).await,
        Command::Log(arguments) => commands::log::run(arguments, &context, &mut out).await,
        Command::Receipts(arguments) => commands::receipts::run(arguments, &context, &mut out).await,
        Command::Explain(arguments) => commands::explain::run(arguments, &context, &mut out).await,
        Command::Network(command) => commands::network::run(command, &context, &mut out).await,
        Command::Doctor(arguments) => commands::doctor::run(arguments, &context, &mut out).await,
        Command::Backup(command) => commands::backup::run(command, &context, &mut out).await,
        Command::Restore(arguments) => commands::restore::run(arguments, &context, &mut out).await,
        Command::Status => commands::status::run(&context, &mut out).await,
        Command::Completions(arguments) => commands::completions::run(arguments, &mut out),
        // `main` has answered it.
        Command::ReadDicomHeader { .. } => Ok(()),
    }
}
