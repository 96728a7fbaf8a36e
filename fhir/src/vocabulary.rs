// SPDX-License-Identifier: Apache-2.0

//! The strings of a bundle that must not appear in clear text anywhere after an import.

use std::collections::BTreeSet;

use crate::{definitions::is_fixed_by_r4, document::utf8, error::BundleError, json, MAX_ENTRIES};

/// Strings of FHIR and its code systems, which are not evidence of a leak. `vocabulary.txt` has a reason for each.
static VOCABULARY: &str = include_str!("vocabulary.txt");

/// The least length of a string, in characters; shorter ones occur by chance.
const SHORTEST: usize = 6;

/// Returns every JSON string value of `bytes`, a bundle or NDJSON, with at least six characters. It skips keys, which are
/// element names.
pub fn strings_of(bytes: &[u8]) -> Result<BTreeSet<String>, BundleError> {
    let text = utf8(bytes)?;
    let mut strings = BTreeSet::new();
    let mut keep = |string: &str| {
        if string.chars().nth(SHORTEST.saturating_sub(1)).is_some() {
            strings.insert(string.to_owned());
        }
    };
    let documents = json::documents(text, MAX_ENTRIES).map_err(|fault| fault.into_error(text, text, ""))?;
    for document in documents.ok_or(BundleError::TooManyEntries)? {
        json::each_string(document, &mut keep).map_err(|fault| fault.into_error(text, document, ""))?;
    }
    Ok(strings)
}

/// Returns the strings of `bytes` that are not vocabulary, and also in their escaped JSON form where it differs.
///
/// A chain, a vault or a log must not contain any of them. The result is patient data: do not print it.
pub fn needles(bytes: &[u8]) -> Result<Vec<String>, BundleError> {
    let mut needles = BTreeSet::new();
    for string in strings_of(bytes)? {
        if is_vocabulary(&string)? {
            continue;
        }
        let quoted = serde_json::Value::from(string.as_str()).to_string();
        needles.extend(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::to_owned));
        needles.insert(string);
    }
    Ok(needles.into_iter().collect())
}

/// Returns whether `string` is a resource type, a required code of R4, or listed in `vocabulary.txt`.
pub fn is_vocabulary(string: &str) -> Result<bool, BundleError> {
    let listed = rows().any(|row| match row.strip_suffix('*') {
        Some(prefix) => string.starts_with(prefix) && !string.contains(|c: char| c.is_whitespace() || c.is_control()),
        None => row == string,
    });
    Ok(listed || is_fixed_by_r4(string)?)
}

fn rows() -> impl Iterator<Item = &'static str> {
    VOCABULARY.lines().filter(|row| !row.is_empty() && !row.starts_with('#'))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_vocabulary_and_prefixes_are_whole_url_spaces_of_standards() {
        let hosts = ["http://hl7.org/fhir/", "http://terminology.hl7.org/"];
        for row in rows() {
            assert!(is_vocabulary(row).unwrap(), "{row}");
            if let Some(prefix) = row.strip_suffix('*') {
                assert!(hosts.iter().any(|host| prefix.starts_with(host)), "{row}");
            }
        }
        assert!(rows().count() < 120, "the list must stay short enough to be read");
    }

    #[test]
    fn a_name_behind_a_vocabulary_prefix_is_still_a_needle() {
        assert!(!is_vocabulary("http://hl7.org/fhir/ Example Person").unwrap());
        assert!(!is_vocabulary("Laboratory of Doctor Example").unwrap());
    }

    #[test]
    fn strings_are_counted_in_characters_and_keys_are_left_out() {
        let strings =
            strings_of(br#"{"longkey":["abcde","abcdef","\u00e4bcdef",{"x":"a\nb\nc\n"}],"n":1234567}"#).unwrap();
        assert_eq!(strings, ["abcdef", "äbcdef", "a\nb\nc\n"].map(String::from).into());
    }

    #[test]
    fn needles_hold_the_escaped_form_too() {
        let found = needles(br#"["say \"hello\"", "active", "Patient", "http://loinc.org"]"#).unwrap();
        assert_eq!(found, [r#"say "hello""#, r#"say \"hello\""#]);
    }

    #[test]
    fn strings_of_every_row_are_found() {
        let rows = "{\"text\":\"first row\"}\n{\"text\":\"second row\"}\n".as_bytes();
        assert_eq!(strings_of(rows).unwrap(), ["first row", "second row"].map(String::from).into());
        assert!(matches!(strings_of(b"[]\n[\"abc"), Err(BundleError::NotJson { line: 2, .. })));
    }

    #[test]
    fn strings_of_refuses_what_is_no_json() {
        assert!(matches!(strings_of(b"[\"abc"), Err(BundleError::NotJson { line: 1, .. })));
        assert!(matches!(strings_of(b"\xff"), Err(BundleError::NotUtf8 { offset: 0 })));
    }
}
