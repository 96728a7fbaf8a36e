// SPDX-License-Identifier: Apache-2.0

//! The output of a command: a table for people, or JSON for programs.
//!
//! Much of it was written by others, so all of it passes [`crate::terminal`].

use crate::{
    failure::Failure,
    terminal::{json_lines, line, lines},
};
use comfy_table::{presets::NOTHING, ContentArrangement, Table, TableComponent};
use serde::Serialize;
use serde_json::Value;
use std::{
    io::{IsTerminal, Write},
    os::fd::AsFd,
};

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
        let mut text = match self.json {
            true => json_lines(&serde_json::to_string_pretty(value)?),
            false => lines(human(value).trim_end()),
        };
        text.push('\n');
        self.raw(text.as_bytes())
    }

    /// Whether a terminal shows it.
    pub(crate) fn is_terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Writes what a record holds to a terminal, as text.
    pub(crate) fn content(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.raw(content_for_terminal(bytes)?.as_bytes())
    }

    /// Standard output, for content that comes piece by piece.
    pub(crate) fn stream(&mut self) -> Result<tokio::fs::File, Failure> {
        let stdout = std::io::stdout().as_fd().try_clone_to_owned().map_err(|error| Failure::unwritten(&error))?;
        Ok(std::fs::File::from(stdout).into())
    }

    /// Writes bytes as they are, whichever way is chosen.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).and_then(|()| self.out.flush()).map_err(|error| Failure::unwritten(&error))
    }
}

/// Content of a record for a terminal: text with its lines and tabs; what is not text is not shown.
fn content_for_terminal(bytes: &[u8]) -> Result<String, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Failure::input("the content is not text, and a terminal cannot show it\nhint: --out FILE writes it to a file")
    })?;
    Ok(text.lines().map(|it| it.split('\t').map(line).collect::<Vec<_>>().join("\t") + "\n").collect())
}

/// A table with these headings; an empty one says so.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_header(headings.to_vec());
    let mut empty = true;
    for row in rows {
        table.add_row(row.iter().map(|cell| line(cell)));
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
    fields.iter().map(|(name, value)| format!("{name:width$}  {}\n", line(value))).collect()
}

/// A text in another person's words: each line is indented, so that none looks like a line of this program.
pub(crate) fn quoted(text: &str) -> String {
    let lines = text.trim_end().split('\n').map(|words| match words.is_empty() {
        true => String::new(),
        false => format!("    {}", line(words)),
    });
    lines.collect::<Vec<_>>().join("\n")
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

/// A length of time, for people: seconds while there are few, else the two largest units.
pub(crate) fn duration(milliseconds: u64) -> String {
    if milliseconds < 90_000 {
        return format!("{} s", milliseconds.div_ceil(1_000));
    }
    let minutes = milliseconds.saturating_add(30_000).checked_div(60_000).unwrap_or_default();
    let part = |of: u64, unit: u64, modulus: u64| {
        of.checked_div(unit).and_then(|whole| whole.checked_rem(modulus)).unwrap_or_default()
    };
    match (part(minutes, 24 * 60, u64::MAX), part(minutes, 60, 24), part(minutes, 1, 60)) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// The words that stand for a value in JSON, such as `public-health` or `grant 3`.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).map_or_else(|_| "?".to_owned(), |value| words(&value))
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(word) => word.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name} {}", words(value))).collect::<Vec<_>>().join(", ")
        }
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::text;
    use serde_json::json;

    #[test]
    fn words_are_read_without_json() {
        assert_eq!(word(&json!({ "scope": { "compartment": 8 } })), "scope compartment 8");
        assert_eq!(word(&json!(["read", "create"])), "read, create");
        assert_eq!(word(&json!(null)), "");
    }

    /// A title that an attacker writes: escapes of a terminal, forged lines, turned order, nothing to see.
    const FORGED: &str = "\u{1b}[2J\u{9b}1A\r\nwhole and unaltered\u{202e}\u{2066}\u{200b}\u{ad}";

    #[test]
    fn what_others_wrote_stands_on_one_line_and_shows_what_it_is() {
        let row = || vec![FORGED.to_owned(), "1".to_owned()];
        for text in [table(&["title", "n"], [row(), row()]), fields(&[("title", FORGED.to_owned())])] {
            assert_eq!(text::unfit_in_lines(&text), None, "{text}");
            assert!(!text.contains("\nwhole") && text.contains("\\u{1b}[2J\\u{9b}1A\\u{d}\\u{a}whole"), "{text}");
        }
        let mut out = Vec::new();
        Output::new(false, &mut out).show(&(), |()| format!("vault  {FORGED}")).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert_eq!(text::unfit_in_lines(&said), None);
        assert!(said.contains("unaltered\\u{202e}\\u{2066}\\u{200b}\\u{ad}"), "{said}");
    }

    #[test]
    fn json_shows_no_control_and_keeps_what_it_says() {
        let value = json!({ FORGED: [FORGED, "Frau Müller", "می\u{200c}خواهم", "\u{e0041}", "👩\u{200d}⚕"] });
        let mut out = Vec::new();
        Output::new(true, &mut out).show(&value, |_| unreachable!()).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert_eq!(text::unfit_in_lines(&said), None, "{said}");
        assert!(said.contains("Frau Müller"));
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), value);
    }

    #[test]
    fn a_terminal_gets_the_text_of_a_record_and_no_orders() {
        assert_eq!(content_for_terminal(b"one\ttwo\r\nthree").unwrap(), "one\ttwo\nthree\n");
        assert_eq!(content_for_terminal(b"\x1b]0;title\x07").unwrap(), "\\u{1b}]0;title\\u{7}\n");
        assert!(content_for_terminal(b"\x89PNG\r\n").is_err());
    }

    #[test]
    fn words_of_others_are_indented_and_give_no_orders() {
        assert_eq!(quoted("one\n\ntwo\u{1b}[2J\n"), "    one\n\n    two\\u{1b}[2J");
        assert_eq!(quoted("role  issuer"), "    role  issuer");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(table(&["name"], []), "(none)");
        assert!(table(&["name"], [vec!["Anna".to_owned()]]).contains("Anna"));
    }

    #[test]
    fn durations_are_shown_in_their_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (89, "89 s"),
            (90, "2 min"),
            (3_599, "1 h"),
            (6_000, "1 h 40 min"),
            (604_800, "7 d"),
            (700_000, "8 d 2 h"),
        ] {
            assert_eq!(duration(seconds * 1_000), words);
        }
        assert!(duration(u64::MAX).contains(" d"));
    }

    #[test]
    fn moments_are_shown_in_utc() {
        assert_eq!(moment(1_000), "1970-01-01 00:00:01Z");
        assert_eq!(moment(u64::MAX), format!("{} ms", u64::MAX));
        assert_eq!(moment_or(None, "never"), "never");
    }
}
