// SPDX-License-Identifier: Apache-2.0

//! A campaign of many runs, each in a process of its own.
//!
//! A run that crashes does not stop the campaign, and a killed campaign can be resumed.

use super::{
    plan::{self, Kind, Plan},
    programs::Programs,
    report::{self, Report, Verdict, BROKEN, REPORT},
};
use anyhow::{ensure, Context, Result};
use rustix::fs::{flock, FlockOperation};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{process::Command, sync::Mutex, task::JoinSet, time::timeout};

/// The time after which a run counts as broken. Most runs take a quarter of it.
const LIMIT: Duration = Duration::from_secs(480);

/// The settings of a campaign.
pub struct Campaign {
    /// The number of runs, over all kinds.
    pub runs: usize,
    /// The seed from which the seeds of all runs follow.
    pub seed: u64,
    /// The folder of the template, the reports, and the evidence of runs that did not pass.
    pub folder: PathBuf,
    /// The number of runs at the same time; 0 counts as 1.
    pub parallel: usize,
    /// Whether to continue a campaign that left reports in the folder.
    pub resume: bool,
    /// The kinds of fault, which take turns.
    pub kinds: Vec<Kind>,
    /// The programs under test.
    pub programs: Programs,
}

/// The number of runs by outcome, those of a resumed campaign included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Runs that passed.
    pub passed: usize,
    /// Runs that failed or proved nothing.
    pub failed: usize,
    /// Runs without a report.
    pub broken: usize,
}

impl Campaign {
    /// Executes all planned runs that have no report yet.
    pub async fn run(&self) -> Result<Outcome> {
        fs::create_dir_all(&self.folder)?;
        let _lock = lock(&self.folder)?;
        let done = report::read(&self.folder)?;
        ensure!(
            done.is_empty() || self.resume,
            "`{}` has {} runs already\nhint: --resume goes on with them",
            self.folder.join(REPORT).display(),
            done.len()
        );
        for report in &done {
            ensure!(
                report.programs.are_those_of(&self.programs),
                "`{}` is of commit {} (SHA-256 of the node {}), but the programs are of {} ({})\n\
                 hint: one campaign is of one commit; choose another folder",
                self.folder.display(),
                report.programs.commit,
                report.programs.node_sha256,
                self.programs.commit,
                self.programs.node_sha256
            );
        }
        let reported: BTreeSet<_> = done.iter().map(|report| (report.plan.kind, report.plan.seed)).collect();
        let plans = plan::campaign(self.seed, self.runs, &self.kinds);
        let mine = |report: &&Report| plans.contains(&report.plan);
        let passed = done.iter().filter(mine).filter(|report| report.verdict == Verdict::Passed).count();
        let failed = done.iter().filter(mine).count().saturating_sub(passed);
        let waiting: Vec<_> =
            plans.iter().filter(|plan| !reported.contains(&(plan.kind, plan.seed))).cloned().collect();
        println!("{} of {} runs to do, commit {}", waiting.len(), self.runs, self.programs.commit);
        prepare(&self.folder, &self.programs).await?;

        let total = waiting.len();
        let queue = Arc::new(Mutex::new(waiting.into_iter().enumerate()));
        let outcome = Arc::new(Mutex::new(Outcome { passed, failed, broken: 0 }));
        let (began, mut workers) = (Instant::now(), JoinSet::new());
        for _ in 0..self.parallel.max(1) {
            let (queue, outcome, folder) = (queue.clone(), outcome.clone(), self.folder.clone());
            let programs = self.programs.clone();
            workers.spawn(async move {
                loop {
                    let Some((place, plan)) = queue.lock().await.next() else { return Ok(()) };
                    let result = one(&folder, &plan, &programs).await;
                    let mut outcome = outcome.lock().await;
                    let minutes = began.elapsed().as_secs() / 60;
                    let head = format!(
                        "{:>4}/{total}  {minutes:>3} min  {:<18} {:>10}",
                        place.saturating_add(1),
                        plan.kind.name(),
                        plan.seed
                    );
                    match result {
                        Ok(report) => {
                            report::append(&folder, REPORT, &report)?;
                            let count = match report.verdict {
                                Verdict::Passed => &mut outcome.passed,
                                _ => &mut outcome.failed,
                            };
                            *count = count.saturating_add(1);
                            let recovery = report.recovery.map_or("-".to_owned(), |recovery| format!("{recovery} ms"));
                            println!("{head}  {:?}, {:.0} s, recovery {recovery}", report.verdict, report.seconds);
                        }
                        Err(error) => {
                            outcome.broken = outcome.broken.saturating_add(1);
                            let line = serde_json::json!({ "plan": plan, "error": format!("{error:#}") });
                            report::append(&folder, BROKEN, &line)?;
                            println!("{head}  broken: {error:#}");
                        }
                    }
                }
            });
        }
        while let Some(worker) = workers.join_next().await {
            let worker: Result<()> = worker.context("a part of the campaign ended badly")?;
            worker?;
        }
        let outcome = *outcome.lock().await;
        Ok(outcome)
    }
}

