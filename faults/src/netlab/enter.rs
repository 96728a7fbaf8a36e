// SPDX-License-Identifier: Apache-2.0

//! Moves a program into namespaces of its own.

use super::tools::{run, tool};
use anyhow::{bail, ensure, Context, Result};
use rustix::process::{geteuid, getpid, set_parent_process_death_signal, wait, Pid, Signal, WaitOptions};
use std::{fs::read_link, os::unix::process::CommandExt, path::Path, process::Command};

/// The variable that marks a restarted program: its stage, and the network namespace from which it came.
const MARK: &str = "SALUS_NETLAB";

/// The fate of a netlab when its parent process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// The netlab ends too, for tests: no process outlives the thread that started it.
    Parent,
    /// The netlab continues, for long runs that outlive a terminal.
    Loose,
}

/// Returns inside namespaces of this program's own. It restarts the program there, so call it first.
///
/// The program restarts under `unshare`, as the child of a process that only waits. The waiting process is the first of
/// its namespace: it ignores signals that it does not handle, and must reap orphans (pid_namespaces(7)). So signals
/// reach the program as usual. `SIGKILL` to the started process, `unshare`, ends everything.
pub fn enter(tie: Tie) -> Result<()> {
    let own = read_link("/proc/self/ns/net").context("this kernel has no network namespaces")?;
    let own = own.to_str().context("a namespace's name is not a text")?;
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let mut arguments = std::env::args_os();
    // Skip the program's name, which `unshare` would take for its own argument.
    arguments.next();
    let mark = std::env::var(MARK).unwrap_or_default();
    let (stage, origin) = mark.split_once(' ').unwrap_or_default();
    if !stage.is_empty() {
        // If a person set the mark, the netlab would change the machine itself.
        ensure!(origin != own, "`{MARK}` is set, but this namespace is not the netlab's own\nhint: unset it");
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
            ensure!(getpid().is_init(), "this process namespace is not the netlab's own");
            let child = Command::new(program).args(arguments).env(MARK, format!("inside {origin}")).spawn();
            let status = bury_all_but(Pid::from_child(&child.context("the program cannot be started again")?))?;
            // When this process ends, the kernel kills all others in the namespace.
            std::process::exit(status)
        }
        _ => {
            // iproute2 keeps namespaces as files there. The tmpfs hides those of the machine.
            run("mount", ["-t", "tmpfs", "tmpfs", runtime_folder()?.as_str()])?;
            run("ip", ["link", "set", "lo", "up"])?;
            Ok(())
        }
    }
}

/// Reaps all children until `child` ends. Returns its status as a shell does: 128 and the signal if it was killed.
fn bury_all_but(child: Pid) -> Result<i32> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if ended == child => {
                let killed = status.terminating_signal().map(|signal| signal.saturating_add(128));
                return Ok(status.exit_status().or(killed).unwrap_or(1));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => (),
            Err(error) => return Err(error).context("the netlab's program is lost"),
        }
    }
}

/// Returns the folder of the files of namespaces, with links resolved.
fn runtime_folder() -> Result<String> {
    let folder = Path::new("/var/run").canonicalize().context("there is no /var/run")?;
    folder.into_os_string().into_string().ok().context("the name of /var/run is not a text")
}

/// A script that tries everything that a netlab needs, and names the first thing that is missing.
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

/// Returns the options of `unshare` with which a netlab works here, or an error that lists what is missing.
pub fn possible() -> Result<Vec<&'static str>> {
    let own = vec!["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];
    let user = [["--user", "--map-root-user"].as_slice(), &own].concat();
    // In a container, root may lack the right to make namespaces, and can make a user namespace first as any user can.
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
        "this machine has no network namespaces for a netlab; missing is:{reasons}\n\
         hint: the programs are in the packages util-linux, mount, iproute2 and nftables; a container needs the capability \
         SYS_ADMIN, an ordinary user needs user.max_user_namespaces above 0 and, on Ubuntu, \
         kernel.apparmor_restrict_unprivileged_userns=0"
    )
}
