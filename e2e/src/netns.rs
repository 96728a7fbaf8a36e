// SPDX-License-Identifier: Apache-2.0

//! A laboratory of hosts: each a network namespace with an address of its own, all on one switch.
//!
//! A program that uses it calls [`enter`] first thing in `main`. From there on it runs in mount, network and process
//! namespaces of its own (and as an ordinary user in a user namespace too), so nothing that it does to networks or mounts
//! reaches the machine, and all of it, with every process, is gone when the program ends in whatever way.
//!
//! ```no_run
//! use salus_e2e::netns::{enter, Lab, Tie};
//!
//! fn main() -> anyhow::Result<()> {
//!     enter(Tie::Loose)?;
//!     let lab = Lab::new(&["hospital-1", "hospital-2"])?;
//!     let [one, two] = lab.hosts() else { return Ok(()) };
//!     one.command("salus-node").arg("--version").status()?; // on the first host
//!     lab.separate(&[&[one], &[two]])?; // neither hears the other
//!     lab.reunite()?;
//!     assert!(one.lost()?.from > 0, "nothing was sent meanwhile, so nothing was shown");
//!     Ok(())
//! }
//! ```
//!
//! **The switch** is a bridge without an address, so the laboratory itself is no machine that hosts could reach. Hosts are cut
//! off at the switch, in nftables' `bridge` family, which leaves each host's own rules alone: to the host it looks as if its
//! cable led nowhere. Every frame that is lost this way is counted.
//!
//! **RPC** answers on a host's loopback only, as in operation. [`Host::desk`] stands for whoever sits at that machine: an address
//! on the laboratory's own loopback, from which bytes pass, within this process, to a port of the host's loopback. No packet of
//! it crosses the switch, so it works while the host is cut off or slowed, and a node cannot tell it from a program on its host:
//! as nodes answer only who asks for them by the name of their own loopback, requests are made out to that.
//!
//! What needs `unsafe` code elsewhere, to move a process into a namespace before it starts, is left to `nsenter`: it makes way for
//! the program (`exec`), so signals reach the program itself.

pub mod check;

