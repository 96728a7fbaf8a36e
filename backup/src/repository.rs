// SPDX-License-Identifier: Apache-2.0

//! The folder of a repository.
//!
//! | name | content |
//! |---|---|
//! | `salus-backup`, `key-copy` | the repository's key under its password, twice |
//! | `lock` | held by the one command that writes, or by those that read |
//! | `pieces/ab/cd...` | sealed pieces, by a name that says nothing without the key |
//! | `snapshots/` | sealed snapshots |
//! | `incoming/` | what is not whole yet |

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use salus_primitives::Digest;
use salus_sealing::backup::{BackupKey, PieceOpener, PieceSealer};
use salus_sealing::secret::{extend, Password};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{BackupError, PieceFault, Result};
use crate::folder::{create_private, is_empty, sync, try_lock, NewFile};
use crate::left_out::REPOSITORY;
use crate::snapshot::{Snapshot, SnapshotId};

const KEY_COPY: &str = "key-copy";
const LOCK: &str = "lock";
const PIECES: &str = "pieces";
const SNAPSHOTS: &str = "snapshots";
const INCOMING: &str = "incoming";
/// The use for which pieces are sealed.
const PIECE: &str = "piece";
/// Bytes of one read.
const READ: usize = 256 * 1024;
/// Bytes of a file with a key, at most.
const LONGEST_KEY: u64 = 64 * 1024;

/// The use that a command makes of a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It reads; others may read meanwhile.
    Reads,
    /// It writes, alone.
    Writes,
}

/// The snapshots of a repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshots {
    /// The ones that can be read, the oldest first.
    pub whole: Vec<(SnapshotId, Snapshot)>,
    /// The ones that cannot.
    pub damaged: Vec<SnapshotId>,
}

/// A repository of backups, locked for one command.
pub struct Repository {
    folder: PathBuf,
    key: BackupKey,
    _lock: File,
}

impl Repository {
    /// Makes a repository in the folder `path`, which is empty or not there yet.
    pub fn create(path: &Path, password: &Password) -> Result<()> {
        if !is_empty(path).map_err(BackupError::at(path))? {
            return Err(BackupError::NotEmpty(path.to_owned()));
        }
        let text = BackupKey::generate().seal(password).map_err(BackupError::Key)?;
        let make = || {
            for folder in [PIECES, SNAPSHOTS, INCOMING] {
                create_private(&path.join(folder))?;
            }
            open_lock(path, Access::Writes)?;
            // The marker comes last: before it, the folder is not a repository.
            for name in [KEY_COPY, REPOSITORY] {
                let mut file = NewFile::begin(path, ".")?;
                file.write(text.as_bytes())?;
                file.name(&path.join(name))?;
            }
            Ok(())
        };
        make().map_err(BackupError::at(path))
    }

    /// Whether a repository lies in the folder `path`.
    pub fn is_at(path: &Path) -> bool {
        key_files(path).iter().any(|file| file.is_file())
    }

