// SPDX-License-Identifier: Apache-2.0

//! The start of a node beside others, and its end.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod support;

use std::{
    net::TcpListener,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};
use support::{Node, PATIENCE};

/// Returns the message with which a node refuses to start with these options.
fn refusal_of(options: &[&str]) -> String {
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_salus-node")).args(["--tmp"]).args(options).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(!text.contains("panicked") && begun.elapsed() < PATIENCE, "{text}");
    text
}

#[test]
fn a_node_that_is_told_to_stop_says_so_and_ends_without_an_error() {
    // With a filter for details, lines show their levels.
    let node = Node::start_with(&["--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0", "--log=salus=debug"]);
    let begun = Instant::now();
    while node.finalized() < 2 {
        assert!(begun.elapsed() < PATIENCE, "nothing becomes final");
        sleep(Duration::from_millis(200));
    }
    let (status, log) = node.stop();
    assert!(status.success(), "{status}: {log:#?}");
    for word in ["ERROR", "failed", "panicked"] {
        assert!(!log.iter().any(|line| line.contains(word)), "{log:#?}");
    }
    assert!(log.iter().any(|line| line.contains(" INFO ")), "levels are shown: {log:#?}");
    // The database of a folder that is removed at the end may still complain after that line.
    assert!(log.iter().any(|line| line.contains("stopped, as the node was told to")), "{log:#?}");
}

#[test]
fn a_second_node_with_the_ports_of_the_first_is_refused() {
    let listen = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        format!("--listen-addr=/ip4/127.0.0.1/tcp/{free}")
    };
    let first = Node::start_with(&["--rpc-port=0", &listen]);
    let rpc = format!("--rpc-port={}", first.address.rsplit_once(':').unwrap().1);
    let any = ["--no-prometheus", "--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0"];
    for chain in
        [&["--dev"][..], &["--chain=local"], &["--chain=local", "--alice", "--unsafe-force-node-key-generation"]]
    {
        let text = refusal_of(&[chain, &["--no-prometheus", &rpc, any[2]]].concat());
        assert!(text.contains(&first.address) && text.contains("is in use on this machine"), "{text}");
        assert!(text.contains("\nhint: ") && text.contains("`--rpc-port`"), "{text}");

        let text = refusal_of(&[chain, &["--no-prometheus", any[1], &listen]].concat());
        assert!(text.contains("the port for other nodes") && text.contains("`--listen-addr`"), "{text}");
    }
    // The first node is not affected.
    assert_eq!(first.ask("system_chain", serde_json::json!([])), "Salus Development");
}

#[test]
fn a_node_whose_port_for_metrics_is_in_use_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("--prometheus-port={}", listener.local_addr().unwrap().port());
    let text = refusal_of(&["--dev", "--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0", &port]);
    assert!(text.contains("the port for metrics") && text.contains("`--prometheus-port`"), "{text}");
}