use anyhow::{bail, ensure, Context, Result};
use rustix::{
    process::{geteuid, getpid, set_parent_process_death_signal, wait, Pid, Signal, WaitOptions},
    thread::{move_into_link_name_space, LinkNameSpaceType},
};
use serde::Serialize;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs::{read_link, File},
    io::{ErrorKind, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    os::{fd::AsFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::JoinHandle,
};
use tokio::{
    io::{copy_bidirectional, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// Marks a program that was started again, with how far it has come and the network namespace that it came from.
const MARK: &str = "SALUS_LABORATORY";
/// Where iproute2 keeps the names of namespaces.
const NAMES: &str = "/var/run/netns";
/// The switch, and the table with which it loses frames.
const SWITCH: &str = "switch";
/// The interface of each host.
const INTERFACE: &str = "eth0";
/// No head of a request is longer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// A slow line holds back this many milliseconds' worth of packets before it drops them, as routers do.
const QUEUE: u32 = 400;

// ---- Entering ---------------------------------------------------------------------------------------------------------

/// What becomes of a laboratory whose starter ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// It ends too. For tests: whatever becomes of the thread that started it, nothing goes on behind its back.
    Parent,
    /// It goes on, as any program does. For long runs that outlive a terminal.
    Loose,
}

/// Returns within namespaces of this program's own. What was done before is done again there, so call it first.
///
/// The program starts again under `unshare`, as child of a process whose only work is to wait: the first process of a
/// namespace is deaf to signals that it does not handle, and has to bury orphans. Interrupting and killing therefore work as for
/// any program; who wants to end everything from outside kills the process that was started, `unshare`, with `SIGKILL`.
pub fn enter(tie: Tie) -> Result<()> {
    let own = read_link("/proc/self/ns/net").context("this kernel has no network namespaces")?;
    let own = own.to_str().context("a namespace's name is no text")?;
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let mut arguments = std::env::args_os();
    // The name under which it was started, which `unshare` would take for its own argument.
    arguments.next();
    let mark = std::env::var(MARK).unwrap_or_default();
    let (stage, origin) = mark.split_once(' ').unwrap_or_default();
    if !stage.is_empty() {
        // Set by hand, the mark would turn a laboratory loose on the machine.
        ensure!(origin != own, "`{MARK}` is set, but this is no namespace of the laboratory's own\nhint: unset it");
    }
    match stage {
        "" => {
            let options = possible()?;
            if tie == Tie::Parent {
                set_parent_process_death_signal(Some(Signal::KILL)).context("no signal at the parent's death")?;
            }
            let error =
                tool("unshare").args(options).arg(program).args(arguments).env(MARK, format!("wait {own}")).exec();
            Err(error).context("`unshare` cannot be started")
        }
        "wait" => {
            ensure!(getpid().is_init(), "this is no process namespace of the laboratory's own");
            let child = Command::new(program).args(arguments).env(MARK, format!("inside {origin}")).spawn();
            let status = bury_all_but(Pid::from_child(&child.context("the program cannot be started again")?))?;
            // With this process the kernel ends all others in the namespace.
            std::process::exit(status)
        }
        _ => {
            // Names of namespaces are files there; those of the machine stay its own.
            run("mount", ["-t", "tmpfs", "tmpfs", runtime_folder()?.as_str()])?;
            run("ip", ["link", "set", "lo", "up"])?;
            Ok(())
        }
    }
}

/// Waits for all children until `child` ends; its status, as a shell has it.
fn bury_all_but(child: Pid) -> Result<i32> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if ended == child => {
                let killed = status.terminating_signal().map(|signal| signal.saturating_add(128));
                return Ok(status.exit_status().or(killed).unwrap_or(1));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => (),
            Err(error) => return Err(error).context("the laboratory's program is lost"),
        }
    }
}

/// The folder that holds the names of namespaces, whatever it is linked to.
fn runtime_folder() -> Result<String> {
    let folder = Path::new("/var/run").canonicalize().context("there is no /var/run")?;
    folder.into_os_string().into_string().ok().context("the name of /var/run is no text")
}

/// What a laboratory does, in small, with a word about each thing that it needs.
const TRIAL: &str = r#"
need() { what=$1; shift; said=$("$@" 2>&1) || { echo "$what: \`$*\` says: $said"; exit 1; }; }
need "mounts" mount -t tmpfs tmpfs "$1"
need "bridges in the kernel (module bridge)" ip link add trial type bridge
need "named network namespaces" ip netns add trial
need "virtual cables in the kernel (module veth)" ip link add cable type veth peer name eth0 netns trial
need "entering a network namespace" nsenter --net=/var/run/netns/trial true
need "nftables for bridges (module nft_meta_bridge)" nft "table bridge trial { chain forward { type filter hook forward priority 0; iifname cable counter drop; }; }"
need "nftables (module nf_tables_inet)" nft "table inet trial { chain input { type filter hook input priority 0; tcp dport 1 counter drop; }; }"
need "tbf for bandwidth (module sch_tbf)" tc qdisc replace dev cable root tbf rate 1mbit burst 32kb latency 100ms
"#;