    /// Opens the repository in the folder `path`.
    pub fn open(path: &Path, password: &Password, access: Access) -> Result<Self> {
        let texts: Vec<_> = key_files(path).iter().filter_map(|file| read_key(file).ok()).collect();
        if texts.is_empty() {
            return Err(BackupError::NotARepository(path.to_owned()));
        }
        let folder = path.canonicalize().map_err(BackupError::at(path))?;
        let lock = open_lock(&folder, access).map_err(BackupError::at(&folder))?;
        let operation = match access {
            Access::Reads => FlockOperation::NonBlockingLockShared,
            Access::Writes => FlockOperation::NonBlockingLockExclusive,
        };
        if !try_lock(&lock, operation) {
            return Err(BackupError::Busy(folder));
        }
        let mut opened = Err(BackupError::NotARepository(path.to_owned()));
        for text in texts {
            opened = BackupKey::open(&text, password).map_err(BackupError::Key);
            if opened.is_ok() {
                break;
            }
        }
        let repository = Self { folder, key: opened?, _lock: lock };
        if access == Access::Writes {
            repository.sweep()?;
        }
        Ok(repository)
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All snapshots.
    pub fn snapshots(&self) -> Result<Snapshots> {
        let (mut found, mut damaged) = (Vec::new(), Vec::new());
        for id in self.snapshot_ids()? {
            match self.snapshot(&id) {
                Ok(snapshot) => found.push((id, snapshot)),
                Err(BackupError::SnapshotDamaged(_)) => damaged.push(id),
                Err(error) => return Err(error),
            }
        }
        found.sort_by(|(one_id, one), (other_id, other)| (one.at, one_id).cmp(&(other.at, other_id)));
        Ok(Snapshots { whole: found, damaged })
    }

    /// The snapshot that `wanted` names by its first digits, or the newest one.
    pub fn find(&self, wanted: Option<&str>) -> Result<(SnapshotId, Snapshot)> {
        let Some(wanted) = wanted else {
            let newest = self.snapshots()?.whole.pop();
            return newest.ok_or_else(|| BackupError::NoSnapshot("latest".to_owned()));
        };
        let id = self.named(wanted)?;
        let snapshot = self.snapshot(&id)?;
        Ok((id, snapshot))
    }

    /// The name that begins with the digits `wanted`; the snapshot is not read.
    pub(crate) fn named(&self, wanted: &str) -> Result<SnapshotId> {
        let mut ids = self.snapshot_ids()?;
        ids.retain(|id| id.as_str().starts_with(wanted));
        match ids.as_slice() {
            [] => Err(BackupError::NoSnapshot(wanted.to_owned())),
            [id] => Ok(id.clone()),
            _ => Err(BackupError::Ambiguous(wanted.to_owned())),
        }
    }

    /// Writes a snapshot. Everything that it needs is there.
    pub(crate) fn add_snapshot(&self, snapshot: &Snapshot) -> Result<SnapshotId> {
        let id = SnapshotId::generate();
        let path = self.path_of_snapshot(&id);
        let text = serde_json::to_vec(snapshot).map(Zeroizing::new);
        let write = || {
            let mut incoming = self.begin(&use_of(&id))?;
            incoming.push(&text.map_err(io::Error::other)?)?;
            incoming.finish()?.file.name(&path)
        };
        write().map_err(BackupError::at(&path))?;
        Ok(id)
    }

    /// Removes snapshots, for good when this returns. Their pieces stay.
    pub(crate) fn remove_snapshots<'a>(&self, ids: impl IntoIterator<Item = &'a SnapshotId>) -> Result<()> {
        for id in ids {
            let path = self.path_of_snapshot(id);
            fs::remove_file(&path).map_err(BackupError::at(&path))?;
        }
        let folder = self.folder.join(SNAPSHOTS);
        sync(&folder).map_err(BackupError::at(&folder))
    }

