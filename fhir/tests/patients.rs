// SPDX-License-Identifier: Apache-2.0

//! The patient of an import against the records that a chart has.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]

use std::{collections::BTreeSet, path::Path};

use salus_fhir::{Bundle, PatientMatch};
use serde_json::{json, Value};

const SALT: &[u8] = b"salt of a chart!";

fn case(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)).unwrap()
}

#[track_caller]
fn accepted(bytes: &[u8]) -> Bundle<'_> {
    Bundle::parse(bytes).unwrap_or_else(|error| panic!("{error}"))
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn observation(id: &str, subject: &str) -> Value {
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" }, "subject": { "reference": subject } })
}

fn patient(id: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id })
}

/// Returns a search result of one server with these resources.
fn page(resources: &[Value]) -> Vec<u8> {
    let url = |it: &Value| {
        format!("https://st-elm.example/fhir/{}/{}", it["resourceType"].as_str().unwrap(), it["id"].as_str().unwrap())
    };
    let entries: Vec<_> = resources.iter().map(|it| json!({ "fullUrl": url(it), "resource": it })).collect();
    bytes(&json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries }))
}

fn keys(import: &Bundle<'_>) -> BTreeSet<[u8; 16]> {
    import.entries().iter().map(|entry| entry.record_key(SALT)).collect()
}

#[test]
fn the_patient_resources_of_the_same_author_tell_the_patient() {
    let (first, merged) = (case("first.json"), case("merged.json"));
    let (first, merged) = (accepted(&first), accepted(&merged));
    let there = keys(&first);
    let told = |text: &[u8]| accepted(text).compare_keys(&there, SALT);
    assert_eq!(first.compare_keys(&there, SALT), PatientMatch::Same);
    assert_eq!(merged.compare_keys(&there, SALT), PatientMatch::Same);
    // References alone identify the patient too, if the server is the same.
    assert_eq!(told(&page(&[observation("z", "Patient/odile")])), PatientMatch::Same);
    assert_eq!(told(&page(&[observation("z", "Patient/anna")])), PatientMatch::Other);
    let anna = bytes(&patient("anna"));
    assert_eq!(told(&anna), PatientMatch::Other);
    // Another author's keys do not tell, and an import without a patient does not either.
    assert_eq!(accepted(&anna).compare_keys(&there, b"another salt"), PatientMatch::Unknown);
    let medication = bytes(&json!({ "resourceType": "Medication", "id": "m" }));
    assert_eq!(told(&medication), PatientMatch::Unknown);
    assert!(!accepted(&medication).names_patient() && accepted(&anna).names_patient());
    // After a merge the old record of the same person is recognized.
    let old = bytes(&patient("odile-old"));
    assert_eq!(merged.compare_keys(&keys(&accepted(&old)), SALT), PatientMatch::Same);
}

#[test]
fn an_earlier_import_without_a_patient_resource_tells_the_patient() {
    let first = page(&[observation("a", "Patient/odile"), json!({ "resourceType": "Medication", "id": "m" })]);
    let there = keys(&accepted(&first));
    let again = page(&[observation("a", "Patient/odile"), observation("b", "Patient/odile")]);
    assert_eq!(accepted(&again).compare_keys(&there, SALT), PatientMatch::Same);
    // Two patients may share a medication.
    let other = page(&[observation("c", "Patient/anna"), json!({ "resourceType": "Medication", "id": "m" })]);
    assert_eq!(accepted(&other).compare_keys(&there, SALT), PatientMatch::Unknown);
}

#[test]
fn the_patient_record_of_another_author_tells_the_patient() {
    let person = |id: &str, birth: &str, number: &str| {
        let identifier = json!([{ "system": "urn:x", "value": number }]);
        json!({ "resourceType": "Patient", "id": id, "birthDate": birth, "identifier": identifier })
    };
    let told = |import: &Value, there: &Value, same_source: bool| {
        let (import, there) = (bytes(import), bytes(there));
        accepted(&import).compare_patient(&there, same_source)
    };
    let odile = person("1", "1979-05-14", "7");
    for (there, same_source, expected) in [
        (odile.clone(), false, PatientMatch::Same),
        (person("1", "1979-05", "8"), false, PatientMatch::Same),
        (person("1", "1980-05-14", "7"), true, PatientMatch::Other),
        (person("2", "1979-05-14", "7"), true, PatientMatch::Other),
        (patient("1"), true, PatientMatch::Same),
        // Every server may have a patient 1.
        (patient("1"), false, PatientMatch::Unknown),
        (json!({ "resourceType": "Observation", "id": "1" }), true, PatientMatch::Unknown),
        (json!("odile"), true, PatientMatch::Unknown),
    ] {
        assert_eq!(told(&odile, &there, same_source), expected, "{there}");
    }
    // Without a Patient resource, the import's references tell.
    let by_id = observation("o", "Patient/1");
    assert_eq!(told(&by_id, &odile, true), PatientMatch::Same);
    assert_eq!(told(&by_id, &odile, false), PatientMatch::Unknown);
    assert_eq!(told(&observation("o", "Patient/2"), &odile, true), PatientMatch::Other);
    assert_eq!(told(&observation("o", "Patient?identifier=urn:x|7"), &odile, false), PatientMatch::Same);
    // After a merge, either record of the person tells.
    let mut linked = patient("new");
    linked["link"] = json!([{ "other": { "reference": "Patient/1" }, "type": "replaces" }]);
    assert_eq!(told(&linked, &patient("1"), true), PatientMatch::Same);
    assert_eq!(told(&patient("1"), &linked, true), PatientMatch::Same);
}
