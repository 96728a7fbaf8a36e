// SPDX-License-Identifier: Apache-2.0

//! Plans to replace the runtime, and their delay.

use crate::{
    audit::Subject,
    time::{Moment, DAY},
    Digest, InstitutionId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How long a plan lives after its delay has run. Later, the delegates who decided it may be gone, and their knowledge
/// of the code forgotten.
pub const PLAN_LIFE: Moment = 30 * DAY;

/// A planned upgrade.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Plan {
    /// BLAKE2b-256 of the code, compressed or not as it will be sent.
    pub code_hash: Digest,
    /// The version that the council was told.
    pub spec_version: u32,
    /// The version that ran when this was planned. Once another one runs, the plan is over.
    pub replaces: u32,
    /// The time of the council's decision, in Unix milliseconds.
    pub planned_at: Moment,
    /// The time from which on it can be authorized, in Unix milliseconds.
    pub ready_at: Moment,
    /// The time from which on it can neither be authorized nor applied, in Unix milliseconds.
    pub expires_at: Moment,
    /// The time of its authorization, in Unix milliseconds. From then on anyone may apply it.
    pub authorized_at: Option<Moment>,
}

impl Plan {
    /// Returns its name in the logs.
    pub fn subject(&self) -> Subject {
        Subject::Runtime(self.code_hash, self.spec_version)
    }
}

/// The progress of an upgrade.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Progress {
    /// The plan.
    pub plan: Plan,
    /// The authorities that confirmed it, in the order of confirmation. One that has lost its seat does not count.
    pub confirmed: Vec<InstitutionId>,
    /// The present authorities.
    pub authorities: Vec<InstitutionId>,
    /// The number of present authorities that have to confirm.
    pub needed: u32,
}

/// The stage of an upgrade.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpgradeStage {
    /// The delay is running; confirmations may be missing as well.
    Delayed,
    /// The delay has run, but too few authorities have confirmed.
    Unconfirmed,
    /// Any member may authorize it.
    Ready,
    /// Anyone may apply it.
    Authorized,
    /// The plan has expired.
    Expired,
}

impl Progress {
    /// Returns its stage at this time.
    pub fn stage(&self, now: Moment) -> UpgradeStage {
        let confirmed = u32::try_from(self.confirmed.len()).unwrap_or(u32::MAX);
        match () {
            () if now >= self.plan.expires_at => UpgradeStage::Expired,
            () if self.plan.authorized_at.is_some() => UpgradeStage::Authorized,
            () if now < self.plan.ready_at => UpgradeStage::Delayed,
            () if confirmed < self.needed => UpgradeStage::Unconfirmed,
            () => UpgradeStage::Ready,
        }
    }

    /// Returns the authorities that have not confirmed it.
    pub fn missing(&self) -> impl Iterator<Item = InstitutionId> + '_ {
        self.authorities.iter().copied().filter(|authority| !self.confirmed.contains(authority))
    }
}

/// The delay of upgrades.
///
/// A longer delay counts at once. A shorter one counts when the present one has run. Otherwise the council could avoid
/// the delay by shortening it first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Delay {
    /// The delay that counts, as long as no shorter one does.
    pub length: Moment,
    /// The time at which a shorter delay begins to count, and its length.
    pub shorter: Option<(Moment, Moment)>,
}

impl Delay {
    /// Returns a delay that does not change.
    pub fn of(length: Moment) -> Self {
        Self { length, shorter: None }
    }

    /// Returns the delay that counts at this time.
    pub fn at(&self, now: Moment) -> Moment {
        match self.shorter {
            Some((from, length)) if from <= now => length,
            _ => self.length,
        }
    }

    /// Returns the delay after a decision for this length, and the time from which on it counts.
    pub fn decided(&self, length: Moment, now: Moment) -> (Self, Moment) {
        let current = self.at(now);
        if length >= current {
            return (Self::of(length), now);
        }
        let from = now.saturating_add(current);
        (Self { length: current, shorter: Some((from, length)) }, from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            code_hash: Digest([1; 32]),
            spec_version: 2,
            replaces: 1,
            planned_at: 100,
            ready_at: 200,
            expires_at: 300,
            authorized_at: None,
        }
    }

    #[test]
    fn an_upgrade_waits_for_its_delay_then_for_confirmations() {
        let authorities = [0, 1, 2, 3].map(InstitutionId).to_vec();
        let with = |confirmed: u32, authorized_at| Progress {
            plan: Plan { authorized_at, ..plan() },
            confirmed: (0..confirmed).map(InstitutionId).collect(),
            authorities: authorities.clone(),
            needed: 3,
        };
        for (confirmed, authorized_at, now, stage) in [
            (0, None, 150, UpgradeStage::Delayed),
            (4, None, 199, UpgradeStage::Delayed),
            (2, None, 200, UpgradeStage::Unconfirmed),
            (3, None, 200, UpgradeStage::Ready),
            (3, Some(201), 202, UpgradeStage::Authorized),
            (3, Some(201), 300, UpgradeStage::Expired),
            (0, None, 300, UpgradeStage::Expired),
        ] {
            assert_eq!(with(confirmed, authorized_at).stage(now), stage);
        }
        assert_eq!(with(3, None).missing().collect::<Vec<_>>(), [InstitutionId(3)]);
    }

    #[test]
    fn a_longer_delay_counts_at_once_and_a_shorter_one_when_the_present_one_has_run() {
        let day = Delay::of(DAY);
        assert_eq!(day.decided(2 * DAY, 5), (Delay::of(2 * DAY), 5));
        let (shorter, from) = day.decided(1_000, 5);
        assert_eq!(from, 5 + DAY);
        assert_eq!((shorter.at(from - 1), shorter.at(from)), (DAY, 1_000));
        // Decided again before it counts, it waits again.
        assert_eq!(shorter.decided(1_000, 6).1, 6 + DAY);
    }
}
