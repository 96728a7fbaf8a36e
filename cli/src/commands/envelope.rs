// SPDX-License-Identifier: Apache-2.0

//! `salus envelope`: seals what a grant needs, for a patient who submits the grant with another wallet.
//!
//! Polkadot.js Apps and other wallets sign `access.grantAccess` and `access.approveRequest`, but know nothing of
//! envelopes. This puts them into the vault and prints the hashes that those calls take.

use super::grant::Scopes;
use crate::{
    context::Context,
    failure::Failure,
    output::{table, word, Output},
    parse,
};
use salus_primitives::{access::Grantee, ChartId};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// To whom access will be granted: member:NUMBER or institution:NUMBER
    #[arg(long, value_parser = parse::grantee)]
    to: Grantee,
    #[command(flatten)]
    scopes: Scopes,
    /// Why, in words; sealed to the grantee
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, to, scopes, reason } = arguments;
    let agent = context.agent().await?;
    let mut sealed = Vec::new();
    for scope in scopes.resolve(&agent, chart).await? {
        sealed.push(agent.seal_grant(chart, to, scope, reason.as_deref()).await?);
    }
    out.show(&sealed, |sealed| {
        let rows = sealed.iter().map(|one| vec![word(&one.scope), word(&one.reason), one.envelope.to_string()]);
        let table = table(&["what", "reason", "envelope"], rows);
        format!("{table}\nnothing is granted yet: put these hashes into access.grantAccess or access.approveRequest")
    })
}
