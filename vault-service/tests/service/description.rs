// SPDX-License-Identifier: Apache-2.0

//! The description of the service agrees with the code.

use crate::messages::{answer, get, service};
use axum::http::StatusCode;
use salus_gate::protocol::{
    CompartmentRequest, CopyRequest, GateRequest, HeldRequest, KeyRequest, NoteRequest, ReleaseRequest, RestRequest,
    StageRequest, UnsealProfileRequest, UnsealRequest, UPLOADS,
};
use salus_gate_testing::World;
use salus_primitives::decision::Denial;
use salus_vault_client::{DECLARATION_PATH, INTRODUCTION_PATH};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

async fn description() -> Value {
    let world = World::new().await;
    let (status, headers, body) = answer(&service(&world).0, get("/v1/openapi.json")).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/json"));
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn every_path_and_no_other_is_described() {
    let described = description().await;
    let paths: BTreeSet<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let served = [
        ReleaseRequest::PATH,
        RestRequest::PATH,
        KeyRequest::PATH,
        CompartmentRequest::PATH,
        NoteRequest::PATH,
        StageRequest::PATH,
        UnsealRequest::PATH,
        UnsealProfileRequest::PATH,
        CopyRequest::PATH,
        HeldRequest::PATH,
        INTRODUCTION_PATH,
        DECLARATION_PATH,
        "/v1/openapi.json",
    ];
    let served: BTreeSet<_> = served.map(str::to_owned).into_iter().chain([format!("{UPLOADS}/{{number}}")]).collect();
    assert_eq!(paths, served);
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/router.rs")).unwrap();
    // Four more are for monitoring.
    assert_eq!(source.matches(".route(").count(), served.len() + 4);
}

#[tokio::test]
async fn every_code_of_a_refusal_and_no_other_is_described() {
    let described = description().await;
    let codes = described["components"]["schemas"]["Refusal"]["oneOf"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|code| code["properties"]["code"]["const"].as_str().unwrap().to_owned()).collect();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../gate/src/protocol/refusal.rs");
    let source = fs::read_to_string(source).unwrap();
    let variants: Vec<_> = source
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()))
        .map(|line| kebab(line.split([',', '(', ' ']).next().unwrap()))
        .collect();
    assert!(variants.len() > 25, "{variants:?}");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>(), variants.iter().collect::<BTreeSet<_>>());
    assert_eq!(codes.len(), variants.len());
}

#[tokio::test]
async fn every_word_of_a_denial_and_no_other_is_described() {
    let described = description().await;
    let words = described["components"]["schemas"]["Denial"]["enum"].as_array().unwrap().iter();
    let words: Vec<_> = words.map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words, Denial::ALL.map(Denial::word));
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let described = description().await;
    let mut open = vec![&described];
    let mut seen = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    assert!(described.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                    seen += 1;
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(seen > 50);
}

/// A name as serde writes it.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
