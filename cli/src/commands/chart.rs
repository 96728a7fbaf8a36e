// SPDX-License-Identifier: Apache-2.0

//! `salus chart`: a patient's charts.

use crate::{
    commands::{export, summary},
    context::Context,
    failure::Failure,
    output::{fields, moment, moment_or, table, word, Output},
};
use salus_chain::At;
use salus_client::agent::ChartSummary;
use salus_primitives::{
    access::{NumberedGrant, NumberedRequest, RequestState},
    ChartId, MemberId,
};
use serde::Serialize;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Open a chart of your own (as a patient)
    Open,
    /// List your charts
    List,
    /// Show a chart: compartments, grants, requests
    Show {
        /// The chart
        chart: ChartId,
    },
    /// Show allergies, diagnoses, medicines, results, habits, history and the last consultation, as far as you may read them
    Summary(summary::Options),
    /// Write all versions of all records that you may read into a folder, with the log and the FHIR resources for another system
    Export(export::Options),
}

#[derive(Serialize)]
struct Opened {
    chart: ChartId,
    controller: MemberId,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    summary: ChartSummary,
    grants: Vec<NumberedGrant>,
    requests: Vec<NumberedRequest>,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Summary(options) => summary::run(options, context, out).await,
        Command::Export(options) => export::run(options, context, out).await,
        Command::Open => {
            let agent = context.agent().await?;
            let (chart, _) = agent.open_chart().await?;
            out.show(&Opened { chart, controller: agent.id() }, |opened| {
                format!("chart {} is open\nnext: salus compartment add {} --standard", opened.chart, opened.chart)
            })
        }
        Command::List => {
            let agent = context.agent().await?;
            let charts = agent.charts().await?;
            out.show(&charts, |charts| {
                let rows = charts.iter().map(|chart| {
                    vec![
                        chart.chart.to_string(),
                        moment(chart.opened_at),
                        chart.compartments.to_string(),
                        chart.records.to_string(),
                        chart.readers.to_string(),
                    ]
                });
                table(&["chart", "opened", "compartments", "records", "grants in force"], rows)
            })
        }
        Command::Show { chart } => {
            let agent = context.agent().await?;
            let summary = agent.chart_summary(chart).await?;
            let chain = agent.chain();
            let now = chain.now(At::Finalized).await?;
            let shown = Shown {
                summary,
                grants: chain.grants(At::Finalized, chart).await?,
                requests: chain.requests(At::Finalized, chart).await?,
            };
            out.show(&shown, |shown| human(shown, now))
        }
    }
}

fn human(shown: &Shown, now: u64) -> String {
    let summary = fields(&[
        ("chart", shown.summary.chart.to_string()),
        ("controller", shown.summary.controller.to_string()),
        ("opened", moment(shown.summary.opened_at)),
        ("compartments", shown.summary.compartments.to_string()),
        ("records", shown.summary.records.to_string()),
    ]);
    let grants = shown.grants.iter().map(|NumberedGrant { number, grant }| {
        let above = grant.disclosed_under.and_then(|under| shown.grants.iter().find(|it| it.number == under));
        let ended_with = above.filter(|above| !above.grant.is_in_force(now)).map(|above| above.number);
        let state = match (grant.revoked_at, grant.is_in_force(now), grant.is_over(now), ended_with) {
            (Some(at), ..) => format!("revoked {}", moment(at)),
            (None, true, _, Some(above)) => format!("not in force, as {above} is not"),
            (None, true, ..) => "in force".to_owned(),
            (None, _, true, _) => "ended".to_owned(),
            (None, ..) => "not begun".to_owned(),
        };
        vec![
            number.to_string(),
            word(&grant.grantee),
            word(&grant.scope),
            word(&grant.permissions),
            word(&grant.purposes),
            moment_or(grant.interval.end, "until revoked"),
            grant.disclosed_under.map(|under| under.to_string()).unwrap_or_default(),
            state,
        ]
    });
    let grants = table(&["grant", "to", "what", "may", "for", "ends", "under", "state"], grants);
    let requests = shown.requests.iter().map(|NumberedRequest { number, request }| {
        let open = request.is_open(now);
        let state = match request.state {
            RequestState::Open if !open => "expired".to_owned(),
            state => word(&state),
        };
        vec![
            number.to_string(),
            request.requester.to_string(),
            word(&request.permissions),
            word(&request.purpose),
            state,
        ]
    });
    let requests = table(&["request", "of member", "wants to", "for", "state"], requests);
    format!("{summary}\ngrants\n{grants}\n\nrequests\n{requests}")
}
