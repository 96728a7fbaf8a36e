// SPDX-License-Identifier: Apache-2.0

//! `salus lab-grant`: lets a laboratory read, add, and amend its own results in one compartment (S1-18).

use super::grant::{human, Granted};
use crate::{
    consent::Consent,
    context::Context,
    failure::Failure,
    output::Output,
    parse::{self, Until},
};
use salus_primitives::{
    access::{Grantee, Scope},
    ChartId, Interval,
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The laboratory: member:NUMBER or institution:NUMBER
    #[arg(long, value_parser = parse::grantee)]
    to: Grantee,
    /// The compartment, by name or number
    #[arg(long, value_name = "NAME")]
    compartment: String,
    /// Until when: a duration such as 12h or 30d, or a time [default: until revoked]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Option<Until>,
    /// Why, in words; sealed to the laboratory. Needed in a sensitive compartment
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
    /// Consent to sharing a sensitive compartment without being asked
    #[arg(long)]
    sensitive: bool,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let compartment = agent.find_compartment(arguments.chart, &arguments.compartment).await?;
    let now = agent.chain().clock().await?;
    let interval = Interval { start: now, end: arguments.until.map(|until| until.from(now)) };
    let reason = arguments.reason.as_deref();
    let consent = Consent { text: reason, given: arguments.sensitive };
    consent.ensure(&agent, arguments.chart, &[Scope::Compartment(compartment)]).await?;
    let (grant, _) = agent.grant_to_lab(arguments.chart, arguments.to, compartment, interval, reason).await?;
    out.show(&vec![Granted { grant, scope: Scope::Compartment(compartment) }], |granted| human(granted))
}
