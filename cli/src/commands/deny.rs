// SPDX-License-Identifier: Apache-2.0

//! `salus deny`: refuses a request (S4-08).

use crate::{context::Context, failure::Failure, output::Output, parse};
use salus_primitives::{ChartId, RequestId};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The request
    request: RequestId,
    /// A word to the requester; sealed
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Denied {
    chart: ChartId,
    request: RequestId,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { chart, request, reason } = arguments;
    context.agent().await?.deny(chart, request, reason.as_deref()).await?;
    out.show(&Denied { chart, request }, |_| format!("request {request} is denied"))
}
