// SPDX-License-Identifier: Apache-2.0

//! A node that answers clients beyond its own machine: behind a proxy, or in a container.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod support;

use serde_json::{json, Value};
use support::Node;

const PORTS: [&str; 2] = ["--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0"];
/// The name by which a client calls a proxy.
const PROXY: &str = "salus.hospital-a.example";

fn status_for(node: &Node, host: &str) -> String {
    let (head, _) = node.post(host, "system_chain", json!([]));
    head.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
fn a_proxy_has_to_call_the_node_by_a_local_name() {
    let node = Node::start_with(&[&PORTS[..], &["--rpc-cors=http://localhost:*"]].concat());
    let port = node.address.rsplit_once(':').unwrap().1;
    assert_eq!(status_for(&node, PROXY), "403");
    assert_eq!(status_for(&node, &format!("{PROXY}:{port}")), "403");
    assert_eq!(status_for(&node, "127.0.0.1:1"), "403", "the port counts");
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(status_for(&node, &format!("{host}:{port}")), "200", "{host}");
    }
}

#[test]
fn with_all_origins_the_node_answers_to_any_name() {
    let node = Node::start_with(&[&PORTS[..], &["--rpc-cors=all"]].concat());
    assert_eq!(status_for(&node, PROXY), "200");
}

/// The node starts with the options of docker/compose.yaml.
#[test]
fn a_node_that_answers_all_machines_offers_safe_methods_only() {
    let node = Node::start_with(&[&PORTS[..], &["--unsafe-rpc-external"]].concat());
    assert!(node.address.starts_with("0.0.0.0:"), "it listens to all: {}", node.address);
    assert_eq!(node.ask("system_chain", json!([])), "Salus Development");
    assert!(node.ask("salus_now", json!([])).is_u64());
    let (key, block) = ("0x00", format!("0x{}", "00".repeat(32)));
    let peer = "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    let unsafe_methods = [
        ("author_hasKey", json!([key, "aura"])),
        ("author_hasSessionKeys", json!([key])),
        ("author_insertKey", json!(["aura", "//Alice", block])),
        ("author_removeExtrinsic", json!([[]])),
        ("author_rotateKeys", json!([])),
        ("author_rotateKeysWithOwner", json!([key])),
        ("dev_getBlockStats", json!([block])),
        ("offchain_localStorageClear", json!(["PERSISTENT", key])),
        ("offchain_localStorageGet", json!(["PERSISTENT", key])),
        ("offchain_localStorageSet", json!(["PERSISTENT", key, key])),
        ("state_callRecorded", json!(["Core_version", key, block])),
        ("state_getPairs", json!([key])),
        ("state_queryStorage", json!([[key], block])),
        ("state_traceBlock", json!([block])),
        ("system_addLogFilter", json!(["trace"])),
        ("system_addReservedPeer", json!([peer])),
        ("system_dryRun", json!([key])),
        ("system_peers", json!([])),
        ("system_removeReservedPeer", json!([peer])),
        ("system_resetLogFilter", json!([])),
        ("system_unstable_networkState", json!([])),
    ];
    let methods = node.ask("rpc_methods", json!([]));
    let offered: Vec<_> = methods["methods"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut refused = 0;
    for (method, parameters) in unsafe_methods.iter().filter(|(method, _)| offered.contains(method)) {
        let refusal = node.call(method, parameters.clone())["error"]["message"].to_string();
        assert!(
            ["unsafe to be called externally", "denied", "are unsafe and disabled"]
                .iter()
                .any(|it| refusal.contains(it)),
            "{method}: {refusal}"
        );
        refused += 1;
    }
    assert!(refused >= 15, "the SDK offers most of them: {offered:?}");
    // A new method of the SDK that changes a node has a name that says so, and belongs into the list above.
    for method in offered.iter().filter(|method| !method.contains("subscribe") && !method.starts_with("transaction")) {
        let name = method.split_once('_').map_or(*method, |(_, name)| name);
        let changes =
            ["add", "clear", "insert", "remove", "reset", "rotate", "set"].iter().any(|it| name.starts_with(it));
        assert!(!changes || unsafe_methods.iter().any(|(it, _)| it == method), "`{method}` is not tried");
    }
}
