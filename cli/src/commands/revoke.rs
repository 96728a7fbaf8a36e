// SPDX-License-Identifier: Apache-2.0

//! `salus revoke`: ends a grant at once (S1-19, S1-20).

use crate::{context::Context, failure::Failure, output::Output, parse};
use salus_client::agent::Revoked;
use salus_primitives::{ChartId, GrantId};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The grant
    grant: GrantId,
    /// Why, in words; sealed to yourself
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let revoked = agent.revoke(arguments.chart, arguments.grant, arguments.reason.as_deref()).await?;
    out.show(&revoked, |Revoked { grant, rotation_due, .. }| match rotation_due {
        Some(compartment) => format!(
            "grant {grant} is revoked\nnext: salus rotate {} {compartment}, so that what is added later has a new key",
            arguments.chart
        ),
        None => format!("grant {grant} is revoked"),
    })
}
