// SPDX-License-Identifier: Apache-2.0

//! A life log: what a wearable device or an app measured, as CSV, into FHIR R4 observations (S2-09, S4-27).
//!
//! The first line names the columns: `time`, `kind`, `value`, `unit`, in any order. Each further line is one measurement:
//!
//! ```csv
//! time,kind,value,unit
//! 2026-11-20T07:30:00+01:00,heart-rate,62,bpm
//! 2026-11-20,steps,8412,steps
//! 2026-11-20,sleep,7.5,h
//! ```
//!
//! [`KINDS`] has the kinds, with their LOINC codes, units (UCUM) and bounds. A value stays as it was written: `7.50` stays
//! `7.50`. A time is a day, or a time with its offset from UTC, since a time without one means a different moment in each
//! place.
//!
//! Each line becomes one observation without a subject, whose id follows from kind and time. So a second import of the same
//! export adds nothing, and the author of the record is the patient who imports it.

use std::collections::BTreeMap;

use serde_json::json;

/// Bytes of a life log, at most (1 MiB).
pub const MAX_BYTES: usize = 1024 * 1024;

/// Measurements of a life log, at most. Each becomes a record, so an export by day or hour is meant.
pub const MAX_ROWS: usize = 1000;

/// Characters of a field, at most.
const MAX_FIELD: usize = 64;

/// A kind of measurement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Kind {
    /// The word in the column `kind`.
    pub word: &'static str,
    /// The LOINC code.
    pub loinc: &'static str,
    /// The name of the code.
    pub name: &'static str,
    /// The code of the observation's category.
    category: &'static str,
    /// Units as exports write them, each with its UCUM code and the largest value that is possible in it.
    pub units: &'static [(&'static str, &'static str, f64)],
}

/// The kinds of measurements.
pub const KINDS: &[Kind] = &[
    Kind {
        word: "heart-rate",
        loinc: "8867-4",
        name: "Heart rate",
        category: "vital-signs",
        units: &[("bpm", "/min", 400.0), ("/min", "/min", 400.0)],
    },
    Kind {
        word: "resting-heart-rate",
        loinc: "40443-4",
        name: "Heart rate --resting",
        category: "vital-signs",
        units: &[("bpm", "/min", 400.0), ("/min", "/min", 400.0)],
    },
    Kind {
        word: "oxygen-saturation",
        loinc: "59408-5",
        name: "Oxygen saturation in Arterial blood by Pulse oximetry",
        category: "vital-signs",
        units: &[("%", "%", 100.0)],
    },
    Kind {
        word: "weight",
        loinc: "29463-7",
        name: "Body weight",
        category: "vital-signs",
        units: &[("kg", "kg", 1000.0), ("lb", "[lb_av]", 2000.0)],
    },
    Kind {
        word: "steps",
        loinc: "55423-8",
        name: "Number of steps in unspecified time Pedometer",
        category: "activity",
        units: &[("steps", "{steps}", 500_000.0), ("count", "{steps}", 500_000.0)],
    },
    Kind {
        word: "sleep",
        loinc: "93832-4",
        name: "Sleep duration",
        category: "activity",
        units: &[("h", "h", 48.0), ("min", "min", 2880.0)],
    },
];

/// A life log cannot be read. Lines are counted from 1.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LifeLogError {
    /// It has more than [`MAX_BYTES`].
    #[error("it has more than {MAX_BYTES} bytes\nhint: export it by day or by hour, or in parts")]
    TooLarge,
    /// It has more than [`MAX_ROWS`] measurements.
    #[error("it has more than {MAX_ROWS} measurements\nhint: export it by day or by hour, or in parts")]
    TooManyRows,
    /// It has no measurement.
    #[error("it has no measurement\nhint: after the line `time,kind,value,unit`, each line is one")]
    Empty,
    /// The first line has not the four columns.
    #[error("its first line has to name the columns `time`, `kind`, `value` and `unit`, each once, and no others")]
    Columns,
    /// A line is not CSV, or not UTF-8.
    #[error("line {0} is not CSV in UTF-8 with as many fields as the first line")]
    NotCsv(u64),
    /// A time is neither a day, nor a time with its offset.
    #[error("line {0}: the time has to be like 2026-11-20 or 2026-11-20T07:30:00+01:00")]
    Time(u64),
    /// A kind is unknown.
    #[error("line {0}: the kind is unknown\nhint: the kinds are {kinds}", kinds = words())]
    UnknownKind(u64),
    /// A value is not a plain decimal number.
    #[error("line {0}: the value has to be a number such as 62 or 7.5")]
    Value(u64),
    /// A value is larger than a body can be.
    #[error(
        "line {line}: the value is more than {most}, which is the most for its kind and unit\nhint: check the unit"
    )]
    TooMuch {
        /// The line.
        line: u64,
        /// The most.
        most: u32,
    },
    /// A unit is not one of the kind.
    #[error("line {line}: the unit has to be one of {units}")]
    Unit {
        /// The line.
        line: u64,
        /// The units of the kind.
        units: String,
    },
    /// Two lines have the same kind and time.
    #[error("line {second} has kind and time of line {first}\nhint: keep one of them")]
    Repeated {
        /// The first line.
        first: u64,
        /// The second line.
        second: u64,
    },
}

