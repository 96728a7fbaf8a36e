// SPDX-License-Identifier: Apache-2.0

//! Labels that one resource gets from others: from its document, its other versions, and the resources it belongs to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]

use salus_fhir::{Bundle, Conformance, Document};
use serde_json::{json, Value};

/// Returns the name of the compartment of each entry with this id, in an import of these files.
#[track_caller]
fn compartments(files: &[Value], conformance: Conformance, id: &str) -> Vec<&'static str> {
    let texts: Vec<_> = files.iter().map(|file| serde_json::to_vec(file).unwrap()).collect();
    let documents = texts.iter().map(|text| Document::parse("file", text, conformance));
    let documents = documents.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}"));
    let import = Bundle::join(documents).unwrap_or_else(|error| panic!("{error}"));
    let entries = import.entries().iter().filter(|entry| entry.id.as_deref() == Some(id));
    entries.map(|entry| entry.compartment.name).collect()
}

#[track_caller]
fn compartment(files: &[Value], id: &str) -> &'static str {
    compartments(files, Conformance::Required, id)[0]
}

fn bundle(kind: &str, resources: &[Value]) -> Value {
    let entries: Vec<_> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

fn labeled(mut resource: Value) -> Value {
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    resource["meta"]["security"] = json!([{ "system": act, "code": "PSY" }]);
    resource
}

fn observation(id: &str) -> Value {
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" } })
}

fn binary() -> Value {
    json!({ "resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA==" })
}

fn letter() -> Value {
    json!({ "resourceType": "DocumentReference", "id": "d", "status": "current",
        "content": [{ "attachment": { "url": "https://h.example/fhir/Binary/b" } }] })
}

fn composition() -> Value {
    json!({ "resourceType": "Composition", "id": "c", "status": "final", "type": { "text": "t" }, "date": "2026-05-01",
        "title": "t", "author": [{ "display": "x" }] })
}

fn message_header() -> Value {
    json!({ "resourceType": "MessageHeader", "id": "m", "eventCoding": { "code": "x" },
        "source": { "endpoint": "https://h.example" } })
}

#[test]
fn a_late_label_reaches_a_binary_in_another_file() {
    let attachment = bundle("collection", &[binary()]);
    let plain = bundle("collection", &[letter()]);
    assert_eq!(compartment(&[attachment.clone(), plain.clone()], "b"), "Documents");
    // A repetition of the reference is in a labeled bundle.
    let repetition = labeled(plain.clone());
    assert_eq!(compartment(&[attachment.clone(), plain, repetition], "b"), "Mental health");
    // The label of a document covers the reference.
    let document = bundle("document", &[labeled(composition()), letter()]);
    assert_eq!(compartment(&[attachment, document], "b"), "Mental health");
}

#[test]
fn an_extension_with_a_url_refers_to_a_binary() {
    let mut other = labeled(observation("o"));
    other["extension"] = json!([{ "url": "urn:attached", "valueUrl": "https://h.example/fhir/Binary/b" }]);
    assert_eq!(compartment(&[bundle("collection", &[binary(), other])], "b"), "Mental health");
}

#[test]
fn a_documents_label_covers_its_inner_bundles() {
    for (kind, head) in [("document", composition()), ("message", message_header())] {
        let inner = bundle("collection", &[observation("a")]);
        let middle = bundle("collection", &[inner]);
        let whole = bundle(kind, &[labeled(head.clone()), middle.clone()]);
        assert_eq!(compartment(&[whole], "a"), "Mental health", "{kind}");
        // The label of an inner document does not cover the bundle around it.
        let inner = bundle(kind, &[labeled(head.clone()), observation("in")]);
        let whole = bundle("collection", &[inner, observation("out")]);
        let whole = [whole];
        assert_eq!(compartment(&whole, "in"), "Mental health", "{kind}");
        assert_eq!(compartment(&whole, "out"), "General", "{kind}");
    }
}

#[test]
fn a_documents_label_covers_what_another_file_repeats() {
    let document = bundle("document", &[labeled(composition()), observation("a")]);
    let page = bundle("searchset", &[observation("a")]);
    let head = bundle("searchset", &[labeled(composition())]);
    for files in [[document.clone(), page.clone(), head.clone()], [head, page, document]] {
        assert_eq!(compartments(&files, Conformance::Required, "a"), ["Mental health"]);
    }
}

#[test]
fn a_misspelled_document_is_a_document() {
    for kind in [json!("Document"), json!(""), Value::Null] {
        let mut document = bundle("document", &[labeled(composition()), observation("a")]);
        document["type"] = kind;
        assert_eq!(compartments(&[document], Conformance::Waived, "a"), ["Mental health"]);
    }
}

#[test]
fn a_label_of_one_version_covers_all_versions() {
    let version = |number: &str| {
        let mut resource = observation("a");
        resource["meta"] = json!({ "versionId": number });
        resource
    };
    for versions in [[labeled(version("1")), version("2")], [version("1"), labeled(version("2"))]] {
        let files = [bundle("collection", &versions)];
        assert_eq!(compartments(&files, Conformance::Required, "a"), ["Mental health"; 2]);
    }
}

#[test]
fn a_security_context_outside_the_import_means_restricted() {
    let with = |context: Value| {
        let mut binary = binary();
        binary["securityContext"] = context;
        bundle("collection", &[binary, letter()])
    };
    assert_eq!(compartment(&[with(json!({ "reference": "DocumentReference/d" }))], "b"), "Documents");
    for context in [
        json!({ "reference": "DocumentReference/elsewhere" }),
        json!({ "reference": "https://other.example/fhir/DocumentReference/d" }),
        json!({ "reference": "#d" }),
        json!({ "display": "a letter" }),
        json!({ "identifier": { "value": "7" } }),
    ] {
        assert_eq!(compartment(&[with(context.clone())], "b"), "Restricted", "{context}");
    }
    for context in [Value::Null, json!("DocumentReference/d"), json!({ "reference": 7 }), json!([])] {
        assert_eq!(compartments(&[with(context.clone())], Conformance::Waived, "b"), ["Restricted"], "{context}");
    }
}

#[test]
fn a_label_without_content_means_restricted() {
    let codes = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    for security in [
        Value::Null,
        json!([null]),
        json!([{ "system": codes, "code": "N" }, null]),
        json!({ "coding": null }),
        json!([{ "coding": [null] }]),
    ] {
        let mut resource = observation("a");
        resource["meta"] = json!({ "security": security });
        assert_eq!(compartments(&[resource], Conformance::Waived, "a"), ["Restricted"], "{security}");
        let mut whole = bundle("collection", &[observation("a")]);
        whole["meta"] = json!({ "security": security });
        assert_eq!(compartments(&[whole], Conformance::Waived, "a"), ["Restricted"], "{security}");
    }
    let mut letter = letter();
    letter["securityLabel"] = json!([{ "coding": null }]);
    assert_eq!(compartments(&[letter], Conformance::Waived, "d"), ["Restricted"]);
}

#[test]
fn a_label_inside_a_labels_extension_counts() {
    let url = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label";
    for inside in [
        json!({ "extension": [{ "url": "code", "valueCoding": { "system": "urn:x", "code": "secret" } }] }),
        json!({ "_valueCode": { "extension": [{ "url": "urn:x", "valueCode": "secret" }] } }),
    ] {
        let mut extension = inside.clone();
        extension["url"] = json!(url);
        let mut resource = observation("a");
        resource["extension"] = json!([extension]);
        assert_eq!(compartment(&[resource], "a"), "Restricted", "{inside}");
    }
}

#[test]
fn a_long_chain_of_contexts_ends_restricted() {
    let link = |number: usize| {
        let next = if number == 0 { "DocumentReference/d".to_owned() } else { format!("Binary/b{}", number - 1) };
        let mut binary = binary();
        binary["id"] = json!(format!("b{number}"));
        binary["securityContext"] = json!({ "reference": next });
        binary
    };
    let mut chain: Vec<_> = (0..40).map(link).collect();
    chain.push(labeled(letter()));
    let files = [bundle("collection", &chain)];
    assert_eq!(compartment(&files, "b2"), "Mental health");
    for id in ["b15", "b39"] {
        assert_ne!(compartment(&files, id), "Documents", "{id}");
    }
}