    /// Reads a snapshot.
    pub(crate) fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot> {
        let (path, usage) = (self.path_of_snapshot(id), use_of(id));
        let damaged = || BackupError::SnapshotDamaged(id.to_string());
        match self.reader(&path, &usage, None).and_then(PieceReader::all) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| damaged()),
            Err(PieceFault::Damaged) => Err(damaged()),
            Err(PieceFault::Lacking) => Err(BackupError::NoSnapshot(id.to_string())),
            Err(PieceFault::Io(source)) => Err(BackupError::Io { path, source }),
        }
    }

    /// The names of all snapshots, also of those that cannot be read.
    pub(crate) fn snapshot_ids(&self) -> Result<Vec<SnapshotId>> {
        let folder = self.folder.join(SNAPSHOTS);
        let mut ids = Vec::new();
        for entry in fs::read_dir(&folder).map_err(BackupError::at(&folder))? {
            let name = entry.map_err(BackupError::at(&folder))?.file_name();
            ids.extend(name.to_str().and_then(SnapshotId::parse));
        }
        ids.sort();
        Ok(ids)
    }

    /// Whether there is a piece with the bytes of `id`; they are not looked at.
    pub(crate) fn has(&self, id: &Digest) -> bool {
        self.path_of(id).is_file()
    }

    /// Whether the bytes of `id` are there and whole.
    pub(crate) fn has_whole(&self, id: &Digest) -> bool {
        self.fault_of(id).is_none()
    }

    /// Begins a piece that arrives bit by bit.
    pub(crate) fn incoming(&self) -> io::Result<Incoming> {
        self.begin(PIECE)
    }

    /// Stores `bytes`, and returns their hash and whether they are new.
    pub(crate) fn put(&self, bytes: &[u8], verify: bool) -> Result<(Digest, bool)> {
        let id = Digest(Sha256::digest(bytes).into());
        if self.is_settled(&id, verify) {
            return Ok((id, false));
        }
        let store = || {
            let mut incoming = self.incoming()?;
            incoming.push(bytes)?;
            self.admit(incoming)
        };
        store().map_err(BackupError::at(&self.path_of(&id)))?;
        Ok((id, true))
    }

    /// Whether a piece needs not be stored: it is there, and whole if that is to be verified.
    pub(crate) fn is_settled(&self, id: &Digest, verify: bool) -> bool {
        match verify {
            true => self.has_whole(id),
            false => self.has(id),
        }
    }

    /// Gives a piece its name, in place of a damaged one.
    pub(crate) fn admit(&self, incoming: Incoming) -> io::Result<()> {
        let Finished { id, file } = incoming.finish()?;
        let path = self.path_of(&id);
        if let Some(shard) = path.parent().filter(|shard| !shard.is_dir()) {
            create_private(shard)?;
            sync(&self.folder.join(PIECES))?;
        }
        file.name(&path)
    }

    /// The bytes of `id`, bit by bit.
    pub(crate) fn read(&self, id: &Digest) -> std::result::Result<PieceReader<'_>, PieceFault> {
        self.reader(&self.path_of(id), PIECE, Some(*id))
    }

    /// All bytes of a small piece.
    pub(crate) fn get(&self, id: &Digest) -> std::result::Result<Zeroizing<Vec<u8>>, PieceFault> {
        self.read(id)?.all()
    }

    /// The fault of a piece that is not there or not whole.
    pub(crate) fn fault_of(&self, id: &Digest) -> Option<PieceFault> {
        let read = || {
            let mut reader = self.read(id)?;
            while reader.next()?.is_some() {}
            Ok(())
        };
        read().err()
    }

    /// The name of a piece, which says nothing without the key: its file's folder and name have these digits.
    pub(crate) fn name_of(&self, id: &Digest) -> Digest {
        self.key.name_of(id)
    }

    /// The file of a piece, for those who have to look for it.
    pub(crate) fn path_of(&self, id: &Digest) -> PathBuf {
        let name = hex::encode(self.name_of(id).0);
        let (shard, rest) = name.split_at_checked(2).unwrap_or((&name, ""));
        self.folder.join(PIECES).join(shard).join(rest)
    }

    /// The files of all pieces.
    pub(crate) fn piece_files(&self) -> Result<BTreeSet<PathBuf>> {
        let mut found = BTreeSet::new();
        self.each_piece_file(|file| {
            found.insert(file);
            Ok(())
        })?;
        Ok(found)
    }

    /// Shows each piece's file to `look`, which may delete it.
    pub(crate) fn each_piece_file(&self, mut look: impl FnMut(PathBuf) -> Result<()>) -> Result<()> {
        let pieces = self.folder.join(PIECES);
        for shard in fs::read_dir(&pieces).map_err(BackupError::at(&pieces))? {
            let shard = shard.map_err(BackupError::at(&pieces))?.path();
            // One folder's names are read before the first of its files goes: a list that changes meanwhile may skip some.
            let files: Vec<_> = fs::read_dir(&shard).map_err(BackupError::at(&shard))?.collect();
            for file in files {
                look(file.map_err(BackupError::at(&shard))?.path())?;
            }
        }
        Ok(())
    }

    /// The files with the key that are gone or differ from the one that opened.
    pub(crate) fn damaged_key_files(&self, password: &Password) -> Vec<PathBuf> {
        let opens = |file: &PathBuf| {
            read_key(file).is_ok_and(|text| {
                BackupKey::open(&text, password)
                    .is_ok_and(|key| key.name_of(&Digest([0; 32])) == self.key.name_of(&Digest([0; 32])))
            })
        };
        key_files(&self.folder).into_iter().filter(|file| !opens(file)).collect()
    }

    pub(crate) fn path_of_snapshot(&self, id: &SnapshotId) -> PathBuf {
        self.folder.join(SNAPSHOTS).join(id.as_str())
    }

    fn begin(&self, usage: &str) -> io::Result<Incoming> {
        let mut sealed = Vec::new();
        let sealer = self.key.sealer(usage, &mut sealed);
        let file = NewFile::begin(&self.folder.join(INCOMING), "")?;
        Ok(Incoming { file, sealer, sealed, hasher: Sha256::new() })
    }

    /// The bytes of the file `path`, opened for a use, bit by bit.
    fn reader<'a>(
        &'a self,
        path: &Path,
        usage: &'a str,
        expected: Option<Digest>,
    ) -> std::result::Result<PieceReader<'a>, PieceFault> {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => PieceFault::Lacking,
            _ => PieceFault::Io(error),
        })?;
        let (opener, hasher) = (Some(self.key.opener(usage)), Sha256::new());
        Ok(PieceReader { file, opener, read: vec![0; READ], plain: Zeroizing::new(Vec::new()), hasher, expected })
    }

    /// Removes what a killed command left behind. No other one writes now.
    fn sweep(&self) -> Result<()> {
        let incoming = self.folder.join(INCOMING);
        let sweep = || {
            create_private(&incoming)?;
            for entry in fs::read_dir(&incoming)? {
                fs::remove_file(entry?.path())?;
            }
            Ok(())
        };
        sweep().map_err(BackupError::at(&incoming))
    }
}

