// SPDX-License-Identifier: Apache-2.0

//! `salus note`: the words that came with a grant, a request or an entry of the log.

use crate::{context::Context, failure::Failure, output::Output};
use salus_gate::protocol::NoteOf;
use salus_primitives::{ChartId, GrantId, RequestId};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    #[command(flatten)]
    of: Of,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// The words of a request
    #[arg(long, value_name = "NUMBER")]
    request: Option<RequestId>,
    /// The words of a grant
    #[arg(long, value_name = "NUMBER")]
    grant: Option<GrantId>,
    /// The words of another entry, such as a denial, a revocation or a correction, by the place of its entry in the chart's log
    #[arg(long, value_name = "NUMBER")]
    entry: Option<u64>,
}

#[derive(Serialize)]
struct Shown {
    text: String,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, of: Of { request, grant, entry } } = arguments;
    let of = request.map(NoteOf::Request).or(grant.map(NoteOf::Grant)).or(entry.map(NoteOf::Entry));
    let of = of.ok_or_else(|| Failure::input("say of what: --request, --grant or --entry"))?;
    match context.agent().await?.note(chart, of).await? {
        Some(note) => out.show(&Shown { text: note.text }, |shown| shown.text.clone()),
        None => Err(Failure::input(
            "no words that you can open came with it\nhint: they are sealed to one member: the patient, the requester, the grantee or the author",
        )),
    }
}
