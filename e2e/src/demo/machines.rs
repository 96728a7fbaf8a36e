// SPDX-License-Identifier: Apache-2.0

//! The machines of the demonstration: the folders of each, and walls between them.

use crate::{
    steps::Steps,
    walls::{Builder, Walls},
};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// The people, each with a computer of their own.
const PEOPLE: [&str; 7] = ["staff", "patient", "doctor-a", "doctor-b", "technician", "other-patient", "stranger"];
/// The institutions; the first two have nodes.
const INSTITUTIONS: u32 = 3;
const NODES: u32 = 2;

/// Machines in one folder, each of which sees its own folders only.
pub(super) struct Machines {
    builder: Builder,
    folder: PathBuf,
}

impl Machines {
    /// Machines in `folder`.
    pub(super) async fn set_up(folder: &Path) -> Result<Self> {
        Ok(Self { builder: Builder::find(folder).await?, folder: folder.to_owned() })
    }

    /// The folder with those of all institutions.
    pub(super) fn institutions(&self) -> PathBuf {
        self.folder.join("institutions")
    }

    /// The folder of an institution's vault service.
    pub(super) fn institution(&self, institution: u32) -> PathBuf {
        self.institutions().join(institution.to_string())
    }

    /// The folder of the node of an institution.
    pub(super) fn node(&self, institution: u32) -> PathBuf {
        self.folder.join(format!("node-{}", institution.saturating_add(1)))
    }

    /// The folder of a person's computer.
    pub(super) fn computer(&self, person: &str) -> PathBuf {
        self.folder.join("computers").join(person)
    }

    /// The walls around the node and the vault service of an institution.
    pub(super) fn around_institution(&self, institution: u32) -> Result<Walls> {
        self.around(&[self.institution(institution), self.node(institution)])
    }

    /// The walls around a person's computer.
    pub(super) fn around_computer(&self, person: &str) -> Result<Walls> {
        self.around(&[self.computer(person)])
    }

    fn around(&self, own: &[PathBuf]) -> Result<Walls> {
        let services = (0..INSTITUTIONS).map(|institution| self.institution(institution));
        let nodes = (0..NODES).map(|institution| self.node(institution));
        let computers = PEOPLE.iter().map(|person| self.computer(person));
        let all = services.chain(nodes).chain(computers);
        self.builder.around(all.filter(|folder| !own.contains(folder)).collect())
    }

    /// Shows that nothing but the first hospital's own programs reads its disk, where the system permits walls.
    pub(super) async fn show_walls(&self, steps: &mut Steps) -> Result<()> {
        if !self.builder.is_able() {
            steps.note(
                "this system permits no namespaces: one user's programs share a disk, and only keep to their folders",
            );
            return Ok(());
        }
        let file = self.institution(0).join("vault/salus-vault");
        let reads = |walls: Walls| {
            let command = walls.command("cat").arg(&file).output();
            async { anyhow::Ok(command.await?.status.success()) }
        };
        let own = reads(self.around_institution(0)?).await?;
        let others = [self.around_institution(1)?, self.around_institution(2)?, self.around_computer("doctor-b")?];
        let mut hidden = true;
        for walls in others {
            hidden &= !reads(walls).await?;
        }
        steps.check("hospital 1's vault is on a disk that no other party's program can read", own && hidden)
    }
}
