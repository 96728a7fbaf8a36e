// SPDX-License-Identifier: Apache-2.0

//! Files as hospitals' systems write them: pages, corrections, histories, labels in unusual places, NDJSON.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]

use std::path::Path;

use proptest::prelude::*;
use salus_fhir::{
    digest, updated, Bundle, BundleError, Conformance, Document, Entry, Omission, MAX_BUNDLES_IN_BUNDLES,
};
use serde_json::{json, Value};

const SALT: &[u8] = b"salt of a chart!";

fn case(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)).unwrap()
}

fn joined<'a>(files: &'a [Vec<u8>], conformance: Conformance) -> Result<Bundle<'a>, BundleError> {
    let documents =
        files.iter().enumerate().map(|(n, bytes)| Document::parse(&format!("file-{n}"), bytes, conformance));
    Bundle::join(documents.collect::<Result<_, _>>()?)
}

#[track_caller]
fn accepted(bytes: &[u8]) -> Bundle<'_> {
    Bundle::parse(bytes).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(bytes: &[u8]) -> BundleError {
    Bundle::parse(bytes).err().expect("the bundle is refused")
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn bundle(kind: &str, entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

fn observation(id: &str, subject: &str) -> Value {
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" }, "subject": { "reference": subject } })
}

fn patient(id: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id })
}

fn of<'b, 'a>(bundle: &'b Bundle<'a>, id: &str) -> &'b Entry<'a> {
    bundle.entries().iter().find(|entry| entry.id.as_deref() == Some(id)).unwrap_or_else(|| panic!("no entry {id}"))
}

fn omissions(bundle: &Bundle<'_>) -> Vec<Omission> {
    bundle.omitted().iter().map(|omitted| omitted.omission).collect()
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert!(!accepted(&case("bom.json")).entries().is_empty());
}

#[test]
fn a_row_of_resources_is_an_import() {
    let export = case("export.ndjson");
    let import = accepted(&export);
    let types: Vec<_> = import.entries().iter().map(|entry| (entry.entry.path.as_str(), entry.resource_type)).collect();
    assert_eq!(types, [("line 1", "Patient"), ("line 2", "Observation"), ("line 3", "Observation")]);
    let line = import.entries()[1].raw;
    assert!(line.starts_with(b"{\"resourceType\": \"Observation\"") && line.ends_with(b"}"));

    let single = bytes(&observation("a", "Patient/x"));
    assert_eq!(accepted(&single).entries().len(), 1);
    let mut cut = case("export.ndjson");
    cut.truncate(cut.len() - 5);
    assert!(matches!(refused(&cut), BundleError::NotJson { line: 3, .. }));
    let two = [bytes(&observation("a", "Patient/x")), bytes(&observation("b", "Patient/y"))].join(&b'\n');
    let error = refused(&two).to_string();
    assert!(error.contains("`line 1` (Observation)") && error.contains("`line 2` (Observation)"), "{error}");
    assert!(matches!(refused(b"{\"a\":1}\n{\"b\":2}"), BundleError::InvalidEntries { .. }));
}

#[test]
fn pages_of_one_search_are_one_import() {
    let pages = [case("page-1.json"), case("page-2.json")];
    let import = joined(&pages, Conformance::Required).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(import.entries().len(), 5);
    assert_eq!(omissions(&import), [Omission::Repetition]);
    assert_eq!(import.omitted()[0].entry.to_string(), "`Bundle.entry[2]` of `file-1` (Patient)");
}

#[test]
fn all_files_of_an_import_are_about_one_patient() {
    let other = bytes(&bundle("collection", &[json!({ "resource": patient("another-person") })]));
    let error = joined(&[case("first.json"), other], Conformance::Required).err().expect("two patients").to_string();
    assert!(
        error.contains("more than one patient") && error.contains("`Bundle.entry[0]` of `file-1` (Patient)"),
        "{error}"
    );
}

