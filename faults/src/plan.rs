// SPDX-License-Identifier: Apache-2.0

//! The plan of a run. All of it follows from the kind of fault and the seed.

use super::{
    seeded::Seeded,
    vaults::{asks::Asks, lies::Lie, line::State},
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// The number of hospitals.
pub const HOSPITALS: usize = 4;

/// A kind of fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One node is killed without warning and started again
    Killed,
    /// One node's process is stopped for a while and goes on
    Paused,
    /// One hospital is cut off from all others
    CutOff,
    /// One hospital's line carries a few kilobytes a second
    Slowed,
    /// One hospital's connections are delayed, stall and break
    Delayed,
    /// One node's disk is full
    FullDisk,
    /// One node's clock is wrong
    WrongClock,
    /// Two hospitals are cut off, together or each alone: nothing may become final
    TwoCutOff,
    /// All nodes are restarted, one after the other
    RollingRestart,
    /// All nodes are restarted with another program, one after the other
    RollingUpgrade,
    /// The runtime is replaced, and a migration rewrites what is stored; needs --next-runtime
    RuntimeUpgrade,
    /// A file of one node's database is truncated
    TruncatedDatabase,
    /// Bits of one node's database are flipped
    FlippedBits,
    /// A member floods one node with transactions
    Flood,
    /// A node joins with nothing and syncs every block
    JoiningFull,
    /// A node joins with nothing and syncs by proof of finality
    JoiningWarp,
    /// A vault service is killed in the midst of requests; sometimes its folder is deleted, too
    VaultKilled,
    /// The disk of a vault fills up
    VaultDiskFull,
    /// A vault service is cut off from its readers, or from its node
    VaultCutOff,
    /// A vault service gives wrong, old, other or no bytes, or says that it stored what it did not
    VaultLies,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 20] = [
        Self::Killed,
        Self::Paused,
        Self::CutOff,
        Self::Slowed,
        Self::Delayed,
        Self::FullDisk,
        Self::WrongClock,
        Self::TwoCutOff,
        Self::RollingRestart,
        Self::RollingUpgrade,
        Self::RuntimeUpgrade,
        Self::TruncatedDatabase,
        Self::FlippedBits,
        Self::Flood,
        Self::JoiningFull,
        Self::JoiningWarp,
        Self::VaultKilled,
        Self::VaultDiskFull,
        Self::VaultCutOff,
        Self::VaultLies,
    ];

    /// Returns whether vaults are behind services in a run of this kind. In the others they are folders.
    pub fn has_vault_services(self) -> bool {
        matches!(self, Self::VaultKilled | Self::VaultDiskFull | Self::VaultCutOff | Self::VaultLies)
    }

    /// Returns its name on the command line and in reports.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Returns a description of the fault.
    pub fn what(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }

    /// Returns the observation that proves that the fault took effect.
    pub fn proof(self) -> &'static str {
        match self {
            Self::Killed => {
                "the process ended by signal 9, no other process answered in its place, and another process took over"
            }
            Self::Paused => {
                "the kernel listed the process as stopped, the node gave no answer, and the process went on"
            }
            Self::CutOff => "the switch counted frames that it lost, to the node and from it, and the node fell behind",
            Self::Slowed => "the token bucket counted what passed, each way, and packets that had to wait",
            Self::Delayed => "the relay had connections, and counted bytes that it delayed",
            Self::FullDisk => "no block of the file system was free, and the node ended, complained or fell behind",
            Self::WrongClock => "the times in the node's log were off by the offset",
            Self::TwoCutOff => "the switch counted frames that it lost, to both and from both",
            Self::RollingRestart => "another process took over from each",
            Self::RollingUpgrade => "another process took over from each, and runs the other program",
            Self::RuntimeUpgrade => "the version on all four nodes before and after",
            Self::TruncatedDatabase => "the file's length before and after: some of what was in use is gone",
            Self::FlippedBits => "the files' hashes before and after",
            Self::Flood => "more was taken than one account may have waiting, and more refused than taken",
            Self::JoiningFull => "there was no database",
            Self::JoiningWarp => "there was no database, and the node's log says that proof and state are complete",
            Self::VaultKilled => {
                "the process ended by signal 9 while a request of the planned kind was under way, no other answered, and another took over"
            }
            Self::VaultDiskFull => "the file system had no more room than planned, and puts were refused for it",
            Self::VaultCutOff => {
                "the line counted what it cut, broke or slowed; the service was not ready without its node; its node fell behind"
            }
            Self::VaultLies => "the line told each planned lie at least once; of an older version a remark says if it did not",
        }
    }

    /// Returns what the network must show under the fault, besides the invariants of every run.
    pub fn expectation(self) -> &'static str {
        match self {
            Self::Killed
            | Self::Paused
            | Self::CutOff
            | Self::Slowed
            | Self::Delayed
            | Self::FullDisk
            | Self::WrongClock => "the others go on: two blocks become final at least",
            Self::TwoCutOff => {
                "no node finalizes anything, after 2.5 s for votes under way, and no height has two final blocks"
            }
            Self::RollingRestart | Self::RollingUpgrade => {
                "each node ends with status 0 when asked and is level again before the next; four blocks become final at least"
            }
            Self::RuntimeUpgrade => "all nodes have what the migration made; three blocks become final at least",
            Self::TruncatedDatabase | Self::FlippedBits => {
                "the others go on: two blocks become final at least; a node that does not come back can sync again"
            }
            Self::Flood => "the others' median wait is at most a quarter longer than before, and 300 ms",
            Self::JoiningFull | Self::JoiningWarp => "the node comes to the others' height",
            Self::VaultKilled => {
                "its records come from other vaults; it takes in objects again; a deleted folder comes back from copies"
            }
            Self::VaultDiskFull => "it goes on giving out; with room again it takes in objects and all copies",
            Self::VaultCutOff => {
                "versions come from other vaults; without its node it gives out nothing; it takes in objects again"
            }
            Self::VaultLies => {
                "its records come from other vaults; partners' metrics name what it never stored; it takes in objects again"
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Plan {
    /// The kind of fault.
    pub kind: Kind,
    /// The seed.
    pub seed: u32,
    /// The index of the hospital that the fault strikes.
    pub victim: usize,
    /// The duration of the workload before the fault, in milliseconds.
    pub before: u64,
    /// The duration of the fault, in milliseconds.
    pub lasts: u64,
    /// The parameters of this kind.
    pub detail: Detail,
}

/// The parameters that only some kinds have.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// No further parameter.
    None,
    /// The line's rate, in kilobits a second.
    Rate(u64),
    /// The disturbances that the relay causes.
    Relay {
        /// The least delay of each piece, in milliseconds.
        delay: u64,
        /// The most that chance adds to the delay, in milliseconds.
        jitter: u64,
        /// The number of pieces in a thousand that stall the connection for a second.
        stalls: u64,
        /// The number of pieces in a thousand that break the connection.
        breaks: u64,
    },
    /// The seconds by which the clock is ahead; negative if it is behind.
    Offset(i64),
    /// The second hospital that is cut off.
    Second {
        /// The index of the second hospital.
        hospital: usize,
        /// Whether the two still reach each other.
        together: bool,
    },
    /// The database file that loses its end, and the part of it that stays.
    Truncation {
        /// The place of the file among those with content, in thousandths.
        file: u64,
        /// The part of its content that stays, in thousandths.
        keep: u64,
    },
    /// The number of bits to flip.
    Flips(u64),
    /// The number of transactions that the flooding member submits at the same time.
    Flood(u64),
    /// The moments at which a vault service is killed.
    Kills {
        /// The requests that have to be under way, one for each kill.
        at: Vec<Asks>,
        /// Whether its folder is deleted at the last one.
        wipes: bool,
    },
    /// The room on the disk of a vault.
    Room {
        /// KiB that are left free.
        left: u64,
        /// MiB that the service keeps free.
        keep_free: u64,
    },
    /// How a vault service is cut off.
    Cut(Cut),
    /// The lies of a vault service.
    Lies(Vec<Lie>),
}

/// How a vault service is cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// From its readers and partners.
    Line(State),
    /// From its own node.
    Node,
    /// Its node is cut off from the others, and has an old state.
    Behind,
}

