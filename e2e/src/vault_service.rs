// SPDX-License-Identifier: Apache-2.0

//! Vault services of scenarios: each with a folder, a configuration and an address of its own, ended with the scenario.

use crate::{binaries, clock::Clock, memory::peak_of, node::free_address, salus::Salus, walls::Walls};
use anyhow::{ensure, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::Ipv4Addr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// How long a service may take to begin, to answer and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lines at the end of a service's log that a scenario shows when it fails.
const SHOWN: usize = 30;

/// An institution's vault service. One that is dropped while it runs belongs to a scenario that fails: the end of its log is shown.
pub struct VaultService {
    process: Child,
    place: ServicePlace,
}

impl Drop for VaultService {
    fn drop(&mut self) {
        if self.process.id().is_some() {
            let log = fs::read_to_string(self.place.log()).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let end = lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default();
            eprintln!("the end of {}:\n{}", self.place.log().display(), end.join("\n"));
        }
    }
}

/// Where a service is, also while it does not run.
#[derive(Clone)]
pub struct ServicePlace {
    authority: String,
    monitoring: String,
    folder: PathBuf,
    walls: Walls,
    environment: Vec<(String, String)>,
}

impl ServicePlace {
    /// A place for the service of `institution`, which asks `node`: its configuration and vault are in `folder`. It has
    /// further lines of configuration.
    pub fn prepare(folder: &Path, institution: u32, node: &str, further: &str) -> Result<Self> {
        let listen = free_address(Ipv4Addr::LOCALHOST)?.to_string();
        Self::prepare_behind(&listen, &listen, folder, institution, node, further)
    }

    /// The same for a service that listens at `listen` behind a relay, and that its clients reach at `authority`.
    pub fn prepare_behind(
        authority: &str,
        listen: &str,
        folder: &Path,
        institution: u32,
        node: &str,
        further: &str,
    ) -> Result<Self> {
        let monitoring = free_address(Ipv4Addr::LOCALHOST)?.to_string();
        fs::create_dir_all(folder)?;
        let (authority, folder) = (authority.to_owned(), folder.to_owned());
        let place = Self { authority, monitoring, folder, walls: Walls::none(), environment: Vec::new() };
        let text = format!(
            "institution = {institution}\nauthority = \"{0}\"\nlisten = \"{listen}\"\nmonitoring = \"{1}\"\n\
             node = \"{node}\"\nstore = \"vault\"\n{further}",
            place.authority, place.monitoring
        );
        fs::write(place.config(), text)?;
        Ok(place)
    }

    /// A place at `authority` for the service of `institution`, which asks `node`: `salus-vault init` makes its configuration and the
    /// institution's key in `folder`, whose `member.key` the service uses. It has further lines of configuration. With the
    /// place comes the public part of the key.
    pub async fn init(
        folder: &Path,
        authority: &str,
        institution: u32,
        node: &str,
        further: &str,
    ) -> Result<(Self, String)> {
        let number = institution.to_string();
        let mut init = Command::new(binaries::find("salus-vault")?);
        init.args(["init", "--institution", &number, "--authority", authority, "--node", node, "--store", "vault"]);
        let made = init.arg("--folder").arg(folder).output().await?;
        ensure!(made.status.success(), "no configuration: {}", String::from_utf8_lossy(&made.stderr));
        let said = String::from_utf8(made.stdout)?;
        let (_, key) = said.trim().rsplit_once("--encryption-key ").context("no key is named")?;

        let monitoring = free_address(Ipv4Addr::LOCALHOST)?.to_string();
        let (authority, folder) = (authority.to_owned(), folder.to_owned());
        let place = Self { authority, monitoring, folder, walls: Walls::none(), environment: Vec::new() };
        let written = fs::read_to_string(place.config())?;
        // The services of a scenario are on one machine.
        let own = written.replacen("127.0.0.1:9617", &place.monitoring, 1).replacen("# member-key", "member-key", 1);
        fs::write(place.config(), own + further)?;
        Ok((place, key.to_owned()))
    }

    /// The same place between `walls`.
    pub fn within(self, walls: Walls) -> Self {
        Self { walls, ..self }
    }

    /// The same place, whose service has the time of `clock`.
    pub fn with(self, clock: &Clock) -> Self {
        Self { environment: clock.environment(), ..self }
    }

    /// The address that the chain is to have.
    pub fn address(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The folder of the vault.
    pub fn vault(&self) -> PathBuf {
        self.folder.join("vault")
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.folder.join("vault.toml")
    }

    /// The service's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("vault-service.log")
    }

    /// Starts the service, and waits until it listens.
    pub async fn start(&self) -> Result<VaultService> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let process = self
            .walls
            .command(binaries::find("salus-vault")?)
            .arg("run")
            .arg("--config")
            .arg(self.config())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("the vault service does not start")?;
        let mut service = VaultService { process, place: self.clone() };
        let begun = async {
            while service.get("/health").await.is_err() {
                if let Some(status) = service.process.try_wait()? {
                    let log = fs::read_to_string(service.place.log()).unwrap_or_default();
                    anyhow::bail!("the vault service ended with {status}: {log}");
                }
                sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        };
        timeout(PATIENCE, begun).await.context("the vault service does not begin")??;
        Ok(service)
    }
}

impl VaultService {
    /// Where it is.
    pub fn place(&self) -> &ServicePlace {
        &self.place
    }

    /// Waits until it answers requests.
    pub async fn until_ready(&self) -> Result<()> {
        let ready = async {
            while self.get("/ready").await?.0 != 200 {
                sleep(Duration::from_millis(200)).await;
            }
            anyhow::Ok(())
        };
        timeout(PATIENCE, ready).await.context("the vault service does not get ready")?
    }

    /// Asks what monitoring asks: the status and the body.
    pub async fn get(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let address = &self.place.monitoring;
        let message = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        send(address, message.as_bytes()).await
    }

    /// The most memory that it had so far, in KiB.
    pub fn peak_memory(&self) -> Result<u64> {
        let id = self.process.id().context("it ended by itself")?;
        peak_of(id).context("no peak")
    }

    /// Ends the service as a supervisor does.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.process.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).context("it ended by itself")?;
        kill_process(id, Signal::TERM)?;
        let status = timeout(PATIENCE, self.process.wait()).await.context("it does not end")??;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }

    /// Ends the service as a power failure does.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }
}

