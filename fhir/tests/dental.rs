// SPDX-License-Identifier: Apache-2.0

//! Dental records: FHIR resources about teeth, as JSON (S4-20). The sample is invented.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use salus_fhir::{Bundle, Overview, Question, Statement};

const DENTAL: &[u8] = include_bytes!("cases/dental.json");

// S4-20
#[test]
fn dental_records_are_typed_and_their_titles_name_the_tooth() {
    let bundle = Bundle::parse(DENTAL).unwrap();
    let typed: Vec<_> =
        bundle.entries().iter().map(|it| (it.resource_type, it.title.as_str(), it.date.as_deref())).collect();
    assert_eq!(
        typed,
        [
            ("Condition", "Dental caries, tooth 36", Some("2026-11-02")),
            ("Condition", "Dental caries, tooth 46", Some("2026-11-02")),
            ("Procedure", "Composite filling, tooth 36", Some("2026-11-09")),
            ("Observation", "Probing depth, tooth 36", Some("2026-11-02")),
        ]
    );
    // Each is kept as its exact bytes.
    assert!(bundle.entries().iter().all(|it| DENTAL.windows(it.raw.len()).any(|window| window == it.raw)));
}

// S4-20, S4-36
#[test]
fn dental_records_are_found_by_tooth_and_by_diagnosis() {
    let bundle = Bundle::parse(DENTAL).unwrap();
    let found = |text, code| {
        let question = Question::new(text, code);
        let answers = bundle.entries().iter().filter(|it| question.is_answered_by(&it.title, it.raw));
        answers.map(|it| it.id.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found(None, Some("http://terminology.hl7.org/CodeSystem/ex-tooth|36")), ["c36", "f36", "o36"]);
    assert_eq!(found(Some("tooth 46"), None), ["c46"]);
    assert_eq!(found(Some("caries"), Some("36")), ["c36"]);
    assert_eq!(found(None, Some("80967001")), ["c36", "c46"]);
    assert!(found(None, Some("11")).is_empty());
}

// S1-15, S4-20
#[test]
fn a_summary_tells_the_teeth_apart() {
    let bundle = Bundle::parse(DENTAL).unwrap();
    let mut overview = Overview::default();
    let added: Vec<_> = bundle.entries().iter().map(|it| overview.add(it.raw)).collect();
    assert_eq!(added, [true, true, true, false], "a finding without a category is in no field");
    let texts = |statements: &[Statement]| statements.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&overview.diagnoses), ["Dental caries, tooth 36", "Dental caries, tooth 46"]);
    assert_eq!(texts(&overview.history), ["Composite filling, tooth 36"]);
}
