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
    out.show(&revoked, |revoked| human(arguments.chart, revoked))
}

fn human(chart: ChartId, revoked: &Revoked) -> String {
    let Revoked { grant, rotation_due, others, .. } = revoked;
    let mut lines = vec![format!("grant {grant} is revoked")];
    if !others.is_empty() {
        let numbers: Vec<_> = others.iter().map(ToString::to_string).collect();
        let numbers = numbers.join(", ");
        lines.push(format!("the same grantee still has, in person or through the institution: grant {numbers}"));
    }
    if let Some(compartment) = rotation_due {
        lines.push(format!("next: salus rotate {chart} {compartment}, so that what is added later has a new key"));
    }
    lines.join("\n")
}
