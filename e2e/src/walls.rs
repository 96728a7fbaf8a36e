// SPDX-License-Identifier: Apache-2.0

//! Walls between parties that share one machine: a party's programs see the folders of the others as empty.
//!
//! Each program runs in a mount namespace of its own, in which an empty file system covers each folder that is not the party's.
//! Root needs no more than that. Other users make a user namespace around it, which some systems forbid.

use anyhow::{Context, Result};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};
use tokio::process::Command;

/// Covers each folder up to `--`, then becomes the program behind it.
const COVER: &str = r#"while [ "$1" != -- ]; do mount -t tmpfs -o size=4k,mode=700 none "$1" || exit 125; shift; done; shift; exec "$@""#;
/// How namespaces can be made: by root, and by others.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// The way of this system to make namespaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Builder(Option<&'static [&'static str]>);

/// The folders that one party's programs do not see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walls {
    builder: Builder,
    hidden: Vec<PathBuf>,
}

impl Builder {
    /// Tries what this system permits; `folder` is for a trial.
    pub async fn find(folder: &Path) -> Result<Self> {
        let trial = folder.join("trial");
        std::fs::create_dir_all(&trial)?;
        for way in WAYS {
            let walls = Walls { builder: Self(Some(way)), hidden: vec![trial.clone()] };
            let tried = walls.command(OsStr::new("true")).output().await;
            if tried.is_ok_and(|tried| tried.status.success()) {
                return Ok(Self(Some(way)));
            }
        }
        Ok(Self(None))
    }

    /// Whether this system permits namespaces.
    pub fn is_able(self) -> bool {
        self.0.is_some()
    }

    /// Walls that hide the folders `hidden`, which are made if they are missing. Where the system permits none, they hide nothing.
    pub fn around(self, hidden: Vec<PathBuf>) -> Result<Walls> {
        for folder in &hidden {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Walls { builder: self, hidden })
    }
}

impl Walls {
    /// Walls that hide nothing.
    pub fn none() -> Self {
        Self { builder: Builder(None), hidden: Vec::new() }
    }

    /// A command that runs `program` between these walls, as the same process.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let Some(way) = self.builder.0.filter(|_| !self.hidden.is_empty()) else { return Command::new(program) };
        let mut command = Command::new("unshare");
        command.args(way).args(["sh", "-c", COVER, "walls"]).args(&self.hidden).arg("--").arg(program);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_party_sees_its_own_folder_and_not_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let [own, other] = ["own folder", "other folder"].map(|name| folder.path().join(name));
        let builder = Builder::find(folder.path()).await.unwrap();
        let walls = builder.around(vec![other.clone()]).unwrap();
        std::fs::create_dir(&own).unwrap();
        for place in [&own, &other] {
            std::fs::write(place.join("file"), "content").unwrap();
        }
        let read = |walls: &Walls, place: &Path| walls.command("cat").arg(place.join("file")).output();
        assert_eq!(read(&walls, &own).await.unwrap().stdout, b"content");
        assert_eq!(read(&Walls::none(), &other).await.unwrap().stdout, b"content");
        let other = read(&walls, &other).await.unwrap();
        assert_eq!(other.status.success(), !builder.is_able());
    }
}
