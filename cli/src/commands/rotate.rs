// SPDX-License-Identifier: Apache-2.0

//! `salus rotate`: begins a new epoch of a compartment and renews the readers' envelopes.

use crate::{context::Context, failure::Failure, output::Output, progress::progress};
use salus_primitives::{ChartId, CompartmentId};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The chart
    chart: ChartId,
    /// The compartment, by name or number; all whose rotation is due when none is named
    compartment: Option<String>,
    /// Only renew envelopes that a rotation before left behind
    #[arg(long)]
    resume: bool,
}

#[derive(Serialize)]
struct Rotated {
    compartment: CompartmentId,
    epoch: u32,
    renewed: u32,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let compartments = match &arguments.compartment {
        Some(name) => vec![agent.find_compartment(arguments.chart, name).await?],
        None => {
            let all = agent.compartments(arguments.chart).await?;
            all.into_iter().filter(|one| one.rotation_due || arguments.resume).map(|one| one.number).collect()
        }
    };
    let bar = progress(out.is_human(), compartments.len(), "rotating");
    let mut rotated = Vec::new();
    for compartment in compartments {
        let epoch = match arguments.resume {
            true => None,
            false => Some(agent.rotate(arguments.chart, compartment).await?),
        };
        let (current, renewed) = agent.renew_envelopes(arguments.chart, compartment).await?;
        rotated.push(Rotated { compartment, epoch: epoch.unwrap_or(current), renewed });
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.show(&rotated, |rotated| {
        let lines: Vec<_> = rotated
            .iter()
            .map(|one| {
                format!("compartment {} is at epoch {}; {} readers renewed", one.compartment, one.epoch, one.renewed)
            })
            .collect();
        if lines.is_empty() {
            "no rotation is due".to_owned()
        } else {
            lines.join("\n")
        }
    })
}
