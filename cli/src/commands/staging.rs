// SPDX-License-Identifier: Apache-2.0

//! `salus record stage`, `staged`, `accept`, `refuse` and `hold`: records that wait for the patient (S4-06 to S4-11).

use crate::{
    confirm::confirm,
    content::About,
    context::Context,
    failure::Failure,
    notice_book::NoticeBook,
    output::{fields, moment, table, word, Output},
    parse::{self, Until},
};
use salus_client::agent::{Agent, Content, Held, Staged, StateChanged, WaitingRecord};
use salus_primitives::{holds::HoldGround, records::MAX_BATCH, staging::CollectionBasis, ChartId, Digest, RecordId};
use serde::Serialize;
use std::path::PathBuf;

/// Records to stage.
#[derive(clap::Args)]
pub(crate) struct Stage {
    /// The chart
    chart: ChartId,
    /// The files, each of which becomes a record: up to 64
    #[arg(required = true, num_args = 1..=MAX_BATCH as usize)]
    files: Vec<PathBuf>,
    /// The compartment, by number, or by name if you may know it
    #[arg(long, value_name = "NAME")]
    compartment: String,
    /// The basis on which your institution collected it without consent; the log names it
    #[arg(long, value_parser = parse::word::<CollectionBasis>())]
    basis: CollectionBasis,
    #[command(flatten)]
    about: About,
}

/// Records that wait, of one chart.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(crate) struct Accept {
    /// The records
    #[arg(group = "which")]
    records: Vec<RecordId>,
    /// All records that wait in this chart
    #[arg(long, group = "which", value_name = "CHART")]
    all: Option<ChartId>,
    /// Seal the consent and print its hash for `records.acceptRecords` in Polkadot.js Apps, but accept nothing
    #[arg(long)]
    prepare: bool,
    /// Consent without being asked, after reading what `salus record staged` and `salus record get` show
    #[arg(long)]
    yes: bool,
}

/// The hash that a wallet needs to accept records of one form.
#[derive(Serialize)]
struct Prepared {
    records: Vec<RecordId>,
    consent: Digest,
}