impl Plan {
    /// Returns the plan for this kind and seed.
    pub fn new(kind: Kind, seed: u32) -> Self {
        let mut chance = Seeded::new(u64::from(seed), &kind.name());
        let victim = hospital(&mut chance, 0);
        let before = match kind {
            // The check needs a reliable median of the wait before the flood.
            Kind::Flood => chance.between(7_500, 9_500),
            // A history of records has to be there.
            kind if kind.has_vault_services() => chance.between(6_000, 9_000),
            _ => chance.between(2_500, 4_500),
        };
        let lasts = match kind {
            Kind::RollingRestart | Kind::RollingUpgrade => chance.between(300, 1_200),
            Kind::TwoCutOff => chance.between(8_000, 11_000),
            Kind::Slowed | Kind::Delayed | Kind::Flood => chance.between(7_000, 10_000),
            Kind::TruncatedDatabase | Kind::FlippedBits => chance.between(500, 2_000),
            Kind::JoiningFull | Kind::JoiningWarp => chance.between(1_000, 3_000),
            Kind::WrongClock => chance.between(4_000, 6_000),
            Kind::VaultKilled => chance.between(500, 4_000),
            Kind::VaultDiskFull | Kind::VaultCutOff | Kind::VaultLies => chance.between(6_000, 12_000),
            _ => chance.between(4_000, 9_000),
        };
        let detail = match kind {
            Kind::Slowed => Detail::Rate(chance.between(24, 160)),
            Kind::Delayed => Detail::Relay {
                delay: chance.between(50, 700),
                jitter: chance.between(0, 300),
                stalls: chance.between(0, 20),
                breaks: chance.between(0, 4),
            },
            Kind::WrongClock => {
                let seconds = i64::try_from(chance.between(4, 90)).unwrap_or(i64::MAX);
                Detail::Offset(if chance.chance(50) { seconds } else { seconds.saturating_neg() })
            }
            Kind::TwoCutOff => {
                let step = usize::try_from(chance.between(1, 3)).unwrap_or(1);
                Detail::Second { hospital: victim.wrapping_add(step) % HOSPITALS, together: chance.chance(50) }
            }
            Kind::TruncatedDatabase => {
                Detail::Truncation { file: chance.between(0, 999), keep: chance.between(0, 980) }
            }
            Kind::FlippedBits => {
                Detail::Flips(1u64.rotate_left(u32::try_from(chance.between(0, 10)).unwrap_or_default()))
            }
            Kind::Flood => Detail::Flood(chance.between(4, 12)),
            Kind::VaultKilled => {
                let moments = [Asks::Put, Asks::Copy, Asks::Unseal, Asks::Read];
                let first = usize::try_from(chance.between(0, 3)).unwrap_or_default();
                let kills = usize::try_from(chance.between(1, 2)).unwrap_or(1);
                let at = moments.into_iter().cycle().skip(first).take(kills).collect();
                Detail::Kills { at, wipes: chance.chance(40) }
            }
            Kind::VaultDiskFull => Detail::Room {
                left: if chance.chance(50) { 0 } else { chance.between(0, 2_048) },
                keep_free: chance.between(0, 2),
            },
            Kind::VaultCutOff => Detail::Cut(match chance.between(0, 4) {
                0 => Cut::Line(State::Cut),
                1 => Cut::Line(State::Slow(chance.between(4_000, 60_000))),
                2 => Cut::Line(State::Breaks(chance.between(2_000, 40_000))),
                3 => Cut::Node,
                _ => Cut::Behind,
            }),
            Kind::VaultLies => Detail::Lies(match chance.chance(25) {
                true => vec![Lie::Claims],
                false => Lie::ANSWERS.to_vec(),
            }),
            _ => Detail::None,
        };
        Self { kind, seed, victim, before, lasts, detail }
    }

