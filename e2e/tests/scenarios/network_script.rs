// SPDX-License-Identifier: Apache-2.0

//! `scripts/network.sh` as people use it, and what its nodes tell Prometheus: whatever dashboard and alerts ask for exists.
//!
//! The script puts everything into namespaces of its own, so it disturbs no other scenario.

use crate::network_records::records_are_read_on_another_machine;
use anyhow::{ensure, Context, Result};
use salus_e2e::binaries;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::{Command, Output},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Actions that a later version of the chain will log, by the patterns with which the dashboard waits for them. One that
/// the node knows does not belong here any more.
const LATER: [&str; 2] = ["Emergency.*", ".*Overdue.*"];

/// A network that ends with the test.
pub(super) struct Network {
    pub(super) state: PathBuf,
}

impl Network {
    pub(super) fn script(&self, arguments: &[&str]) -> Result<Output> {
        let programs = binaries::find("salus-node")?.parent().context("a folder")?.to_owned();
        let mut command = Command::new(Path::new(ROOT).join("scripts/network.sh"));
        command.arg("--state").arg(&self.state).args(arguments);
        // Prometheus itself is not needed here, whether it is installed or not.
        command.env("SALUS_BIN_DIR", programs).env("PROMETHEUS", "/does/not/exist");
        command.output().context("the script does not start")
    }

    /// The output of a command that has to end with `status`.
    pub(super) fn ends(&self, status: i32, arguments: &[&str]) -> Result<String> {
        let output = self.script(arguments)?;
        let (said, complained) = (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.code() == Some(status), "{arguments:?}: {}: {said}{complained}", output.status);
        Ok(said)
    }

    /// The answer of a person's `salus` on the machine of a hospital.
    pub(super) fn salus(&self, hospital: &str, person: &str, arguments: &[&str]) -> Result<Value> {
        let said = self.ends(0, &[&["run", hospital, "salus", "--json", "--as", person], arguments].concat())?;
        serde_json::from_str(&said).with_context(|| format!("{arguments:?}: {said}"))
    }

    /// The folder of a hospital's vault.
    pub(super) fn vault(&self, hospital: &str) -> PathBuf {
        self.state.join(format!("network/vault-{hospital}/store"))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.script(&["down", "--forget"]);
    }
}

