// SPDX-License-Identifier: Apache-2.0

//! `salus record`: adds, lists, reads and amends records, and changes their states.

use crate::{
    commands::{bundles, record_files, search, staging, states},
    content::About,
    context::Context,
    failure::Failure,
    files,
    output::{fields, moment, table, word, Output},
    parse,
    progress::progress,
    reading::{records_of, statements_of, Reader},
};
use salus_chain::At;
use salus_client::agent::{Agent, AgentError, Content, FileContent, Written};
use salus_primitives::{
    access::Purpose,
    records::{KeyedRecord, Record},
    ChartId, CompartmentId, InstitutionId, RecordId,
};
use salus_sealing::blob::{Metadata, OpenError};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Seal and add a file, every entry of FHIR bundles, or a life log
    Add {
        /// The chart
        chart: ChartId,
        /// The file
        #[arg(required_unless_present_any = ["bundles", "life_log"], conflicts_with_all = ["bundles", "life_log"],
            requires = "compartment")]
        file: Option<PathBuf>,
        #[command(flatten)]
        import: bundles::Options,
        /// The compartment for the file, by name or number
        #[arg(long, value_name = "NAME", conflicts_with_all = ["bundles", "life_log"])]
        compartment: Option<String>,
        #[command(flatten)]
        about: About,
    },
    /// List the records of a chart
    List {
        /// The chart
        chart: ChartId,
        /// Open each record to show its title
        #[arg(long)]
        titles: bool,
        /// For which purpose, if a session has to be opened
        #[arg(long, value_parser = parse::word::<Purpose>())]
        purpose: Option<Purpose>,
    },
    /// Read a record. Unless it is your own chart, this is logged first
    // `--version` is the record's version here, not the program's.
    #[command(disable_version_flag = true)]
    Get {
        /// The record
        record: RecordId,
        /// Which version [default: the newest]
        #[arg(long, value_name = "NUMBER")]
        version: Option<u32>,
        /// For which purpose; needed unless a session runs or the chart is your own
        #[arg(long, value_parser = parse::word::<Purpose>())]
        purpose: Option<Purpose>,
        /// Write the content to this file, replacing it, instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Read every record of a chart that you may read into a folder, or write record files
    Export {
        /// The chart
        chart: ChartId,
        /// The folder; made when it is not there
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// The form of each record in the folder
        #[arg(long, value_enum, default_value = "content")]
        format: record_files::Format,
        /// For which purpose; needed unless sessions run or the chart is your own
        #[arg(long, value_parser = parse::word::<Purpose>())]
        purpose: Option<Purpose>,
    },
    /// Check a record file: its six fields, its lengths, its hash, and whether the chain says the same
    Check(record_files::CheckOptions),
    /// Find records that you may read, by words, code, kind, date, author or compartment
    Search(search::Options),
    /// Seal a file as the next version of a record
    Amend {
        /// The record
        record: RecordId,
        /// The file
        file: PathBuf,
        #[command(flatten)]
        about: About,
    },
    /// Stage files for a patient who has not consented: they wait until the patient accepts or refuses
    Stage(staging::Stage),
    /// List the records that wait: all of your own chart, or those that you staged
    Staged {
        /// The chart
        chart: ChartId,
    },
    /// Accept staged records into your chart, after reading what you consent to
    Accept(staging::Accept),
    /// Refuse staged records, or take back those that you staged
    Refuse(staging::Refuse),
    /// Keep a record that you created from the patient for a time, for a legal reason
    Hold(staging::Hold),
    /// Withdraw a record for good: the patient alone may read it afterwards
    Withdraw(states::FinalChange),
    /// Say that a record of yours was entered in error: the patient alone may read it afterwards
    MarkInError(states::FinalChange),
    /// Keep a record of your own chart from everyone else
    Restrict(states::Change),
    /// Lift the restriction of a record of your own chart
    Lift(states::Change),
}

#[derive(Serialize)]
struct Listed {
    record: RecordId,
    #[serde(flatten)]
    known: Record,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The record with the patient's statement of disagreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<RecordId>,
}

#[derive(Serialize)]
struct Got {
    record: RecordId,
    version: u32,
    kind: String,
    title: String,
    date: Option<String>,
    media_type: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    nonconformant: bool,
    compartment: CompartmentId,
    /// The record with the patient's statement of disagreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<RecordId>,
    /// The institution whose vault gave it out.
    holder: InstitutionId,
    file: PathBuf,
}

