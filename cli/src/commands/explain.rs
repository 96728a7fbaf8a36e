// SPDX-License-Identifier: Apache-2.0

//! `salus explain`: whether a member may do something, and the way to that answer.

use crate::{
    context::Context,
    failure::Failure,
    output::{table, word, Output},
    parse::{self, Until},
};
use salus_chain::At;
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    decision::{Ask, Decision},
    ChartId, CompartmentId, MemberId, RecordId,
};

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The member who asks
    #[arg(long)]
    member: MemberId,
    /// The operation
    #[arg(long, value_parser = parse::word::<Permission>(), default_value = "read")]
    permission: Permission,
    /// For which purpose; asked of reading only
    #[arg(long, value_parser = parse::word::<Purpose>())]
    purpose: Option<Purpose>,
    /// A compartment, by number
    #[arg(long, group = "what", value_name = "NUMBER")]
    compartment: Option<CompartmentId>,
    /// A record
    #[arg(long, group = "what", value_name = "CHART/KEY")]
    record: Option<RecordId>,
    /// When [default: now]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    at: Option<Until>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let chain = context.chain().await?;
    let now = chain.now(At::Finalized).await?;
    let scope = match (arguments.compartment, arguments.record) {
        (Some(compartment), _) => Scope::Compartment(compartment),
        (None, Some(record)) if record.chart == arguments.chart => Scope::Record(record.key),
        (None, _) => return Err(Failure::input("the record is not in the chart")),
    };
    let ask = Ask {
        permission: arguments.permission,
        scope,
        purpose: arguments.purpose,
        at: arguments.at.map_or(now, |at| at.from(now)),
        version: None,
    };
    let explanation = chain.explain_access(At::Finalized, arguments.member, arguments.chart, ask).await?;
    out.show(&explanation, |explanation| {
        let verdict = match explanation.decision {
            Decision::Permitted(basis) => format!("permitted: {}", word(&basis)),
            Decision::Denied(denial) => format!("denied: {} ({})", denial.text(), denial.word()),
        };
        let rows = explanation.path.iter().map(|check| {
            vec![
                check.step.text().to_owned(),
                check.grant.map_or_else(String::new, |grant| grant.to_string()),
                if check.passed { "yes" } else { "no" }.to_owned(),
            ]
        });
        format!("{verdict}\n{}", table(&["looked at", "grant", "speaks for it"], rows))
    })
}
