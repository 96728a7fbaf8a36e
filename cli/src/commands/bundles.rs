// SPDX-License-Identifier: Apache-2.0

//! `salus record add --bundle` and `--life-log`: all files of one command are one import, judged together.

use crate::{
    confirm::confirm,
    context::Context,
    failure::Failure,
    files,
    imports::Imports,
    output::{table, Output},
    parse,
    progress::progress,
};
use salus_chain::At;
use salus_client::agent::{Agent, AgentError, ImportOptions, ImportState, Imported};
use salus_content::life_log;
use salus_fhir::{Bundle, Conformance, Document, MAX_BUNDLE_BYTES};
use salus_primitives::{access::Purpose, ChartId};
use serde::Serialize;
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// How FHIR is imported.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// FHIR R4 in JSON: a bundle, a resource, or a resource on each line. Repeat it for all files of one import, such as the
    /// pages of a search. Each entry goes into the compartment that its labels, category and type ask for. Salus imports all
    /// entries or none, and only those of one patient
    #[arg(long = "bundle", value_name = "FILE")]
    pub(crate) bundles: Vec<PathBuf>,
    /// A life log of your own, as CSV with the columns time, kind, value and unit: heart-rate, resting-heart-rate,
    /// oxygen-saturation, weight, steps or sleep. Each line becomes a FHIR observation of your own device
    #[arg(long, value_name = "FILE", conflicts_with = "bundles")]
    life_log: Option<PathBuf>,
    /// Import resources that are not valid FHIR R4 too, list them, and mark them in their sealed headers
    #[arg(long, requires = "bundles")]
    accept_nonconformant: bool,
    /// Import although the Patient record of the chart is another person, or one that you may not read
    #[arg(long, requires = "bundles")]
    other_patient: bool,
    /// For which purpose to read records that are there, if they have to be compared [default: the first that a grant of
    /// yours allows]
    #[arg(long, value_parser = parse::word::<Purpose>(), requires = "bundles")]
    purpose: Option<Purpose>,
}

/// The outcome of an import.
#[derive(Serialize)]
struct Outcome {
    records: Vec<Imported>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nonconformant: Vec<String>,
}

/// An entry of which nothing was kept.
#[derive(Serialize)]
struct LeftOut {
    entry: String,
    reason: String,
}

