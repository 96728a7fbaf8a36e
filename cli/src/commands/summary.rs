// SPDX-License-Identifier: Apache-2.0

//! `salus chart summary`: the eight fields of a medical record (S1-15), from all records of a chart that the caller may read.

use crate::{
    context::Context,
    failure::Failure,
    output::Output,
    parse,
    progress::progress,
    reading::{records_of, Newest, Reader},
};
use salus_fhir::{Overview, Statement, MEDIA_TYPE};
use salus_primitives::{
    access::Purpose,
    records::{KeyedRecord, Record},
    ChartId, RecordId,
};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The chart
    chart: ChartId,
    /// For which purpose; needed unless sessions run or the chart is your own
    #[arg(long, value_parser = parse::word::<Purpose>())]
    purpose: Option<Purpose>,
}

/// A summary. It is content, so it has no `Debug`.
#[derive(Serialize)]
struct Summary {
    chart: ChartId,
    #[serde(flatten)]
    overview: Overview,
    /// Records that were read and belong to none of the fields, such as letters and images.
    others: usize,
    /// Records that the caller may not read, or that no vault gives out whole.
    refused: usize,
}

pub(crate) async fn run(options: Options, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Options { chart, purpose } = options;
    let agent = context.agent().await?;
    let records = records_of(agent.chain(), chart, Some(agent.id())).await?;
    let bar = progress(out.is_human(), records.len(), "reading");
    let mut summary = Summary { chart, overview: Overview::default(), others: 0, refused: 0 };
    for KeyedRecord { key, record: known } in records {
        let mut reader = Reader { context, agent: &agent, purpose };
        match add(&mut summary.overview, &mut reader, RecordId { chart, key }, &known).await {
            Ok(Added::ToAField) => {}
            Ok(Added::ToNone) => summary.others = summary.others.saturating_add(1),
            // One record that is denied, or was tampered with, does not hide the others.
            Ok(Added::Denied) | Err(Failure::Refused(_)) => summary.refused = summary.refused.saturating_add(1),
            Err(failure) => return Err(failure),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let nothing = summary.overview == Overview::default() && summary.others == 0 && summary.refused > 0;
    out.show(&summary, human)?;
    match nothing {
        true => Err(Failure::Reported(1)),
        false => Ok(()),
    }
}

/// Where a record belongs.
enum Added {
    ToAField,
    ToNone,
    Denied,
}

/// Reads the newest version of a record, if it is a FHIR resource, and adds it.
async fn add(
    overview: &mut Overview,
    reader: &mut Reader<'_>,
    record: RecordId,
    known: &Record,
) -> Result<Added, Failure> {
    Ok(match reader.newest(record, known).await? {
        None => Added::Denied,
        Some(Newest::Whole(read)) if read.metadata.media_type == MEDIA_TYPE && overview.add(read.content.expose()) => {
            Added::ToAField
        }
        Some(_) => Added::ToNone,
    })
}

fn human(summary: &Summary) -> String {
    let Overview { allergies, last_consultation, history, habits, medicines, results, diagnoses } = &summary.overview;
    let last: Vec<_> = last_consultation.iter().cloned().collect();
    let fields = [
        ("allergies", allergies),
        ("diagnoses", diagnoses),
        ("medicines", medicines),
        ("laboratory results", results),
        ("habits", habits),
        ("history", history),
        ("last consultation", &last),
    ];
    let mut lines = Vec::new();
    for (name, statements) in fields {
        lines.push(name.to_owned());
        lines.extend(statements.iter().map(line));
        if statements.is_empty() {
            lines.push("  none known".to_owned());
        }
    }
    let Summary { others, refused, .. } = summary;
    lines.push(String::new());
    lines.push(format!("{others} other records; {refused} records that you may not read, or that no vault gives out"));
    lines.join("\n")
}

fn line(statement: &Statement) -> String {
    let Statement { text, value, date } = statement;
    let value = value.as_ref().map(|value| format!(": {value}")).unwrap_or_default();
    let date = date.as_ref().map(|date| format!(" ({})", day(date))).unwrap_or_default();
    format!("  {text}{value}{date}")
}

/// The day of a FHIR date, which may have a time.
fn day(date: &str) -> &str {
    date.split_once('T').map_or(date, |(day, _)| day)
}
