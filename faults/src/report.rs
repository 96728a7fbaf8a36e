// SPDX-License-Identifier: Apache-2.0

//! The report of a run as one line of JSON, and the summary of many runs as a table.

use super::{
    checker::Counts,
    phase::Phase,
    plan::{Kind, Plan},
    programs::Programs,
    violation::Violation,
    workload::{End, Notes},
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    path::Path,
};

/// The file with a line for each run.
pub const REPORT: &str = "report.jsonl";
/// The file with a line for each run that broke before there was anything to report.
pub const BROKEN: &str = "broken.jsonl";

/// The verdict on a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The fault took effect, the network met all expectations and recovered, and no invariant was violated.
    Passed,
    /// The run violated an invariant, missed an expectation, or did not recover.
    Failed,
    /// The run does not prove that the fault took effect.
    Void,
}

/// A required fact, and whether it holds.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Proof {
    /// The observation, in words.
    pub fact: String,
    /// Whether the observation is as required.
    pub holds: bool,
}

/// The outcomes of the attempts in one phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Tally {
    /// Attempts that reached a node.
    pub submitted: u64,
    /// Finalized transactions.
    pub finalized: u64,
    /// Refused transactions.
    pub refused: u64,
    /// Transactions whose outcome the client never learned.
    pub unknown: u64,
    /// Attempts that reached no node; the client retries at another.
    pub unreachable: u64,
    /// The median time until finality, in milliseconds.
    pub median: Option<u64>,
}

/// The outcomes of all attempts, by phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Transactions {
    /// Before the fault.
    pub before: Tally,
    /// During the fault.
    pub during: Tally,
    /// After the fault.
    pub after: Tally,
}

impl Transactions {
    /// Counts the attempts in `notes`.
    pub fn of(notes: &Notes) -> Self {
        let tally = |phase| {
            let mut tally = Tally { median: super::workload::median(notes, phase), ..Tally::default() };
            for attempt in notes.attempts.iter().filter(|attempt| attempt.phase == phase) {
                let count = match &attempt.end {
                    End::Final { .. } => &mut tally.finalized,
                    End::Refused(_) => &mut tally.refused,
                    End::Unknown(_) => &mut tally.unknown,
                    End::Unreachable(_) => &mut tally.unreachable,
                };
                *count = count.saturating_add(1);
            }
            tally.submitted = tally.finalized.saturating_add(tally.refused).saturating_add(tally.unknown);
            tally
        };
        Self { before: tally(Phase::Before), during: tally(Phase::During), after: tally(Phase::After) }
    }
}

/// The report of a run.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Report {
    /// The programs under test.
    #[serde(flatten)]
    pub programs: Programs,
    /// The plan of the run.
    #[serde(flatten)]
    pub plan: Plan,
    /// The start of the run, in Unix seconds.
    pub began: u64,
    /// The duration of the run, in seconds.
    pub seconds: f32,
    /// The end of each stage of the run, in seconds since the start.
    pub moments: BTreeMap<String, f32>,
    /// The proof that the fault took effect.
    pub proof: Vec<Proof>,
    /// The expectations on the network under this fault.
    #[serde(default)]
    pub expectations: Vec<Proof>,
    /// Further observations.
    pub remarks: Vec<String>,
    /// The outcomes of the workload's attempts.
    pub transactions: Transactions,
    /// The number of blocks finalized while the fault lasted.
    pub blocks_during: u32,
    /// Milliseconds from the end of the fault until all victims had caught up; none if they did not in time.
    pub recovery: Option<u64>,
    /// The numbers of items that the checker examined.
    pub checked: Counts,
    /// The violations of a node with a damaged database, before its operator removed the database.
    #[serde(default)]
    pub before_mending: Vec<Violation>,
    /// The violations of invariants.
    pub violations: Vec<Violation>,
    /// The verdict, as [`Self::judge`] gives it.
    pub verdict: Verdict,
}