/// The options of `unshare` with which a laboratory works here, or what is missing.
pub fn possible() -> Result<Vec<&'static str>> {
    let own = vec!["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];
    let user = [["--user", "--map-root-user"].as_slice(), &own].concat();
    // Root may have lost the right to make namespaces (in a container), and then has it as any user has.
    let ways = if geteuid().is_root() { vec![own, user] } else { vec![user] };
    let mut reasons = String::new();
    for options in ways {
        let folder = runtime_folder()?;
        let trial = tool("unshare").args(&options).args(["sh", "-c", TRIAL, "trial", &folder]).output();
        match trial {
            Ok(trial) if trial.status.success() => return Ok(options),
            Ok(trial) => {
                let said = [trial.stdout, trial.stderr].concat();
                reasons += &format!("\n  {}: {}", options.join(" "), String::from_utf8_lossy(&said).trim());
            }
            Err(error) => reasons += &format!("\n  `unshare` cannot be started: {error}"),
        }
    }
    bail!(
        "this machine has no network namespaces for a laboratory; missing is:{reasons}\n\
         hint: the programs are in the packages util-linux, mount, iproute2 and nftables; a container needs the capability \
         SYS_ADMIN, an ordinary user needs user.max_user_namespaces above 0 and, on Ubuntu, \
         kernel.apparmor_restrict_unprivileged_userns=0"
    )
}

// ---- The laboratory ---------------------------------------------------------------------------------------------------

/// Hosts on one switch. There is one laboratory at a time; dropping it takes it down.
pub struct Lab {
    hosts: Vec<Host>,
}

impl Lab {
    /// A host for each name (letters, digits and hyphens), with the addresses 10.77.0.1, 10.77.0.2 and so on, and fd77::1 and so
    /// on where the kernel has IPv6.
    pub fn new(names: &[&str]) -> Result<Self> {
        let numbered =
            names.iter().enumerate().map(|(place, name)| Ok((*name, u8::try_from(place.saturating_add(1))?)));
        Self::with_addresses(&numbered.collect::<Result<Vec<_>>>()?)
    }

    /// The same, with the last number of each address.
    pub fn with_addresses(hosts: &[(&str, u8)]) -> Result<Self> {
        run("ip", ["link", "add", SWITCH, "type", "bridge"])
            .context("there is a laboratory already, or `netns::enter` was not called")?;
        // Taken down again if a host cannot be made.
        let mut lab = Self { hosts: Vec::new() };
        run("ip", ["link", "set", SWITCH, "up"])?;
        for (name, number) in hosts {
            lab.hosts.push(Host::new(name, *number)?);
        }
        nft(&lab.switch_rules())?;
        Ok(lab)
    }

    /// All hosts, in their order.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The host called `name`.
    pub fn host(&self, name: &str) -> Result<&Host> {
        self.hosts.iter().find(|host| host.name == name).with_context(|| format!("there is no host `{name}`"))
    }

    /// From now on only hosts of the same group hear each other; who is in no group hears nobody.
    pub fn separate(&self, groups: &[&[&Host]]) -> Result<()> {
        let group = |host: &Host| groups.iter().position(|group| group.iter().any(|member| member.port == host.port));
        let mut pairs = Vec::new();
        for one in &self.hosts {
            for other in self.hosts.iter().filter(|other| other.port != one.port) {
                if group(one).is_none() || group(one) != group(other) {
                    pairs.push(format!("{} . {}", one.port, other.port));
                }
            }
        }
        let add = match pairs.is_empty() {
            true => String::new(),
            false => format!("add element bridge {SWITCH} separated {{ {} }}\n", pairs.join(", ")),
        };
        // In one transaction: no frame passes between the old groups and the new.
        nft(&format!("flush set bridge {SWITCH} separated\n{add}"))
    }

    /// All hear each other again, but for those that are cut off themselves.
    pub fn reunite(&self) -> Result<()> {
        nft(&format!("flush set bridge {SWITCH} separated\n"))
    }

