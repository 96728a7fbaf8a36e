// SPDX-License-Identifier: Apache-2.0

//! `salus request`: asks a patient for access (S4-12).

use crate::{
    context::Context,
    failure::Failure,
    notice_book::NoticeBook,
    output::Output,
    parse::{self, Until},
};
use salus_primitives::{
    access::{Permissions, Purpose},
    ChartId, RequestId,
};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The permissions that you want; several are separated by commas
    #[arg(long, value_parser = parse::permissions(), default_value = "read")]
    permissions: Permissions,
    /// Why you want it
    #[arg(long, value_parser = parse::word::<Purpose>(), default_value = "treatment")]
    purpose: Purpose,
    /// Until when: a duration such as 12h or 30d, or a time [default: until revoked]
    #[arg(long, value_parser = parse::until, value_name = "WHEN")]
    until: Option<Until>,
    /// Why, in words; sealed to the patient
    #[arg(long, value_parser = parse::lines)]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Requested {
    chart: ChartId,
    request: RequestId,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let now = agent.chain().clock().await?;
    let until = arguments.until.map(|until| until.from(now));
    let reason = arguments.reason.as_deref();
    let (request, _) =
        agent.request_access(arguments.chart, arguments.permissions, arguments.purpose, until, reason).await?;
    // The answer is a notice.
    NoticeBook::load(context.home(), &agent.chain().genesis(), agent.id()).follow(arguments.chart)?;
    out.show(&Requested { chart: arguments.chart, request }, |done| {
        format!("request {} waits for the patient's answer", done.request)
    })
}
