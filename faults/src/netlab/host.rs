// SPDX-License-Identifier: Apache-2.0

//! A machine in the netlab, its line, and its packet filter.

use super::{
    desk::{self, Desk},
    tools::{feed, finish, json, nft, run, tool},
};
use anyhow::{ensure, Context, Result};
use rustix::thread::{move_into_link_name_space, LinkNameSpaceType};
use serde::Serialize;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs::File,
    net::{Ipv4Addr, Ipv6Addr},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::Command,
    thread::JoinHandle,
};

/// The folder in which iproute2 keeps network namespaces (ip-netns(8)).
const NAMES: &str = "/var/run/netns";
/// The name of the switch, and of the nftables table that drops its frames.
pub(super) const SWITCH: &str = "switch";
/// The interface of each host.
const INTERFACE: &str = "eth0";
/// The queue of a slow line, in milliseconds, beyond which it drops packets as routers do.
const QUEUE: u32 = 400;

/// A handle to a machine in the netlab; clones refer to the same machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    pub(super) name: String,
    address: Ipv4Addr,
    /// The interface of its cable at the switch.
    pub(super) port: String,
}

/// Frames that the switch dropped because hosts were cut off or separated, since the netlab began.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Lost {
    /// Frames from the host.
    pub from: u64,
    /// Frames to the host.
    pub to: u64,
}

/// The counts of a slow line since it was first made slow.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Slowed {
    /// Bytes that passed.
    pub bytes: u64,
    /// The number of times that a packet had to wait.
    pub waited: u64,
    /// Packets dropped because the queue was full.
    pub dropped: u64,
}

impl Host {
    pub(super) fn new(name: &str, number: u8) -> Result<Self> {
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        ensure!(plain && !name.is_empty() && !name.starts_with('-'), "`{name}` is not a name for a host");
        ensure!((1..=254).contains(&number), "there is no address 10.77.0.{number}");
        let host =
            Self { name: name.to_owned(), address: Ipv4Addr::new(10, 77, 0, number), port: format!("port{number}") };
        let (port, address) = (host.port.as_str(), format!("{}/24", host.address));
        run("ip", ["netns", "add", name])?;
        run("ip", ["link", "add", port, "type", "veth", "peer", "name", INTERFACE, "netns", name])?;
        run("ip", ["link", "set", port, "master", SWITCH, "up"])?;
        run("ip", ["-n", name, "address", "add", &address, "dev", INTERFACE])?;
        if let Some(address) = host.address6() {
            // Skip duplicate address detection, which takes a second.
            let address = format!("{address}/64");
            run("ip", ["-n", name, "address", "add", &address, "dev", INTERFACE, "nodad"])?;
        }
        run("ip", ["-n", name, "link", "set", "lo", "up"])?;
        run("ip", ["-n", name, "link", "set", INTERFACE, "up"])?;
        Ok(host)
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its IPv4 address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// Returns its IPv6 address, if the kernel has IPv6.
    pub fn address6(&self) -> Option<Ipv6Addr> {
        let [.., number] = self.address.octets();
        let address = Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, number.into());
        Path::new("/proc/sys/net/ipv6").exists().then_some(address)
    }

    fn names_path(&self) -> PathBuf {
        Path::new(NAMES).join(&self.name)
    }

