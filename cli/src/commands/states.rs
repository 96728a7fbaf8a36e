// SPDX-License-Identifier: Apache-2.0

//! `salus record withdraw`, `mark-in-error`, `restrict` and `lift`: changes of a record's state.

use crate::{
    confirm::confirm,
    context::Context,
    failure::Failure,
    output::{fields, word, Output},
    parse,
};
use salus_client::agent::StateChanged;
use salus_primitives::RecordId;

#[derive(clap::Args)]
pub(crate) struct Change {
    /// The record
    record: RecordId,
    /// Why, in words; sealed to the patient
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

/// A change that cannot be taken back.
#[derive(clap::Args)]
pub(crate) struct FinalChange {
    #[command(flatten)]
    change: Change,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn withdraw(change: FinalChange, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Change { record, reason } = confirmed(change, "withdrawn")?;
    out.show(&context.agent().await?.withdraw(record, reason.as_deref()).await?, human)
}

pub(crate) async fn mark_in_error(change: FinalChange, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Change { record, reason } = confirmed(change, "marked as entered in error")?;
    out.show(&context.agent().await?.mark_entered_in_error(record, reason.as_deref()).await?, human)
}

pub(crate) async fn restrict(change: Change, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Change { record, reason } = change;
    out.show(&context.agent().await?.restrict(record, reason.as_deref()).await?, human)
}

pub(crate) async fn lift(change: Change, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Change { record, reason } = change;
    out.show(&context.agent().await?.lift_restriction(record, reason.as_deref()).await?, human)
}

fn confirmed(FinalChange { change, yes }: FinalChange, what: &str) -> Result<Change, Failure> {
    let record = change.record;
    let shown = format!(
        "record {record} will be {what}, for good: the patient alone may read it, and a new record has to replace it"
    );
    confirm(&shown, "Go on?", yes)?;
    Ok(change)
}

fn human(changed: &StateChanged) -> String {
    let state = format!("{}: {}", word(&changed.state), changed.state.text());
    fields(&[("record", changed.record.to_string()), ("state", state)])
}