#[test]
fn a_correction_is_a_version_of_the_same_record() {
    let files = [case("corrected.json"), case("first.json")];
    let (first, corrected) = (accepted(&files[1]), accepted(&files[0]));
    let key = |import: &Bundle<'_>| of(import, "hb").record_key(SALT);
    assert_eq!(key(&first), key(&corrected));
    assert_ne!(of(&first, "hb").digest, of(&corrected, "hb").digest);
    assert!(of(&first, "hb").updated() < of(&corrected, "hb").updated());
    assert_eq!(updated(of(&first, "hb").raw), of(&first, "hb").updated());

    // One import of both has the versions in order, in any order of the files.
    let both = joined(&files, Conformance::Required).unwrap_or_else(|error| panic!("{error}"));
    let versions: Vec<Vec<_>> =
        both.records().iter().map(|versions| versions.iter().map(|it| it.raw).collect()).collect();
    let with_two = versions.into_iter().find(|versions| versions.len() == 2).unwrap();
    assert_eq!(with_two, [of(&first, "hb").raw, of(&corrected, "hb").raw]);
}

#[test]
fn layout_does_not_make_a_version() {
    let value: Value = serde_json::from_slice(&case("first.json")).unwrap();
    let resource = &value["entry"][1]["resource"];
    let pretty = serde_json::to_vec_pretty(resource).unwrap();
    assert_eq!(digest(&bytes(resource)), digest(&pretty));
    assert_ne!(digest(&bytes(resource)), digest(&bytes(&value["entry"][0]["resource"])));
    let entry =
        |text: &[u8]| [br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":"#, text, b"}]}"].concat();
    let twice = [entry(&bytes(resource)), entry(&pretty)];
    assert_eq!(
        omissions(&joined(&twice, Conformance::Required).unwrap_or_else(|error| panic!("{error}"))),
        [Omission::Repetition]
    );
}

#[test]
fn labels_hold_wherever_they_stand() {
    let labels = case("labels.json");
    let import = accepted(&labels);
    let compartment = |id: &str| of(&import, id).compartment.name;
    assert_eq!(
        (compartment("d1"), compartment("k1"), compartment("s0")),
        ("Mental health", "Restricted", "Mental health")
    );
    let odd = case("odd-labels.json");
    let import = accepted(&odd);
    assert_eq!((of(&import, "s1").compartment.name, of(&import, "s2").compartment.name), ("Restricted", "Restricted"));
}

#[test]
fn labels_around_entries_hold_for_them() {
    let label =
        json!({ "security": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY" }] });
    let mut whole = bundle("collection", &[json!({ "resource": observation("a", "Patient/x") })]);
    whole["meta"] = label.clone();
    let text = bytes(&whole);
    assert_eq!(accepted(&text).entries()[0].compartment.name, "Mental health");
    // The labels of both bundles cover an inner bundle.
    let text = bytes(&bundle("collection", &[json!({ "resource": whole })]));
    assert_eq!(accepted(&text).entries()[0].compartment.name, "Mental health");
    let mut outer = bundle(
        "collection",
        &[json!({ "resource": bundle("batch", &[json!({ "resource": observation("a", "Patient/x") })]) })],
    );
    outer["meta"] = label;
    let text = bytes(&outer);
    assert_eq!(accepted(&text).entries()[0].compartment.name, "Mental health");
    // A repetition in an unlabeled bundle does not remove the label.
    for order in [[0, 1], [1, 0]] {
        let files =
            [bytes(&outer), bytes(&bundle("collection", &[json!({ "resource": observation("a", "Patient/x") })]))];
        let files = order.map(|n| files[n].clone());
        let import = joined(&files, Conformance::Required).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((import.entries().len(), import.entries()[0].compartment.name), (1, "Mental health"));
    }
}

#[test]
fn a_documents_label_holds_for_what_it_is_made_of_and_a_references_label_for_its_attachment() {
    let composition = json!({
        "resourceType": "Composition", "id": "c", "status": "final", "type": { "text": "t" }, "date": "2026-05-01", "title": "t",
        "author": [{ "display": "x" }], "confidentiality": "R",
    });
    let parts = [json!({ "resource": composition }), json!({ "resource": observation("a", "Patient/x") })];
    let text = bytes(&bundle("document", &parts));
    assert_eq!(of(&accepted(&text), "a").compartment.name, "Restricted");
    let text = bytes(&bundle("collection", &parts));
    assert_eq!(of(&accepted(&text), "a").compartment.name, "General");

    let binary = json!({ "resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA==" });
    let letter = json!({
        "resourceType": "DocumentReference", "id": "d", "status": "current", "securityLabel": [{ "text": "private" }],
        "content": [{ "attachment": { "url": "https://h.example/fhir/Binary/b" } }],
    });
    let text = bytes(&bundle("collection", &[json!({ "resource": binary }), json!({ "resource": letter })]));
    assert_eq!(of(&accepted(&text), "b").compartment.name, "Restricted");
    let mut context = binary.clone();
    context["securityContext"] = json!({ "reference": "DocumentReference/d" });
    let mut elsewhere = letter;
    elsewhere["content"][0]["attachment"]["url"] = json!("https://h.example/fhir/Binary/other");
    let text = bytes(&bundle("collection", &[json!({ "resource": context }), json!({ "resource": elsewhere })]));
    assert_eq!(of(&accepted(&text), "b").compartment.name, "Restricted");
}

#[test]
fn a_bundle_in_a_bundle_is_unpacked() {
    let response = case("batch-response.json");
    let import = accepted(&response);
    let found = of(&import, "h1");
    assert_eq!(found.compartment.name, "Sexual health and HIV");
    assert_eq!(found.entry.path, "Bundle.entry[1].resource.entry[0]");
    assert!(import.entries().iter().all(|entry| entry.resource_type != "Bundle"));

    let mut deep = bundle("collection", &[json!({ "resource": observation("a", "Patient/x") })]);
    for _ in 1..MAX_BUNDLES_IN_BUNDLES {
        deep = bundle("collection", &[json!({ "resource": deep })]);
    }
    let text = bytes(&deep);
    assert_eq!(accepted(&text).entries().len(), 1);
    let text = bytes(&bundle("collection", &[json!({ "resource": deep })]));
    assert!(matches!(refused(&text), BundleError::BundlesTooDeep { .. }));
    // One of two patients is in an inner bundle.
    let inner = bundle("collection", &[json!({ "resource": patient("y") })]);
    let text = bytes(&bundle("collection", &[json!({ "resource": patient("x") }), json!({ "resource": inner })]));
    assert!(matches!(refused(&text), BundleError::SeveralPatients { .. }));
    // The error names a problem in an inner bundle by its whole path.
    let inner = json!({ "resourceType": "Bundle", "type": "heap", "entry": [] });
    let text = bytes(&bundle("collection", &[json!({ "resource": inner })]));
    assert!(refused(&text).to_string().contains("`Bundle.entry[0].resource.type`"), "{}", refused(&text));
}

#[test]
fn links_and_encodings_do_not_make_a_second_patient() {
    for name in ["merged.json", "encoded.json", "plain.json"] {
        accepted(&case(name));
    }
    let mut linked = patient("new");
    linked["link"] = json!([{ "other": { "reference": "Patient/old" }, "type": "replaces" }]);
    let text = bytes(&bundle(
        "collection",
        &[
            json!({ "resource": linked }),
            json!({ "resource": patient("old") }),
            json!({ "resource": observation("a", "Patient/old") }),
            json!({ "resource": observation("b", "Patient/new") }),
        ],
    ));
    assert_eq!(accepted(&text).entries().len(), 4);
    // A link does not make a third patient the same person.
    let text = bytes(&bundle(
        "collection",
        &[json!({ "resource": linked }), json!({ "resource": observation("a", "Patient/third") })],
    ));
    assert!(matches!(refused(&text), BundleError::SeveralPatients { .. }));
}

#[test]
fn who_pays_or_reports_is_not_a_second_patient() {
    let child = case("child.json");
    assert_eq!(accepted(&child).entries().len(), 3);
    // The import leaves the parent's own Patient resource out of the child's chart.
    let mut value: Value = serde_json::from_slice(&child).unwrap();
    value["entry"].as_array_mut().unwrap().insert(0, json!({ "resource": patient("parent-of-mika") }));
    let text = bytes(&value);
    let import = accepted(&text);
    assert_eq!((import.entries().len(), omissions(&import)), (3, vec![Omission::OtherPerson]));
    assert_eq!(import.patient().unwrap().id.as_deref(), Some("mika"));
    // One resource about the parent makes two patients.
    value["entry"].as_array_mut().unwrap().push(json!({ "resource": observation("z", "Patient/parent-of-mika") }));
    assert!(matches!(refused(&bytes(&value)), BundleError::SeveralPatients { .. }));
    // A Patient resource without a reference to it is a second patient.
    let text = bytes(&bundle(
        "collection",
        &[
            json!({ "resource": patient("a") }),
            json!({ "resource": patient("b") }),
            json!({ "resource": observation("o", "Patient/a") }),
        ],
    ));
    assert!(matches!(refused(&text), BundleError::SeveralPatients { .. }));
    // A contained subscriber is not a second patient, and a contained subject is one.
    let coverage = |element: &str| {
        let mut coverage = json!({
            "resourceType": "Coverage", "id": "c", "status": "active", "payor": [{ "display": "x" }],
            "beneficiary": { "reference": "Patient/a" },
            "contained": [{ "resourceType": "Patient", "id": "p" }],
        });
        coverage[element] = json!({ "reference": "#p" });
        bytes(&bundle("collection", &[json!({ "resource": patient("a") }), json!({ "resource": coverage })]))
    };
    accepted(&coverage("subscriber"));
    assert!(matches!(refused(&coverage("beneficiary")), BundleError::SeveralPatients { .. }));
}

#[test]
fn what_servers_say_about_an_export_is_not_a_record() {
    let history = case("history.json");
    let import = accepted(&history);
    assert_eq!((import.entries().len(), omissions(&import)), (1, vec![Omission::Deletion]));
    let outcome = case("outcome.json");
    let import = accepted(&outcome);
    assert_eq!((import.entries().len(), omissions(&import)), (1, vec![Omission::ServerMessage]));

    let issue = |severity: &str| json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": severity, "code": "processing" }] });
    let text = bytes(&bundle(
        "batch-response",
        &[
            json!({ "resource": patient("x"), "response": { "status": "200" } }),
            json!({ "response": { "status": "201" } }),
            json!({ "resource": issue("error"), "response": { "status": "500" } }),
        ],
    ));
    assert_eq!(omissions(&accepted(&text)), [Omission::NoResource, Omission::ServerError]);
    let text = bytes(&issue("error"));
    let error = refused(&text).to_string();
    assert!(error.contains("an error message of the server") && error.contains("hint: "), "{error}");
    let patch = json!({ "resource": { "resourceType": "Binary", "contentType": "application/json-patch+json", "data": "e30=" },
        "request": { "method": "PATCH", "url": "Patient/x" } });
    let text = bytes(&bundle("transaction", &[patch]));
    assert!(refused(&text).to_string().contains("a change to a resource"));
}

#[test]
fn a_history_gives_versions_newest_first() {
    let version = |status: &str| {
        let mut resource = observation("o", "Patient/x");
        resource["status"] = json!(status);
        json!({ "fullUrl": "https://h.example/Observation/o", "resource": resource, "request": { "method": "PUT", "url": "Observation/o" } })
    };
    let text = bytes(&bundle("history", &[version("amended"), version("final"), version("preliminary")]));
    let import = accepted(&text);
    let records = import.records();
    let order: Vec<_> = records[0].iter().map(|it| it.entry.path.as_str()).collect();
    assert_eq!(order, ["Bundle.entry[2]", "Bundle.entry[1]", "Bundle.entry[0]"]);
    let text = bytes(&bundle("collection", &[version("amended"), version("final")]));
    assert!(matches!(refused(&text), BundleError::Repeated { .. } | BundleError::InvalidBundle { .. }));
}

#[test]
fn nonconformant_resources_are_taken_only_when_that_was_decided() {
    let mut odd = observation("n", "Patient/x");
    odd["dosage"] = json!({ "timing": {} });
    odd["effectiveDateTime"] = json!("\u{1b}[2Jyesterday");
    let mut labeled = observation("l", "Patient/x");
    labeled["SecurityLabel"] = json!("V");
    let mut malformed = observation("m", "Patient/x");
    malformed["meta"] = json!({ "security": { "code": "R" } });
    let entries: Vec<_> = [odd, labeled, malformed].into_iter().map(|it| json!({ "resource": it })).collect();
    let files = [bytes(&bundle("collection", &entries))];
    let Some(BundleError::InvalidEntries { entries }) = joined(&files, Conformance::Required).err() else { panic!() };
    assert_eq!(entries.len(), 3);

    let import = joined(&files, Conformance::Waived).unwrap_or_else(|error| panic!("{error}"));
    assert!(import.entries().iter().all(|entry| !entry.problems.is_empty()));
    let compartment = |id: &str| of(&import, id).compartment.name;
    assert_eq!((compartment("n"), compartment("l"), compartment("m")), ("General", "Restricted", "Restricted"));
    assert_eq!(of(&import, "n").date, None);
    assert!(of(&import, "n").problems.iter().any(|problem| problem.path == "Observation.dosage"));

    // Waived conformance still refuses other types than those of R4, and other patients.
    for entry in [json!({ "resourceType": "Shoe", "id": "s" }), json!({ "id": "s" }), json!(7)] {
        let files = [bytes(&bundle("collection", &[json!({ "resource": entry })]))];
        assert!(joined(&files, Conformance::Waived).is_err(), "{entry}");
    }
    let mut other = observation("o", "Patient/y");
    other["shoeSize"] = json!(44);
    let files = [bytes(&bundle("collection", &[json!({ "resource": patient("x") }), json!({ "resource": other })]))];
    assert!(matches!(joined(&files, Conformance::Waived).err(), Some(BundleError::SeveralPatients { .. })));
}

#[test]
fn a_private_word_of_a_json_library_is_not_a_number() {
    for word in ["Number", "RawValue"] {
        let value = format!("{{\"$serde_json::private::{word}\":\"5\"}}");
        let text = format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"valueQuantity":{{"value":{value}}}}}"#
        );
        let error = refused(text.as_bytes()).to_string();
        assert!(error.contains("`Observation.valueQuantity.value`: wrong JSON type, number expected"), "{error}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("resourceType".to_owned()),
        Just("Bundle".to_owned()),
        Just("Patient".to_owned()),
        Just("Observation".to_owned()),
        Just("entry".to_owned()),
        Just("resource".to_owned()),
        Just("meta".to_owned()),
        Just("security".to_owned()),
        Just("reference".to_owned()),
        Just("link".to_owned()),
        Just("type".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 80, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_an_import_panic(value in any_json()) {
        for value in [value.clone(), bundle("collection", &[json!({ "resource": value.clone() })]), bundle("batch", &[value])] {
            for conformance in [Conformance::Required, Conformance::Waived] {
                let _ = joined(&[bytes(&value)], conformance).map(|import| import.records().len());
            }
        }
    }

    #[test]
    fn no_labeled_resource_ends_in_an_open_compartment(
        kind in prop_oneof![Just("Observation"), Just("MedicationRequest"), Just("Encounter"), Just("Claim")],
        place in 0..5,
        system in proptest::option::of("[a-z:/.]{0,12}"),
        code in "[A-MO-TV-Z]{1,8}",
        waived in any::<bool>(),
    ) {
        let mut label = json!({ "code": code });
        if let Some(system) = system {
            label["system"] = json!(system);
        }
        let meta = json!({ "security": [label] });
        let mut resource = json!({ "resourceType": kind, "id": "r" });
        let mut whole = bundle("collection", &[]);
        match place {
            0 => resource["meta"] = meta,
            1 => resource["contained"] = json!([{ "resourceType": "Basic", "id": "c", "meta": meta }]),
            2 => resource["extension"] = json!([{ "url": "urn:sec-label", "valueCoding": label }]),
            3 => whole["meta"] = meta,
            _ => resource["securityLabel"] = json!([{ "coding": [label] }]),
        }
        whole["entry"] = json!([{ "resource": resource }]);
        let conformance = if waived { Conformance::Waived } else { Conformance::Required };
        if let Ok(import) = joined(&[bytes(&whole)], conformance) {
            for entry in import.entries() {
                prop_assert!(entry.compartment.sensitive, "{} {}", whole, entry.compartment.name);
            }
        }
    }
}