impl Report {
    /// Derives the verdict from the other fields.
    pub fn judge(&self) -> Verdict {
        let all_hold = |facts: &[Proof]| facts.iter().all(|proof| proof.holds);
        let works_again = self.recovery.is_some() && self.transactions.after.finalized > 0;
        if !self.violations.is_empty() || !all_hold(&self.expectations) || !works_again {
            Verdict::Failed
        } else if self.proof.is_empty() || !all_hold(&self.proof) {
            Verdict::Void
        } else {
            Verdict::Passed
        }
    }

    /// Returns the report as text.
    pub fn words(&self) -> String {
        let Self { plan, transactions, .. } = self;
        let mut text = format!(
            "{} (seed {}), hospital {}: {:?} after {:.1} s\n",
            plan.kind,
            plan.seed,
            plan.victims().iter().map(|victim| victim.saturating_add(1).to_string()).collect::<Vec<_>>().join(", "),
            self.verdict,
            self.seconds,
        );
        for Proof { fact, holds } in self.proof.iter().chain(&self.expectations) {
            let _ = writeln!(text, "  {} {fact}", if *holds { "✓" } else { "✗" });
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "    {remark}");
        }
        let Tally { submitted, finalized, refused, unknown, .. } = transactions.during;
        let _ = writeln!(
            text,
            "    {submitted} transactions during it ({finalized} final, {refused} refused, {unknown} unknown), {} in all; \
             median {:?}, {:?}, {:?} ms",
            submitted.saturating_add(transactions.before.submitted).saturating_add(transactions.after.submitted),
            transactions.before.median,
            transactions.during.median,
            transactions.after.median,
        );
        let _ =
            writeln!(text, "    {} blocks became final during it; recovery {:?} ms", self.blocks_during, self.recovery);
        let _ = writeln!(text, "    checked: {:?}", self.checked);
        let _ = writeln!(text, "    seconds: {:?}", self.moments);
        if transactions.after.finalized == 0 {
            text += "  ✗ nothing that was begun after it became final\n";
        }
        for Violation { rule, what } in &self.before_mending {
            let _ = writeln!(text, "    before mending, {rule:?}: {what}");
        }
        for Violation { rule, what } in &self.violations {
            let _ = writeln!(text, "  ✗ {rule:?}: {what}");
        }
        text
    }
}

/// Reads all reports in the folder of a campaign. It skips the incomplete last line that a killed campaign can leave.
pub fn read(folder: &Path) -> Result<Vec<Report>> {
    let path = folder.join(REPORT);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        bytes => bytes.with_context(|| format!("`{}` cannot be read", path.display()))?,
    };
    let whole = bytes.get(..whole_lines(&bytes)).unwrap_or_default();
    let mut reports = Vec::new();
    for (place, line) in (1_usize..).zip(whole.split_inclusive(|byte| *byte == b'\n')) {
        let report = serde_json::from_slice(line);
        reports.push(report.with_context(|| format!("line {place} of `{}` cannot be read", path.display()))?);
    }
    Ok(reports)
}

/// Returns the length of the complete lines in `bytes`. A cut can be inside a character, so this does not read text.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1))
}