    /// Returns a command that runs on this host. `tokio::process::Command::from` makes it asynchronous.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = tool("nsenter");
        let mut place = std::ffi::OsString::from("--net=");
        place.push(self.names_path());
        command.arg(place).arg("--").arg(program);
        command
    }

    /// Runs `work` on a thread whose sockets and child processes are on this host.
    pub fn inside<T, W>(&self, work: W) -> Result<JoinHandle<Result<T>>>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T> + Send + 'static,
    {
        let namespace = File::open(self.names_path()).with_context(|| format!("the host `{}` is gone", self.name))?;
        let thread = std::thread::Builder::new().name(self.name.clone()).spawn(move || {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                .context("the thread cannot move to its host")?;
            work()
        });
        thread.context("no thread for a host")
    }

    /// Opens an address on the netlab's loopback that leads to `port` on this host's loopback.
    ///
    /// It stands for a program on that machine, and carries WebSocket, or HTTP with one request in each connection.
    pub fn desk(&self, port: u16) -> Result<Desk> {
        desk::open(port, |work| self.inside(work))
    }

    // ---- Faults ----

    /// Cuts it off: the switch drops all frames from it and to it.
    pub fn cut(&self) -> Result<()> {
        nft(&format!("add element bridge {SWITCH} cut {{ {} }}\n", self.port))
    }

    /// Ends [`Self::cut`]; changes nothing if it was not cut off.
    pub fn join(&self) -> Result<()> {
        let element = format!("element bridge {SWITCH} cut {{ {} }}\n", self.port);
        // Deleting an absent element is an error, so add it first.
        nft(&format!("add {element}delete {element}"))
    }

    /// Returns the number of its frames that the switch dropped, which proves that a cut took effect.
    pub fn lost(&self) -> Result<Lost> {
        let counters = json("nft", ["--json", "list", "counters", "table", "bridge", SWITCH])?;
        let count = |name: String| {
            let all = counters.get("nftables")?.as_array()?;
            let mut counters = all.iter().filter_map(|one| one.get("counter"));
            counters
                .find(|counter| counter.get("name").and_then(Value::as_str) == Some(&name))?
                .get("packets")?
                .as_u64()
        };
        let [from, to] = ["from", "to"].map(|way| count(format!("{way}_{}", self.port)));
        Ok(Lost { from: from.context("no counter")?, to: to.context("no counter")? })
    }

    /// Slows its line to `kilobits` a second in each direction.
    pub fn slow(&self, kilobits: u32) -> Result<()> {
        // The burst is a tenth of a second's data, but at least the largest packet with segmentation offload.
        let burst = (kilobits / 80).max(64);
        for line in self.line() {
            let rate = format!(
                "qdisc replace dev {} root tbf rate {kilobits}kbit burst {burst}kb latency {QUEUE}ms",
                line.device
            );
            run("tc", line.within.iter().copied().chain(rate.split(' ')))?;
        }
        Ok(())
    }

    /// Ends [`Self::slow`]; changes nothing if it was not slow.
    pub fn hasten(&self) -> Result<()> {
        for (line, slowed) in self.line().iter().zip(self.slowed()?) {
            if slowed.is_some() {
                run("tc", line.within.iter().copied().chain(["qdisc", "delete", "dev", line.device, "root"]))?;
            }
        }
        Ok(())
    }

    /// Returns the counts of its slow line, to it and from it; `None` for a direction that is not slow.
    pub fn slowed(&self) -> Result<[Option<Slowed>; 2]> {
        let [to, from] = self.line().map(|line| {
            let rest = ["-s", "-j", "qdisc", "show", "dev", line.device];
            let shown = json("tc", line.within.iter().copied().chain(rest))?;
            let tbf = shown
                .as_array()
                .and_then(|all| all.iter().find(|one| one.get("kind").is_some_and(|kind| kind == "tbf")));
            let count = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or_default();
            Ok::<_, anyhow::Error>(tbf.map(|tbf| Slowed {
                bytes: count(tbf, "bytes"),
                waited: count(tbf, "overlimits"),
                dropped: count(tbf, "drops"),
            }))
        });
        Ok([to?, from?])
    }

    fn line(&self) -> [Line<'_>; 2] {
        let to = Line { within: Vec::new(), device: &self.port };
        [to, Line { within: vec!["-n", &self.name], device: INTERFACE }]
    }

    // ---- The host's own packet filter ----

    /// Loads rules into its packet filter, as its operator does: `nft -f FILE`.
    pub fn load_filter(&self, rules: &Path) -> Result<()> {
        let mut command = self.command("nft");
        finish(command.arg("-f").arg(rules))?;
        Ok(())
    }

    /// Adds rules in the language of nft(8) to its packet filter.
    pub fn filter(&self, rules: &str) -> Result<()> {
        feed(self.command("nft").args(["-f", "-"]), rules)
    }

    /// Empties its packet filter.
    pub fn clear_filter(&self) -> Result<()> {
        self.filter("flush ruleset\n")
    }

    /// Returns the number of packets that its own filter dropped, over all rules that count and drop.
    pub fn filtered(&self) -> Result<u64> {
        let rules = finish(self.command("nft").args(["--json", "list", "ruleset"]))?;
        let rules: Value = serde_json::from_str(&rules).context("`nft` prints no JSON")?;
        let all = rules.get("nftables").and_then(Value::as_array).context("`nft` lists nothing")?;
        let packets = |one: &Value| {
            let steps = one.get("rule")?.get("expr")?.as_array()?;
            steps.iter().find(|step| step.get("drop").is_some())?;
            steps.iter().find_map(|step| step.get("counter"))?.get("packets")?.as_u64()
        };
        Ok(all.iter().filter_map(packets).fold(0, u64::saturating_add))
    }
}

/// One direction of a host's line: the sending device, and the options that name its namespace.
struct Line<'a> {
    within: Vec<&'a str>,
    device: &'a str,
}
