// SPDX-License-Identifier: Apache-2.0

//! `salus declare-use`: says in a chart's log that one uses records for something other than reading them (S4-22).

use crate::{commands::grant::Scopes, context::Context, failure::Failure, output::Output, parse};
use salus_primitives::{
    access::{Purpose, Scope},
    ChartId, Digest,
};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    #[command(flatten)]
    scopes: Scopes,
    /// For which purpose, such as research
    #[arg(long, value_parser = parse::word::<Purpose>())]
    purpose: Purpose,
}

#[derive(Serialize)]
struct Declared {
    scopes: Vec<Scope>,
    purpose: Purpose,
    transaction: Digest,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, scopes, purpose } = arguments;
    let agent = context.agent().await?;
    let scopes = scopes.resolve(&agent, chart).await?;
    let transaction = agent.declare_use(chart, &scopes, purpose).await?.transaction;
    out.show(&Declared { scopes, purpose, transaction }, |declared| {
        format!("the log of chart {chart} says that you use {} of its parts for this purpose", declared.scopes.len())
    })
}
