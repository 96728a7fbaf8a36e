// SPDX-License-Identifier: Apache-2.0

//! Calls to the system, as `strace` writes them.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

/// A call that succeeded. It took effect at its end; a sync has a beginning, too, and covers what ended before that.
pub(crate) enum Call {
    Opened {
        path: PathBuf,
        creates: bool,
        empties: bool,
    },
    Wrote {
        path: PathBuf,
        bytes: Vec<u8>,
    },
    Made {
        path: PathBuf,
    },
    Removed {
        path: PathBuf,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    SyncBegan {
        path: PathBuf,
        number: usize,
    },
    SyncEnded {
        path: PathBuf,
        number: usize,
    },
    /// One whose outcome [`Disk`](crate::disk::Disk) does not know.
    Other {
        path: PathBuf,
        name: String,
    },
}

impl Call {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Opened { path, .. }
            | Self::Wrote { path, .. }
            | Self::Made { path }
            | Self::Removed { path }
            | Self::Renamed { from: path, .. }
            | Self::SyncBegan { path, .. }
            | Self::SyncEnded { path, .. }
            | Self::Other { path, .. } => path,
        }
    }
}

/// Reads what `strace` wrote.
pub(crate) struct Calls;

impl Calls {
    /// All threads, paths of open files, and all bytes in hexadecimal digits.
    pub(crate) const OPTIONS: [&str; 9] = [
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-y",
        "-xx",
        "-s",
        "10000000",
        "-e",
        "trace=?open,openat,?creat,write,pwrite64,writev,ftruncate,?rename,?renameat,?renameat2,?mkdir,mkdirat,?unlink,\
         unlinkat,?rmdir,fsync,fdatasync",
    ];

    pub(crate) fn read(text: &str) -> Vec<Call> {
        let (mut calls, mut unfinished) = (Vec::new(), BTreeMap::new());
        for (number, line) in text.lines().enumerate() {
            let (thread, line) = line.split_once(' ').unwrap();
            let line = line.trim_start();
            if let Some(beginning) = line.strip_suffix(" <unfinished ...>") {
                calls.extend(began(beginning, number));
                unfinished.insert(thread, (number, beginning));
            } else if let Some((_, end)) = line.split_once(" resumed>") {
                if let Some((number, beginning)) = unfinished.remove(thread) {
                    calls.extend(ended(&format!("{beginning}{end}"), number));
                }
            } else {
                calls.extend(began(line, number));
                calls.extend(ended(line, number));
            }
        }
        calls
    }
}

fn began(line: &str, number: usize) -> Option<Call> {
    let is_sync = line.starts_with("fsync(") || line.starts_with("fdatasync(");
    is_sync.then(|| Call::SyncBegan { path: open_file(line), number })
}

/// A whole call; none where it failed, or changed nothing.
fn ended(line: &str, number: usize) -> Option<Call> {
    let (name, _) = line.split_once('(')?;
    let (_, outcome) = line.rsplit_once(") ")?;
    let outcome = outcome.trim_start().strip_prefix("= ")?;
    if outcome.starts_with('-') || outcome.starts_with('?') {
        return None;
    }
    let mut texts = line.split('"').skip(1).step_by(2).map(bytes);
    let mut path = || PathBuf::from(OsString::from_vec(texts.next().unwrap_or_default()));
    Some(match name {
        "open" | "openat" | "creat" => {
            let path = path();
            Call::Opened { path, creates: line.contains("O_CREAT"), empties: line.contains("O_TRUNC") }
        }
        "write" => Call::Wrote { path: open_file(line), bytes: texts.next().unwrap_or_default() },
        "mkdir" | "mkdirat" => Call::Made { path: path() },
        "unlink" | "unlinkat" | "rmdir" => Call::Removed { path: path() },
        "rename" | "renameat" | "renameat2" => Call::Renamed { from: path(), to: path() },
        "fsync" | "fdatasync" => Call::SyncEnded { path: open_file(line), number },
        _ => Call::Other { path: open_file(line), name: name.to_owned() },
    })
}

/// The path of the first open file of a call.
fn open_file(line: &str) -> PathBuf {
    let path = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    PathBuf::from(OsString::from_vec(bytes(path.map_or("", |(path, _)| path))))
}

/// The bytes of a text such as `\x61\x62`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|digits| u8::from_str_radix(&digits[..2], 16).unwrap()).collect()
}