#[derive(Serialize)]
struct Exported {
    records: Vec<Got>,
    denied: Vec<RecordId>,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Add { chart, file: Some(file), compartment, about, .. } => {
            let name = compartment.ok_or_else(|| Failure::input("a file needs a --compartment"))?;
            let metadata = about.metadata(&file).await?;
            let agent = context.agent().await?;
            let compartment = agent.find_compartment(chart, &name).await?;
            let written = agent.create(chart, compartment, Content::File(file), &metadata, None).await?;
            out.show(&written, human_written)
        }
        Command::Add { chart, import, .. } => bundles::add(context, chart, import, out).await,
        Command::List { chart, titles, purpose } => list(context, chart, titles, purpose, out).await,
        Command::Get { record, version, purpose, out: file } => {
            // An opening is logged: first everything else that can be wrong.
            if let Some(file) = &file {
                files::check_target(file)?;
            }
            let agent = context.agent().await?;
            let mut reader = Reader { context, agent: &agent, purpose };
            match file {
                Some(file) => {
                    let statements = statements_of(agent.chain(), record.chart).await?;
                    out.show(&read_to_file(&mut reader, &statements, record, version, &file).await?, human_got)
                }
                None => {
                    let session = reader.session(record).await?;
                    // A terminal takes text only, so all of it has to be looked at first.
                    if out.is_terminal() {
                        let content = agent.read(record, version, session).await?;
                        tell_of_statement(&agent, record).await?;
                        return out.content(content.content.expose());
                    }
                    // As it comes, each segment once it is authenticated. Whether all are there, the status says.
                    match agent.read_into(record, version, session, out.stream()?).await {
                        Err(AgentError::Open(OpenError::Target(error))) => Err(Failure::unwritten(&error)),
                        read => {
                            read?;
                            tell_of_statement(&agent, record).await
                        }
                    }
                }
            }
        }
        Command::Export { chart, out: folder, format: record_files::Format::Content, purpose } => {
            export(context, chart, &folder, purpose, out).await
        }
        Command::Export { chart, out: folder, format: record_files::Format::S4, purpose } => {
            record_files::export(context, chart, &folder, purpose, out).await
        }
        Command::Check(options) => record_files::check(options, context, out).await,
        Command::Search(options) => search::run(options, context, out).await,
        Command::Amend { record, file, about } => {
            let metadata = about.metadata(&file).await?;
            let agent = context.agent().await?;
            out.show(&agent.amend(record, Content::File(file), &metadata).await?, human_written)
        }
        Command::Stage(options) => staging::stage(options, context, out).await,
        Command::Staged { chart } => staging::list(chart, context, out).await,
        Command::Accept(options) => staging::accept(options, context, out).await,
        Command::Refuse(options) => staging::refuse(options, context, out).await,
        Command::Hold(options) => staging::hold(options, context, out).await,
        Command::Withdraw(change) => states::withdraw(change, context, out).await,
        Command::MarkInError(change) => states::mark_in_error(change, context, out).await,
        Command::Restrict(change) => states::restrict(change, context, out).await,
        Command::Lift(change) => states::lift(change, context, out).await,
    }
}

async fn list(
    context: &Context,
    chart: ChartId,
    titles: bool,
    purpose: Option<Purpose>,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let agent = match titles {
        true => Some(context.agent().await?),
        false => None,
    };
    let chain = context.chain().await?;
    let statements = statements_of(&chain, chart).await?;
    let viewer = match &agent {
        Some(agent) => Some(agent.id()),
        None => context.known_member(&chain).await?,
    };
    let mut listed = Vec::new();
    for KeyedRecord { key, record: known } in records_of(&chain, chart, viewer).await? {
        let record = RecordId { chart, key };
        let title = match &agent {
            Some(agent) => {
                let mut reader = Reader { context, agent, purpose };
                // One record that is denied, or was tampered with, does not hide the others.
                match title(&mut reader, record).await {
                    Err(Failure::Refused(reason)) => Some(format!("({reason})")),
                    title => Some(title?),
                }
            }
            None => None,
        };
        listed.push(Listed { record, known, title, statement: statements.get(&record).copied() });
    }
    out.show(&listed, |listed| {
        let rows = listed.iter().map(|Listed { record, known, title, statement }| {
            vec![
                record.to_string(),
                known.compartment.to_string(),
                title.clone().unwrap_or_else(|| "(sealed)".to_owned()),
                known.versions.to_string(),
                known.author.to_string(),
                moment(known.created_at),
                state(known),
                statement.map(|it| it.to_string()).unwrap_or_default(),
            ]
        });
        table(&["record", "compartment", "title", "versions", "author", "created", "state", "statement"], rows)
    })
}

