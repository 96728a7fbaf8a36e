// SPDX-License-Identifier: Apache-2.0

//! `salus chart export`: everything of a chart that the caller may read, to keep, and to take to another system.
//!
//! The folder has each version of each record in a file of its own, the FHIR resources once more in NDJSON, which other systems
//! import, the chart's log, and an index. The index is written last: where it is, the export is whole.

use crate::{
    context::Context,
    failure::Failure,
    files,
    output::{table, word, Output},
    parse,
    progress::progress,
    reading::{records_of, statements_of, Reader, LONGEST},
};
use salus_chain::At;
use salus_client::agent::{FileContent, VerifiedLog};
use salus_fhir::MEDIA_TYPE;
use salus_primitives::{
    access::Purpose,
    audit::{LogHead, LogId},
    record_states::RecordState,
    records::{KeyedRecord, Record},
    ChartId, Digest, InstitutionId, Moment, RecordId,
};
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The files of the folder beside those of records.
const INDEX: &str = "index.json";
const LOG: &str = "log.json";
const RESOURCES: &str = "resources.ndjson";
/// The folder of records.
const RECORDS: &str = "records";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The chart
    chart: ChartId,
    /// The folder; it is not there yet
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// For which purpose; needed unless sessions run or the chart is your own
    #[arg(long, value_parser = parse::word::<Purpose>())]
    purpose: Option<Purpose>,
}

/// The index of an export. It holds sealed words, so it has no `Debug`.
#[derive(Serialize)]
struct Index {
    /// The genesis block of the network.
    genesis: Digest,
    chart: ChartId,
    exported_at: Moment,
    /// The end of the log, as anyone can compare it with the chain.
    log: LogHead,
    records: Vec<Exported>,
    /// Records of which a version may not be read, or is given out whole by no vault.
    refused: Vec<RecordId>,
    /// FHIR resources in [`RESOURCES`]: the newest versions of active records.
    resources: usize,
}

#[derive(Serialize)]
struct Exported {
    record: RecordId,
    #[serde(flatten)]
    known: Record,
    /// The record with the patient's statement of disagreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<RecordId>,
    files: Vec<Version>,
}

/// A version of a record, with the words of its sealed header.
#[derive(Serialize)]
struct Version {
    version: u32,
    kind: String,
    title: String,
    date: Option<String>,
    media_type: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    nonconformant: bool,
    /// The institution whose vault gave it out.
    holder: InstitutionId,
    /// Its place in the folder.
    file: String,
}

pub(crate) async fn run(options: Options, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Options { chart, out: folder, purpose } = options;
    let agent = context.agent().await?;
    let chain = agent.chain();
    let records = records_of(chain, chart, Some(agent.id())).await?;
    let statements = statements_of(chain, chart).await?;
    files::make_new_folder(&folder)?;
    files::make_folder(&folder.join(RECORDS))?;
    let mut resources = Resources { file: files::new_file(&folder.join(RESOURCES))?, count: 0 };
    let bar = progress(out.is_human(), records.len(), "reading");
    let (mut exported, mut refused) = (Vec::new(), Vec::new());
    for KeyedRecord { key, record: known } in records {
        let record = RecordId { chart, key };
        let mut reader = Reader { context, agent: &agent, purpose };
        let mut files = Vec::new();
        match read_all(&mut reader, record, &known, &folder, &mut files).await {
            // One record that is denied, or was tampered with, does not hide the others.
            Ok(false) | Err(Failure::Refused(_)) => refused.push(record),
            Ok(true) => resources.add(&folder, &known, files.last())?,
            Err(failure) => return Err(failure),
        }
        if !files.is_empty() {
            exported.push(Exported { record, known, statement: statements.get(&record).copied(), files });
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let log = VerifiedLog::fetch(chain, LogId::Chart(chart)).await?;
    files::write_new(&folder.join(LOG), &serde_json::to_vec_pretty(&log)?)?;
    let index = Index {
        genesis: chain.genesis(),
        chart,
        exported_at: chain.now(At::Finalized).await?,
        log: log.head,
        records: exported,
        refused,
        resources: resources.finish(&folder)?,
    };
    files::write_new(&folder.join(INDEX), &serde_json::to_vec_pretty(&index)?)?;
    out.show(&index, |index| human(index, &folder))?;
    match index.records.is_empty() && !index.refused.is_empty() {
        true => Err(Failure::Reported(1)),
        false => Ok(()),
    }
}

/// Reads all versions of a record into files of their own; whether the record may be read.
async fn read_all(
    reader: &mut Reader<'_>,
    record: RecordId,
    known: &Record,
    folder: &Path,
    files: &mut Vec<Version>,
) -> Result<bool, Failure> {
    if !reader.may_read(record).await? {
        return Ok(false);
    }
    let session = reader.session(record).await?;
    for version in 0..known.versions {
        let name = format!("{RECORDS}/{}-v{version}", record.to_string().replace('/', "-"));
        let path = folder.join(&name);
        let FileContent { metadata, holder, .. } =
            reader.agent.read_to_file(record, Some(version), session, &path).await?;
        let file = format!("{name}.{}", extension(&metadata.media_type));
        fs::rename(&path, folder.join(&file)).map_err(|error| files::unwritable(&path, &error))?;
        let salus_sealing::blob::Metadata { kind, title, date, media_type, nonconformant, .. } = metadata;
        files.push(Version { version, kind, title, date, media_type, nonconformant, holder, file });
    }
    Ok(true)
}

/// The ending of a file's name. The name that its author gave it is not taken: it may be anything.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        MEDIA_TYPE | "application/json" => "json",
        "application/dicom" => "dcm",
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "text/plain" => "txt",
        "text/x-vcf" => "vcf",
        "text/x-fastq" => "fastq",
        "application/x-bam" => "bam",
        "application/x-vcf+gzip" => "vcf.gz",
        "application/x-fastq+gzip" => "fastq.gz",
        _ => "bin",
    }
}

