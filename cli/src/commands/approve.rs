// SPDX-License-Identifier: Apache-2.0

//! `salus approve`: answers a request with grants.

use super::grant::{human, Granted, Scopes};
use crate::{
    consent::Consent,
    context::Context,
    failure::Failure,
    output::Output,
    parse::{self, Until},
};
use salus_primitives::{access::Permissions, ChartId, RequestId};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The request
    request: RequestId,
    #[command(flatten)]
    scopes: Scopes,
    /// The permissions, no more than the request names [default: those of the request]
    #[arg(long, value_parser = parse::permissions())]
    permissions: Option<Permissions>,
    /// Until when, no later than the request names [default: as the request names]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Option<Until>,
    /// A word to the requester; sealed. Needed in a sensitive compartment
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
    /// Consent to sharing a sensitive compartment without being asked
    #[arg(long)]
    sensitive: bool,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, request, scopes, permissions, until, reason, sensitive } = arguments;
    let agent = context.agent().await?;
    let scopes = scopes.resolve(&agent, chart).await?;
    Consent { text: reason.as_deref(), given: sensitive }.ensure_alone(&agent, chart, &scopes).await?;
    let now = agent.chain().clock().await?;
    let until = until.map(|until| until.from(now));
    let (grants, _) = agent.approve(chart, request, &scopes, permissions, until, reason.as_deref()).await?;
    let granted: Vec<_> = grants.into_iter().zip(scopes).map(|(grant, scope)| Granted { grant, scope }).collect();
    out.show(&granted, |granted| human(granted))
}
