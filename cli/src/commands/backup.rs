// SPDX-License-Identifier: Apache-2.0

//! `salus backup`: a repository, runs, what is in it, whether it is whole, and what of it goes.

use crate::{
    confirm::confirm,
    context::Context,
    failure::Failure,
    output::{fields, moment, moment_or, table, Output},
    passwords,
    progress::{counter, progress},
};
use clap::Subcommand;
use salus_backup::{
    check, save, Access, Checked, Damage, Forgotten, Freed, Kept, Kind, Plan, Reason, Repository, Rules, Saved,
    Snapshot, SnapshotId, Snapshots, Sources, Wanted,
};
use salus_primitives::Moment;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Where the password comes from, for help texts.
pub(crate) const PASSWORD: &str =
    "The password is that of the repository: --password-file, SALUS_BACKUP_PASSWORD, or asked for. \
                                   Nothing opens without it: keep it where a fire does not reach both.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a repository in a new folder, best on another machine's disk
    #[command(after_help = PASSWORD)]
    Init {
        #[command(flatten)]
        place: RepositoryPlace,
    },
    /// Save vaults, files and this home's identities; only what is new is stored
    #[command(after_help = "Session keys are never saved: a node with a copy of them would equivocate.\n\
                            Exit status: 0 all is saved, 1 some was damaged or unreadable and is named, 2 failed.")]
    Run(Run),
    /// Show the snapshots of a repository
    List {
        #[command(flatten)]
        place: RepositoryPlace,
    },
    /// Read everything that snapshots need, and name all damage and what to do about it
    #[command(after_help = "Exit status: 0 all is whole, 1 there is damage, 2 failed.")]
    Check {
        #[command(flatten)]
        place: RepositoryPlace,
        /// Look only whether everything is there, and read nothing
        #[arg(long)]
        quick: bool,
    },
    /// Forget snapshots by name, or all that no rule keeps, and delete what only they need
    #[command(
        after_help = "A snapshot stays when any rule keeps it. Rules count for each set of paths by itself; days, weeks, months and \
                            years are those of UTC. The newest snapshot that saved everything stays too, and so does one from the future.\n\
                            Nothing is deleted while a snapshot that stays, or a list that it needs, is damaged."
    )]
    Forget(Forget),
}

/// The folder of a repository.
#[derive(clap::Args)]
pub(crate) struct RepositoryPlace {
    /// The folder of the repository
    #[arg(long, env = "SALUS_BACKUP", value_name = "FOLDER")]
    repository: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    place: RepositoryPlace,
    /// The folder of a vault, which `store` names in vault.toml; its service may run
    #[arg(long, value_name = "FOLDER")]
    vault: Vec<PathBuf>,
    /// A file, or a folder with all that is in it, such as /etc/salus; a vault in it is left out
    #[arg(long, value_name = "PATH")]
    files: Vec<PathBuf>,
    /// The data of a node, without its keys; the node must not run. Any other node has the same blocks
    #[arg(long, value_name = "FOLDER")]
    node_data: Option<PathBuf>,
    /// Read what the repository has already, and save again what is damaged there
    #[arg(long)]
    verify: bool,
}

#[derive(clap::Args)]
pub(crate) struct Forget {
    #[command(flatten)]
    place: RepositoryPlace,
    /// Snapshots that go, by the first digits of their names; they may be damaged
    #[arg(value_name = "SNAPSHOT", conflicts_with = "Keep")]
    snapshots: Vec<String>,
    #[command(flatten)]
    keep: Keep,
    /// Show what would go, and delete nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete without being asked, in a script; also the last snapshot, when it is named
    #[arg(long)]
    yes: bool,
}

/// The rules by which snapshots stay.
#[derive(clap::Args)]
pub(crate) struct Keep {
    /// Keep the newest N snapshots
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_last: Option<u32>,
    /// Keep the newest snapshot of each of the last N days that have one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_daily: Option<u32>,
    /// Keep the newest snapshot of each of the last N weeks that have one; weeks begin on Mondays
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_weekly: Option<u32>,
    /// Keep the newest snapshot of each of the last N months that have one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_monthly: Option<u32>,
    /// Keep the newest snapshot of each of the last N years that have one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_yearly: Option<u32>,
    /// Keep all snapshots that are at most so many days older than the newest
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    keep_within: Option<u32>,
}

