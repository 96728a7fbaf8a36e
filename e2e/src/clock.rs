// SPDX-License-Identifier: Apache-2.0

//! A clock of its own for a scenario: programs that are started with it see its time, by libfaketime.
//!
//! It runs as the machine's does, some time ahead. A scenario that moves it on has half an hour go by in a second, for all of
//! its programs at once.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The paths of libfaketime on common systems.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];

/// Where libfaketime is.
pub fn library() -> Result<&'static str> {
    let library = LIBRARIES.into_iter().find(|path| Path::new(path).exists());
    library.context("libfaketime is not installed\nhint: it is in the package libfaketime (or faketime)")
}

/// How long a program takes to see that the clock was moved.
pub const SEEN: Duration = Duration::from_secs(3);

/// A clock, which is moved on by its file.
pub struct Clock {
    library: &'static str,
    file: PathBuf,
    ahead: Duration,
}

impl Clock {
    /// A clock with the machine's time, whose file is in `folder`.
    pub fn new(folder: &Path) -> Result<Self> {
        let mut clock = Self { library: library()?, file: folder.join("clock"), ahead: Duration::ZERO };
        clock.forward(Duration::ZERO)?;
        Ok(clock)
    }

    /// Moves it on, for programs that run and for those that start. Running ones see it within [`SEEN`].
    pub fn forward(&mut self, time: Duration) -> Result<()> {
        self.ahead = self.ahead.saturating_add(time);
        // The file is replaced at once: no program reads half of it.
        let fresh = self.file.with_extension("new");
        fs::write(&fresh, format!("+{}\n", self.ahead.as_secs()))?;
        Ok(fs::rename(fresh, &self.file)?)
    }

    /// The settings with which a program has this clock.
    pub fn environment(&self) -> Vec<(String, String)> {
        let file = self.file.display().to_string();
        // The file is read again after a second. The monotonic clock stays correct.
        [
            ("LD_PRELOAD", self.library),
            ("FAKETIME_TIMESTAMP_FILE", file.as_str()),
            ("FAKETIME_CACHE_DURATION", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}
