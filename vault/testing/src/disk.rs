// SPDX-License-Identifier: Apache-2.0

//! A disk that loses what was not synced.
//!
//! [`Disk::of`] runs a test once more in a process of its own, under `strace`. From the calls to the system it knows what the test
//! did to its files, and what of them a power failure leaves. So no file operation of the program has to go through a seam.

use crate::calls::{Call, Calls};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Set for the process whose calls are watched: the folder in which it works.
const WATCHED: &str = "SALUS_WATCHED_DISK";
/// The folder of the test's files, and that of its marks, in which a new folder is a mark.
const FILES: &str = "files";
const MARKS: &str = "marks";

/// The deeds of a test on the disk.
pub struct Disk {
    calls: Vec<Call>,
    files: PathBuf,
    marks: PathBuf,
}

/// The fate of a name that was not synced: a file system may write it at once, or not at all.
#[derive(Clone, Copy, Default)]
enum Names {
    #[default]
    Kept,
    Lost,
}

/// Has the watched test say that what it did so far stays: a power failure comes later.
pub fn begin() {
    mark("begin");
}

/// Has the watched test say that it answered for the `number`-th time.
pub fn answered(number: usize) {
    mark(&number.to_string());
}

fn mark(name: &str) {
    let watched = PathBuf::from(env::var_os(WATCHED).unwrap());
    fs::create_dir(watched.join(MARKS).join(name)).unwrap();
}

impl Disk {
    /// Watches `work`, which gets an empty folder, and in which temporary files have to lie. `test` is the name of the calling test.
    /// None in the process that is watched.
    pub fn of(test: &str, work: impl FnOnce(&Path)) -> Option<Self> {
        if let Some(watched) = env::var_os(WATCHED) {
            work(&Path::new(&watched).join(FILES));
            return None;
        }
        let place = tempfile::tempdir().unwrap();
        // Calls name the files by their real paths.
        let place = place.path().canonicalize().map(|path| (path, place)).unwrap();
        let [files, marks, calls] = [FILES, MARKS, "calls"].map(|name| place.0.join(name));
        fs::create_dir(&files).unwrap();
        fs::create_dir(&marks).unwrap();
        let mut watched = Command::new("strace");
        watched.args(Calls::OPTIONS).arg("-o").arg(&calls).arg(env::current_exe().unwrap());
        watched.args([test, "--exact"]).env(WATCHED, &place.0).env("TMPDIR", &files);
        let output = watched.output().unwrap_or_else(|error| panic!("`strace`, which setup.sh installs: {error}"));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("1 passed"), "no test has the name `{test}`: {said}");
        let mut calls = Calls::read(&fs::read_to_string(&calls).unwrap());
        // After the last answer the test tidies up.
        let last = calls.iter().rposition(|call| call.path().parent() == Some(&marks)).unwrap();
        calls.truncate(last + 1);
        Some(Self { calls, files, marks })
    }

    /// Has `check` look at what a power failure leaves, after each call from [`begin`] to the last answer. It gets a folder that
    /// has the place of the work's, and how many answers came before.
    pub fn after_each_call(&self, mut check: impl FnMut(&Path, usize)) {
        let mut looks = 0;
        for names in [Names::Kept, Names::Lost] {
            let mut state = State { names, ..State::default() };
            let (mut began, mut answers, mut seen) = (false, 0, None);
            for call in &self.calls {
                match call {
                    Call::Made { path, .. } if path.parent() == Some(&self.marks) => match path.ends_with("begin") {
                        true => {
                            began = true;
                            state.settle();
                        }
                        false => answers += 1,
                    },
                    call => state.apply(call, &self.files),
                }
                let left = Some((state.left(&self.files), answers));
                if began && left != seen {
                    let place = tempfile::tempdir().unwrap();
                    let (left, _) = left.as_ref().unwrap();
                    write(left, place.path());
                    check(place.path(), answers);
                    looks += 1;
                }
                seen = left;
            }
            assert!(began && answers > 0, "the test has to say when it begins and answers");
        }
        assert!(looks > 0);
    }
}

