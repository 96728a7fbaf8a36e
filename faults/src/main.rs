// SPDX-License-Identifier: Apache-2.0

//! `salus-faults`: breaks something in a network of four hospitals, and checks that nodes keep every finalized block.

use anyhow::{ensure, Context, Result};
use clap::{Parser, Subcommand};
use salus_faults::{
    campaign::{folder_of, Campaign},
    netlab::{enter, Tie},
    plan::{Kind, Plan},
    programs::Programs,
    report::{self, Verdict},
    run::run,
    template::Template,
};
use std::{
    future::Future,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Inject faults into the nodes of four hospitals, in seeded runs, and check each run against a model of the chain
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Runs need network namespaces (as root, or as an ordinary user where those are allowed), nftables and iproute2; \
                  a wrong clock needs libfaketime. Nothing reaches the machine's own network. SALUS_BIN_DIR names the folder of \
                  `salus`, `salus-node` and `salus-vault`.\n\n\
                  Exit status: 0 when every run passed, 1 when one failed or proved nothing, 2 when one could not be carried out."
)]
struct Options {
    /// The program with which nodes are restarted when all are upgraded [default: a copy of the same program]
    #[arg(long, value_name = "FILE", global = true)]
    next_node_program: Option<PathBuf>,

    /// The runtime's code (wasm) by which it is replaced; needed when the network that runs begin with is made
    #[arg(long, value_name = "FILE", global = true)]
    next_runtime: Option<PathBuf>,

    /// End when the program that started this ends
    #[arg(long, hide = true, global = true)]
    tied: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Do one run, and say what came of it
    Run {
        /// The kind of fault; `list` explains them
        #[arg(long, value_name = "KIND")]
        fault: Kind,
        /// Decides everything else: whom it strikes, when, for how long, how badly
        #[arg(long)]
        seed: u32,
        /// Where the network that runs begin with is, or is made, and the run's logs go
        #[arg(long, value_name = "FOLDER", default_value = "faults")]
        out: PathBuf,
    },
    /// Do many runs, each reported by a line of JSON in FOLDER/report.jsonl
    Campaign {
        /// How many; kinds take turns
        #[arg(long, default_value_t = 200)]
        runs: usize,
        /// Decides the seeds of all runs
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where everything is written
        #[arg(long, value_name = "FOLDER", default_value = "faults")]
        out: PathBuf,
        /// Runs at once, each in namespaces of its own
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
        parallel: u8,
        /// Go on with a campaign that was interrupted: what is reported is not done again
        #[arg(long)]
        resume: bool,
        /// Only these kinds [default: all; a runtime upgrade with --next-runtime only]
        #[arg(long = "fault", value_name = "KIND")]
        kinds: Vec<Kind>,
    },
    /// Make the network that runs begin with, unless it is there
    Prepare {
        /// Where
        #[arg(long, value_name = "FOLDER", default_value = "faults")]
        out: PathBuf,
    },
    /// Print what a campaign came to, as a table in Markdown
    Summarize {
        /// The campaign's folder
        #[arg(default_value = "faults")]
        folder: PathBuf,
    },
    /// Explain the kinds of faults
    List,
}

fn main() -> ExitCode {
    match work(Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("salus-faults: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Executes the command. Returns whether every run passed.
fn work(options: Options) -> Result<bool> {
    let tie = if options.tied { Tie::Parent } else { Tie::Loose };
    let programs = || Programs::find(full(&options.next_node_program)?, full(&options.next_runtime)?);
    match options.command {
        Command::Run { fault, seed, out } => {
            enter(tie)?;
            let (programs, out, plan) = (programs()?, folder(&out)?, Plan::new(fault, seed));
            let ran = wait(async {
                let template = template(&out, &programs).await?;
                run(&plan, &programs, &template, &folder_of(&out, &plan)).await
            })?;
            print!("{}", ran.report.words());
            println!("    logs in {}", ran.folder.display());
            Ok(ran.report.verdict == Verdict::Passed)
        }
        Command::Campaign { runs, seed, out, parallel, resume, kinds } => {
            let (folder, programs) = (folder(&out)?, programs()?);
            let possible = |kind: &Kind| *kind != Kind::RuntimeUpgrade || programs.next_runtime.is_some();
            let kinds = if kinds.is_empty() { Kind::ALL.into_iter().filter(possible).collect() } else { kinds };
            let campaign = Campaign { runs, seed, folder, parallel: parallel.into(), resume, kinds, programs };
            let outcome = wait(campaign.run())?;
            println!("{} passed, {} failed, {} broken", outcome.passed, outcome.failed, outcome.broken);
            ensure!(
                outcome.broken == 0,
                "{} runs could not be carried out\nhint: --resume tries them again",
                outcome.broken
            );
            Ok(outcome.failed == 0)
        }
        Command::Prepare { out } => {
            enter(tie)?;
            let (programs, out) = (programs()?, folder(&out)?);
            let template = wait(template(&out, &programs))?;
            println!("runs begin with block {}, made by commit {}", template.height, template.programs.commit);
            Ok(true)
        }
        Command::Summarize { folder } => {
            let reports = report::read(&folder)?;
            ensure!(!reports.is_empty(), "there is no report in `{}`", folder.display());
            print!("{}", report::summary(&reports));
            Ok(reports.iter().all(|report| report.verdict == Verdict::Passed))
        }
        Command::List => {
            for kind in Kind::ALL {
                println!(
                    "{kind}\n    {}\n    proof: {}\n    must show: {}",
                    kind.what(),
                    kind.proof(),
                    kind.expectation()
                );
            }
            Ok(true)
        }
    }
}

/// Opens the template in `out`, or makes it.
async fn template(out: &Path, programs: &Programs) -> Result<Template> {
    let place = out.join("template");
    match Template::open(&place)? {
        Some(template) => {
            ensure!(
                template.programs.are_those_of(programs),
                "the network in `{}` was made by commit {}, but the programs are of {}\nhint: choose another folder",
                place.display(),
                template.programs.commit,
                programs.commit
            );
            Ok(template)
        }
        None => {
            if place.exists() {
                std::fs::remove_dir_all(&place).context("what was left unfinished cannot be removed")?;
            }
            println!("making the network that runs begin with, which takes a minute or two");
            Template::make(&place, programs).await
        }
    }
}

/// Makes the folder if needed. Returns its absolute path, because nodes run in other folders.
fn folder(path: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(path).with_context(|| format!("`{}` cannot be made", path.display()))?;
    Ok(path.canonicalize()?)
}

/// Returns the absolute path of the file, if one is given.
fn full(path: &Option<PathBuf>) -> Result<Option<PathBuf>> {
    let found =
        path.as_ref().map(|path| path.canonicalize().with_context(|| format!("there is no `{}`", path.display())));
    found.transpose()
}

fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
