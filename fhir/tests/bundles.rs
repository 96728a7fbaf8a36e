// SPDX-License-Identifier: Apache-2.0

//! Bundles that an import accepts, and bundles that it refuses (S4-16, S3-16).

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
    compartments, needles, strings_of, Bundle, BundleError, EntryRef, MAX_BUNDLE_BYTES, MAX_DEPTH, MAX_ENTRIES,
    MAX_PROBLEMS, MAX_VALUES,
};

fn example(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/bundles").join(format!("{name}.json"));
    std::fs::read(path).unwrap()
}

fn bundle(entries: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)
}

/// A bundle of observations, one for each subject.
fn observations(subjects: &[&str]) -> String {
    let entries: Vec<_> = subjects.iter().map(|subject| observation(subject)).collect();
    bundle(&entries.join(","))
}

fn observation(subject: &str) -> String {
    let id = fingerprint(subject);
    format!(
        r#"{{"resource":{{"resourceType":"Observation","id":"o{id}","status":"final","code":{{"text":"x"}},"subject":{subject}}}}}"#
    )
}

/// Gives equal subjects equal ids.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(7, |hash: u32, byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
}

fn error(text: impl AsRef<[u8]>) -> BundleError {
    Bundle::parse(text.as_ref()).err().expect("the bundle is refused")
}

fn entry(index: usize, resource_type: &'static str) -> EntryRef {
    EntryRef { file: None, path: format!("Bundle.entry[{index}]"), resource_type: Some(resource_type) }
}

#[test]
fn the_example_bundles_are_read_and_classified() {
    let bytes = example("anna-bergmann");
    let anna = Bundle::parse(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((anna.kind(), anna.entries().len()), ("collection", 33));
    assert_eq!(anna.patient().unwrap().entry, entry(2, "Patient"));
    let of = |id: &str| anna.entries().iter().find(|entry| entry.id.as_deref() == Some(id)).unwrap();
    for (id, compartment, title, date) in [
        ("ab-cond-depression", "Mental health", "Depressive Episode, in Psychotherapie", Some("2024-11-05")),
        ("ab-cond-diabetes", "General", "Typ-2-Diabetes, gut eingestellt", Some("2017-09")),
        (
            "ab-vit-bp",
            "Vital signs",
            "Blood pressure panel with all children optional",
            Some("2026-03-02T08:12:00+01:00"),
        ),
        (
            "ab-lab-hba1c",
            "Laboratory",
            "Hemoglobin A1c/Hemoglobin.total in Blood by IFCC",
            Some("2026-03-02T08:25:00+01:00"),
        ),
        ("ab-rep-metabolic", "Laboratory", "Stoffwechselprofil", Some("2026-03-02T08:25:00+01:00")),
        ("ab-medreq-metformin", "Medication", "Metformin 1000 mg Filmtabletten", Some("2026-03-02")),
        ("ab-all-penicillin", "Allergy", "Penicillinallergie", Some("2008-07-21")),
        ("ab-imm-tetanus", "Immunization", "Tetanus, Diphtherie, Pertussis", Some("2022-06-17")),
        ("ab-proc-eye", "Procedure", "Augenhintergrunduntersuchung", Some("2025-09-29")),
        ("ab-doc-letter", "Documents", "Arztbrief der Diabetesambulanz", Some("2026-03-02T14:00:00+01:00")),
        ("ab-patient-2207", "General", "Patient", Some("2026-03-02T08:15:00+01:00")),
    ] {
        let entry = of(id);
        assert_eq!(
            (entry.compartment.name, entry.title.as_str(), entry.date.as_deref()),
            (compartment, title, date),
            "{id}"
        );
    }

    let bytes = example("karl-lindqvist");
    let karl = Bundle::parse(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(karl.kind(), "transaction");
    let found: Vec<_> = karl.entries().iter().map(|entry| entry.compartment.name).collect();
    assert!(["Financial", "Imaging", "Substance use"].iter().all(|name| found.contains(name)), "{found:?}");
    assert!(compartments().len() <= 16);
}

#[test]
fn resources_are_exact_slices_of_the_source() {
    let source = "{\r\n\t\"resourceType\" : \"Observation\",\"status\":\"fin\\u0061l\" ,\n \"code\":{\"text\":\"\\u00e4 \u{e4}\\/\"}, \
                  \"valueQuantity\":{\"value\": 1.10 },\"component\":[{\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":-0.50E+02}}]  }";
    let text = bundle(&format!(
        " {{ \"resource\" \t:\n{source}\n, \"fullUrl\":\"urn:uuid:6f1c6f3e-1d0a-5b52-9d53-5a1e5a1e5a1e\"}} "
    ));
    let parsed = Bundle::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let raw = parsed.entries()[0].raw;
    assert_eq!(raw, source.as_bytes());
    assert!(text.as_bytes().as_ptr_range().contains(&raw.as_ptr()), "a slice, not a copy");
}