/// Records that are not to become a part of the chart.
#[derive(clap::Args)]
pub(crate) struct Refuse {
    /// The records
    #[arg(required = true)]
    records: Vec<RecordId>,
    /// Why, in words; sealed to the author, or to the patient if you take them back
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

/// A hold.
#[derive(clap::Args)]
pub(crate) struct Hold {
    /// The record, which you created
    record: RecordId,
    /// The legal reason, which the patient sees
    #[arg(long, value_parser = parse::word::<HoldGround>())]
    ground: HoldGround,
    /// Until when: a duration such as 12h or 30d, or a time; 30 days at most
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Until,
}

pub(crate) async fn stage(options: Stage, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Stage { chart, files, compartment, basis, about } = options;
    if files.len() > 1 && about.has_title() {
        return Err(Failure::input(
            "several files cannot have one title\nhint: stage them one by one, or leave --title out",
        ));
    }
    let mut contents = Vec::new();
    for file in files {
        let metadata = about.clone().metadata(&file).await?;
        contents.push((Content::File(file), metadata));
    }
    let agent = context.agent().await?;
    let compartment = agent.find_compartment(chart, &compartment).await?;
    let staged = agent.stage(chart, compartment, contents, basis).await?;
    // The patient's answer is a notice.
    NoticeBook::load(context.home(), &agent.chain().genesis(), agent.id()).follow(chart)?;
    out.show(&staged, human_staged)
}

fn human_staged(staged: &Staged) -> String {
    let records = table(&["record"], staged.records.iter().map(|record| vec![record.to_string()]));
    format!("{records}\nThe patient may accept until {}.", moment(staged.acceptable_until))
}

pub(crate) async fn list(chart: ChartId, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let waiting = context.agent().await?.waiting_records(chart).await?;
    out.show(&waiting, |waiting| {
        let rows = waiting.iter().map(|it| {
            let until = moment(it.acceptable_until);
            vec![
                it.record.to_string(),
                it.compartment.to_string(),
                format!("{} of institution {}", it.author, it.custodian),
                moment(it.staged_at),
                if it.is_over { format!("{until} (over)") } else { until },
                it.hold.map(|hold| format!("{}, until {}", word(&hold.ground), moment(hold.until))).unwrap_or_default(),
            ]
        });
        table(&["record", "compartment", "author", "staged", "acceptable until", "held"], rows)
    })
}

pub(crate) async fn accept(options: Accept, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Accept { records, all, prepare, yes } = options;
    let agent = context.agent().await?;
    let (chart, records) = match all {
        Some(chart) => (chart, all_waiting(&agent, chart).await?),
        None => (chart_of(&records)?, records),
    };
    let (mut accepted, mut prepared) = (Vec::new(), Vec::new());
    for form in agent.consent_forms(chart, &records).await? {
        for (number, question) in form.questions.iter().enumerate() {
            // The text stands before the first question.
            let shown = if number == 0 { form.text.as_str() } else { "" };
            confirm(shown, question, yes)?;
        }
        match prepare {
            true => prepared.push(Prepared { consent: agent.seal_consent(&form).await?, records: form.records }),
            false => accepted.push(agent.accept(&form).await?),
        }
    }
    match prepare {
        true => out.show(&prepared, |it| human_consents("prepared", it.iter().map(|it| (&it.records, it.consent)))),
        false => out.show(&accepted, |it| human_consents("accepted", it.iter().map(|it| (&it.records, it.consent)))),
    }
}

/// All records of a chart that the patient may still accept.
async fn all_waiting(agent: &Agent, chart: ChartId) -> Result<Vec<RecordId>, Failure> {
    let waiting = agent.waiting_records(chart).await?.into_iter().filter(|it| !it.is_over);
    let records: Vec<_> = waiting.map(|WaitingRecord { record, .. }| record).collect();
    match records.is_empty() {
        true => Err(Failure::input(format!("no record waits in chart `{chart}`\nhint: salus record staged {chart}"))),
        false => Ok(records),
    }
}

fn chart_of(records: &[RecordId]) -> Result<ChartId, Failure> {
    let chart = records.first().map(|record| record.chart).unwrap_or_default();
    match records.iter().find(|record| record.chart != chart) {
        Some(other) => Err(Failure::input(format!(
            "record `{other}` is not in chart `{chart}`\nhint: accept records of one chart at a time"
        ))),
        None => Ok(chart),
    }
}

fn human_consents<'a>(what: &str, consents: impl Iterator<Item = (&'a Vec<RecordId>, Digest)>) -> String {
    let rows = consents.flat_map(|(records, consent)| records.iter().map(move |record| (record, consent)));
    table(&[what, "consent"], rows.map(|(record, consent)| vec![record.to_string(), consent.to_string()]))
}

pub(crate) async fn refuse(options: Refuse, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Refuse { records, reason, yes } = options;
    let listed: Vec<_> = records.iter().map(ToString::to_string).collect();
    let shown = format!("{} will never be part of the chart, and vaults delete the content", listed.join(", "));
    confirm(&shown, "Go on?", yes)?;
    let refused = context.agent().await?.refuse(&records, reason.as_deref()).await?;
    out.show(&refused, |refused| {
        let rows = refused.iter().map(|StateChanged { record, state, .. }| vec![record.to_string(), word(state)]);
        table(&["record", "state"], rows)
    })
}

pub(crate) async fn hold(options: Hold, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Hold { record, ground, until } = options;
    let agent = context.agent().await?;
    let until = until.from(agent.chain().clock().await?);
    out.show(&agent.hold(record, ground, until).await?, |Held { record, hold, .. }| {
        let ground = format!("{}: {}", word(&hold.ground), hold.ground.text());
        fields(&[("record", record.to_string()), ("ground", ground), ("until", moment(hold.until))])
    })
}