/// FHIR resources in NDJSON, each on a line of its own.
struct Resources {
    file: File,
    count: usize,
}

impl Resources {
    /// Adds the newest version of a record, if it is a FHIR resource and the record is active.
    fn add(&mut self, folder: &Path, known: &Record, newest: Option<&Version>) -> Result<(), Failure> {
        let Some(newest) = newest.filter(|newest| newest.media_type == MEDIA_TYPE) else { return Ok(()) };
        let path = folder.join(&newest.file);
        let size = fs::metadata(&path).map_err(|error| files::unreadable(&path, &error))?.len();
        if known.state != RecordState::Active || size > LONGEST {
            return Ok(());
        }
        let bytes = files::read(&path, size.try_into().unwrap_or(usize::MAX))?;
        self.file.write_all(&on_a_line(&bytes)).map_err(|error| self.failed(folder, &error))?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    /// Puts the file on the disk; how many resources it has.
    fn finish(self, folder: &Path) -> Result<usize, Failure> {
        self.file.sync_all().map_err(|error| self.failed(folder, &error))?;
        Ok(self.count)
    }

    fn failed(&self, folder: &Path, error: &io::Error) -> Failure {
        files::unwritable(&folder.join(RESOURCES), error)
    }
}

/// JSON on a line. The strings of JSON have no ends of lines (RFC 8259), so all else stays as it is, the decimals of FHIR included.
fn on_a_line(json: &[u8]) -> Vec<u8> {
    let spaces = json.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte });
    spaces.chain([b'\n']).collect()
}

fn human(index: &Index, folder: &Path) -> String {
    let rows = index.records.iter().map(|Exported { record, known, files, .. }| {
        let title = files.last().map(|newest| newest.title.clone()).unwrap_or_default();
        vec![record.to_string(), title, files.len().to_string(), word(&known.state)]
    });
    let table = table(&["record", "title", "versions", "state"], rows);
    let (folder, resources) = (folder.display(), folder.join(RESOURCES));
    format!(
        "{table}\n{} records in {folder}; {} refused\nthe folder has them in the clear: keep it as you keep the records themselves\n\
         next: in another network, `salus record add CHART --bundle {}` imports the {} FHIR resources",
        index.records.len(),
        index.refused.len(),
        resources.display(),
        index.resources
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_on_a_line_has_the_same_meaning() {
        let json = b"{\r\n  \"value\": 1.00,\n  \"text\": \"two\\nlines\"\n}";
        let line = on_a_line(json);
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert!(line.ends_with(b"\n") && line.windows(4).any(|part| part == b"1.00"));
        let [before, after] = [&json[..], &line].map(|text| serde_json::from_slice::<serde_json::Value>(text).unwrap());
        assert_eq!(before, after);
    }

    #[test]
    fn a_name_ends_with_what_is_known_of_the_type() {
        assert_eq!([MEDIA_TYPE, "application/dicom", "../../x"].map(extension), ["json", "dcm", "bin"]);
    }
}
