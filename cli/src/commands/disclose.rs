// SPDX-License-Identifier: Apache-2.0

//! `salus disclose`: lets another member or institution read what one may read by a grant oneself (S4-22).

use crate::{
    commands::grant::{human, Granted},
    context::Context,
    failure::Failure,
    output::Output,
    parse::{self, Until},
    reading::Reader,
};
use salus_client::agent::GrantWish;
use salus_primitives::{
    access::{Grantee, Permission, Permissions, Purposes, Scope},
    ChartId, GrantId, Interval, RecordId,
};

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// Your grant, or your institution's, which lets you read and disclose
    #[arg(long, value_name = "NUMBER")]
    under: GrantId,
    /// To whom: member:NUMBER or institution:NUMBER
    #[arg(long, value_parser = parse::grantee)]
    to: Grantee,
    /// A single record
    #[arg(long, value_name = "CHART/KEY", group = "what")]
    record: Option<RecordId>,
    /// A compartment, by name or number, with all that is added later
    #[arg(long, value_name = "NAME", group = "what")]
    compartment: Option<String>,
    /// The purposes for which the other may read; several are separated by commas
    #[arg(long, value_parser = parse::purposes(), default_value = "treatment")]
    purposes: Purposes,
    /// Until when: a duration such as 12h or 30d, or a time [default: the end of your grant]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Option<Until>,
    /// Why, in words; sealed to the other
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, under, to, record, compartment, purposes, until, reason } = arguments;
    if record.as_ref().is_some_and(|record| record.chart != chart) {
        return Err(Failure::input("the record is in another chart"));
    }
    let agent = context.agent().await?;
    let (scope, session) = match (record, compartment) {
        (Some(record), _) => {
            let mut reader = Reader { context, agent: &agent, purpose: purposes.iter().next() };
            (Scope::Record(record.key), reader.session(record).await?)
        }
        (None, compartment) => {
            let name = compartment.unwrap_or_default();
            (Scope::Compartment(agent.find_compartment(chart, &name).await?), None)
        }
    };
    let now = agent.chain().clock().await?;
    let interval = Interval { start: now, end: until.map(|until| until.from(now)) };
    let permissions = Permissions::of(&[Permission::Read]);
    let wish = GrantWish { grantee: to, scope, permissions, purposes, interval, text: reason };
    let (grant, _) = agent.disclose(chart, under, &wish, session).await?;
    out.show(&Granted { grant, scope }, |granted| human(std::slice::from_ref(granted)))
}
