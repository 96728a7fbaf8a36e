// SPDX-License-Identifier: Apache-2.0

//! `salus log`: everything that happened, and whether the log is whole.

use crate::{
    context::Context,
    failure::Failure,
    output::{moment, table, word, Output},
    parse,
};
use salus_client::agent::VerifiedLog;
use salus_primitives::audit::LogId;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which log: chart:NUMBER, institution:NUMBER or consortium
    #[arg(value_parser = parse::log)]
    log: LogId,
    /// Show the newest entries only
    #[arg(long, value_name = "NUMBER")]
    newest: Option<usize>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    // The head is verified over the whole log, whatever is shown of it.
    let mut log = VerifiedLog::fetch(&context.chain().await?, arguments.log).await?;
    if let Some(newest) = arguments.newest {
        let skipped = log.entries.len().saturating_sub(newest);
        log.entries.drain(..skipped);
    }
    out.show(&log, human)
}

fn human(log: &VerifiedLog) -> String {
    let rows = log.entries.iter().map(|entry| {
        let behalf = entry.on_behalf.map_or_else(String::new, |member| format!(" for member {member}"));
        vec![
            entry.sequence.to_string(),
            moment(entry.at),
            format!("{}{behalf}", word(&entry.actor)),
            entry.institution.map_or_else(String::new, |institution| institution.to_string()),
            word(&entry.action),
            word(&entry.subject),
            entry.purpose.as_ref().map(word).unwrap_or_default(),
            entry.reason.as_ref().map(word).unwrap_or_default(),
        ]
    });
    let entries = table(&["#", "time", "who", "of", "did", "what", "for", "reason"], rows);
    format!("{entries}\nwhole and unaltered: {} entries, head {}", log.head.length, log.head.hash)
}