    /// Returns the duration of the fault.
    pub fn length(&self) -> Duration {
        Duration::from_millis(self.lasts)
    }

    /// Returns the indices of the hospitals that the fault strikes.
    pub fn victims(&self) -> Vec<usize> {
        match (&self.detail, self.kind) {
            (Detail::Second { hospital, .. }, _) => vec![self.victim, *hospital],
            (_, Kind::RollingRestart | Kind::RollingUpgrade | Kind::RuntimeUpgrade) => (0..HOSPITALS).collect(),
            _ => vec![self.victim],
        }
    }
}

/// Returns the plans of a campaign. Kinds take turns, so that each gets an equal share of any number of runs.
pub fn campaign(seed: u64, runs: usize, kinds: &[Kind]) -> Vec<Plan> {
    let mut chance = Seeded::new(seed, "campaign");
    let seed = |chance: &mut Seeded| u32::try_from(chance.number() >> 32).unwrap_or(u32::MAX);
    kinds.iter().cycle().take(runs).map(|kind| Plan::new(*kind, seed(&mut chance))).collect()
}

fn hospital(chance: &mut Seeded, from: u64) -> usize {
    usize::try_from(chance.between(from, 3)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_plans_the_same_run() {
        for kind in Kind::ALL {
            assert_eq!(Plan::new(kind, 42), Plan::new(kind, 42));
        }
        assert_ne!(Plan::new(Kind::Killed, 1), Plan::new(Kind::Killed, 2));
    }

    #[test]
    fn a_campaign_gives_every_kind_its_share_and_no_run_twice() {
        let plans = campaign(1, 280, &Kind::ALL);
        for kind in Kind::ALL {
            assert_eq!(plans.iter().filter(|plan| plan.kind == kind).count(), 14, "{kind}");
        }
        let mut seeds: Vec<_> = plans.iter().map(|plan| (plan.kind, plan.seed)).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), plans.len());
        assert_eq!(plans[..30], campaign(1, 30, &Kind::ALL)[..], "a longer campaign begins like a shorter one");
    }

    #[test]
    fn two_cut_off_are_two() {
        for seed in 0..200 {
            let victims = Plan::new(Kind::TwoCutOff, seed).victims();
            assert!(victims[0] != victims[1] && victims.iter().all(|victim| *victim < HOSPITALS), "{victims:?}");
        }
    }

    #[test]
    fn every_kind_says_what_is_done() {
        for kind in Kind::ALL {
            assert!(!kind.what().is_empty() && !kind.name().is_empty());
        }
    }

    #[test]
    fn plans_survive_the_report() {
        for kind in Kind::ALL {
            let plan = Plan::new(kind, 3);
            let text = serde_json::to_string(&plan).unwrap();
            assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
        }
    }
}