/// Appends a line to `name` in `folder`, and syncs it to disk. It first removes an incomplete last line.
///
/// It cuts the file at the end of the complete lines and rewrites none of them, so a kill cannot lose a report.
pub fn append(folder: &Path, name: &str, line: &impl Serialize) -> Result<()> {
    let path = folder.join(name);
    let mut file = fs::OpenOptions::new().create(true).read(true).append(true).open(&path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = whole_lines(&bytes);
    if whole < bytes.len() {
        file.set_len(u64::try_from(whole)?)?;
    }
    file.write_all(format!("{}\n", serde_json::to_string(line)?).as_bytes())?;
    Ok(file.sync_all()?)
}

/// Returns a Markdown table with a row for each kind. A line below it counts damaged nodes that served wrong data.
pub fn summary(reports: &[Report]) -> String {
    let mut text = "| fault | runs | passed | transactions during it (median) | final of them | recovery, s: min | median | max | a run, s: median |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for kind in Kind::ALL {
        let runs: Vec<_> = reports.iter().filter(|report| report.plan.kind == kind).collect();
        if !runs.is_empty() {
            text += &row(&kind.name(), &runs);
        }
    }
    text += &row("all", &reports.iter().collect::<Vec<_>>());
    let mended: Vec<_> = reports.iter().map(|report| report.before_mending.len()).filter(|count| *count > 0).collect();
    if !mended.is_empty() {
        let (nodes, differences) = (mended.len(), mended.iter().sum::<usize>());
        let _ = writeln!(
            text,
            "\nDamaged nodes that served something wrong before they were mended: {nodes}, in {differences} places."
        );
    }
    text
}

fn row(name: &str, runs: &[&Report]) -> String {
    let passed = runs.iter().filter(|run| run.verdict == Verdict::Passed).count();
    let sorted = |values: Vec<u64>| {
        let mut values = values;
        values.sort_unstable();
        values
    };
    let during = sorted(runs.iter().map(|run| run.transactions.during.submitted).collect());
    let (submitted, finalized) = runs.iter().fold((0u64, 0u64), |(submitted, finalized), run| {
        let during = run.transactions.during;
        (submitted.saturating_add(during.submitted), finalized.saturating_add(during.finalized))
    });
    let recovery = sorted(runs.iter().filter_map(|run| run.recovery).collect());
    let seconds =
        sorted(runs.iter().map(|run| milliseconds(std::time::Duration::from_secs_f32(run.seconds))).collect());
    let middle = |values: &[u64]| values.get(values.len() / 2).copied();
    let share = finalized.saturating_mul(100).checked_div(submitted).unwrap_or_default();
    let tenths = |value: Option<u64>| match value {
        Some(value) => format!("{}.{}", value / 1000, value % 1000 / 100),
        None => "–".to_owned(),
    };
    format!(
        "| {name} | {} | {passed} | {submitted} ({}) | {share} % | {} | {} | {} | {} |\n",
        runs.len(),
        middle(&during).unwrap_or_default(),
        tenths(recovery.first().copied()),
        tenths(middle(&recovery)),
        tenths(recovery.last().copied()),
        tenths(middle(&seconds)),
    )
}

