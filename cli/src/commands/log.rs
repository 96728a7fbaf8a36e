// SPDX-License-Identifier: Apache-2.0

//! `salus log`: everything that happened, and whether the log is whole.

use crate::{
    context::Context,
    failure::Failure,
    output::{moment, table, word, Output},
    parse,
};
use salus_chain::{At, Chain};
use salus_client::agent::{About, AgentError, Life, NewestEntries, OpeningReceipts, ReceiptsState, VerifiedLog};
use salus_primitives::audit::{Entry, LogHead, LogId};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which log: chart:NUMBER, institution:NUMBER or consortium
    #[arg(value_parser = parse::log)]
    log: LogId,
    /// Fetch and show the newest entries only; the chained head is then not checked, since it is of the whole log
    #[arg(long, value_name = "NUMBER")]
    newest: Option<u64>,
    /// Show the life of one thing only: request:NUMBER with what came of it, grant:NUMBER, record:KEY, or what member:NUMBER did
    #[arg(long, value_name = "WHAT", value_parser = parse::about, conflicts_with = "newest")]
    about: Option<About>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { log, newest, about } = arguments;
    let is_of_a_chart = matches!(log, LogId::Chart(_));
    if about.is_some_and(|about| !is_of_a_chart && !matches!(about, About::Member(_))) {
        return Err(Failure::input("requests, grants and records are in charts' logs\nhint: salus log chart:NUMBER"));
    }
    let chain = context.chain().await?;
    match (newest, about) {
        (_, Some(about)) => {
            let life = Life::fetch(&chain, log, about).await?;
            check_subject(&chain, log, &life.log.head).await?;
            out.show(&life, human_life)
        }
        (Some(newest), None) => {
            let newest = NewestEntries::fetch(&chain, log, newest).await?;
            check_subject(&chain, log, &newest.head).await?;
            out.show(&newest, |newest| {
                format!(
                    "{}\nthe newest of {} entries; without --newest the whole log is checked against its head {}",
                    entries(&newest.entries, &newest.receipts),
                    newest.head.length,
                    newest.head.hash
                )
            })
        }
        (None, None) => {
            let verified = VerifiedLog::fetch(&chain, log).await?;
            check_subject(&chain, log, &verified.head).await?;
            out.show(&verified, |log| {
                let entries = entries(&log.entries, &log.receipts);
                format!("{entries}\nwhole and unaltered: {} entries, head {}", log.head.length, log.head.hash)
            })
        }
    }
}

/// An empty log may be that of nothing.
async fn check_subject(chain: &Chain, log: LogId, head: &LogHead) -> Result<(), Failure> {
    if head.length != 0 {
        return Ok(());
    }
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

/// The vaults' words about an opening: how much they gave out, and whether the home vault has said anything.
fn said(receipts: &OpeningReceipts) -> String {
    let posted = receipts.posted.iter().map(|it| format!("{} by {}", it.head.count, it.institution));
    let home = receipts.home;
    let missing = match receipts.state {
        ReceiptsState::Posted => None,
        ReceiptsState::Running => Some("session runs".to_owned()),
        ReceiptsState::Awaited => Some(format!("awaited of {home}")),
        ReceiptsState::Overdue => Some(format!("overdue of {home}")),
        ReceiptsState::NoService => Some(format!("{home} has no service")),
    };
    posted.chain(missing).collect::<Vec<_>>().join(", ")
}

fn human_life(life: &Life) -> String {
    let Life { log, ran_out } = life;
    let ends = ran_out.iter().map(|it| format!("{} ran out at {}\n", word(&it.subject), moment(it.at)));
    format!(
        "{}\n{}{} of {} entries; the whole log is unaltered, head {}",
        entries(&log.entries, &log.receipts),
        ends.collect::<String>(),
        log.entries.len(),
        log.head.length,
        log.head.hash
    )
}

fn entries(entries: &[Entry], receipts: &[OpeningReceipts]) -> String {
    let rows = entries.iter().map(|entry| {
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
            receipts.iter().find(|it| it.entry == entry.sequence).map(said).unwrap_or_default(),
        ]
    });
    table(&["#", "time", "who", "of", "did", "what", "for", "reason", "given out"], rows)
}
