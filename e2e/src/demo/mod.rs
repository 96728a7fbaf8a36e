// SPDX-License-Identifier: Apache-2.0

//! Stories, step by step, of two hospitals, a laboratory, a patient, two doctors and a stranger (S0-54).

mod cast;
mod correction;
mod disclosure;
mod leaks;
mod machines;
mod reading;
mod sharing;
mod shredding;
mod tampering;

use crate::{node::Node, steps::Steps};
use anyhow::{Context, Result};
use cast::{Cast, HOSPITAL_1, HOSPITAL_2};
use machines::Machines;
use salus_fhir::{Bundle, Conformance, Document};
use std::path::Path;

/// The bundle of a person who does not exist, for when none is given.
pub const BUNDLE: &[u8] = include_bytes!("../../bundles/anna-bergmann.json");
/// The bundle of another such person, whose blob a doctor tries to pass off as the patient's.
const OTHER_BUNDLE: &[u8] = include_bytes!("../../bundles/karl-lindqvist.json");

/// A story that the demonstration tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Story {
    /// The main job: join, import FHIR, ask, approve, read, revoke, rotate, search for leaks
    Main,
    /// A patient contests a record, disagrees with the answer, and gets it corrected
    Correction,
    /// A doctor discloses a record under the patient's grant, and that grant ends
    Disclosure,
    /// A hospital keeps a record by law, then shreds it as the patient asked, and attests that
    Shredding,
}

/// Tells a story in `folder`. The main one is told with these bundles of one patient.
pub async fn run(story: Story, folder: &Path, texts: &[Vec<u8>]) -> Result<()> {
    let mut steps = Steps::default();

    // Before anything is started, so that a bad bundle costs no time.
    let documents = texts.iter().map(|text| Document::parse("bundle", text, Conformance::Required));
    let documents = documents.collect::<Result<Vec<_>, _>>().context("a bundle is not accepted")?;
    let bundles = [Bundle::join(documents).context("the bundles are not accepted")?];

    steps.begin("two hospitals, each with a node of its own");
    let machines = Machines::set_up(folder).await?;
    let [walls, other_walls] = [machines.around_institution(HOSPITAL_1)?, machines.around_institution(HOSPITAL_2)?];
    let (node, entrance) = Node::start_entrance(&machines.node(HOSPITAL_1), &walls).await?;
    let second = Node::start_beside(&entrance, &[], &machines.node(HOSPITAL_2), &other_walls).await?;
    steps.note(&format!("they listen at {} and {}; everything is in {}", node.url(), second.url(), folder.display()));

    let mut cast = Cast::enter(folder, machines, [node.url(), second.url()], &mut steps).await?;
    sharing::open_chart(&mut cast, &mut steps).await?;
    match story {
        Story::Main => main_job(&mut cast, &bundles, [node, second], folder, texts, &mut steps).await?,
        Story::Correction => correction::tell(&cast, folder, &mut steps).await?,
        Story::Disclosure => disclosure::tell(&cast, folder, &mut steps).await?,
        Story::Shredding => shredding::tell(&cast, folder, &mut steps).await?,
    }
    cast.stop_services().await?;
    println!("{}", steps.summary());
    Ok(())
}

async fn main_job(
    cast: &mut Cast,
    bundles: &[Bundle<'_>],
    nodes: [Node; 2],
    folder: &Path,
    texts: &[Vec<u8>],
    steps: &mut Steps,
) -> Result<()> {
    sharing::import(cast, bundles, texts, folder, steps).await?;
    reading::patient_reads_everything(cast, bundles, folder, steps).await?;
    reading::doctor_asks_and_reads_what_was_approved(cast, bundles, folder, steps).await?;
    sharing::laboratory_adds_a_result_and_leaves(cast, folder, steps).await?;
    reading::revocation_acts_at_once(cast, folder, steps).await?;
    reading::stranger_gets_nothing(cast, folder, steps).await?;
    tampering::flipped_byte_is_detected(cast, steps).await?;
    tampering::foreign_blob_is_refused(cast, OTHER_BUNDLE, steps).await?;
    reading::log_is_whole_and_in_order(cast, steps).await?;
    leaks::nothing_leaks(nodes, folder, texts, cast, steps).await
}
