// SPDX-License-Identifier: Apache-2.0

//! Record files (S4-16): `salus record export --format s4` writes them, `salus record check` checks one.

use crate::{
    context::Context,
    failure::Failure,
    files,
    output::{fields, table, word, Output},
    progress::progress,
    reading::{records_of, Reader},
};
use salus_client::agent::{compare_record_file, RecordFileFault, WrittenRecordFile};
use salus_content::record_file::{RecordFileError, RecordHead, MAX_HEAD};
use salus_primitives::{
    access::Purpose,
    records::{KeyedRecord, RecordState},
    ChartId, Digest, RecordId,
};
use salus_sealing::blob::{Bindings, Header, HEADER_LENGTH};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// The end of a record file's name.
const EXTENSION: &str = "s4";

/// Bytes of one read.
const PIECE: usize = 256 * 1024;

/// The form in which `salus record export` writes each record.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// The content, readable
    Content,
    /// A record file with the six fields of S4-16: sealed, readable for no one without the keys
    S4,
}

#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 the file is whole and the chain agrees, 1 it does not, 2 failed.")]
pub(crate) struct CheckOptions {
    /// The record file
    file: PathBuf,
    /// Check the file alone, without a node
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
struct Exported {
    records: Vec<WrittenRecordFile>,
    denied: Vec<RecordId>,
}

/// A record file that is whole.
#[derive(Serialize)]
struct Checked {
    state: RecordState,
    patient_code: Digest,
    group_key: Digest,
    hash_length: usize,
    hash: Digest,
    result_length: u64,
    /// The record and version for which the data were sealed, as their own header says.
    record: RecordId,
    version: u32,
    /// Whether the chain was asked.
    compared: bool,
    fault: Option<RecordFileFault>,
}

/// Writes the newest version of each record of a chart that may be read, sealed as it is.
pub(crate) async fn export(
    context: &Context,
    chart: ChartId,
    folder: &Path,
    purpose: Option<Purpose>,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let records = records_of(agent.chain(), chart, Some(agent.id())).await?;
    files::make_folder(folder)?;
    let bar = progress(out.is_human(), records.len(), "reading");
    let mut exported = Exported { records: Vec::new(), denied: Vec::new() };
    for KeyedRecord { key, .. } in records {
        let record = RecordId { chart, key };
        let mut reader = Reader { context, agent: &agent, purpose };
        let path = folder.join(format!("{}.{EXTENSION}", record.to_string().replace('/', "-")));
        let written = match reader.may_read(record).await? {
            true => {
                let session = reader.session(record).await?;
                agent.write_record_file(record, None, session, &path).await.map_err(Failure::from)
            }
            false => {
                exported.denied.push(record);
                bar.inc(1);
                continue;
            }
        };
        match written {
            Err(Failure::Refused(_)) => exported.denied.push(record),
            written => exported.records.push(written?),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.show(&exported, |exported| {
        let rows =
            exported.records.iter().map(|it| vec![it.record.to_string(), it.version.to_string(), word(&it.state)]);
        let (written, denied) = (exported.records.len(), exported.denied.len());
        let table = table(&["record", "version", "state"], rows);
        format!("{table}\n{written} record files in {}; {denied} refused", folder.display())
    })?;
    match exported.records.is_empty() && !exported.denied.is_empty() {
        true => Err(Failure::Reported(1)),
        false => Ok(()),
    }
}

/// Checks a record file: its fields, lengths and hash, and whether the chain says the same.
pub(crate) async fn check(options: CheckOptions, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let CheckOptions { file: path, offline } = options;
    let (head, blob) = read(&path)?;
    let fault = match offline {
        true => None,
        false => compare_record_file(&context.chain().await?, &head, &blob).await?,
    };
    let Bindings { record, version, .. } = blob.bindings;
    let hash = head.hash.as_bytes();
    let checked = Checked {
        state: head.state,
        patient_code: head.patient_code,
        group_key: head.group_key,
        hash_length: hash.len(),
        hash: Digest(hash.try_into().unwrap_or_default()),
        result_length: head.result_length,
        record,
        version,
        compared: !offline,
        fault,
    };
    out.show(&checked, human)?;
    match fault {
        Some(_) => Err(Failure::Reported(1)),
        None => Ok(()),
    }
}

fn human(checked: &Checked) -> String {
    let verdict = match (checked.fault, checked.compared) {
        (Some(fault), _) => fault.text(),
        (None, true) => "whole, and the chain says the same",
        (None, false) => "whole; the chain was not asked",
    };
    fields(&[
        ("State", word(&checked.state)),
        ("Patient Code", checked.patient_code.to_string()),
        ("Patient Group Key", checked.group_key.to_string()),
        ("Patient Hash Length", checked.hash_length.to_string()),
        ("Patient Hash Data", checked.hash.to_string()),
        ("Encrypted Result Data", format!("{} bytes", checked.result_length)),
        ("record", checked.record.to_string()),
        ("version", checked.version.to_string()),
        ("verdict", verdict.to_owned()),
    ])
}

/// Reads a record file as it comes, however large, and returns its head and the header of its blob.
fn read(path: &Path) -> Result<(RecordHead, Header), Failure> {
    let unreadable = |error: io::Error| files::unreadable(path, &error);
    let wrong = |reason: String| Failure::input(format!("`{}` cannot be used: {reason}", path.display()));
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::other("not a regular file")));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut first = Vec::new();
    file.by_ref().take(MAX_HEAD as u64).read_to_end(&mut first).map_err(unreadable)?;
    let (head, length) = RecordHead::decode(&first).map_err(|error| {
        let hint = match error {
            RecordFileError::NotARecordFile => "\nhint: `salus record export --format s4` writes record files",
            _ => "",
        };
        wrong(format!("{error}{hint}"))
    })?;
    file.seek(SeekFrom::Start(length as u64)).map_err(unreadable)?;
    let (mut header, mut hash) = (Vec::new(), Sha256::new());
    file.by_ref().take(HEADER_LENGTH as u64).read_to_end(&mut header).map_err(unreadable)?;
    hash.update(&header);
    // A byte more than announced is enough to tell that there are more.
    let rest = head.result_length.saturating_sub(header.len() as u64).saturating_add(1);
    let (mut file, mut piece, mut length) = (file.take(rest), vec![0; PIECE], header.len() as u64);
    loop {
        match file.read(&mut piece).map_err(unreadable)? {
            0 => break,
            read => {
                hash.update(piece.get(..read).unwrap_or_default());
                length = length.saturating_add(read as u64);
            }
        }
    }
    match length.cmp(&head.result_length) {
        std::cmp::Ordering::Less => return Err(wrong(RecordFileError::CutOff.to_string())),
        std::cmp::Ordering::Greater => return Err(wrong(RecordFileError::ResultLength.to_string())),
        std::cmp::Ordering::Equal => {}
    }
    head.check(&Digest(hash.finalize().into())).map_err(|error| wrong(error.to_string()))?;
    let blob = Header::parse(&header).map_err(|error| wrong(error.to_string()))?;
    Ok((head, blob))
}