/// The name of the piece whose file this is; none for another file.
pub(crate) fn name_of_file(path: &Path) -> Option<Digest> {
    let (shard, rest) = (path.parent()?.file_name()?.to_str()?, path.file_name()?.to_str()?);
    let digits = (shard.len() == 2).then(|| format!("{shard}{rest}"))?;
    hex::decode(digits).ok()?.try_into().ok().map(Digest)
}

fn key_files(folder: &Path) -> [PathBuf; 2] {
    [folder.join(REPOSITORY), folder.join(KEY_COPY)]
}

fn read_key(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST_KEY).read_to_string(&mut text)?;
    Ok(text)
}

/// A repository on a file system that is mounted read-only can be read.
fn open_lock(folder: &Path, access: Access) -> io::Result<File> {
    let path = folder.join(LOCK);
    let write = || OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    match access {
        Access::Writes => write(),
        Access::Reads => File::open(&path).or_else(|_| write()),
    }
}

/// The use for which a snapshot is sealed: under another name it does not open.
fn use_of(id: &SnapshotId) -> String {
    format!("snapshot/{id}")
}

/// A piece on its way out of the repository.
pub(crate) struct PieceReader<'a> {
    file: File,
    opener: Option<PieceOpener<'a>>,
    read: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    hasher: Sha256,
    expected: Option<Digest>,
}

impl PieceReader<'_> {
    /// The next bytes; none after the last. When this fails, all that came out has to be discarded.
    pub(crate) fn next(&mut self) -> std::result::Result<Option<&[u8]>, PieceFault> {
        self.plain.clear();
        while self.plain.is_empty() {
            let Some(opener) = &mut self.opener else { return Ok(None) };
            let length = self.file.read(&mut self.read).map_err(PieceFault::Io)?;
            if length > 0 {
                let read = self.read.get(..length).unwrap_or_default();
                opener.push(read, &mut self.plain).map_err(|_| PieceFault::Damaged)?;
                self.hasher.update(&*self.plain);
                continue;
            }
            let Some(opener) = self.opener.take() else { return Ok(None) };
            opener.finish(&mut self.plain).map_err(|_| PieceFault::Damaged)?;
            self.hasher.update(&*self.plain);
            let found = Digest(self.hasher.clone().finalize().into());
            if self.expected.is_some_and(|expected| expected != found) {
                return Err(PieceFault::Damaged);
            }
            if self.plain.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(&self.plain))
    }

    /// All bytes that are still to come.
    fn all(mut self) -> std::result::Result<Zeroizing<Vec<u8>>, PieceFault> {
        let mut all = Zeroizing::new(Vec::new());
        while let Some(bytes) = self.next()? {
            extend(&mut all, bytes);
        }
        Ok(all)
    }
}

/// A piece on its way into the repository. One that is dropped leaves nothing behind.
pub(crate) struct Incoming {
    file: NewFile,
    sealer: PieceSealer,
    sealed: Vec<u8>,
    hasher: Sha256,
}

struct Finished {
    id: Digest,
    file: NewFile,
}

impl Incoming {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.sealer.push(bytes, &mut self.sealed).map_err(io::Error::other)?;
        self.file.write(&self.sealed)?;
        self.sealed.clear();
        Ok(())
    }

    /// The hash of the bytes that have come so far.
    pub(crate) fn digest(&self) -> Digest {
        Digest(self.hasher.clone().finalize().into())
    }

    fn finish(self) -> io::Result<Finished> {
        let Self { mut file, sealer, mut sealed, hasher } = self;
        sealer.finish(&mut sealed).map_err(io::Error::other)?;
        file.write(&sealed)?;
        Ok(Finished { id: Digest(hasher.finalize().into()), file })
    }
}