    fn switch_rules(&self) -> String {
        let (mut counters, mut counting) = (String::new(), String::new());
        for Host { port, .. } in &self.hosts {
            counters += &format!("    counter from_{port} {{ }}\n    counter to_{port} {{ }}\n");
            counting += &format!(
                "        iifname {port} counter name from_{port}\n        oifname {port} counter name to_{port}\n"
            );
        }
        format!(
            r"table bridge {SWITCH} {{
{counters}    set cut {{ type ifname; }}
    set separated {{ type ifname . ifname; }}
    chain lose {{
{counting}        drop
    }}
    chain forward {{
        type filter hook forward priority 0; policy accept;
        iifname @cut jump lose
        oifname @cut jump lose
        iifname . oifname @separated jump lose
    }}
}}
"
        )
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // What fails here is gone already, or goes when the program ends.
        let _ = nft(&format!("delete table bridge {SWITCH}\n"));
        for Host { name, port, .. } in &self.hosts {
            let _ = run("ip", ["link", "delete", port.as_str()]);
            let _ = run("ip", ["netns", "delete", name.as_str()]);
        }
        let _ = run("ip", ["link", "delete", SWITCH]);
    }
}

/// A machine in the laboratory: a handle, so clones are the same machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    name: String,
    address: Ipv4Addr,
    /// Its cable's end at the switch.
    port: String,
}

/// Frames that the switch lost because hosts were cut off or separated, since the laboratory began.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Lost {
    /// Sent by the host.
    pub from: u64,
    /// Sent to it.
    pub to: u64,
}

/// What a slow line did since it was first made slow.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Slowed {
    /// Bytes that passed.
    pub bytes: u64,
    /// How often a packet had to wait.
    pub waited: u64,
    /// Packets that did not fit the queue.
    pub dropped: u64,
}

impl Host {
    fn new(name: &str, number: u8) -> Result<Self> {
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        ensure!(plain && !name.is_empty() && !name.starts_with('-'), "`{name}` is no name for a host");
        ensure!((1..=254).contains(&number), "there is no address 10.77.0.{number}");
        let host =
            Self { name: name.to_owned(), address: Ipv4Addr::new(10, 77, 0, number), port: format!("port{number}") };
        let (port, address) = (host.port.as_str(), format!("{}/24", host.address));
        run("ip", ["netns", "add", name])?;
        run("ip", ["link", "add", port, "type", "veth", "peer", "name", INTERFACE, "netns", name])?;
        run("ip", ["link", "set", port, "master", SWITCH, "up"])?;
        run("ip", ["-n", name, "address", "add", &address, "dev", INTERFACE])?;
        if let Some(address) = host.address6() {
            // Without asking first whether somebody has it, which takes a second.
            let address = format!("{address}/64");
            run("ip", ["-n", name, "address", "add", &address, "dev", INTERFACE, "nodad"])?;
        }
        run("ip", ["-n", name, "link", "set", "lo", "up"])?;
        run("ip", ["-n", name, "link", "set", INTERFACE, "up"])?;
        Ok(host)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where others reach it.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The same over IPv6, if the kernel has it.
    pub fn address6(&self) -> Option<Ipv6Addr> {
        let [.., number] = self.address.octets();
        let address = Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, number.into());
        Path::new("/proc/sys/net/ipv6").exists().then_some(address)
    }

    fn names_path(&self) -> PathBuf {
        Path::new(NAMES).join(&self.name)
    }

