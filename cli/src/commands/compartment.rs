// SPDX-License-Identifier: Apache-2.0

//! `salus compartment`: the parts of a chart that are granted one by one.

use crate::{
    context::Context,
    failure::Failure,
    output::{table, Output},
    parse,
};
use salus_client::agent::{CompartmentProfile, NamedCompartment};
use salus_primitives::{charts::CompartmentFlags, ChartId};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Add compartments to a chart. Names are sealed; the chain knows numbers only
    Add {
        /// The chart
        chart: ChartId,
        /// Its name
        #[arg(required_unless_present = "standard", value_parser = parse::compartment_name)]
        name: Option<String>,
        /// Add the whole standard set, into which FHIR bundles are sorted, in an order of chance
        #[arg(long, conflicts_with_all = ["name", "sensitive", "emergency", "de_identified"])]
        standard: bool,
        /// It needs a consent of its own
        #[arg(long)]
        sensitive: bool,
        /// It opens in an emergency
        #[arg(long)]
        emergency: bool,
        /// It takes de-identified copies only; the only kind open to research
        #[arg(long)]
        de_identified: bool,
    },
    /// List the compartments of a chart, with the names that you can open
    List {
        /// The chart
        chart: ChartId,
    },
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let chart = match command {
        Command::Add { chart, standard: true, .. } => {
            agent.add_compartments(chart, &CompartmentProfile::standard()).await?;
            chart
        }
        Command::Add { chart, name, sensitive, emergency, de_identified, .. } => {
            let name = name.ok_or_else(|| Failure::input("a compartment needs a name"))?;
            let flags = CompartmentFlags { sensitive, emergency, de_identified };
            agent.add_compartments(chart, &[CompartmentProfile::named(&name, flags)]).await?;
            chart
        }
        Command::List { chart } => chart,
    };
    let compartments = agent.compartments(chart).await?;
    out.show(&compartments, |compartments| human(compartments))
}

fn human(compartments: &[NamedCompartment]) -> String {
    let rows = compartments.iter().map(|compartment| {
        let flags = compartment.flags;
        let flags =
            [(flags.sensitive, "sensitive"), (flags.emergency, "emergency"), (flags.de_identified, "de-identified")];
        let flags: Vec<_> = flags.into_iter().filter_map(|(set, name)| set.then_some(name)).collect();
        vec![
            compartment.number.to_string(),
            match (&compartment.name, &compartment.fault) {
                (Some(name), _) => name.clone(),
                (None, Some(fault)) => format!("({fault})"),
                (None, None) => "(sealed)".to_owned(),
            },
            flags.join(", "),
            compartment.epoch.to_string(),
            if compartment.rotation_due { "due".to_owned() } else { String::new() },
        ]
    });
    table(&["number", "name", "flags", "epoch", "rotation"], rows)
}
