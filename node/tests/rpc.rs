// SPDX-License-Identifier: Apache-2.0

//! The answers of a running node, over plain HTTP.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod support;

use codec::Decode;
use salus_runtime::Header;
use sc_consensus_grandpa::FinalityProof;
use serde_json::{json, Value};
use std::{
    thread::sleep,
    time::{Duration, Instant},
};
use support::{Node, PATIENCE};

/// All checks share one node: starting one takes longer than all of them.
#[test]
fn node_answers_questions_refuses_bad_ones_and_proves_finality() {
    let node = Node::start();
    every_method_answers(&node);
    bad_questions_have_the_documented_codes(&node);
    health_is_told(&node);
    finality_is_proved(&node);
}

fn every_method_answers(node: &Node) {
    let record = "0/00000000000000000000000000000001";
    let key = "0x0000000000000000000000000000000000000000000000000000000000000001";
    let ask = json!({"permission": "read", "scope": {"compartment": 0}, "purpose": "treatment", "at": 0});
    let questions = [
        ("salus_institution", json!([0])),
        ("salus_institutions", json!([0, 10])),
        ("salus_member", json!([0])),
        ("salus_memberOfAccount", json!([key])),
        ("salus_challenges", json!([0])),
        ("salus_requiredVerifications", json!([])),
        ("salus_chart", json!([0])),
        ("salus_chartsOf", json!([0])),
        ("salus_compartments", json!([0])),
        ("salus_epochs", json!([0, 0, 0, 10])),
        ("salus_grants", json!([0, 0, 10])),
        ("salus_grantsTo", json!([{"member": 0}, null, 10])),
        ("salus_readers", json!([0, {"compartment": 0}])),
        ("salus_requests", json!([0, 0, 10])),
        ("salus_explainAccess", json!([0, 0, ask])),
        ("salus_record", json!([record])),
        ("salus_records", json!([0, null, 10])),
        ("salus_corrections", json!([0, null, 10])),
        ("salus_versions", json!([record, 0, 10])),
        ("salus_shreddingState", json!([record])),
        ("salus_shreddings", json!([0, 10])),
        ("salus_attestations", json!([0, null, 10])),
        ("salus_session", json!([0, "0x00000000000000000000000000000001"])),
        ("salus_logHead", json!(["consortium"])),
        ("salus_logPage", json!([{"chart": 0}, 0, 10])),
        ("salus_now", json!([])),
        ("salus_refusal", json!([1])),
    ];
    let genesis = node.ask("chain_getBlockHash", json!([0]));
    for (method, parameters) in &questions {
        node.ask(method, parameters.clone());
        let mut at_genesis = parameters.as_array().unwrap().clone();
        at_genesis.push(genesis.clone());
        node.ask(method, at_genesis.into());
    }
    let methods = node.ask("rpc_methods", json!([]));
    let methods = methods["methods"].as_array().unwrap().iter().filter_map(Value::as_str);
    // `salus_equivocations` reads the node's own database, not the state of a block, so it is not among the questions.
    assert_eq!(methods.filter(|method| method.starts_with("salus_")).count(), questions.len() + 1);
    assert_eq!(node.ask("salus_equivocations", json!([])), json!([]));

    assert_eq!(node.ask("salus_institution", json!([0]))["profile"]["kind"], "hospital");
    let institutions = node.ask("salus_institutions", json!([0, 10]));
    assert_eq!(institutions.as_array().unwrap().len(), 2);
    assert_eq!((&institutions[1]["number"], &institutions[1]["status"]), (&json!(1), &json!("active")));
    assert_eq!(node.ask("salus_member", json!([1]))["role"], "verifier");
    assert!(node.ask("salus_member", json!([999])).is_null());
    assert_eq!(node.ask("salus_refusal", json!([1])), "not-member");
    assert_eq!(node.ask("salus_explainAccess", json!([0, 0, ask]))["decision"], json!({"denied": "not-found"}));
}

fn bad_questions_have_the_documented_codes(node: &Node) {
    let unknown = "0x0000000000000000000000000000000000000000000000000000000000000001";
    assert_eq!(node.error_code("salus_institution", json!(["x"])), -32602);
    assert_eq!(node.error_code("salus_institution", json!([])), -32602);
    assert_eq!(node.error_code("salus_refusal", json!([256])), -32602);
    assert_eq!(node.error_code("salus_memberOfAccount", json!(["0x12"])), -32602);
    assert_eq!(node.error_code("salus_now", json!([unknown])), 7001);
    assert_eq!(node.error_code("salus_institutions", json!([0, 0])), 7003);
    assert_eq!(node.error_code("salus_institutions", json!([0, 257])), 7003);
    assert_eq!(node.error_code("grandpa_proveFinality", json!([4_000_000])), 7005);
    assert_eq!(node.error_code("salus_nothing", json!([])), -32601);
    // The node refuses methods that change it.
    for (method, parameters) in
        [("author_rotateKeysWithOwner", json!(["0x00"])), ("system_addReservedPeer", json!(["/ip4/127.0.0.1"]))]
    {
        let refusal = node.call(method, parameters)["error"]["message"].to_string();
        assert!(refusal.contains("unsafe to be called externally"), "{method}: {refusal}");
    }
}

fn health_is_told(node: &Node) {
    let (head, body) =
        node.http(&format!("GET /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", node.address));
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(body.contains("isSyncing"), "{body}");
}

/// Checks that there is a proof before the set of authorities has ever changed, where the SDK's own method finds none.
fn finality_is_proved(node: &Node) {
    let begun = Instant::now();
    while node.finalized() < 3 {
        assert!(begun.elapsed() < PATIENCE, "nothing becomes final");
        sleep(Duration::from_millis(200));
    }
    let proof = node.ask("grandpa_proveFinality", json!([1]));
    let bytes = sp_core::bytes::from_hex(proof.as_str().unwrap()).unwrap();
    let proof = FinalityProof::<Header>::decode(&mut bytes.as_slice()).unwrap();
    assert!(!proof.justification.is_empty());
    // Headers lead from the block to the one that the authorities voted on.
    let mut parent = node.ask("chain_getBlockHash", json!([1]));
    for header in &proof.unknown_headers {
        assert_eq!(json!(header.parent_hash), parent);
        parent = json!(header.hash());
    }
    assert_eq!(json!(proof.block), parent);
}