/// Makes the files and folders of `left` in `place`.
fn write(left: &BTreeMap<PathBuf, Option<Vec<u8>>>, place: &Path) {
    for (path, bytes) in left {
        match bytes {
            Some(bytes) => fs::write(place.join(path), bytes).unwrap(),
            None => fs::create_dir(place.join(path)).unwrap(),
        }
    }
}

/// The disk, and what of it would be there after a power failure.
#[derive(Default)]
struct State {
    names: Names,
    files: Vec<File>,
    now: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    /// The things that syncs under way will have made durable, by the numbers of the calls.
    syncs: BTreeMap<usize, Synced>,
}

#[derive(Clone, Default)]
struct File {
    written: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

enum Synced {
    Bytes(usize, Vec<u8>),
    Names(PathBuf, BTreeMap<PathBuf, Node>),
}

impl State {
    /// Everything is durable.
    fn settle(&mut self) {
        self.files.iter_mut().for_each(|file| file.durable.clone_from(&file.written));
        self.durable.clone_from(&self.now);
    }

    fn apply(&mut self, call: &Call, root: &Path) {
        if !call.path().starts_with(root) {
            return;
        }
        match call {
            Call::Opened { path, creates, empties } => match self.now.get(path) {
                Some(Node::File(number)) if *empties => self.files[*number].written.clear(),
                None if *creates => {
                    self.now.insert(path.clone(), Node::File(self.files.len()));
                    self.files.push(File::default());
                }
                _ => {}
            },
            Call::Wrote { path, bytes } => {
                if let Some(Node::File(number)) = self.now.get(path) {
                    self.files[*number].written.extend_from_slice(bytes);
                }
            }
            Call::Made { path } => drop(self.now.insert(path.clone(), Node::Folder)),
            Call::Removed { path } => drop(self.now.remove(path)),
            Call::Renamed { from, to } => {
                if let Some(node) = self.now.remove(from) {
                    self.now.insert(to.clone(), node);
                }
            }
            Call::SyncBegan { path, number } => {
                let synced = match self.now.get(path) {
                    Some(Node::File(file)) => Synced::Bytes(*file, self.files[*file].written.clone()),
                    _ => Synced::Names(path.clone(), self.within(path)),
                };
                self.syncs.insert(*number, synced);
            }
            Call::SyncEnded { number, .. } => match self.syncs.remove(number) {
                Some(Synced::Bytes(file, written)) => {
                    let durable = &mut self.files[file].durable;
                    // Another sync that began later may have ended.
                    if written.len() >= durable.len() {
                        *durable = written;
                    }
                }
                Some(Synced::Names(folder, names)) => {
                    // A name that goes is not followed further: it may come back.
                    self.durable.retain(|path, _| path.parent() != Some(&folder) || self.now.contains_key(path));
                    self.durable.extend(names);
                }
                None => {}
            },
            Call::Other { path, name } => panic!("`{name}` changes `{}`, in a way that is not known", path.display()),
        }
    }

    fn within(&self, folder: &Path) -> BTreeMap<PathBuf, Node> {
        let names = self.now.iter().filter(|(path, _)| path.parent() == Some(folder));
        names.map(|(path, node)| (path.clone(), *node)).collect()
    }

    /// The files that are there after a power failure, by paths below `root`; folders without bytes.
    fn left(&self, root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let names = match self.names {
            Names::Kept => &self.now,
            Names::Lost => &self.durable,
        };
        let is_reached = |path: &Path| {
            path.ancestors().skip(1).take_while(|folder| *folder != root).all(|folder| names.contains_key(folder))
        };
        let left = names.iter().filter(|(path, _)| is_reached(path)).map(|(path, node)| {
            let bytes = match node {
                Node::File(number) => Some(self.files[*number].durable.clone()),
                Node::Folder => None,
            };
            (path.strip_prefix(root).unwrap().to_owned(), bytes)
        });
        left.collect()
    }
}