    /// A program that runs on this host. `tokio::process::Command::from` makes an asynchronous one of it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = tool("nsenter");
        let mut place = std::ffi::OsString::from("--net=");
        place.push(self.names_path());
        command.arg(place).arg("--").arg(program);
        command
    }

    /// Work on a thread of its own, whose sockets are this host's, as are the processes that it starts.
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

    /// An address, on the laboratory's own loopback, that leads to `port` of this host's loopback, for whoever sits at it: for
    /// WebSocket, and for HTTP with one request in each connection.
    pub fn desk(&self, port: u16) -> Result<Desk> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for a desk")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (open, closed) = oneshot::channel::<()>();
        self.inside(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                // The listener keeps the namespace that it was made in; what is connected from here is the host's.
                let listener = TcpListener::from_std(listener)?;
                let pass = async {
                    while let Ok((mut visitor, _)) = listener.accept().await {
                        tokio::spawn(async move {
                            // A node that is not there refuses; the visitor sees its connection close.
                            let Ok(head) = head_for(&mut visitor, port).await else { return };
                            let Ok(mut node) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
                            if node.write_all(&head).await.is_ok() {
                                let _ = copy_bidirectional(&mut visitor, &mut node).await;
                            }
                        });
                    }
                };
                tokio::select! {
                    () = pass => (),
                    _ = closed => (),
                }
                Ok(())
            })
        })?;
        Ok(Desk { address, _open: open })
    }

    // ---- Faults ----

    /// Cuts it off: the switch loses all that it sends and all that is sent to it.
    pub fn cut(&self) -> Result<()> {
        nft(&format!("add element bridge {SWITCH} cut {{ {} }}\n", self.port))
    }

    /// Ends [`Self::cut`]; changes nothing if it was not cut off.
    pub fn join(&self) -> Result<()> {
        let element = format!("element bridge {SWITCH} cut {{ {} }}\n", self.port);
        // Only what is there can be deleted.
        nft(&format!("add {element}delete {element}"))
    }

    /// How many frames the switch lost of it, which shows that a cut took effect.
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

    /// Slows its line, in each direction, to `kilobits` in a second.
    pub fn slow(&self, kilobits: u32) -> Result<()> {
        // What may pass at once: a tenth of a second's worth, but no less than a packet as large as they are made.
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

    /// What its line did since it was first slow: with what was sent to it, and with what it sent. `None` where it is not slow.
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

    /// Adds rules, or whatever else `nft` reads, to its packet filter.
    pub fn filter(&self, rules: &str) -> Result<()> {
        feed(self.command("nft").args(["-f", "-"]), rules)
    }

    /// Empties its packet filter.
    pub fn clear_filter(&self) -> Result<()> {
        self.filter("flush ruleset\n")
    }

    /// How many packets its own filter dropped, over all rules that count and drop.
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

/// One direction of a host's line: the device whose sending side it is, and the option that says where the device is.
struct Line<'a> {
    within: Vec<&'a str>,
    device: &'a str,
}

/// See [`Host::desk`]. It closes when dropped, with the connections that pass through it.
#[derive(Debug)]
pub struct Desk {
    address: SocketAddr,
    _open: oneshot::Sender<()>,
}

impl Desk {
    /// Where to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Reads the head of a request, made out to `port` of the loopback instead of the desk's, with what follows it already.
async fn head_for(visitor: &mut TcpStream, port: u16) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        if read.len() > LONGEST_HEAD || visitor.read_buf(&mut read).await? == 0 {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    let mut head = Vec::with_capacity(read.len());
    for line in read.split_inclusive(|byte| *byte == b'\n') {
        match line.get(..5) {
            Some(name) if name.eq_ignore_ascii_case(b"host:") => {
                head.extend_from_slice(format!("Host: localhost:{port}\r\n").as_bytes());
            }
            _ => head.extend_from_slice(line),
        }
    }
    Ok(head)
}

// ---- Programs ---------------------------------------------------------------------------------------------------------

/// A program of the system's. Ordinary users' `PATH` often lacks the folders in which it is.
fn tool(program: &str) -> Command {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    let mut command = Command::new(program);
    command.env("PATH", path);
    command
}

fn run<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<String> {
    finish(tool(program).args(arguments))
}

fn json<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<Value> {
    serde_json::from_str(&run(program, arguments)?).with_context(|| format!("`{program}` prints no JSON"))
}

/// Runs a command that has to succeed; what it printed.
fn finish(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The switch's own packet filter.
fn nft(rules: &str) -> Result<()> {
    feed(tool("nft").args(["-f", "-"]), rules)
}

/// Runs a command that reads `input` and has to succeed.
fn feed(command: &mut Command, input: &str) -> Result<()> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let mut stdin = process.stdin.take().context("no way to say what to do")?;
    // A program that refuses early may not read to the end; its own words are the better reason.
    match stdin.write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => drop(stdin),
    }
    let output = process.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(())
}

/// A command as it is typed.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