impl Keep {
    fn rules(&self) -> Rules {
        Rules {
            last: self.keep_last.unwrap_or_default(),
            daily: self.keep_daily.unwrap_or_default(),
            weekly: self.keep_weekly.unwrap_or_default(),
            monthly: self.keep_monthly.unwrap_or_default(),
            yearly: self.keep_yearly.unwrap_or_default(),
            within_days: self.keep_within.unwrap_or_default(),
        }
    }
}

impl RepositoryPlace {
    pub(crate) fn open(&self, context: &Context, access: Access) -> Result<Repository, Failure> {
        // A place that is none is told before the person is asked for a password.
        if !Repository::is_at(&self.repository) {
            return Err(salus_backup::BackupError::NotARepository(self.repository.clone()).into());
        }
        Ok(Repository::open(&self.repository, &context.backup_password()?, access)?)
    }
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Init { place } => init(&place.repository, context, out),
        Command::Run(arguments) => save_all(arguments, context, out).await,
        Command::List { place } => list(&place, context, out),
        Command::Check { place, quick } => check_all(&place, quick, context, out),
        Command::Forget(arguments) => forget(arguments, context, out),
    }
}

#[derive(Serialize)]
struct Made {
    repository: PathBuf,
}

fn init(folder: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    if Repository::is_at(folder) {
        return Err(salus_backup::BackupError::NotEmpty(folder.to_owned()).into());
    }
    Repository::create(folder, &passwords::new_of_backup(context.password_file())?)?;
    out.show(&Made { repository: folder.to_owned() }, |made| {
        format!(
            "{}Without its password nothing in it opens: keep a copy of the password elsewhere.",
            fields(&[("repository", made.repository.display().to_string())])
        )
    })
}

#[derive(Serialize)]
struct Ran {
    snapshot: SnapshotId,
    at: Moment,
    objects: u64,
    new_objects: u64,
    files: u64,
    node_data_files: u64,
    new_bytes: u64,
    left_out: Vec<LeftOut>,
    faults: Vec<String>,
}

#[derive(Serialize)]
struct LeftOut {
    path: PathBuf,
    reason: &'static str,
}

