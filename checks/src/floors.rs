// SPDX-License-Identifier: Apache-2.0

//! The floors: a crate depends only on crates below it, and a pallet on no other pallet of ours.
//!
//! Dependencies that only tests have may point anywhere.

use crate::{imports::crates, tree};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// From the ground up: each crate may depend on those before it in its line, and on what those may depend on.
const FLOORS: [&str; 21] = [
    "salus-primitives pallet-salus-audit pallet-salus-membership pallet-salus-charts pallet-salus-access pallet-salus-records \
     salus-runtime salus-node",
    "pallet-salus-membership pallet-salus-authorities pallet-salus-upgrades salus-runtime",
    "pallet-salus-membership pallet-salus-shredding salus-runtime",
    "salus-primitives salus-runtime-api salus-runtime",
    "salus-primitives salus-sealing salus-gate salus-chain salus-client salus-cli",
    "salus-primitives salus-vault salus-gate",
    "salus-primitives salus-fhir salus-client",
    "salus-primitives salus-content salus-client",
    "salus-sealing salus-founding salus-cli",
    "salus-client salus-founding",
    "salus-gate salus-vault-client salus-client",
    "salus-vault-client salus-vault-service",
    "salus-chain salus-vault-service",
    "salus-chain salus-backup salus-cli",
    "salus-vault salus-backup",
    "salus-fhir salus-gateway",
    "salus-client salus-gateway",
    "salus-client salus-e2e salus-faults",
    "salus-founding salus-e2e",
    "salus-client salus-node salus-benches",
    "salus-checks",
];
/// Crates that only tests use.
const FOR_TESTS: [&str; 4] =
    ["pallet-salus-testing", "salus-gate-testing", "salus-mail-testing", "salus-vault-testing"];

/// Dependencies that point up, or from one pallet to another, and crates that are on no floor.
pub fn violations(root: &Path) -> Vec<String> {
    let manifests = crates(root).into_iter().filter_map(|folder| tree::file(root, &format!("{folder}/Cargo.toml")));
    manifests.flat_map(|manifest| wrong(&manifest.path, &manifest.text)).collect()
}

fn wrong(path: &str, manifest: &str) -> Vec<String> {
    let below = below();
    let name = name(manifest);
    if FOR_TESTS.contains(&name) {
        return Vec::new();
    }
    let Some(allowed) = below.get(name) else {
        return vec![format!("{path}: `{name}` is on no floor (checks/src/floors.rs)")];
    };
    let mut wrong = Vec::new();
    for dependency in dependencies(manifest) {
        if name.starts_with("pallet-") && dependency.starts_with("pallet-") {
            wrong.push(format!("{path}: the pallet `{name}` depends on the pallet `{dependency}`"));
        } else if !allowed.contains(dependency.as_str()) {
            wrong.push(format!("{path}: `{name}` depends on `{dependency}`, which is not below it"));
        }
    }
    wrong
}

/// The crates below each crate.
fn below() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in FLOORS {
        let mut lower = BTreeSet::new();
        for name in line.split_whitespace() {
            below.entry(name).or_default().extend(&lower);
            lower.insert(name);
        }
    }
    // Crates below a lower crate are below, too.
    for _ in 0..below.len() {
        let before = below.clone();
        for lower in below.values_mut() {
            let deeper: BTreeSet<&str> = lower.iter().filter_map(|name| before.get(name)).flatten().copied().collect();
            lower.extend(deeper);
        }
    }
    below
}

fn name(manifest: &str) -> &str {
    let line = manifest.lines().find(|line| line.starts_with("name ="));
    line.and_then(|line| line.split('"').nth(1)).unwrap_or_default()
}

/// The crates of ours that a manifest depends on, but for tests.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut dependencies = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_matches(['[', ']']);
            counts = section.ends_with("dependencies") && !section.contains("dev-dependencies");
            let single = section.split_once("dependencies.").filter(|(before, _)| !before.ends_with("dev-"));
            dependencies.extend(single.map(|(_, name)| name.to_owned()));
        } else if counts {
            let end = line.find(['.', ' ', '=']).unwrap_or_default();
            dependencies.extend(line.get(..end).map(str::to_owned));
        }
    }
    dependencies.retain(|name| name.starts_with("salus-") || name.starts_with("pallet-salus-"));
    dependencies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_that_points_up_is_reported() {
        let manifest = "[package]\nname = \"salus-vault\"\n[dependencies]\nsalus-primitives.workspace = true\nsalus-client = { path = \"x\" }\n";
        let expected = ["vault/Cargo.toml: `salus-vault` depends on `salus-client`, which is not below it"];
        assert_eq!(wrong("vault/Cargo.toml", manifest), expected);
        assert_eq!(wrong("vault/Cargo.toml", &manifest.replace("[dependencies]", "[dev-dependencies]")), [""; 0]);
        assert_eq!(wrong("cli/Cargo.toml", &manifest.replace("salus-vault", "salus-cli")), [""; 0]);
    }

    #[test]
    fn a_pallet_that_names_another_is_reported() {
        let manifest = "name = \"pallet-salus-records\"\n[dependencies.pallet-salus-audit]\nworkspace = true\n";
        assert_eq!(
            wrong("x", manifest),
            ["x: the pallet `pallet-salus-records` depends on the pallet `pallet-salus-audit`"]
        );
    }

    #[test]
    fn a_crate_on_no_floor_is_reported() {
        assert_eq!(wrong("x", "name = \"salus-attic\"\n"), ["x: `salus-attic` is on no floor (checks/src/floors.rs)"]);
    }
}
