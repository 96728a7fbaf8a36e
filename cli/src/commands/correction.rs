// SPDX-License-Identifier: Apache-2.0

//! `salus correction`: a patient asks for corrections of records, authors answer, patients disagree (GDPR Art. 16).

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, moment, table, word, Output},
    parse,
};
use salus_chain::At;
use salus_client::agent::AgentError;
use salus_primitives::{
    corrections::{Correction, CorrectionAnswer, KeyedCorrection},
    ChartId, Moment, RecordId, RecordKey,
};
use serde::Serialize;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Ask the author of a record of your chart to correct it
    Request {
        /// The record
        record: RecordId,
        /// The fault, in words; sealed to the author
        #[arg(long, value_parser = parse::lines)]
        reason: String,
    },
    /// Answer a patient who asked for a correction
    #[command(group = clap::ArgGroup::new("answer").required(true))]
    Answer {
        /// The record
        record: RecordId,
        /// You amended or withdrew the record, or marked it as entered in error
        #[arg(long, group = "answer")]
        corrected: bool,
        /// The record stays as it is
        #[arg(long, group = "answer", requires = "reason")]
        declined: bool,
        /// Why, in words; sealed to the patient
        #[arg(long, value_parser = parse::lines)]
        reason: Option<String>,
    },
    /// Attach a statement of disagreement, for all who read the record
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Disagree {
        /// The record
        record: RecordId,
        /// The statement, in words; sealed to those who may read the record's compartment
        #[arg(long, group = "what", value_parser = parse::lines)]
        statement: Option<String>,
        /// A record of yours with the statement, in the same compartment
        #[arg(long, group = "what", value_name = "RECORD")]
        written: Option<RecordId>,
    },
    /// List the records of a chart that the patient contested
    List {
        /// The chart
        chart: ChartId,
    },
}

#[derive(Serialize)]
struct Listed {
    record: RecordId,
    #[serde(flatten)]
    correction: Correction,
    /// By when an answer is due.
    due_at: Moment,
    overdue: bool,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Request { record, reason } => {
            let requested = context.agent().await?.request_correction(record, &reason).await?;
            out.show(&requested, |it| {
                format!("member {} was asked to correct record {} by {}", it.author, it.record, moment(it.due_at))
            })
        }
        Command::Answer { record, corrected, reason, .. } => {
            let answer = if corrected { CorrectionAnswer::Corrected } else { CorrectionAnswer::Declined };
            let answered = context.agent().await?.answer_correction(record, answer, reason.as_deref()).await?;
            out.show(&answered, |it| {
                let answer = format!("{}: {}", word(&it.answer), it.answer.text());
                fields(&[("record", it.record.to_string()), ("answer", answer)])
            })
        }
        Command::Disagree { record, statement, written } => disagree(record, statement, written, context, out).await,
        Command::List { chart } => list(chart, context, out).await,
    }
}

async fn disagree(
    record: RecordId,
    statement: Option<String>,
    written: Option<RecordId>,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let elsewhere = |it: &RecordId| it.chart != record.chart;
    if written.as_ref().is_some_and(elsewhere) {
        return Err(Failure::input(
            "the statement is in another chart\nhint: it belongs in the compartment of the record",
        ));
    }
    let agent = context.agent().await?;
    let statement: RecordKey = match (statement, written) {
        (Some(text), _) => agent.write_statement(record, &text).await?.record.key,
        (None, Some(written)) => written.key,
        (None, None) => return Err(Failure::input("a statement is missing\nhint: --statement TEXT writes one")),
    };
    out.show(&agent.attach_statement(record, statement).await?, |it| {
        fields(&[("record", it.record.to_string()), ("statement", it.statement.to_string())])
    })
}

async fn list(chart: ChartId, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let chain = context.chain().await?;
    chain.chart(At::Finalized, chart).await?.ok_or(AgentError::NoChart(chart))?;
    let now = chain.now(At::Finalized).await?;
    let corrections = chain.corrections(At::Finalized, chart).await?;
    let listed = |KeyedCorrection { key, correction }| {
        let (record, due_at) = (RecordId { chart, key }, correction.due_at());
        Listed { record, correction, due_at, overdue: correction.is_open() && due_at <= now }
    };
    let listed: Vec<_> = corrections.into_iter().map(listed).collect();
    out.show(&listed, |listed| {
        let rows = listed.iter().map(|Listed { record, correction, due_at, overdue }| {
            let answer = match &correction.answer {
                Some(answer) => word(answer),
                None if *overdue => format!("overdue since {}", moment(*due_at)),
                None => format!("due by {}", moment(*due_at)),
            };
            let statement = correction.statement.map(|key| RecordId { chart, key }.to_string()).unwrap_or_default();
            vec![record.to_string(), moment(correction.requested_at), answer, statement]
        });
        table(&["record", "requested", "answer", "statement"], rows)
    })
}
