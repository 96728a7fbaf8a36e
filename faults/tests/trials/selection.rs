// SPDX-License-Identifier: Apache-2.0

//! A short selection of the faults (`docs/faults.md`): one of each family that hurts most, with seeds that never change.

use salus_e2e::binaries;
use salus_faults::{
    plan::{self, Detail, Kind},
    report::{self, Verdict},
    vaults::{asks::Asks, lies::Lie},
};
use std::{env, path::Path, time::Duration};
use tokio::{process::Command, time::timeout};

/// How long the selection may take.
const PATIENCE: Duration = Duration::from_secs(1_200);
/// The kinds that are tried.
const SELECTION: [Kind; 7] = [
    Kind::Killed,
    Kind::TwoCutOff,
    Kind::WrongClock,
    Kind::TruncatedDatabase,
    Kind::JoiningWarp,
    Kind::VaultKilled,
    Kind::VaultLies,
];
/// Names the file with a later runtime, as `scripts/rehearsal.sh` makes it: then the runtime is replaced, too.
const NEXT_RUNTIME: &str = "SALUS_NEXT_RUNTIME";
/// The seed of all of it.
const SEED: u64 = 41;

fn campaign(kinds: &[Kind], folder: &Path) -> Command {
    let mut command = Command::new(binaries::find("salus-faults").unwrap());
    command.arg("--tied").kill_on_drop(true);
    if let Some(runtime) = env::var_os(NEXT_RUNTIME) {
        command.arg("--next-runtime").arg(runtime);
    }
    // Most of a run goes by with waiting for blocks.
    command.args(["campaign", "--seed", &SEED.to_string(), "--parallel", "2", "--runs", &kinds.len().to_string()]);
    for kind in kinds {
        command.args(["--fault", &kind.name()]);
    }
    command.arg("--out").arg(folder);
    command
}

#[test]
fn the_seed_plans_what_vaults_fear_most() {
    let plans = plan::campaign(SEED, SELECTION.len(), &SELECTION);
    let detail = |kind: Kind| plans.iter().find(|plan| plan.kind == kind).map(|plan| plan.detail.clone());
    // An upload and a copy are under way, the folder is lost, and another kill falls among the copies that come back.
    assert_eq!(detail(Kind::VaultKilled), Some(Detail::Kills { at: vec![Asks::Put, Asks::Copy], wipes: true }));
    assert_eq!(detail(Kind::VaultLies), Some(Detail::Lies(Lie::ANSWERS.to_vec())));
    assert!(Lie::ANSWERS.contains(&Lie::Old));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_final_is_lost_or_contradicted_by_a_selection_of_faults() {
    if env::var("SALUS_SKIP_NAMESPACES").is_ok_and(|skip| skip == "1") {
        eprintln!("SALUS_SKIP_NAMESPACES=1: nothing was tried");
        return;
    }
    let mut kinds = SELECTION.to_vec();
    match env::var_os(NEXT_RUNTIME) {
        Some(_) => kinds.push(Kind::RuntimeUpgrade),
        None => eprintln!("{NEXT_RUNTIME} names no file: the runtime is not replaced"),
    }
    let folder = tempfile::tempdir().unwrap();
    let output = timeout(PATIENCE, campaign(&kinds, folder.path()).output()).await;
    let output = output.expect("the selection takes too long").unwrap();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    let reports = report::read(folder.path()).unwrap();
    for report in reports.iter().filter(|report| report.verdict != Verdict::Passed) {
        eprintln!("{}", report.words());
    }
    assert!(output.status.success(), "a run failed (SALUS_SKIP_NAMESPACES=1 leaves them out): {failed}");
    println!("{}", report::summary(&reports));

    // Nothing was passed over, and each run had something to check, besides what it began with.
    assert_eq!(reports.len(), kinds.len());
    let plans = plan::campaign(SEED, kinds.len(), &kinds);
    assert!(reports.iter().all(|report| plans.contains(&report.plan)), "other plans than those of the seed");
    for report in &reports {
        let (during, checked) = (report.transactions.during, &report.checked);
        assert!(
            during.submitted > 0 && checked.transactions > 40 && checked.entries > 35 && checked.told_final >= 8,
            "{}",
            report.words()
        );
        assert!(!report.proof.is_empty() && report.recovery.is_some(), "{}", report.words());
    }

    // All are reported: to go on does nothing twice, and to begin again is refused.
    let refused = campaign(&kinds, folder.path()).output().await.unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let resumed = campaign(&kinds, folder.path()).arg("--resume").output().await.unwrap();
    assert!(
        String::from_utf8_lossy(&resumed.stdout).contains(&format!("0 of {} runs to do", kinds.len())),
        "{resumed:?}"
    );
}