#[test]
fn every_bundle_type_with_resources_is_read() {
    for kind in ["collection", "document", "transaction", "batch", "searchset", "message", "history"] {
        let text = observations(&[r#"{"reference":"Patient/x"}"#]).replace("collection", kind);
        assert_eq!(Bundle::parse(text.as_bytes()).map(|bundle| bundle.kind().to_owned()), Ok(kind.into()));
    }
}

#[test]
fn an_invalid_entry_is_named_with_its_problems() {
    let error = error(example("invalid-entry"));
    let BundleError::InvalidEntries { entries } = &error else { panic!("{error}") };
    assert_eq!(entries.iter().map(|invalid| invalid.entry.clone()).collect::<Vec<_>>(), [entry(4, "Observation")]);
    let text = error.to_string();
    for part in [
        "`Bundle.entry[4]` (Observation)",
        "`Observation.status`: missing",
        "`Observation.valueQuantity.value`: wrong JSON type, number expected",
        "`Observation.efectiveDateTime`: unknown element",
        "\nhint: ",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn no_error_repeats_patient_data() {
    for name in ["invalid-entry", "two-patients"] {
        let bytes = example(name);
        let text = error(&bytes).to_string();
        for needle in needles(&bytes).unwrap() {
            assert!(!text.contains(&needle), "{text}");
        }
    }
}

#[test]
fn each_defect_has_its_error() {
    let good = observations(&[r#"{"reference":"Patient/x"}"#]);
    assert_eq!(error([0xff]), BundleError::NotUtf8 { offset: 0 });
    assert_eq!(error(""), BundleError::NotJson { line: 1, column: 1 });
    assert_eq!(error(format!("{good} x")), BundleError::NotJson { line: 1, column: good.len() + 2 });
    assert_eq!(error(&good[..good.len() - 3]), BundleError::NotJson { line: 1, column: good.len() - 3 });
    assert_eq!(error(good.replace("\"final\"", "\n\n\"fin\\ud800al\"")), BundleError::NotJson { line: 3, column: 11 });
    assert_eq!(error("<Bundle/>"), BundleError::Xml);
    for number in ["1e999999", "-1e999"] {
        let error = error(good.replace("\"final\"", number));
        assert!(matches!(error, BundleError::NumberTooLarge { .. }), "{number}: {error}");
    }
    for other in ["[]", "null", " true", "-1", "5", "\"text\""] {
        assert_eq!(error(other), BundleError::NotABundle, "{other}");
    }
    assert_eq!(error(r#"{"id":"x"}"#), BundleError::NotABundle);
    assert_eq!(error(bundle("")), BundleError::Empty);
    assert_eq!(error(r#"{"resourceType":"Bundle","type":"collection"}"#), BundleError::Empty);

    let duplicate = |text: String| match error(text) {
        BundleError::DuplicateKey { path } => path,
        other => panic!("{other}"),
    };
    assert_eq!(
        duplicate(good.replace("\"status\"", "\"status\":\"final\",\"status\"")),
        "Bundle.entry[0].resource.status"
    );
    assert_eq!(
        duplicate(good.replace("\"text\"", "\"te\\u0078t\":\"\",\"text\"")),
        "Bundle.entry[0].resource.code.text"
    );
    assert_eq!(duplicate(good.replace("\"type\"", "\"type\":\"batch\",\"type\"")), "Bundle.type");
    assert_eq!(duplicate(good.replace("\"resource\"", "\"resource\":{},\"resource\"")), "Bundle.entry[0].resource");
    assert_eq!(
        duplicate(good.replace("\"status\"", "\"Anna B\":1,\"Anna B\":2,\"status\"")),
        "Bundle.entry[0].resource.?"
    );

    let deep = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
    let path = "Bundle.entry[0].resource".to_owned();
    assert_eq!(error(good.replace("\"final\"", &deep)), BundleError::TooDeep { path: path.clone() });
    assert!(matches!(error(good.replace("\"final\"", &"[".repeat(500_000))), BundleError::TooDeep { .. }));
    let many = format!("[{}1]", "1,".repeat(MAX_VALUES));
    assert_eq!(error(good.replace("\"final\"", &many)), BundleError::TooComplex { path });
    let members: String = (0..100).map(|n| format!("\"m{n}\":1,")).collect();
    assert_eq!(
        error(good.replace("\"type\"", &format!("{members}\"type\""))),
        BundleError::TooComplex { path: "Bundle".into() }
    );

    assert_eq!(error(vec![b' '; MAX_BUNDLE_BYTES + 1]), BundleError::TooLarge { bytes: MAX_BUNDLE_BYTES + 1 });
    assert_eq!(error(bundle(&format!("{}{{}}", "{},".repeat(MAX_ENTRIES)))), BundleError::TooManyEntries);

    for (from, to, problem) in [
        ("collection", "heap", "`Bundle.type`: code not in its required code set"),
        ("\"type\"", "\"typ\":1,\"type\"", "`Bundle.typ`: unknown element"),
        ("{\"resource\"", "{\"full\":1,\"resource\"", "`Bundle.entry[0].full`: unknown element"),
        ("{\"resource\"", "1,{\"resource\"", "`Bundle.entry[0]`: wrong JSON type, object expected"),
    ] {
        let error = error(good.replace(from, to));
        assert!(matches!(error, BundleError::InvalidBundle { .. }) && error.to_string().contains(problem), "{error}");
    }
    for (resource, problem) in [
        (r#"{"fullUrl":"urn:uuid:1"}"#, "`Bundle.entry[0].resource`: missing"),
        (r#"{"resource":7}"#, "`Bundle.entry[0].resource`: wrong JSON type, object expected"),
        (r#"{"resource":{"id":"x"}}"#, "`Resource.resourceType`: missing"),
        (r#"{"resource":{"resourceType":"Anna"}}"#, "`Resource.resourceType`: not a resource type of FHIR R4"),
        (
            r#"{"resource":{"resourceType":"DomainResource"}}"#,
            "`Resource.resourceType`: not a resource type of FHIR R4",
        ),
        (r#"{"resource":{"resourceType":7}}"#, "`Resource.resourceType`: not a resource type of FHIR R4"),
    ] {
        let error = error(bundle(resource));
        assert!(matches!(error, BundleError::InvalidEntries { .. }) && error.to_string().contains(problem), "{error}");
    }
    let bad = vec![r#"{"resource":{"resourceType":"Basic"}}"#; 50].join(",");
    let BundleError::InvalidEntries { entries } = error(bundle(&bad)) else { panic!("the entries are not named") };
    assert_eq!(entries.len(), MAX_PROBLEMS);

    let twice = observations(&[r#"{"reference":"Patient/x"}"#, r#"{"reference":"Patient/x"}"#]);
    let repeated = BundleError::Repeated { first: entry(0, "Observation"), second: entry(1, "Observation") };
    assert_eq!(error(twice.replacen("final", "amended", 1)), repeated);
}

#[test]
fn several_patients_are_refused_and_named() {
    let two = error(example("two-patients"));
    assert_eq!(two, BundleError::SeveralPatients { entries: vec![entry(1, "Patient"), entry(10, "Observation")] });
    assert!(two.to_string().contains("`Bundle.entry[10]` (Observation)"), "{two}");

    let patient = |head: &str, id: &str| {
        format!(
            r#"{{{head}"resource":{{"resourceType":"Patient","id":"{id}","identifier":[{{"system":"urn:x","value":"7"}}]}}}}"#
        )
    };
    let with = |patient: &str, subject: &str| {
        Bundle::parse(bundle(&format!("{patient},{}", observation(subject))).as_bytes()).err()
    };
    let plain = patient("", "x");
    let urn = patient(r#""fullUrl":"urn:uuid:0c8e0a3c-8c45-4a4c-8f34-0b6a3f0f0001","#, "x");
    let server = patient(r#""fullUrl":"https://a.example/fhir/Patient/x","#, "x");
    for (patient, subject) in [
        (&plain, r#"{"reference":"Patient/x"}"#),
        (&plain, r#"{"reference":"Patient/x/_history/3"}"#),
        (&plain, r#"{"reference":"https://a.example/fhir/Patient/x"}"#),
        (&plain, r#"{"identifier":{"system":"urn:x","value":"7"}}"#),
        (&plain, r#"{"reference":"Patient?identifier=urn:x|7"}"#),
        (&plain, r#"{"reference":"Group/y"}"#),
        (&plain, r#"{"display":"a person"}"#),
        (&urn, r#"{"reference":"URN:UUID:0C8E0A3C-8C45-4A4C-8F34-0B6A3F0F0001"}"#),
        (&urn, r#"{"reference":"Patient/x"}"#),
        (&server, r#"{"reference":"Patient/x"}"#),
        (&server, r#"{"reference":"https://a.example/fhir/Patient/x"}"#),
    ] {
        assert_eq!(with(patient, subject), None, "{subject}");
    }
    for (patient, subject) in [
        (&plain, r#"{"reference":"Patient/y"}"#),
        (&plain, r#"{"identifier":{"system":"urn:x","value":"8"}}"#),
        (&plain, r#"{"reference":"Patient?identifier=urn:x|8"}"#),
        (&plain, r#"{"reference":"Patient?name=y"}"#),
        (&plain, r#"{"reference":"urn:uuid:0c8e0a3c-8c45-4a4c-8f34-0b6a3f0f0002"}"#),
        (&plain, r#"{"reference":"urn:oid:1.2.3","type":"Patient"}"#),
        (&plain, r#"{"display":"x","extension":[{"url":"urn:e","valueReference":{"reference":"Patient/y"}}]}"#),
        (&server, r#"{"reference":"https://b.example/fhir/Patient/x"}"#),
    ] {
        let entries = vec![entry(0, "Patient"), entry(1, "Observation")];
        assert_eq!(with(patient, subject), Some(BundleError::SeveralPatients { entries }), "{subject}");
    }

    let other = patient("", "y");
    let entries = vec![entry(0, "Patient"), entry(1, "Patient")];
    assert_eq!(error(bundle(&format!("{plain},{other}"))), BundleError::SeveralPatients { entries });
    let contained = r##"{"resource":{"resourceType":"Basic","code":{"text":"c"},"contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}}}"##;
    assert_eq!(Bundle::parse(bundle(contained).as_bytes()).err(), None);
    let entries = vec![entry(0, "Patient"), entry(1, "Basic")];
    assert_eq!(error(bundle(&format!("{plain},{contained}"))), BundleError::SeveralPatients { entries });
}

#[test]
fn a_patient_without_any_name_is_one_patient() {
    let nameless = r#"{"resource":{"resourceType":"Patient","active":true}}"#;
    assert!(Bundle::parse(bundle(nameless).as_bytes()).is_ok());
    let two = error(bundle(&format!("{nameless},{}", nameless.replace("true", "false"))));
    assert!(matches!(two, BundleError::SeveralPatients { .. }), "{two}");
}

#[test]
fn references_alone_tell_the_patient_too() {
    for subjects in [
        &[r#"{"reference":"Patient/x"}"#, r#"{"reference":"https://a.example/Patient/x"}"#][..],
        &[r#"{"reference":"urn:uuid:1"}"#, r#"{"reference":"URN:uuid:1"}"#],
        // The second links the identifier of the third to the id of the first.
        &[
            r#"{"identifier":{"value":"7"},"type":"Patient"}"#,
            r#"{"reference":"Patient/x"}"#,
            r#"{"reference":"Patient/x","identifier":{"value":"7"}}"#,
        ],
        &[r#"{"reference":"Device/1"}"#, r#"{"reference":"Group/2"}"#],
    ] {
        assert_eq!(Bundle::parse(observations(subjects).as_bytes()).err(), None, "{subjects:?}");
    }
    for subjects in [
        [r#"{"reference":"Patient/x"}"#, r#"{"reference":"Patient/y"}"#],
        [r#"{"reference":"https://a.example/Patient/x"}"#, r#"{"reference":"https://b.example/Patient/x"}"#],
        [r#"{"reference":"urn:uuid:1"}"#, r#"{"reference":"urn:uuid:2"}"#],
        [r#"{"reference":"Patient/x"}"#, r#"{"identifier":{"value":"7"}}"#],
    ] {
        let entries = vec![entry(0, "Observation"), entry(1, "Observation")];
        assert_eq!(error(observations(&subjects)), BundleError::SeveralPatients { entries }, "{subjects:?}");
    }
}

#[test]
fn record_keys_are_stable_secret_and_distinct() {
    let bytes = example("anna-bergmann");
    let keys = |bytes: &[u8], salt: &[u8]| -> Vec<[u8; 16]> {
        let bundle = Bundle::parse(bytes).unwrap_or_else(|error| panic!("{error}"));
        bundle.entries().iter().map(|entry| entry.record_key(salt)).collect()
    };
    let first = keys(&bytes, b"salt of a chart!");
    assert_eq!(first, keys(&bytes, b"salt of a chart!"));
    assert!(first.iter().all(|key| key[6] >> 4 == 8 && key[8] >> 6 == 2), "UUID version 8");
    assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), first.len());
    let second = keys(&bytes, b"salt of another!");
    assert!(first.iter().all(|key| !second.contains(key)));

    // Changed content keeps the key of a resource with an identity, and changes the key of a resource without one.
    let named = observations(&[r#"{"reference":"Patient/x"}"#]);
    assert_eq!(keys(named.as_bytes(), b"s"), keys(named.replace("final", "amended").as_bytes(), b"s"));
    let nameless = bundle(r#"{"resource":{"resourceType":"Basic","code":{"text":"a"}}}"#);
    assert_ne!(keys(nameless.as_bytes(), b"s"), keys(nameless.replace("\"a\"", "\"b\"").as_bytes(), b"s"));

    let version = |n: u8| {
        format!(
            r#"{{"resource":{{"resourceType":"Basic","id":"b","meta":{{"versionId":"{n}"}},"code":{{"text":"a"}}}}}}"#
        )
    };
    // Versions of one resource are versions of one record.
    let history = keys(bundle(&format!("{},{}", version(1), version(2))).as_bytes(), b"s");
    assert_eq!(history[0], history[1]);
    assert_eq!(history[..1], keys(bundle(&version(1)).as_bytes(), b"s"));
}

#[test]
fn needles_hold_what_identifies_and_nothing_that_fhir_fixes() {
    let bytes = example("anna-bergmann");
    let found = needles(&bytes).unwrap();
    for secret in [
        "Bergmann",
        "Weißenfels-Muster",
        "LH-P-2207-4419",
        "Ahornsteig 41b",
        "1979-05-14",
        "Penicillinallergie",
        "Jürgen",
        "https://lindenhof.example/fhir/Patient/ab-patient-2207",
        "Typ-2-Diabetes, gut eingestellt",
        "Nüchternglukose leicht erhöht; \"Kontrolle in 3 Monaten\" empfohlen.",
        "Nüchternglukose leicht erhöht; \\\"Kontrolle in 3 Monaten\\\" empfohlen.",
    ] {
        assert!(found.iter().any(|needle| needle == secret), "{secret}");
    }
    for word in ["Observation", "http://loinc.org", "laboratory", "Vital Signs", "active", "female", "mmol/L"] {
        assert!(!found.iter().any(|needle| needle == word), "{word}");
    }
    assert!(found.len() > 100 && found.len() < strings_of(&bytes).unwrap().len() + 10);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Bundle::parse(&bytes);
        let _ = strings_of(&bytes);
    }

    #[test]
    fn arbitrary_json_never_panics(text in r#"[\[\]{}",:a-e0-9. \\]{0,64}"#) {
        let _ = Bundle::parse(text.as_bytes());
        let _ = Bundle::parse(bundle(&format!("{{\"resource\":{text}}}")).as_bytes());
    }

    #[test]
    fn mutated_bundles_never_panic_and_stay_exact(edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..4)) {
        let mut bytes = example("karl-lindqvist");
        for (place, byte, edit) in edits {
            let place = place.index(bytes.len());
            match edit {
                0 => bytes[place] = byte,
                1 => { bytes.remove(place); },
                _ => bytes.insert(place, b"{}[]\",:0 "[usize::from(byte) % 9]),
            }
        }
        if let Ok(bundle) = Bundle::parse(&bytes) {
            for entry in bundle.entries() {
                prop_assert!(bytes.as_ptr_range().contains(&entry.raw.as_ptr()));
                prop_assert_eq!((entry.raw.first(), entry.raw.last()), (Some(&b'{'), Some(&b'}')));
            }
        }
    }

    #[test]
    fn raw_resources_and_what_is_between_them_make_up_the_source(gaps in proptest::collection::vec("[ \t\r\n]{0,4}", 1..6), number in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?") {
        let resources: Vec<String> = gaps.iter().enumerate().map(|(n, gap)| {
            format!("{{{gap}\"resourceType\":\"Observation\",\"id\":\"o{n}\",\"status\":{gap}\"final\",\"code\":{{\"text\":\"\\u00e4{n}\"}},\"valueQuantity\":{{\"value\":{number}}}{gap}}}")
        }).collect();
        let entries: Vec<String> = resources.iter().zip(&gaps).map(|(resource, gap)| format!("{gap}{{\"resource\":{gap}{resource}{gap}}}")).collect();
        let text = bundle(&entries.join(","));
        let parsed = Bundle::parse(text.as_bytes());
        let parsed = parsed.unwrap_or_else(|error| panic!("{error}"));
        let mut rest = text.as_str();
        for (entry, resource) in parsed.entries().iter().zip(&resources) {
            prop_assert_eq!(entry.raw, resource.as_bytes());
            let start = entry.raw.as_ptr() as usize - rest.as_ptr() as usize;
            rest = &rest[start + resource.len()..];
        }
        prop_assert_eq!(parsed.entries().len(), resources.len());
    }
}
