// SPDX-License-Identifier: Apache-2.0

//! `salus shredding`: the end of a record. The patient asks, the custodian answers, institutions attest (S2-18, S2-29, S4-17).

use crate::{
    commands::shredding_certificate::{institutions, page},
    confirm::confirm,
    context::Context,
    derived_copies,
    failure::Failure,
    files,
    output::{fields, moment, word, Output},
    parse::{self, Until},
};
use salus_client::agent::{
    CertifiedInstitution, CheckedCertificate, RecordRetained, RecordShredded, ShreddingCertificate, ShreddingRequested,
    ShreddingStatus, TakenBack,
};
use salus_primitives::{
    shredding::{Retention, RetentionGround},
    RecordId,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Bytes of a certificate, at most: a version has some 300 as indented JSON.
const LONGEST: usize = 64 << 20;

const OF_REQUEST: &str = "\
The institution that keeps the record has seven days. Its auditor shreds the record, or declares a legal ground on which it is kept. \
Without an answer you shred it yourself: salus shredding carry-out. Until then you may take the request back.\n\n\
Example: salus shredding request 3/00112233445566778899aabbccddeeff --reason 'It was entered twice'";

const OF_RETAIN: &str = "\
The patient sees ground and end. A retention lasts for 30 years at most, and a later one takes its place.\n\n\
Example: salus shredding retain 3/00112233445566778899aabbccddeeff --ground legal-duty --until 2036-12-31T00:00:00Z";

const OF_CARRY_OUT: &str = "\
An auditor of the institution that keeps the record does it at any time, the patient seven days after the request. A retention stops both.\n\n\
Example: salus shredding carry-out 3/00112233445566778899aabbccddeeff";

const OF_CERTIFICATE: &str = "\
It needs no key. Institutions have 30 days to attest: make it again later, and it tells who did.\n\n\
Example: salus shredding certificate 3/00112233445566778899aabbccddeeff --output shredded.json";

const OF_CHECK: &str = "\
Exit status: 0 the certificate holds, 1 something differs, 2 failed.\n\n\
Example: salus --node wss://node.example shredding check shredded.json";

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Ask the institution that keeps a record of your chart to shred it, for good
    #[command(after_help = OF_REQUEST)]
    Request {
        /// The record
        record: RecordId,
        /// Why, in words; sealed to the record's author
        #[arg(long, value_parser = parse::lines)]
        reason: Option<String>,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
    /// Take back your request to shred a record
    Cancel {
        /// The record
        record: RecordId,
    },
    /// Declare, as an auditor of its custodian, that a record is kept on a legal ground; a request that waits is refused
    #[command(after_help = OF_RETAIN)]
    Retain {
        /// The record
        record: RecordId,
        /// The legal ground, which the patient sees
        #[arg(long, value_parser = parse::word::<RetentionGround>())]
        ground: RetentionGround,
        /// Until when: a duration such as 365d, or a time; 30 years at most
        #[arg(long, value_parser = parse::until, value_name = "WHEN")]
        until: Until,
    },
    /// Declare, as an auditor of its custodian, that a record need not be kept any more
    Lift {
        /// The record
        record: RecordId,
    },
    /// Shred a record as its patient asked: content and keys are destroyed for good
    #[command(after_help = OF_CARRY_OUT)]
    CarryOut {
        /// The record
        record: RecordId,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
    /// Show what stops a record from being shredded, who asks for it, and who attested that nothing is left
    Status {
        /// The record
        record: RecordId,
    },
    /// Certify that a record was shredded: by whom, who attested, who is overdue, and which copies no one governs
    #[command(after_help = OF_CERTIFICATE)]
    Certificate {
        /// The record
        record: RecordId,
        /// Write the certificate to this file, too, as JSON; no file is replaced
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Check a certificate: whether the chain of your own node says the same
    #[command(after_help = OF_CHECK)]
    Check {
        /// The file
        file: PathBuf,
    },
}

/// Where a record stands, and who attested.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    status: ShreddingStatus,
    institutions: Vec<CertifiedInstitution>,
}

/// The outcome of a check.
#[derive(Serialize)]
struct Verdict {
    holds: bool,
    #[serde(flatten)]
    checked: CheckedCertificate,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Request { record, reason, yes } => {
            let shown = format!(
                "you ask that record {record} be shredded. Once that is done, its content and keys are gone for good: it cannot be \
                 undone.\nIf you want to keep a copy, make it first: salus record get {record} --out FILE"
            );
            confirm(&shown, "Ask for it?", yes)?;
            out.show(&context.agent().await?.request_shredding(record, reason.as_deref()).await?, human_requested)
        }
        Command::Cancel { record } => out.show(&context.agent().await?.cancel_shredding(record).await?, human_canceled),
        Command::Retain { record, ground, until } => {
            let agent = context.agent().await?;
            let until = until.from(agent.chain().clock().await?);
            out.show(&agent.retain(record, ground, until).await?, human_retained)
        }
        Command::Lift { record } => out.show(&context.agent().await?.lift_retention(record).await?, human_lifted),
        Command::CarryOut { record, yes } => {
            let shown = format!(
                "record {record} will be shredded: vaults delete its content and its keys, in all versions and copies. It cannot be undone"
            );
            confirm(&shown, "Shred it?", yes)?;
            let agent = context.agent().await?;
            out.show(&agent.shred(record).await?, human_shredded)?;
            derived_copies::forget(context, agent.chain(), [record]).await
        }
        Command::Status { record } => status(record, context, out).await,
        Command::Certificate { record, output } => certificate(record, output.as_deref(), context, out).await,
        Command::Check { file } => check(&file, context, out).await,
    }
}

fn human_requested(requested: &ShreddingRequested) -> String {
    let ShreddingRequested { record, custodian, due_at, .. } = requested;
    let yourself = format!("{}, with salus shredding carry-out {record}", moment(*due_at));
    fields(&[
        ("record", record.to_string()),
        ("asked", format!("institution {custodian}, which keeps it")),
        ("you may shred it yourself from", yourself),
    ])
}

fn human_canceled(canceled: &TakenBack) -> String {
    format!("no request to shred record {} waits any more", canceled.record)
}

fn human_lifted(lifted: &TakenBack) -> String {
    format!("no retention stops the shredding of record {} any more", lifted.record)
}

fn human_retained(retained: &RecordRetained) -> String {
    let RecordRetained { record, retention, refused_request, .. } = retained;
    let request = if *refused_request { "one waited, and is refused" } else { "none waited" };
    fields(&[
        ("record", record.to_string()),
        ("kept until", moment(retention.until)),
        ("ground", ground(retention)),
        ("request", request.to_owned()),
    ])
}

fn ground(retention: &Retention) -> String {
    format!("{}: {}", word(&retention.ground), retention.ground.text())
}

fn human_shredded(shredded: &RecordShredded) -> String {
    let RecordShredded { record, shredding, block, due_at, .. } = shredded;
    let shown = fields(&[
        ("record", record.to_string()),
        ("shredding", shredding.to_string()),
        ("block", block.to_string()),
        ("attestations due", moment(*due_at)),
    ]);
    format!("{shown}next: salus shredding certificate {record} tells who attested that nothing is left")
}

async fn status(record: RecordId, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let chain = context.chain().await?;
    let status = ShreddingStatus::fetch(&chain, record).await?;
    let institutions = match status.shredding {
        Some(_) => ShreddingCertificate::make(&chain, record).await?.institutions,
        None => Vec::new(),
    };
    out.show(&Shown { status, institutions }, human_status)?;
    derived_copies::forget(context, &chain, [record]).await
}

fn human_status(shown: &Shown) -> String {
    let Shown { status, institutions: asked } = shown;
    let retention = match &status.retention {
        Some(retention) if status.is_retained => {
            format!("until {}, {}", moment(retention.until), ground(retention))
        }
        Some(retention) => format!("was over {}", moment(retention.until)),
        None => "none".to_owned(),
    };
    let request = match (&status.request, status.due_at) {
        (Some(request), Some(due_at)) => {
            format!(
                "by member {}, {}; without an answer the patient may shred it from {} on",
                request.by,
                moment(request.at),
                moment(due_at)
            )
        }
        _ => "none".to_owned(),
    };
    let mut rows = vec![
        ("record", status.record.to_string()),
        ("state", format!("{}: {}", word(&status.state), status.state.text())),
        ("custodian", format!("institution {}", status.custodian)),
    ];
    match status.shredding {
        Some(number) => rows.push(("shredding", number.to_string())),
        None => rows.extend([("kept by law", retention), ("request", request)]),
    }
    match asked.is_empty() {
        true => fields(&rows),
        false => format!("{}\n{}", fields(&rows), institutions(asked)),
    }
}

async fn certificate(
    record: RecordId,
    output: Option<&Path>,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let chain = context.chain().await?;
    let certificate = ShreddingCertificate::make(&chain, record).await?;
    if let Some(path) = output {
        let mut json = serde_json::to_vec_pretty(&certificate)?;
        json.push(b'\n');
        files::write_new(path, &json)?;
    }
    out.show(&certificate, |certificate| {
        let page = page(certificate);
        match output.map(Path::display) {
            Some(path) => format!("{page}\n\nIn {path}, for salus shredding check"),
            None => page,
        }
    })?;
    derived_copies::forget(context, &chain, [record]).await
}

async fn check(path: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let bytes = files::read(path, LONGEST)?;
    let certificate: ShreddingCertificate = serde_json::from_slice(files::without_mark(&bytes)).map_err(|error| {
        let path = path.display();
        Failure::input(format!(
            "`{path}` has no certificate of shredding: {error}\nhint: salus shredding certificate RECORD --output FILE writes one"
        ))
    })?;
    let checked = certificate.check(&context.chain().await?).await?;
    let verdict = Verdict { holds: checked.holds(), checked };
    out.show(&verdict, human_verdict)?;
    match verdict.holds {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

fn human_verdict(verdict: &Verdict) -> String {
    let Verdict { holds, checked: CheckedCertificate { differences, notes } } = verdict;
    let verdict = if *holds { "holds: the chain says the same" } else { "DOES NOT HOLD" };
    let differences = differences.iter().map(|it| format!("  {it}"));
    let notes = notes.iter().map(|it| format!("note: {it}"));
    [verdict.to_owned()].into_iter().chain(differences).chain(notes).collect::<Vec<_>>().join("\n")
}