async fn save_all(arguments: Run, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Run { place, vault, mut files, node_data, verify } = arguments;
    files.extend(own_home(context, &files));
    let repository = place.open(context, Access::Writes)?;
    let sources = Sources { vaults: vault, files, node_data, verify };
    let bar = counter(out.is_human(), "objects");
    let saved = save(&repository, &sources, now(), |seen| bar.set_position(seen)).await;
    bar.finish_and_clear();
    let Saved { id, snapshot, new_objects, new_bytes, left_out, faults } = saved?;
    let ran = Ran {
        snapshot: id,
        at: snapshot.at,
        objects: snapshot.objects(),
        new_objects,
        files: snapshot.files(Kind::Files),
        node_data_files: snapshot.files(Kind::NodeData),
        new_bytes,
        left_out: left_out.into_iter().map(|(path, reason)| LeftOut { path, reason }).collect(),
        faults,
    };
    out.show(&ran, |ran| {
        let mut text = fields(&[
            ("snapshot", ran.snapshot.to_string()),
            ("objects", format!("{}, {} of them new", ran.objects, ran.new_objects)),
            ("files", (ran.files.saturating_add(ran.node_data_files)).to_string()),
            ("new bytes", format!("{} of files", ran.new_bytes)),
        ]);
        for LeftOut { path, reason } in &ran.left_out {
            text += &format!("left out: `{}`: {reason}\n", path.display());
        }
        for fault in &ran.faults {
            text += &format!("not saved: {fault}\n");
        }
        if !ran.faults.is_empty() {
            text += "hint: all else is saved. Damaged objects of a vault: salus-vault verify, and partners' copies or an earlier snapshot\n";
        }
        text
    })?;
    match ran.faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

/// The home with identities, unless it is part of what is named already.
fn own_home(context: &Context, files: &[PathBuf]) -> Option<PathBuf> {
    let home = context.home().canonicalize().ok()?;
    let is_named = files.iter().filter_map(|path| path.canonicalize().ok()).any(|path| home.starts_with(path));
    (home.join("identities").is_dir() && !is_named).then_some(home)
}

#[derive(Serialize)]
struct Listed {
    snapshots: Vec<ListedSnapshot>,
    damaged: Vec<SnapshotId>,
}

#[derive(Serialize)]
struct ListedSnapshot {
    snapshot: SnapshotId,
    at: Moment,
    objects: u64,
    files: u64,
    node_data_files: u64,
    faults: u64,
    roots: Vec<PathBuf>,
}

impl ListedSnapshot {
    fn of((id, snapshot): (SnapshotId, Snapshot)) -> Self {
        let vaults = snapshot.vaults.iter().map(|vault| vault.root.clone());
        let roots = vaults.chain(snapshot.trees.iter().map(|tree| tree.root.clone())).collect();
        Self {
            snapshot: id,
            at: snapshot.at,
            objects: snapshot.objects(),
            files: snapshot.files(Kind::Files),
            node_data_files: snapshot.files(Kind::NodeData),
            faults: snapshot.faults,
            roots,
        }
    }
}

fn list(place: &RepositoryPlace, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Snapshots { whole, damaged } = place.open(context, Access::Reads)?.snapshots()?;
    let listed = Listed { snapshots: whole.into_iter().map(ListedSnapshot::of).collect(), damaged };
    out.show(&listed, |listed| {
        let rows = listed.snapshots.iter().map(|snapshot| {
            let roots: Vec<_> = snapshot.roots.iter().map(|root| root.display().to_string()).collect();
            vec![
                snapshot.snapshot.to_string(),
                moment(snapshot.at),
                snapshot.objects.to_string(),
                snapshot.files.saturating_add(snapshot.node_data_files).to_string(),
                snapshot.faults.to_string(),
                roots.join(", "),
            ]
        });
        let mut text = table(&["snapshot", "time", "objects", "files", "faults", "of"], rows) + "\n";
        for id in &listed.damaged {
            text += &format!("{id} is altered or cut off: salus backup check says what to do\n");
        }
        text
    })
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    checked: Checked,
    advice: Vec<&'static str>,
}

/// The steps after damage. None of them deletes anything.
const ADVICE: [&str; 4] = [
    "copy the repository to another disk before anything else: this one may be failing",
    "salus backup run --verify, with what you always save: it stores again what is damaged here and still whole on this machine",
    "salus backup check again: what is named then is lost in those snapshots; newer and older ones that need other pieces are whole",
    "objects of a vault that stay lost: partners' copies ([copies] in vault.toml) and other hospitals' vaults may have them",
];
/// The step after damage to one of the two files with the key.
const ADVICE_KEY: &str =
    "a file with the key that does not open: copy the other one of `salus-backup` and `key-copy` over it";

fn check_all(place: &RepositoryPlace, quick: bool, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    if !Repository::is_at(&place.repository) {
        return Err(salus_backup::BackupError::NotARepository(place.repository.clone()).into());
    }
    let password = context.backup_password()?;
    let repository = Repository::open(&place.repository, &password, Access::Reads)?;
    let bar = progress(out.is_human(), 0, "pieces");
    let checked = check(&repository, &password, quick, |seen, of| {
        bar.set_length(of as u64);
        bar.set_position(seen as u64);
    });
    bar.finish_and_clear();
    let checked = checked?;
    let (keys, others): (Vec<&Damage>, Vec<&Damage>) =
        checked.damage.iter().partition(|damage| damage.snapshots.is_empty());
    let mut advice = Vec::new();
    advice.extend((!others.is_empty()).then_some(ADVICE).into_iter().flatten());
    advice.extend((!keys.is_empty()).then_some(ADVICE_KEY));
    let found = Found { checked, advice };
    out.show(&found, |found| {
        let Found { checked, advice } = found;
        let mut text = fields(&[
            ("snapshots", checked.snapshots.to_string()),
            ("pieces", format!("{} needed, {} more that no snapshot needs", checked.pieces, checked.unneeded)),
            ("damaged", checked.damage.len().to_string()),
        ]);
        for Damage { file, fault, costs, snapshots } in &checked.damage {
            text += &format!("\n`{}` {fault}\n", file.display());
            costs.iter().for_each(|cost| text += &format!("  costs {cost}\n"));
            let snapshots: Vec<_> = snapshots.iter().map(SnapshotId::as_str).collect();
            if !snapshots.is_empty() {
                text += &format!("  in the snapshots {}\n", snapshots.join(", "));
            }
        }
        for (place, step) in advice.iter().enumerate() {
            text +=
                &format!("{}{}. {step}\n", if place == 0 { "\nwhat to do:\n" } else { "" }, place.saturating_add(1));
        }
        text
    })?;
    match found.checked.damage.is_empty() {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

#[derive(Serialize)]
struct Went {
    dry_run: bool,
    forgotten: Vec<Forgotten>,
    kept: Vec<Kept>,
    #[serde(flatten)]
    freed: Freed,
}

impl Went {
    fn of(plan: &Plan, dry_run: bool) -> Self {
        Self { dry_run, forgotten: plan.forgotten().to_vec(), kept: plan.kept().to_vec(), freed: plan.freed() }
    }

    /// The plan, and what was done: the same words stand in the question and in the answer.
    fn human(&self) -> String {
        let forgotten = self.forgotten.iter().map(|Forgotten { snapshot, at }| {
            vec![snapshot.to_string(), moment_or(*at, "unknown: damaged"), "forgotten".to_owned()]
        });
        let kept = self.kept.iter().map(|Kept { snapshot, at, reasons }| {
            let reasons: Vec<_> = reasons.iter().map(|reason| words(*reason)).collect();
            vec![snapshot.to_string(), moment(*at), format!("stays: {}", reasons.join(", "))]
        });
        let mut text = table(&["snapshot", "time", "what becomes of it"], forgotten.chain(kept)) + "\n";
        text += &fields(&[
            ("snapshots", format!("{} forgotten, {} stay", self.forgotten.len(), self.kept.len())),
            ("pieces", format!("{} that no snapshot needs", self.freed.pieces)),
            ("frees", format!("{} bytes", self.freed.bytes)),
        ]);
        if self.dry_run {
            text += "nothing was deleted: this was a look ahead (--dry-run)\n";
        }
        text
    }
}

/// Why a snapshot stays, for people.
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Last => "last",
        Reason::Daily => "daily",
        Reason::Weekly => "weekly",
        Reason::Monthly => "monthly",
        Reason::Yearly => "yearly",
        Reason::Within => "within the days",
        Reason::Complete => "the newest that saved everything",
        Reason::Future => "from the future, so a clock was or is wrong",
        Reason::Unnamed => "not named",
    }
}

fn forget(arguments: Forget, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Forget { place, snapshots, keep, dry_run, yes } = arguments;
    let wanted = Wanted::new(snapshots, keep.rules())?;
    let access = if dry_run { Access::Reads } else { Access::Writes };
    let repository = place.open(context, access)?;
    let plan = Plan::new(&repository, &wanted, now(), yes)?;
    let went = Went::of(&plan, dry_run);
    if !dry_run {
        // Pieces alone are what a command left behind that was cut off: no restoration loses anything with them.
        if !went.forgotten.is_empty() {
            confirm(&went.human(), "Forget these snapshots?", yes)?;
        }
        let bar = counter(out.is_human(), "pieces");
        let carried_out = plan.carry_out(|deleted| bar.set_position(deleted));
        bar.finish_and_clear();
        carried_out?;
    }
    out.show(&went, Went::human)
}

fn now() -> Moment {
    salus_gate::system_now()
}
