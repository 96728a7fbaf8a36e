// SPDX-License-Identifier: Apache-2.0

//! The packet filter of `salus network init` keeps all data from a node that the consortium did not admit.

use salus_e2e::binaries;
use salus_faults::filter::{Door, Report, CARELESS, METRICS, RPC};
use std::{ffi::OsStr, time::Duration};
use tokio::{process::Command, time::timeout};

/// The time limit of a trial.
const PATIENCE: Duration = Duration::from_secs(600);
/// The request-response protocols of a node.
const PROTOCOLS: [&str; 4] = ["sync/2", "state/2", "sync/warp", "light/2"];

/// Returns whether `SALUS_SKIP_NAMESPACES` skips the trials. Without it they fail on a machine without namespaces.
fn skipped() -> bool {
    let skipped = std::env::var("SALUS_SKIP_NAMESPACES").is_ok_and(|skip| skip == "1");
    if skipped {
        eprintln!("SALUS_SKIP_NAMESPACES=1: nothing was tried");
    }
    skipped
}

/// Runs `salus-netlab`, and returns its report.
async fn netlab(arguments: &[&OsStr]) -> Vec<u8> {
    let mut command = Command::new(binaries::find("salus-netlab").unwrap());
    command.arg("--tied").args(arguments).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output())
        .await
        .unwrap_or_else(|_| panic!("it takes longer than {PATIENCE:?}"))
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the trial failed (SALUS_SKIP_NAMESPACES=1 leaves it out): {said}");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    output.stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_netlab_cuts_slows_and_filters_and_counts_what_that_did() {
    if !skipped() {
        netlab(&["check".as_ref()]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intruder_gets_no_block_behind_the_filter_that_was_written() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = netlab(&["filter".as_ref(), folder.path().as_ref()]).await;
    let Report { behind, control, first_block } = serde_json::from_slice(&report).unwrap();

    // With the filter no port opens, no node answers and no block arrives, and each filter counted dropped packets.
    for (hospital, doors) in behind.doors.iter().enumerate() {
        assert!(doors.len() >= 3 && doors.values().all(|door| *door == Door::Silent), "{hospital}: {doors:?}");
    }
    for asked in &behind.asked {
        assert!(!asked.connected && asked.blocks.is_empty(), "{asked:?}");
        for protocol in PROTOCOLS {
            assert!(asked.answers.contains_key(protocol) && asked.bytes(protocol) == 0, "{protocol}: {asked:?}");
        }
    }
    assert_eq!((behind.onlooker.best, behind.onlooker.peers), (0, 0), "{:?}", behind.onlooker);
    assert!(behind.filtered.iter().all(|dropped| *dropped > 0), "{:?}", behind.filtered);

    // An admitted hospital reaches the others' nodes at the addresses of the list, and no other port of theirs.
    for (address, door) in &behind.doors_to_peer {
        let admitted = address.is_ipv4() && ![RPC, METRICS].contains(&address.port());
        assert_eq!(*door, if admitted { Door::Open } else { Door::Silent }, "{address}");
    }

    // The hospitals finalize blocks with the filter and without it.
    for attempt in [&behind, &control] {
        assert!(attempt.finalized.iter().all(|[before, after]| after > before), "{:?}", attempt.finalized);
    }

    // Without the filter every node serves blocks to the intruder. The careless one also accepts it as a peer, and
    // offers it RPC and metrics.
    for asked in &control.asked {
        assert!(asked.connected && asked.blocks.first() == Some(&first_block), "{asked:?}");
        assert!(PROTOCOLS.iter().all(|protocol| asked.bytes(protocol) > 0), "{asked:?}");
    }
    assert!(control.onlooker.best > 0 && control.onlooker.peers > 0, "{:?}", control.onlooker);
    assert!(control.onlooker.watched < behind.onlooker.watched, "a block that comes needs less than the time to wait");
    for doors in [&control.doors[CARELESS], &control.doors_to_peer] {
        // A node never offers RPC over IPv6.
        let mut offered = doors.iter().filter(|(address, _)| address.is_ipv4() || address.port() != RPC);
        assert!(offered.all(|(_, door)| *door == Door::Open), "{doors:?}");
    }

    // Even without the filter, the other nodes offer RPC and metrics on their own machines only.
    for doors in control.doors.iter().take(CARELESS) {
        for (address, door) in doors {
            let listening = address.is_ipv4() && ![RPC, METRICS].contains(&address.port());
            assert_eq!(*door, if listening { Door::Open } else { Door::Refused }, "{address}");
        }
    }
}
