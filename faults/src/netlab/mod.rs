// SPDX-License-Identifier: Apache-2.0

//! A netlab of hosts: each a network namespace with an address of its own, all on one switch.
//!
//! A program that uses it calls [`enter`] first thing in `main`. From there on it runs in mount, network and process
//! namespaces of its own (and as an ordinary user in a user namespace too), so nothing that it does to networks or mounts
//! reaches the machine, and all of it, with every process, is gone when the program ends in whatever way.
//!
//! ```no_run
//! use salus_faults::netlab::{enter, Lab, Tie};
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
//! **The switch** is a bridge without an address, so the netlab itself is not a machine that hosts could reach. Hosts are cut
//! off at the switch, in nftables' `bridge` family, which leaves each host's own rules alone: to the host it looks as if its
//! cable led nowhere. Every frame that is lost this way is counted.
//!
//! **RPC** answers on a host's loopback only, as in operation. [`Host::desk`] stands for a program at that machine: an address
//! on the netlab's own loopback, from which bytes pass, within this process, to a port of the host's loopback. No packet of
//! it crosses the switch, so it works while the host is cut off or slowed, and a node cannot tell it from a program on its host:
//! as nodes answer only who asks for them by the name of their own loopback, requests are made out to that.
//!
//! `nsenter` moves a process into a namespace before it starts, which would need `unsafe` code here. It makes way for
//! the program (`exec`), so signals reach the program itself.

pub mod check;
mod desk;
mod enter;
mod host;
mod tools;

pub use desk::Desk;
pub use enter::{enter, possible, Tie};
pub use host::{Host, Lost, Slowed};

use anyhow::{Context, Result};
use host::SWITCH;
use tools::{nft, run};

/// Hosts on one switch. There is one netlab at a time; dropping it takes it down.
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
            .context("there is a netlab already, or `netlab::enter` was not called")?;
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

    /// From now on only hosts of the same group hear each other; a host in no group hears none.
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
        // A thing that cannot be deleted here is gone already, or goes when the program ends.
        let _ = nft(&format!("delete table bridge {SWITCH}\n"));
        for Host { name, port, .. } in &self.hosts {
            let _ = run("ip", ["link", "delete", port.as_str()]);
            let _ = run("ip", ["netns", "delete", name.as_str()]);
        }
        let _ = run("ip", ["link", "delete", SWITCH]);
    }
}
