// SPDX-License-Identifier: Apache-2.0

//! `salus record search`: records of a chart that the caller may read, by type, date, author, code and words (S2-05, S4-36).
//!
//! A record that the caller may not read is passed over without a word, so that a search tells nothing about the rest.

use crate::{
    context::Context,
    failure::Failure,
    output::{table, Output},
    parse,
    progress::progress,
    reading::{records_of, Newest, Reader},
};
use salus_fhir::Question;
use salus_primitives::{
    access::Purpose,
    records::{KeyedRecord, Record},
    ChartId, CompartmentId, MemberId, RecordId,
};
use salus_sealing::blob::Metadata;
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The chart
    chart: ChartId,
    /// Words that the title or the content has, in any order
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// A code that the content has, such as 718-7; with SYSTEM|718-7 only that of one code system
    #[arg(long)]
    code: Option<String>,
    /// The kind of document, such as Observation
    #[arg(long)]
    kind: Option<String>,
    /// The first day, month or year, such as 2026-05
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// The last day, month or year
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// The member who created the record
    #[arg(long, value_name = "MEMBER")]
    author: Option<MemberId>,
    /// The compartment, by name or number
    #[arg(long, value_name = "NAME")]
    compartment: Option<String>,
    /// For which purpose; needed unless sessions run or the chart is your own
    #[arg(long, value_parser = parse::word::<Purpose>())]
    purpose: Option<Purpose>,
}

/// A record that was found. It holds sealed words, so it has no `Debug`.
#[derive(Serialize)]
struct Found {
    record: RecordId,
    version: u32,
    kind: String,
    title: String,
    date: Option<String>,
    author: MemberId,
    compartment: CompartmentId,
}

pub(crate) async fn run(options: Options, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let (chart, agent) = (options.chart, context.agent().await?);
    let mut records = records_of(agent.chain(), chart, Some(agent.id())).await?;
    let compartment = match &options.compartment {
        Some(name) => Some(agent.find_compartment(chart, name).await?),
        None => None,
    };
    records.retain(|KeyedRecord { record, .. }| {
        options.author.is_none_or(|author| author == record.author)
            && compartment.is_none_or(|compartment| compartment == record.compartment)
    });
    let question = Question::new(options.text.as_deref(), options.code.as_deref());
    let bar = progress(out.is_human(), records.len(), "searching");
    let mut found = Vec::new();
    for KeyedRecord { key, record: known } in records {
        let mut reader = Reader { context, agent: &agent, purpose: options.purpose };
        match look_at(&mut reader, RecordId { chart, key }, &known, &options, &question).await {
            Ok(answer) => found.extend(answer),
            Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    // Newest first; those without a date come last.
    found.sort_by(|one: &Found, other: &Found| other.date.cmp(&one.date));
    out.show(&found, |found| {
        let rows = found.iter().map(|found| {
            let date = found.date.clone().unwrap_or_default();
            vec![found.record.to_string(), date, found.kind.clone(), found.title.clone(), found.author.to_string()]
        });
        match found.is_empty() {
            true => "no record that you may read is like that".to_owned(),
            false => table(&["record", "date", "kind", "title", "author"], rows),
        }
    })
}

/// Reads the newest version of a record, if the caller may, and holds it against the search.
async fn look_at(
    reader: &mut Reader<'_>,
    record: RecordId,
    known: &Record,
    options: &Options,
    question: &Question,
) -> Result<Option<Found>, Failure> {
    let (metadata, is_answered) = match reader.newest(record, known).await? {
        None => return Ok(None),
        // Of a record that is too large to be looked at, the title counts alone.
        Some(Newest::Large(metadata)) => {
            let is_answered = question.is_answered_by_text(&metadata.title, "");
            (metadata, is_answered)
        }
        Some(Newest::Whole(read)) => {
            let is_answered = is_answered(question, &read.metadata, read.content.expose());
            (read.metadata, is_answered)
        }
    };
    if !is_answered || !options.fit(&metadata) {
        return Ok(None);
    }
    let Metadata { kind, title, date, .. } = metadata;
    let (author, compartment) = (known.author, known.compartment);
    Ok(Some(Found { record, version: known.versions.saturating_sub(1), kind, title, date, author, compartment }))
}

fn is_answered(question: &Question, metadata: &Metadata, content: &[u8]) -> bool {
    match std::str::from_utf8(content) {
        Ok(text) if metadata.media_type.starts_with("text/") => question.is_answered_by_text(&metadata.title, text),
        _ => question.is_answered_by(&metadata.title, content),
    }
}

impl Options {
    /// Whether kind and date are those that are asked for. A record without a date is of no day.
    fn fit(&self, metadata: &Metadata) -> bool {
        let is_kind = |kind: &String| kind.eq_ignore_ascii_case(&metadata.kind);
        let date = metadata.date.as_deref();
        self.kind.as_ref().is_none_or(is_kind)
            && self
                .since
                .as_ref()
                .is_none_or(|since| date.is_some_and(|date| common(date, since) >= common(since, date)))
            && self
                .until
                .as_ref()
                .is_none_or(|until| date.is_some_and(|date| common(date, until) <= common(until, date)))
    }
}

/// The beginning of `date` that is as precise as both dates.
fn common<'a>(date: &'a str, other: &str) -> &'a str {
    date.get(..date.len().min(other.len())).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_compared_as_precisely_as_both_are() {
        let options = |since: &str, until: &str| Options {
            chart: ChartId(0),
            text: None,
            code: None,
            kind: Some("observation".into()),
            since: Some(since.into()),
            until: Some(until.into()),
            author: None,
            compartment: None,
            purpose: None,
        };
        let of = |date: Option<&str>| Metadata {
            kind: "Observation".into(),
            date: date.map(str::to_owned),
            ..Metadata::default()
        };
        let fits = |since, until, date| options(since, until).fit(&of(date));
        assert!(fits("2026-05", "2026-06", Some("2026-05-01T08:00:00Z")));
        assert!(fits("2026-05-01", "2026-05-01", Some("2026-05-01T23:59:59Z")));
        assert!(fits("2026-05", "2026-06", Some("2026")), "a year may have been then");
        assert!(!fits("2026-05", "2026-06", Some("2026-07-01")));
        assert!(!fits("2026-05", "2026-06", Some("2026-04-30")));
        assert!(!fits("2026-05", "2026-06", None));
    }
}
