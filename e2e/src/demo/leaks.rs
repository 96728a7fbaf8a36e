// SPDX-License-Identifier: Apache-2.0

//! The search for every string of the bundle in everything that others could get hold of.

use super::cast::{text, Cast};
use crate::{
    binaries,
    node::Node,
    scan::{Scanner, Searched},
    steps::Steps,
};
use anyhow::{ensure, Context, Result};
use salus_fhir::needles;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

/// Searched for, to see that a search finds something where there is something.
const CANARY: &str = "canary of Salus 5b1e";

/// Searches exported blocks and state, the database, the vaults and the logs.
pub(super) async fn nothing_leaks(
    nodes: [Node; 2],
    folder: &Path,
    texts: &[Vec<u8>],
    cast: &mut Cast,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("no string of the bundle stands in chain, vaults or logs");
    let mut strings = BTreeSet::new();
    for text in texts {
        strings.extend(needles(text)?);
    }
    let [node, second] = nodes;
    let days = days_of(&node)?;
    let today = |string: &String| days.iter().any(|day| day.starts_with(string.as_str()));
    let (of_today, mut strings): (Vec<_>, Vec<_>) = strings.into_iter().partition(today);
    steps.note(&format!("{} strings of six or more characters, FHIR's own words left out", strings.len()));
    if !of_today.is_empty() {
        steps.note("the bundle has the date of today, with which each line of the log begins: it is left out");
    }
    strings.push(CANARY.to_owned());
    let canary = strings.len().saturating_sub(1);
    let scanner = Scanner::new(&strings)?;

    let base = node.folder().to_owned();
    let other_base = second.folder().to_owned();
    cast.stop_services().await?;
    second.stop().await?;
    node.stop().await?;
    let exports = folder.join("exports");
    std::fs::create_dir_all(&exports)?;
    export(&base, &exports.join("blocks.bin"), &["export-blocks", "--binary"])?;
    export(&base, &exports.join("blocks.json"), &["export-blocks"])?;
    export(&base, &exports.join("state.json"), &["export-state"])?;
    let decoded = exports.join("decoded");
    std::fs::create_dir_all(&decoded)?;
    for name in ["blocks.json", "state.json"] {
        std::fs::write(decoded.join(name), decode_hex_in(&std::fs::read(exports.join(name))?))?;
    }

    let mut places =
        vec![("exported and decoded blocks and state", exports), ("hospital 1's node, with its log", base)];
    places.push(("hospital 2's node, with its log", other_base));
    places.push(("the vaults and their services' logs", cast.institutions()));
    for (name, place) in places {
        let planted = plant(&place)?;
        let Searched { findings, by_chance, bytes } = scanner.scan_folder(&place)?;
        let (canaries, findings): (Vec<_>, Vec<_>) = findings.into_iter().partition(|it| it.needle == canary);
        for finding in findings.iter().take(10) {
            let string = strings.get(finding.needle).map(String::as_str).unwrap_or_default();
            steps.note(&format!("found `{string}` as {:?} in {}", finding.encoding, finding.place));
        }
        ensure!(bytes > planted, "there is nothing in {}", place.display());
        if !by_chance.is_empty() {
            let found: BTreeSet<_> = by_chance.iter().map(|finding| finding.needle).collect();
            steps.note(&format!("{} short numbers or hexadecimal words stand there by chance", found.len()));
        }
        steps.check(&format!("none in {name} ({} MiB)", bytes / (1 << 20)), findings.is_empty())?;
        let encodings: BTreeSet<_> = canaries.iter().map(|finding| finding.encoding).collect();
        steps.check("a canary planted there is found in every encoding", encodings.len() == 3)?;
    }
    Ok(())
}

/// The days of which the node's log is, as its lines begin with them.
fn days_of(node: &Node) -> Result<BTreeSet<String>> {
    let log = std::fs::read_to_string(node.folder().join("node.log")).context("the node's log")?;
    let is_day = |day: &&str| day.chars().all(|letter| letter.is_ascii_digit() || letter == '-');
    Ok(log.lines().filter_map(|line| line.get(..10)).filter(is_day).map(str::to_owned).collect())
}

/// Writes the canary, in three encodings, into a file that is large enough to hide in. Returns the file's length.
fn plant(place: &Path) -> Result<u64> {
    use base64::Engine;
    let file: PathBuf = place.join("planted");
    let mut bytes = vec![0xa5; 4099];
    for canary in [
        CANARY.to_owned(),
        hex::encode(CANARY),
        base64::engine::general_purpose::STANDARD.encode(format!("x{CANARY}yz")),
    ] {
        bytes.extend(canary.as_bytes());
        bytes.extend([0; 5]);
    }
    std::fs::write(file, &bytes)?;
    Ok(bytes.len() as u64)
}

fn export(base: &Path, out: &Path, command: &[&str]) -> Result<()> {
    let (name, options) = command.split_first().context("no command")?;
    let output = match *name {
        "export-state" => {
            let output = Command::new(binaries::find("salus-node")?)
                .arg(name)
                .args(["--chain", "dev", "--base-path", text(base)?])
                .output()?;
            std::fs::write(out, &output.stdout)?;
            output
        }
        _ => Command::new(binaries::find("salus-node")?)
            .arg(name)
            .args(options)
            .args(["--chain", "dev", "--base-path", text(base)?, text(out)?])
            .output()?,
    };
    let reason = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`salus-node {name}` ended with {}: {}", output.status, reason.trim());
    ensure!(std::fs::metadata(out)?.len() > 0, "`salus-node {name}` wrote nothing");
    Ok(())
}

/// Every run of hexadecimal digits in `text`, as the bytes that it stands for.
fn decode_hex_in(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    for run in text.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| !run.is_empty()) {
        // `0x` leaves a lone zero before the run.
        if let Ok(bytes) = hex::decode(run) {
            decoded.extend(bytes);
            decoded.push(b'\n');
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::decode_hex_in;

    #[test]
    fn hexadecimal_digits_in_json_become_bytes() {
        assert_eq!(decode_hex_in(br#"{"0x616263":"0x646566"}"#), b"abc\ndef\n".to_vec().as_slice());
    }
}
