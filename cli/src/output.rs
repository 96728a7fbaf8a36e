// SPDX-License-Identifier: Apache-2.0

//! What a command prints: a table for people, or JSON for programs.

use crate::failure::Failure;
use comfy_table::{presets::UTF8_HORIZONTAL_ONLY, ContentArrangement, Table};
use serde::Serialize;
use std::io::Write;

/// Where a command writes its result.
pub(crate) struct Output<'a> {
    json: bool,
    out: &'a mut dyn Write,
}

impl<'a> Output<'a> {
    pub(crate) fn new(json: bool, out: &'a mut dyn Write) -> Self {
        Self { json, out }
    }

    /// Whether people read it.
    pub(crate) fn is_human(&self) -> bool {
        !self.json
    }

    /// Writes `value` as JSON, or for people what `human` makes of it.
    pub(crate) fn show<T: Serialize>(&mut self, value: &T, human: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        match self.json {
            true => {
                serde_json::to_writer_pretty(&mut *self.out, value).map_err(anyhow::Error::from)?;
                writeln!(self.out)?;
            }
            false => writeln!(self.out, "{}", human(value).trim_end())?,
        }
        Ok(())
    }

    /// Writes bytes as they are, whichever way is chosen.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.out.write_all(bytes)?)
    }
}

/// A table with these headings; an empty one says so.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings.to_vec());
    let mut empty = true;
    for row in rows {
        table.add_row(row);
        empty = false;
    }
    match empty {
        true => "(none)".to_owned(),
        false => table.to_string(),
    }
}

/// A list of names and values, one a line, aligned.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    fields.iter().map(|(name, value)| format!("{name:width$}  {value}\n")).collect()
}

/// A moment, for people: UTC, to the second.
pub(crate) fn moment(moment: salus_primitives::Moment) -> String {
    let time = i64::try_from(moment).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{moment} ms"), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// A moment that need not be there.
pub(crate) fn moment_or(moment_or: Option<salus_primitives::Moment>, otherwise: &str) -> String {
    moment_or.map_or_else(|| otherwise.to_owned(), moment)
}

/// The words that stand for a value in JSON, such as `public-health`.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => map
            .into_iter()
            .map(|(name, value)| match value {
                serde_json::Value::String(value) => format!("{name} {value}"),
                value => format!("{name} {value}"),
            })
            .collect::<Vec<_>>()
            .join(", "),
        Ok(serde_json::Value::Array(items)) => items
            .into_iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Ok(serde_json::Value::Null) => String::new(),
        Ok(other) => other.to_string(),
        Err(_) => "?".to_owned(),
    }
}
