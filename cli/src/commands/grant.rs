// SPDX-License-Identifier: Apache-2.0

//! `salus grant`: lets a member or an institution read or write.

use crate::{
    consent::Consent,
    context::Context,
    failure::Failure,
    output::{table, word, Output},
    parse::{self, Until},
};
use salus_client::agent::{Agent, GrantWish};
use salus_primitives::{
    access::{Grantee, Permissions, Purposes, Scope},
    ChartId, GrantId, Interval, RecordId,
};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// To whom: member:NUMBER or institution:NUMBER
    #[arg(long, value_parser = parse::grantee)]
    to: Grantee,
    #[command(flatten)]
    scopes: Scopes,
    /// The permissions; several are separated by commas
    #[arg(long, value_parser = parse::permissions(), default_value = "read")]
    permissions: Permissions,
    /// The purposes for which the grantee may read; several are separated by commas
    #[arg(long, value_parser = parse::purposes(), default_value = "treatment")]
    purposes: Purposes,
    /// Until when: a duration such as 12h or 30d, or a time [default: until revoked]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Option<Until>,
    /// Why, in words; sealed to the grantee, and its hash bound to the grant. Needed in a sensitive compartment
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
    /// Consent to sharing a sensitive compartment without being asked
    #[arg(long)]
    sensitive: bool,
}

/// The scopes of a grant or an approval.
#[derive(clap::Args)]
#[group(required = true)]
pub(crate) struct Scopes {
    /// A compartment, by name or number; may be repeated
    #[arg(long = "compartment", value_name = "NAME")]
    compartments: Vec<String>,
    /// A single record; may be repeated
    #[arg(long = "record", value_name = "CHART/KEY")]
    records: Vec<RecordId>,
}

impl Scopes {
    /// The scopes that are meant.
    pub(crate) async fn resolve(&self, agent: &Agent, chart: ChartId) -> Result<Vec<Scope>, Failure> {
        let mut scopes = Vec::new();
        for name in &self.compartments {
            scopes.push(Scope::Compartment(agent.find_compartment(chart, name).await?));
        }
        for record in &self.records {
            if record.chart != chart {
                return Err(Failure::input(format!("record `{record}` is not in chart `{chart}`")));
            }
            scopes.push(Scope::Record(record.key));
        }
        Ok(scopes)
    }
}

#[derive(Serialize)]
pub(crate) struct Granted {
    pub(crate) grant: GrantId,
    pub(crate) scope: Scope,
}

/// The grants that were given, for people.
pub(crate) fn human(granted: &[Granted]) -> String {
    table(&["grant", "what"], granted.iter().map(|one| vec![one.grant.to_string(), word(&one.scope)]))
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let scopes = arguments.scopes.resolve(&agent, arguments.chart).await?;
    let consent = Consent { text: arguments.reason.as_deref(), given: arguments.sensitive };
    consent.ensure(&agent, arguments.chart, &scopes).await?;
    let now = agent.chain().clock().await?;
    let interval = Interval { start: now, end: arguments.until.map(|until| until.from(now)) };
    let wishes: Vec<_> = scopes
        .iter()
        .map(|scope| GrantWish {
            grantee: arguments.to,
            scope: *scope,
            permissions: arguments.permissions,
            purposes: arguments.purposes,
            interval,
            text: arguments.reason.clone(),
        })
        .collect();
    let (grants, _) = agent.grant(arguments.chart, &wishes).await?;
    let granted: Vec<_> = grants.into_iter().zip(scopes).map(|(grant, scope)| Granted { grant, scope }).collect();
    out.show(&granted, |granted| human(granted))
}
