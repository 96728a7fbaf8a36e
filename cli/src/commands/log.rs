// SPDX-License-Identifier: Apache-2.0

//! `salus log`: everything that happened, and whether the log is whole.

use crate::{
    context::Context,
    failure::Failure,
    output::{moment, table, word, Output},
    parse,
};
use salus_chain::{At, Chain};
use salus_client::agent::{AgentError, VerifiedLog};
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
    let chain = context.chain().await?;
    let mut log = VerifiedLog::fetch(&chain, arguments.log).await?;
    if log.head.length == 0 {
        check_subject(&chain, arguments.log).await?;
    }
    if let Some(newest) = arguments.newest {
        let skipped = log.entries.len().saturating_sub(newest);
        log.entries.drain(..skipped);
    }
    out.show(&log, human)
}

/// An empty log may be that of nothing.
async fn check_subject(chain: &Chain, log: LogId) -> Result<(), Failure> {
    let missing = match log {
        LogId::Chart(chart) => chain.chart(At::Finalized, chart).await?.is_none().then_some(AgentError::NoChart(chart)),
        LogId::Institution(institution) => {
            let found = chain.institution(At::Finalized, institution).await?;
            found.is_none().then_some(AgentError::NoInstitution(institution))
        }
        LogId::Consortium => None,
    };
    missing.map_or(Ok(()), |error| Err(error.into()))
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