/// Returns the folder of a run.
pub fn folder_of(folder: &Path, plan: &Plan) -> PathBuf {
    folder.join("runs").join(format!("{}-{}", plan.kind, plan.seed))
}

/// Locks the folder against other campaigns. The kernel releases the lock when this process ends, however it ends.
fn lock(folder: &Path) -> Result<File> {
    let file = File::create(folder.join("lock"))?;
    let locked = flock(&file, FlockOperation::NonBlockingLockExclusive);
    locked.with_context(|| format!("another campaign works in `{}`", folder.display()))?;
    Ok(file)
}

fn itself(programs: &Programs) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("this program's own path is unknown")?);
    // A run ends when its campaign ends, even if the campaign is killed.
    command.arg("--tied").stdin(Stdio::null()).kill_on_drop(true);
    let files = [("--next-node-program", &programs.next_node), ("--next-runtime", &programs.next_runtime)];
    for (option, file) in files {
        if let Some(file) = file {
            command.arg(option).arg(file);
        }
    }
    Ok(command)
}

/// Makes the template unless the folder has one.
async fn prepare(folder: &Path, programs: &Programs) -> Result<()> {
    let status = itself(programs)?.arg("prepare").arg("--out").arg(folder).status().await?;
    ensure!(status.success(), "the network with which runs begin could not be prepared");
    Ok(())
}

/// Executes one run in a process of its own, and returns its report.
async fn one(folder: &Path, plan: &Plan, programs: &Programs) -> Result<Report> {
    let place = folder_of(folder, plan);
    fs::create_dir_all(folder.join("runs"))?;
    let log_path = place.with_extension("log");
    let log = File::create(&log_path)?;
    let mut command = itself(programs)?;
    command.args(["run", "--fault", &plan.kind.name(), "--seed", &plan.seed.to_string(), "--out"]).arg(folder);
    let mut process = command.stdout(log.try_clone()?).stderr(log).spawn()?;
    match timeout(LIMIT, process.wait()).await {
        Ok(status) => {
            let status = status?;
            let said =
                || fs::read_to_string(&log_path).unwrap_or_default().lines().last().unwrap_or_default().to_owned();
            ensure!(matches!(status.code(), Some(0 | 1)), "the run ended with {status}: {}", said());
        }
        Err(_) => {
            process.kill().await?;
            anyhow::bail!("the run took longer than {} s", LIMIT.as_secs());
        }
    }
    let report = fs::read(place.join("report.json")).context("the run left no report")?;
    let report: Report = serde_json::from_slice(&report).context("the run's report cannot be read")?;
    if report.verdict == Verdict::Passed {
        fs::remove_dir_all(&place)?;
        fs::remove_file(&log_path)?;
    }
    Ok(report)
}
