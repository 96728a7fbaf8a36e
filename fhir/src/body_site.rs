// SPDX-License-Identifier: Apache-2.0

//! The part of the body that a resource is about, in words: two diagnoses of two teeth are two diagnoses (S4-20).

use serde_json::Value;

use crate::plain::plain;

/// Code systems whose codes are teeth by ISO 3950, also called FDI: quadrant, then place. The first is that of R4's value
/// set for oral sites, the second its name in STU3.
const TEETH: [&str; 3] =
    ["http://terminology.hl7.org/CodeSystem/ex-tooth", "http://hl7.org/fhir/ex-tooth", "urn:iso:std:iso:3950"];

/// Sites that are named, at most.
const MAX_SITES: usize = 8;

/// Returns the sites in `bodySite`, such as `tooth 36`, or `None` if it names none.
pub(crate) fn sites(resource: &Value) -> Option<String> {
    let (list, single) = match resource.get("bodySite")? {
        Value::Array(list) => (list.as_slice(), None),
        other => (&[][..], Some(other)),
    };
    let mut named: Vec<String> = Vec::new();
    for site in list.iter().chain(single).filter_map(site) {
        if !named.contains(&site) && named.len() < MAX_SITES {
            named.push(site);
        }
    }
    (!named.is_empty()).then(|| named.join(", "))
}

/// One site: a tooth by its number, or else the words for it.
fn site(concept: &Value) -> Option<String> {
    let codings = || concept.get("coding").and_then(Value::as_array).into_iter().flatten();
    let word = |value: Option<&Value>| value.and_then(Value::as_str).map(plain).filter(|text| !text.is_empty());
    let tooth = codings().find_map(|coding| {
        let is_of_teeth = coding.get("system").and_then(Value::as_str).is_some_and(|it| TEETH.contains(&it));
        coding.get("code").and_then(Value::as_str).filter(|code| is_of_teeth && is_tooth(code))
    });
    match tooth {
        Some(tooth) => Some(format!("tooth {tooth}")),
        None => word(concept.get("text")).or_else(|| codings().find_map(|coding| word(coding.get("display")))),
    }
}

/// Whether a code of ISO 3950 is one tooth: quadrants 1 to 4 have eight permanent teeth each, 5 to 8 five deciduous ones.
fn is_tooth(code: &str) -> bool {
    matches!(code.as_bytes(), [b'1'..=b'4', b'1'..=b'8'] | [b'5'..=b'8', b'1'..=b'5'])
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn teeth_are_named_by_their_numbers() {
        let tooth = |code: &str| json!({ "coding": [{ "system": TEETH[0], "code": code }] });
        assert_eq!(sites(&json!({ "bodySite": [tooth("36")] })).as_deref(), Some("tooth 36"));
        assert_eq!(sites(&json!({ "bodySite": tooth("55") })).as_deref(), Some("tooth 55"));
        assert_eq!(
            sites(&json!({ "bodySite": [tooth("11"), tooth("21"), tooth("11")] })).as_deref(),
            Some("tooth 11, tooth 21")
        );
        for none in ["19", "49", "56", "91", "1", "036", ""] {
            assert_eq!(sites(&json!({ "bodySite": [tooth(none)] })), None, "{none}");
        }
        // A code of another system is not a tooth, whatever its digits.
        let other = json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "36", "display": "Left knee" }] });
        assert_eq!(sites(&json!({ "bodySite": other })).as_deref(), Some("Left knee"));
        assert_eq!(sites(&json!({ "bodySite": { "text": "Lower\u{202e} jaw" } })).as_deref(), Some("Lower jaw"));
    }

    #[test]
    fn a_resource_without_a_site_names_none() {
        for resource in [json!({}), json!({ "bodySite": [] }), json!({ "bodySite": "x" }), json!({ "bodySite": [{}] })]
        {
            assert_eq!(sites(&resource), None);
        }
    }
}
