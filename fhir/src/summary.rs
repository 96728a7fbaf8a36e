// SPDX-License-Identifier: Apache-2.0

//! The title and the date of a resource, for its sealed header.

use serde_json::Value;

use crate::{body_site::sites, plain::plain};

/// The longest date, in characters.
const MAX_DATE: usize = 40;

/// JSON pointers to titles, best first: a coded concept, one of several, or a text.
const TITLES: &[&str] = &[
    "/code",
    "/medicationCodeableConcept",
    "/vaccineCode",
    "/title",
    "/description",
    "/type",
    "/type/0",
    "/serviceType",
    "/category/0",
    "/class",
    "/name",
];

/// JSON pointers to dates, best first.
const DATES: &[&str] = &[
    "/effectiveDateTime",
    "/effectiveInstant",
    "/effectivePeriod/start",
    "/performedDateTime",
    "/performedPeriod/start",
    "/occurrenceDateTime",
    "/occurrencePeriod/start",
    "/onsetDateTime",
    "/onsetPeriod/start",
    "/authoredOn",
    "/started",
    "/recordedDate",
    "/dateAsserted",
    "/recorded",
    "/date",
    "/issued",
    "/created",
    "/period/start",
    "/meta/lastUpdated",
];

/// Returns a title in one line, without control and invisible characters, with the part of the body if the resource names it.
pub(crate) fn title(resource_type: &str, resource: &Value) -> String {
    let said = |value: &Value| {
        let text = value.get("text").or_else(|| value.pointer("/coding/0/display")).or_else(|| value.get("display"));
        text.unwrap_or(value).as_str().map(plain).filter(|text| !text.is_empty())
    };
    // The texts of a Patient resource are the patient's names, so its title is its type.
    let named = (resource_type != "Patient")
        .then(|| TITLES.iter().find_map(|pointer| said(resource.pointer(pointer)?)))
        .flatten();
    let named = named.unwrap_or_else(|| resource_type.to_owned());
    match sites(resource) {
        Some(sites) => plain(&format!("{named}, {sites}")),
        None => named,
    }
}

/// Returns the date as FHIR writes it, or `None` if it has other characters than dates have.
pub(crate) fn date(resource: &Value) -> Option<String> {
    let is_date = |text: &&str| {
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '+' | '.' | 'T' | 'Z');
        !text.is_empty() && text.len() <= MAX_DATE && text.chars().all(plain)
    };
    let said = |pointer: &&str| resource.pointer(pointer).and_then(Value::as_str);
    DATES.iter().find_map(said).filter(is_date).map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plain::MAX_TITLE;

    #[test]
    fn a_title_is_one_line_of_plain_text() {
        let titled = |text: &str| title("Observation", &json!({ "code": { "text": text } }));
        assert_eq!(titled("a\u{1b}[2Kb\nc\r\u{7}d\u{9b}e"), "a [2Kb c d e");
        assert_eq!(titled("\u{202e}evil\u{2066}x\u{200b}y\u{e0041}"), "evilxy");
        assert_eq!(titled("\u{202e}\n"), "Observation");
        assert_eq!(titled("  Hämoglobin   血  "), "Hämoglobin 血");
        assert_eq!(titled(&"long ".repeat(99)).chars().count(), MAX_TITLE);
        assert_eq!(title("Patient", &json!({ "name": [{ "text": "Odile" }] })), "Patient");
    }

    #[test]
    fn a_date_is_made_of_digits() {
        assert_eq!(date(&json!({ "issued": "2026-03-02T08:12:00+01:00" })).unwrap(), "2026-03-02T08:12:00+01:00");
        for odd in ["\u{1b}[2K", "tomorrow", "", &"1".repeat(99)] {
            assert_eq!(date(&json!({ "issued": odd })), None);
        }
    }
}