/// Writes the key of a service's own member into `folder`; the line of configuration that names it.
pub fn member_key(folder: &Path, secret: &str) -> Result<String> {
    fs::create_dir_all(folder)?;
    let path = folder.join("member.key");
    fs::write(&path, format!("{secret}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok("member-key = \"member.key\"\n".to_owned())
}

/// The delegates of the development chain's two hospitals. They are on the computer of `staff`.
pub async fn delegates(staff: &Salus) -> Result<[Salus; 2]> {
    for hospital in ["1", "2"] {
        let (name, uri) = (format!("delegate-{hospital}"), format!("//Hospital{hospital}//Delegate"));
        staff.json(&["key", "import", &name, "--uri", &uri]).await?;
    }
    Ok([staff.acting_as("delegate-1"), staff.acting_as("delegate-2")])
}

/// Has the council, whose two `delegates` have to agree, enter the address of an institution's vault service, and its
/// encryption key if there is a new one.
pub async fn enter_address(
    delegates: &[Salus; 2],
    institution: u32,
    address: &str,
    encryption_key: Option<&str>,
) -> Result<()> {
    let [proposer, second] = delegates;
    let number = institution.to_string();
    let mut update = vec!["institution", "update", &number, "--vault-address", address];
    update.extend(encryption_key.into_iter().flat_map(|key| ["--encryption-key", key]));
    let proposed = proposer.json(&update).await?;
    let proposal = proposed.pointer("/progress/waiting/proposal").and_then(Value::as_str).context("no proposal")?;
    second.json(&["council", "approve", proposal, "--yes"]).await?;
    let shown = proposer.json(&["institution", "show", &number]).await?;
    let entered = shown.pointer("/profile/vault_address") == Some(&address.as_bytes().into());
    ensure!(entered, "the council did not enter {address}");
    Ok(())
}

/// Sends one message; the status and the body of the answer.
pub async fn send(address: &str, message: &[u8]) -> Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(message).await?;
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.context("no answer")??;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no head")?;
    let head = String::from_utf8(answer.get(..end).unwrap_or_default().to_vec())?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok((status, answer.split_off(end.saturating_add(4))))
}