/// Returns the observations of a life log: one on each line (NDJSON), on the line on which its measurement stands.
///
/// So a later error that names a line names that of the life log as well. Lines without a measurement are empty.
pub fn observations(csv: &[u8]) -> Result<String, LifeLogError> {
    if csv.len() > MAX_BYTES {
        return Err(LifeLogError::TooLarge);
    }
    // Editors of some systems begin a text with a mark.
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    // Line by line, so that a quotation mark that is left open ends with its line, and lines can be counted.
    let mut rows = csv.split(|byte| *byte == b'\n').zip(1_u64..).filter(|(row, _)| !row.trim_ascii().is_empty());
    let columns = rows.next().and_then(|(row, _)| fields(row)).and_then(|names| columns(&names));
    let columns = columns.ok_or(LifeLogError::Columns)?;
    let (mut lines, mut at, mut seen) = (String::new(), 1, BTreeMap::new());
    for (row, line) in rows {
        if seen.len() >= MAX_ROWS {
            return Err(LifeLogError::TooManyRows);
        }
        let row = fields(row).filter(|row| row.len() == columns.len()).ok_or(LifeLogError::NotCsv(line))?;
        let measurement = Measurement::read(line, columns.map(|column| row.get(column).unwrap_or_default()))?;
        if let Some(first) = seen.insert((measurement.kind.loinc, measurement.time.to_owned()), line) {
            return Err(LifeLogError::Repeated { first, second: line });
        }
        while at < line {
            lines.push('\n');
            at = at.saturating_add(1);
        }
        lines.push_str(&measurement.observation());
    }
    match seen.is_empty() {
        true => Err(LifeLogError::Empty),
        false => Ok(lines + "\n"),
    }
}

/// The fields of one line; none if it is not CSV in UTF-8.
fn fields(line: &[u8]) -> Option<csv::StringRecord> {
    let reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(line);
    reader.into_records().next()?.ok()
}

/// Where time, kind, value and unit stand.
fn columns(names: &csv::StringRecord) -> Option<[usize; 4]> {
    let mut columns = [None; 4];
    for (place, name) in names.iter().enumerate() {
        let known = ["time", "kind", "value", "unit"].iter().position(|known| name.eq_ignore_ascii_case(known))?;
        let column = columns.get_mut(known).filter(|column| column.is_none())?;
        *column = Some(place);
    }
    match columns {
        [Some(time), Some(kind), Some(value), Some(unit)] => Some([time, kind, value, unit]),
        _ => None,
    }
}

/// One line. It is content, so it has no `Debug`.
struct Measurement<'a> {
    time: &'a str,
    kind: Kind,
    value: &'a str,
    unit: &'static str,
    ucum: &'static str,
}

impl<'a> Measurement<'a> {
    fn read(line: u64, [time, kind, value, unit]: [&'a str; 4]) -> Result<Self, LifeLogError> {
        if [time, kind, value, unit].iter().any(|field| field.len() > MAX_FIELD) {
            return Err(LifeLogError::NotCsv(line));
        }
        let is_it = |known: &&Kind| known.word == kind.to_ascii_lowercase().replace([' ', '_'], "-");
        let kind = *KINDS.iter().find(is_it).ok_or(LifeLogError::UnknownKind(line))?;
        if !is_time(time) {
            return Err(LifeLogError::Time(line));
        }
        let number = number(value).ok_or(LifeLogError::Value(line))?;
        let known = kind.units.iter().find(|(known, ..)| unit.eq_ignore_ascii_case(known));
        let (unit, ucum, most) = *known.ok_or_else(|| {
            let units: Vec<_> = kind.units.iter().map(|(known, ..)| *known).collect();
            LifeLogError::Unit { line, units: units.join(", ") }
        })?;
        if number > most {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a constant of the table")]
            return Err(LifeLogError::TooMuch { line, most: most as u32 });
        }
        Ok(Self { time, kind, value, unit, ucum })
    }

    /// The observation in JSON.
    fn observation(&self) -> String {
        let Self { time, kind, value, unit, ucum } = *self;
        let observation = json!({
            "resourceType": "Observation",
            "id": id(kind.loinc, time),
            "status": "final",
            "category": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": kind.category,
            }] }],
            "code": { "coding": [{ "system": "http://loinc.org", "code": kind.loinc, "display": kind.name }] },
            "effectiveDateTime": time,
            "device": { "display": "own device of the patient" },
        });
        let quantity = json!({ "unit": unit, "system": "http://unitsofmeasure.org", "code": ucum });
        // The value goes in as it was written. A number of the JSON library would turn 7.50 into 7.5.
        let (mut text, quantity) = (observation.to_string(), quantity.to_string());
        text.truncate(text.len().saturating_sub(1));
        format!("{text},\"valueQuantity\":{{\"value\":{value},{}}}", quantity.strip_prefix('{').unwrap_or_default())
    }
}

/// An id of FHIR, from kind and time. It stays inside the sealed record.
fn id(loinc: &str, time: &str) -> String {
    let time = time.replace([':'], ".").replace('+', "p");
    format!("life-log-{loinc}-{time}")
}

/// A day, or a time of RFC 3339 with its offset, as FHIR writes them.
fn is_time(time: &str) -> bool {
    match time.len() {
        10 => time.parse::<jiff::civil::Date>().is_ok(),
        20.. => {
            let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '+' | '.' | 'T' | 'Z');
            let shape = time.get(10..11) == Some("T") && time.get(16..17) == Some(":") && time.chars().all(plain);
            let offset = time.ends_with('Z')
                || time.get(time.len().saturating_sub(6)..).is_some_and(|it| it.starts_with(['+', '-']));
            // An id has room for 35 characters of time.
            shape && offset && time.len() <= 35 && time.parse::<jiff::Timestamp>().is_ok()
        }
        _ => false,
    }
}

/// A number of 0 or more in plain digits.
fn number(value: &str) -> Option<f64> {
    let plain = value.len() <= 16 && value.chars().all(|c| c.is_ascii_digit() || c == '.');
    let parsed: f64 = plain.then(|| serde_json::from_str(value).ok())??;
    parsed.is_finite().then_some(parsed)
}

fn words() -> String {
    KINDS.iter().map(|kind| kind.word).collect::<Vec<_>>().join(", ")
}
