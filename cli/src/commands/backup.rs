// SPDX-License-Identifier: Apache-2.0

//! `salus backup`: a repository, runs, what is in it, and whether it is whole.

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, moment, table, Output},
    passwords,
    progress::{counter, progress},
};
use clap::Subcommand;
use salus_backup::{
    check, save, Access, Checked, Damage, Kind, Repository, Saved, Snapshot, SnapshotId, Snapshots, Sources,
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

fn now() -> Moment {
    salus_gate::system_now()
}