#[test]
fn four_hospitals_run_in_namespaces_and_tell_what_is_asked() -> Result<()> {
    if std::env::var("SALUS_SKIP_NAMESPACES").is_ok_and(|skip| skip == "1") {
        eprintln!("SALUS_SKIP_NAMESPACES=1: nothing was tried");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let network = Network { state: folder.path().join("network") };
    assert!(network.ends(1, &["status"])?.contains("it is down"));
    network.ends(0, &["up"])?;
    assert!(network.ends(0, &["up"])?.contains("up already"));

    // Each finalizes, and sees nothing of the others but their nodes.
    let status = network.ends(0, &["status"])?;
    assert_eq!((status.matches(" runs ").count(), status.matches(" answers").count()), (4, 4), "{status}");
    let peers = network.ends(0, &["run", "c", "salus", "--json", "status"])?;
    assert_eq!(serde_json::from_str::<Value>(&peers)?["peers"], 3);
    let knock = "exec 3<>/dev/tcp/10.77.0.11/$0";
    network.ends(0, &["run", "b", "bash", "-c", knock, "30333"])?;
    for port in ["9944", "9615", "9617", "22"] {
        network.ends(124, &["run", "b", "timeout", "1", "bash", "-c", knock, port])?;
    }
    network.ends(0, &["run", "d", &format!("{ROOT}/docker/healthy.sh")])?;
    what_is_asked_for_exists(&Metrics::of(&network)?)?;
    records_are_read_on_another_machine(&network, folder.path())?;

    // One fails: its own machine and the script notice, and the others go on.
    network.ends(0, &["stop", "d"])?;
    network.ends(1, &["run", "d", &format!("{ROOT}/docker/healthy.sh")])?;
    let status = network.ends(1, &["status"])?;
    assert_eq!((status.matches(" runs ").count(), status.matches(" stopped ").count()), (3, 1), "{status}");
    network.ends(0, &["start", "d"])?;
    network.ends(2, &["start", "d"])?;

    network.ends(0, &["down"])?;
    network.ends(2, &["run", "a", "true"])?;
    assert!(network.state.join("network/a/keys").is_dir(), "the keys are kept");
    network.ends(0, &["down", "--forget"])?;
    assert!(!network.state.exists());
    Ok(())
}

/// The script calls its part `inside` within namespaces. Anywhere else that part would mount over `/run` and end every process. So
/// this test calls it in other namespaces: damage stays in them, and ends with the time limit.
#[test]
fn inside_is_refused_where_the_namespaces_are_not_its_own() -> Result<()> {
    if std::env::var("SALUS_SKIP_NAMESPACES").is_ok_and(|skip| skip == "1") {
        eprintln!("SALUS_SKIP_NAMESPACES=1: nothing was tried");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let separation = "20 unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private";
    let user = ["--user", "--map-root-user"];
    let own = "export SALUS_NETWORK_OUTSIDE=\"$(readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/pid | tr '\\n' ' ')\"";
    for (before, part) in
        [("true", "world"), (own, "world"), (own, "node a"), ("export SALUS_NETWORK_OUTSIDE=x", "world")]
    {
        let mut command = Command::new("timeout");
        command.args(separation.split(' ')).args(user.iter().filter(|_| !rustix::process::geteuid().is_root()));
        command.args(["sh", "-c", &format!("{before}; exec \"$0\" --state \"$1\" inside {part}")]);
        let output =
            command.arg(Path::new(ROOT).join("scripts/network.sh")).arg(folder.path().join("network")).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{before}; {part}: {said}");
        assert!(said.contains("works in namespaces of its own only"), "{before}; {part}: {said}");
    }
    Ok(())
}

/// The metrics that nodes export: for each metric, the values of each label.
struct Metrics(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Metrics {
    fn of(network: &Network) -> Result<Self> {
        let ask = "exec 3<>/dev/tcp/127.0.0.1/9615
            printf 'GET /metrics HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
            cat <&3";
        let mut metrics = Self(BTreeMap::new());
        for hospital in ["a", "d"] {
            let answer = network.ends(0, &["run", hospital, "bash", "-c", ask])?;
            let lines = answer.lines().skip_while(|line| !line.is_empty()).filter(|line| !line.starts_with('#'));
            for sample in lines.filter_map(|line| line.rsplit_once(' ')).map(|(sample, _)| sample) {
                for (name, labels) in selectors(sample) {
                    let known = metrics.0.entry(name).or_default();
                    for (label, value) in labels {
                        known.entry(label).or_default().insert(value);
                    }
                }
            }
        }
        ensure!(metrics.0.len() > 50, "next to no metrics: {:?}", metrics.0.keys());
        Ok(metrics)
    }

    /// Whether some series has the label with a value that fits one of the alternatives.
    fn has(&self, name: &str, label: &str, alternative: &str) -> bool {
        let known = self.0.get(name).and_then(|labels| labels.get(label));
        let parts: Vec<_> = alternative.split(".*").collect();
        known.into_iter().flatten().any(|value| match parts.as_slice() {
            [whole] => value == whole,
            [start, "", ..] => value.starts_with(start),
            ["", part, ..] => value.contains(part),
            _ => false,
        })
    }
}

/// The metrics of ours and the SDK's that a text names, each with what it says of their labels.
fn selectors(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let word = &rest[start..];
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        let (name, after) = word.split_at(end);
        rest = after;
        if !name.starts_with("salus_") && !name.starts_with("substrate_") {
            continue;
        }
        let inside = after.strip_prefix('{').and_then(|after| after.split_once('}')).map_or("", |(inside, _)| inside);
        let matcher = |one: &str| {
            let (label, value) = one.split_once('=')?;
            Some((label.trim().to_owned(), value.trim_matches(['~', '"', ' ']).to_owned()))
        };
        found.push((name.to_owned(), inside.split(',').filter_map(matcher).collect()));
    }
    found
}

/// Every expression in the dashboard.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("expr", Value::String(expression)) => found.push(expression.clone()),
            _ => expressions(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

fn what_is_asked_for_exists(metrics: &Metrics) -> Result<()> {
    let read = |path: &str| std::fs::read_to_string(Path::new(ROOT).join(path)).context(path.to_owned());
    let mut asked = vec![read("docker/prometheus/alerts.yaml")?];
    expressions(&serde_json::from_str(&read("docker/grafana/dashboards/salus.json")?)?, &mut asked);
    assert!(asked.len() > 30);

    let (mut missing, mut later) = (BTreeSet::new(), BTreeSet::new());
    // Nodes do not tell of vault services: docker/checks compares these metrics with the service's source.
    let of_nodes = asked.iter().flat_map(|text| selectors(text)).filter(|(name, _)| !name.starts_with("salus_vault_"));
    for (name, labels) in of_nodes {
        if !metrics.0.contains_key(&name) {
            missing.insert(name.clone());
        }
        // Without labels that Prometheus itself adds, or that are chosen in the dashboard.
        for (label, value) in labels.iter().filter(|(label, _)| !["hospital", "job"].contains(&label.as_str())) {
            for alternative in value.split('|') {
                let exists = metrics.has(&name, label, alternative);
                let is_later = LATER.contains(&alternative);
                if is_later {
                    later.insert(alternative.to_owned());
                }
                if exists == is_later {
                    missing.insert(format!("{name}{{{label}=\"{alternative}\"}}"));
                }
            }
        }
    }
    ensure!(missing.is_empty(), "asked for, and not told, or told already although it is to come later: {missing:?}");
    ensure!(later.len() == LATER.len(), "the dashboard does not wait for {LATER:?} any more: {later:?}");

    // And what the node tells of its own is explained.
    let documented = read("docs/network.md")?;
    let silent: Vec<_> =
        metrics.0.keys().filter(|name| name.starts_with("salus_") && !documented.contains(*name)).collect();
    ensure!(silent.is_empty(), "docs/network.md does not say what these are: {silent:?}");
    Ok(())
}

#[test]
fn selectors_are_found_with_their_labels() {
    let found = selectors(r#"max(salus_x{a="1", b=~"p|q.*"}) - on(up) substrate_y_total or up{job="salus"}"#);
    let labels = [("a", "1"), ("b", "p|q.*")].map(|(label, value)| (label.to_owned(), value.to_owned()));
    assert_eq!(found, [("salus_x".to_owned(), labels.to_vec()), ("substrate_y_total".to_owned(), Vec::new())]);
}