/// The state of a record, and its hold.
fn state(known: &Record) -> String {
    let state = word(&known.state);
    match known.hold {
        Some(hold) => format!("{state}, held until {}: {}", moment(hold.until), word(&hold.ground)),
        None => state,
    }
}

async fn export(
    context: &Context,
    chart: ChartId,
    folder: &Path,
    purpose: Option<Purpose>,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let records = records_of(agent.chain(), chart, Some(agent.id())).await?;
    let statements = statements_of(agent.chain(), chart).await?;
    files::make_folder(folder)?;
    let bar = progress(out.is_human(), records.len(), "reading");
    let mut exported = Exported { records: Vec::new(), denied: Vec::new() };
    for KeyedRecord { key, .. } in records {
        let record = RecordId { chart, key };
        let mut reader = Reader { context, agent: &agent, purpose };
        match reader.may_read(record).await? {
            true => {
                let name = record.to_string().replace('/', "-");
                match read_to_file(&mut reader, &statements, record, None, &folder.join(name)).await {
                    Err(Failure::Refused(_)) => exported.denied.push(record),
                    got => exported.records.push(got?),
                }
            }
            false => exported.denied.push(record),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.show(&exported, |exported| {
        let rows = exported.records.iter().map(|got| vec![got.record.to_string(), got.title.clone()]);
        let table = table(&["record", "title"], rows);
        format!(
            "{table}\n{} records in {}; {} refused",
            exported.records.len(),
            folder.display(),
            exported.denied.len()
        )
    })?;
    match exported.records.is_empty() && !exported.denied.is_empty() {
        true => Err(Failure::Reported(1)),
        false => Ok(()),
    }
}

/// Says beside the content that the patient disagrees with it. Standard output has the content alone.
async fn tell_of_statement(agent: &Agent, record: RecordId) -> Result<(), Failure> {
    let statements = statements_of(agent.chain(), record.chart).await?;
    if let Some(statement) = statements.get(&record) {
        // If no one listens there, the content counts all the same.
        let _ = writeln!(std::io::stderr(), "{}", disagreement(*statement));
    }
    Ok(())
}

fn disagreement(statement: RecordId) -> String {
    format!("the patient disagrees with this record: `salus record get {statement}` shows the statement")
}

async fn title(reader: &mut Reader<'_>, record: RecordId) -> Result<String, Failure> {
    let session = reader.session(record).await?;
    Ok(reader.agent.read_metadata(record, None, session).await?.title)
}

async fn read_to_file(
    reader: &mut Reader<'_>,
    statements: &BTreeMap<RecordId, RecordId>,
    record: RecordId,
    version: Option<u32>,
    file: &Path,
) -> Result<Got, Failure> {
    let session = reader.session(record).await?;
    let FileContent { version, metadata, holder } = reader.agent.read_to_file(record, version, session, file).await?;
    let known = reader.agent.chain().record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
    let Metadata { kind, title, date, media_type, nonconformant, .. } = metadata;
    let compartment = known.compartment;
    let statement = statements.get(&record).copied();
    let file = file.to_owned();
    Ok(Got { record, version, kind, title, date, media_type, nonconformant, compartment, statement, holder, file })
}

fn human_written(written: &Written) -> String {
    fields(&[
        ("record", written.record.to_string()),
        ("version", written.version.to_string()),
        ("content id", written.content.to_string()),
        ("sealed size", format!("{} bytes", written.size)),
    ])
}

fn human_got(got: &Got) -> String {
    let shown = fields(&[
        ("record", got.record.to_string()),
        ("version", got.version.to_string()),
        ("title", got.title.clone()),
        ("kind", got.kind.clone()),
        ("media type", got.media_type.clone() + if got.nonconformant { ", not conformant" } else { "" }),
        ("vault of institution", got.holder.to_string()),
        ("file", got.file.display().to_string()),
    ]);
    match got.statement {
        Some(statement) => format!("{shown}\n{}", disagreement(statement)),
        None => shown,
    }
}