pub(crate) async fn add(
    context: &Context,
    chart: ChartId,
    options: Options,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    // All files are read and checked before the first byte is written.
    let (bundles, texts) = match &options.life_log {
        Some(file) => (vec![file.clone()], vec![observations(file)?]),
        None => (options.bundles.clone(), bundle_texts(&options.bundles)?),
    };
    let conformance = if options.accept_nonconformant { Conformance::Waived } else { Conformance::Required };
    let mut documents = Vec::new();
    for (file, text) in bundles.iter().zip(&texts) {
        let name = file.display().to_string();
        let document = Document::parse(&name, text, conformance);
        documents.push(document.map_err(|error| not_accepted(&format!("`{name}` is not accepted"), error))?);
    }
    let bundle = Bundle::join(documents).map_err(|error| match bundles.as_slice() {
        [file] => not_accepted(&format!("`{}` is not accepted", file.display()), error),
        _ => not_accepted("the files are not accepted together", error),
    })?;
    let agent = context.agent().await?;
    if options.life_log.is_some() {
        check_own(&agent, chart).await?;
    }
    let mut memory = Imports::load(context.home());
    let mut decided = ImportOptions { other_patient: options.other_patient, purpose: options.purpose };
    let import = match agent.prepare_import(chart, &bundle, decided, &memory).await {
        Err(refused @ (AgentError::OtherPatient(_) | AgentError::PatientUnknown(_))) => {
            ask_about_other_patient(refused)?;
            decided.other_patient = true;
            agent.prepare_import(chart, &bundle, decided, &memory).await?
        }
        import => import?,
    };
    let bar = progress(out.is_human(), import.pending(), "sealing");
    let records = agent.import(import, &mut memory, &mut |count| bar.inc(count as u64)).await?;
    bar.finish_and_clear();
    let invalid = bundle.entries().iter().filter(|entry| !entry.problems.is_empty());
    let outcome = Outcome {
        records,
        left_out: bundle
            .omitted()
            .iter()
            .map(|omitted| LeftOut { entry: omitted.entry.to_string(), reason: omitted.omission.to_string() })
            .collect(),
        nonconformant: invalid
            .flat_map(|entry| entry.problems.iter().map(move |problem| format!("{}: {problem}", entry.entry)))
            .chain(bundle.problems().iter().map(ToString::to_string))
            .collect(),
    };
    out.show(&outcome, human)?;
    // The report has named what is not settled.
    match outcome.records.iter().all(|record| record.state.is_settled()) {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

/// The texts of bundles.
fn bundle_texts(bundles: &[PathBuf]) -> Result<Vec<Zeroizing<Vec<u8>>>, Failure> {
    let mut texts = Vec::new();
    let mut left = MAX_BUNDLE_BYTES;
    for file in bundles {
        let text = files::read(file, left)?;
        left = left.saturating_sub(text.len());
        texts.push(text);
    }
    Ok(texts)
}

/// The observations of a life log, one on each line.
fn observations(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let log = files::read(file, life_log::MAX_BYTES)?;
    let observations = life_log::observations(&log)
        .map_err(|error| Failure::input(format!("`{}` is not accepted: {error}", file.display())))?;
    Ok(Zeroizing::new(observations.into_bytes()))
}

/// A life log says what the patient's own device measured, so no other member adds it to the chart (S2-09).
async fn check_own(agent: &Agent, chart: ChartId) -> Result<(), Failure> {
    let known = agent.chain().chart(At::Finalized, chart).await?.ok_or(AgentError::NoChart(chart))?;
    match known.controller == agent.id() {
        true => Ok(()),
        false => Err(AgentError::NotController(chart).into()),
    }
}

fn not_accepted(what: &str, error: salus_fhir::BundleError) -> Failure {
    let hint = match &error {
        salus_fhir::BundleError::InvalidEntries { .. } | salus_fhir::BundleError::InvalidBundle { .. } => {
            "\nhint: --accept-nonconformant imports and marks what is a resource of the patient all the same"
        }
        _ => "",
    };
    Failure::from(anyhow::Error::from(error).context(format!("{what}{hint}")))
}

/// Asks before the records of one person go into the chart of another, or may do so. A script is not asked: it has an option for that.
fn ask_about_other_patient(refused: AgentError) -> Result<(), Failure> {
    match std::io::stdin().is_terminal() {
        true => confirm(&refused.to_string(), "Import all the same?", false),
        false => Err(refused.into()),
    }
}

fn human(outcome: &Outcome) -> String {
    let Outcome { records, left_out, nonconformant } = outcome;
    let rows = records.iter().map(|record| {
        let mut state = in_words(&record.state);
        if record.nonconformant {
            state.push_str(", marked as not conformant");
        }
        vec![record.entry.clone(), record.record.to_string(), record.compartment.to_string(), state]
    });
    let mut text = table(&["entry", "record", "compartment", ""], rows);
    if !left_out.is_empty() {
        let rows = left_out.iter().map(|left_out| vec![left_out.entry.clone(), left_out.reason.clone()]);
        text.push_str(&format!("\n\nleft out:\n{}", table(&["entry", "reason"], rows)));
    }
    if !nonconformant.is_empty() {
        text.push_str(&format!("\n\nnot valid FHIR R4:\n  {}", nonconformant.join("\n  ")));
    }
    let count = |is: fn(&ImportState) -> bool| records.iter().filter(|record| is(&record.state)).count();
    let mut parts = vec![
        format!("{} added", count(|state| matches!(state, ImportState::Added))),
        format!("{} there before", count(|state| matches!(state, ImportState::Present))),
    ];
    for (number, words) in [
        (count(|state| matches!(state, ImportState::Amended { .. })), "amended"),
        (count(|state| matches!(state, ImportState::Differs { .. })), "differ and stay as they are"),
        (count(|state| matches!(state, ImportState::NotCompared)), "there before and not compared"),
        (count(|state| matches!(state, ImportState::Shredded)), "shredded"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    let noun = if records.len() == 1 { "record" } else { "records" };
    text.push_str(&format!("\n\n{} {noun}: {}", records.len(), parts.join(", ")));
    if records.iter().any(|record| record.state == ImportState::NotCompared) {
        text.push_str(
            "\nhint: ask the patient for a grant to read, or import from the home folder of the first import",
        );
    }
    text
}

fn in_words(state: &ImportState) -> String {
    match state {
        ImportState::Added => "added".to_owned(),
        ImportState::Amended { version } => format!("version {version} added"),
        ImportState::Present => "was there".to_owned(),
        ImportState::NotCompared => "was there; not compared, because you may not read it".to_owned(),
        ImportState::Differs { reason } => format!("DIFFERS, not amended: {reason}"),
        ImportState::Shredded => "SHREDDED: the patient had it destroyed, and it does not come back".to_owned(),
    }
}
