// SPDX-License-Identifier: Apache-2.0

//! A hospital's vault service: its folder, its configuration and its process.

use super::addresses::{authority, port, BEHIND, MONITORING, NODES};
use crate::{plan::HOSPITALS, process::Process, template::Template};
use anyhow::{Context, Result};
use salus_e2e::{
    binaries,
    vault_service::{member_key, send},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{process::Command, time::timeout};

/// How long monitoring waits for an answer.
const ANSWERS: Duration = Duration::from_secs(2);

/// A hospital's vault service, also while it does not run.
pub struct Service {
    hospital: usize,
    folder: PathBuf,
    /// The process.
    pub process: Process,
}

impl Service {
    /// Writes the configuration of a hospital's service into `folder`, and copies the hospital's vault there.
    pub fn prepare(template: &Template, folder: &Path, hospital: usize, keep_free: u64) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let service = Self { hospital, folder: folder.to_owned(), process: Process::none("the vault service") };
        copy(&template.vaults().join(hospital.to_string()), &service.vault())?;
        let member_key = member_key(folder, &template.service_secret(hospital)?)?;
        let institution_key = folder.join("institution.key");
        fs::copy(template.institution_key(hospital), &institution_key).context("no key of the institution")?;
        fs::set_permissions(&institution_key, fs::Permissions::from_mode(0o600))?;
        let partners: Vec<_> = (0..HOSPITALS).filter(|other| *other != hospital).map(|it| it.to_string()).collect();
        let text = format!(
            "institution = {hospital}\nauthority = \"{}\"\nlisten = \"127.0.0.1:{}\"\nmonitoring = \"127.0.0.1:{}\"\n\
             node = \"ws://127.0.0.1:{}\"\nstore = \"vault\"\nkey = \"institution.key\"\n{member_key}\
             [staging]\nkeep-free-mebibytes = {keep_free}\n\
             [copies]\npartners = [{}]\nevery-seconds = 1\n",
            authority(hospital),
            port(BEHIND, hospital),
            port(MONITORING, hospital),
            port(NODES, hospital),
            partners.join(", "),
        );
        fs::write(folder.join("vault.toml"), text)?;
        Ok(service)
    }

    /// The folder of its vault.
    pub fn vault(&self) -> PathBuf {
        self.folder.join("vault")
    }

    /// Starts it, and returns the process id.
    pub fn start(&mut self) -> Result<u32> {
        let mut command = Command::new(binaries::find("salus-vault")?);
        command.arg("run").arg("--config").arg(self.folder.join("vault.toml"));
        self.process.start(command, &self.log())
    }

    /// Whether it answers requests.
    pub async fn is_ready(&self) -> bool {
        matches!(self.ask("/ready").await, Ok((200, _)))
    }

    /// Whether the process answers its monitoring.
    pub async fn is_alive(&self) -> bool {
        matches!(self.ask("/health").await, Ok((200, _)))
    }

    /// The objects that should be in its vault and that no other gave, by its metrics.
    pub async fn missing(&self) -> Result<u64> {
        self.sum_of("salus_vault_missing_objects").await
    }

    /// The objects that the chain names and that never came, by its metrics.
    pub async fn never_came(&self) -> Result<u64> {
        self.sum_of("salus_vault_never_came_objects").await
    }

    /// The sum of a metric over all labels.
    async fn sum_of(&self, metric: &str) -> Result<u64> {
        let (_, metrics) = self.ask("/metrics").await?;
        let text = String::from_utf8(metrics)?;
        let counts = text.lines().filter_map(|line| line.strip_prefix(metric)?.strip_prefix('{'));
        let counts = counts.map(|line| line.rsplit(' ').next().unwrap_or_default().parse::<u64>());
        Ok(counts.collect::<Result<Vec<_>, _>>()?.into_iter().fold(0, u64::saturating_add))
    }

    async fn ask(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let address = format!("127.0.0.1:{}", port(MONITORING, self.hospital));
        let message = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        timeout(ANSWERS, send(&address, message.as_bytes())).await.context("no answer")?
    }

    fn log(&self) -> PathBuf {
        self.folder.join("service.log")
    }

    /// Its output.
    pub fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("there is no `{}`", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => drop(fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