/// Converts a duration to milliseconds.
pub fn milliseconds(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::violation::Rule, *};

    /// A line of an earlier campaign, without `expectations` and `before_mending`.
    const OLD: &str = r#"{"commit":"67ce59cf974","node_sha256":"52f61f4209f9bbb3eb2b395df73153dbd77fe8df98fb89c2a6fd8a543f3d9666",
        "kind":"paused","seed":135500201,"victim":1,"before":4019,"lasts":4969,"detail":"none",
        "began":1795273874,"seconds":29.520191,
        "moments":{"1 started":11.6,"2 struck":20.6,"3 recovered":22.8,"4 finished":26.8,"5 checked":29.4},
        "proof":[{"fact":"process 54 was in state T, and T at the end","holds":true}],
        "remarks":[],"transactions":{"before":{"submitted":18,"finalized":15,"refused":3,"unknown":0,"unreachable":0,"median":2431},
        "during":{"submitted":11,"finalized":8,"refused":3,"unknown":0,"unreachable":0,"median":3201},
        "after":{"submitted":12,"finalized":11,"refused":1,"unknown":0,"unreachable":0,"median":2413}},
        "blocks_during":4,"recovery":2226,"checked":{"blocks":69,"transactions":62,"openings":[6,11],"entries":54,"told_final":34,"released":6,"withheld":9},
        "violations":[],"verdict":"passed"}"#;

    fn fact(holds: bool) -> Proof {
        Proof { fact: "a fact".to_owned(), holds }
    }

    fn violation() -> Violation {
        Violation { rule: Rule::Lost, what: "node 1 has no block 30".to_owned() }
    }

    fn old() -> Report {
        serde_json::from_str(OLD).unwrap()
    }

    #[test]
    fn lines_of_earlier_campaigns_are_read() {
        let report = old();
        assert_eq!((report.expectations.len(), report.before_mending.len()), (0, 0));
        assert_eq!(report.judge(), report.verdict);
        let again = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&again).unwrap(), report);
    }

    /// A campaign's folder with two complete reports, and the first bytes of a third.
    fn cut_off(rest: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let line = serde_json::to_vec(&old()).unwrap();
        let bytes = [&line, b"\n".as_slice(), &line, b"\n", rest].concat();
        fs::write(folder.path().join(REPORT), bytes).unwrap();
        folder
    }

    #[test]
    fn a_cut_anywhere_in_the_last_line_costs_only_that_line() {
        let remarked = Report { remarks: vec!["größer – 東京".to_owned()], ..old() };
        let line = serde_json::to_string(&remarked).unwrap();
        // Every cut inside a character, and some others.
        let cuts = (0..line.len()).filter(|cut| cut % 97 == 0 || !line.is_char_boundary(*cut));
        for cut in cuts {
            let folder = cut_off(&line.as_bytes()[..cut]);
            assert_eq!(read(folder.path()).unwrap().len(), 2, "cut at {cut}");
            append(folder.path(), REPORT, &remarked).unwrap();
            assert_eq!(read(folder.path()).unwrap(), [old(), old(), remarked.clone()], "cut at {cut}");
        }
    }

    #[test]
    fn a_complete_line_that_is_not_a_report_is_an_error() {
        let folder = cut_off(b"{}\n");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
    }

    #[test]
    fn a_run_without_its_proof_is_void() {
        assert_eq!(Report { proof: vec![fact(true), fact(false)], ..old() }.judge(), Verdict::Void);
        assert_eq!(
            Report { proof: Vec::new(), ..old() }.judge(),
            Verdict::Void,
            "nothing shows that anything was done"
        );
    }

    #[test]
    fn a_run_fails_when_the_network_is_not_as_expected() {
        let expected = |holds| Report { expectations: vec![fact(true), fact(holds)], ..old() };
        assert_eq!(expected(true).judge(), Verdict::Passed);
        assert_eq!(expected(false).judge(), Verdict::Failed);
        let both = Report { proof: vec![fact(false)], ..expected(false) };
        assert_eq!(both.judge(), Verdict::Failed, "no excuse for what was seen");
    }

    #[test]
    fn a_run_fails_when_something_is_violated_or_does_not_work_again() {
        assert_eq!(Report { violations: vec![violation()], ..old() }.judge(), Verdict::Failed);
        assert_eq!(Report { recovery: None, ..old() }.judge(), Verdict::Failed);
        let mut report = old();
        report.transactions.after.finalized = 0;
        assert_eq!(report.judge(), Verdict::Failed);
    }

    #[test]
    fn what_was_wrong_before_mending_is_told_and_counted() {
        let mended = Report { before_mending: vec![violation(), violation()], ..old() };
        assert_eq!(mended.judge(), Verdict::Passed, "the network was not touched, and syncing again mended the node");
        assert!(mended.words().contains("before mending, Lost: node 1 has no block 30"), "{}", mended.words());
        let told = "Damaged nodes that served something wrong before they were mended: 1, in 2 places.";
        assert!(summary(&[old(), mended]).ends_with(&format!("\n\n{told}\n")));
        assert!(!summary(&[old()]).contains("Damaged nodes"));
    }

    #[test]
    fn expectations_are_told() {
        let report = Report { expectations: vec![fact(false)], ..old() };
        assert!(report.words().contains("✗ a fact"), "{}", report.words());
    }
}
