// SPDX-License-Identifier: Apache-2.0

//! What members and institutions may spend on transactions, and what they spent. There are no fees.

use crate::time::{Moment, HOUR};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A traffic allowance: what may be spent at once, and how fast it refills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Quota {
    /// Execution time, in picoseconds of reference time.
    pub time: u64,
    /// Length of transactions, in bytes.
    pub bytes: u64,
    /// Milliseconds in which an empty allowance refills.
    pub refill: Moment,
}

impl Quota {
    /// Whether this quota lets its owner spend as much at once as `least`, and as often.
    pub fn allows(&self, least: &Self) -> bool {
        self.time >= least.time && self.bytes >= least.bytes && self.refill <= least.refill
    }

    /// So many times as much.
    pub fn times(self, factor: u64) -> Self {
        Self { time: self.time.saturating_mul(factor), bytes: self.bytes.saturating_mul(factor), ..self }
    }

    /// One of so many equal parts.
    pub fn divided_by(self, parts: u64) -> Self {
        let part = |whole: u64| whole.checked_div(parts).unwrap_or(whole);
        Self { time: part(self.time), bytes: part(self.bytes), ..self }
    }
}

/// From which allowance a call is paid. A later one comes before an earlier one in the pool.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CallClass {
    /// The member's own.
    Ordinary,
    /// The member's reserve, for calls that must get through when all else is spent: revoking and refusing.
    Reserved,
    /// The member's other reserve, for calls that keep the network running: votes, seats and session keys.
    Council,
}

/// What a transaction costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Execution time, in picoseconds of reference time.
    pub time: u64,
    /// Length, in bytes.
    pub bytes: u64,
}

/// What was spent of an allowance and has not refilled yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
pub struct Usage {
    /// Execution time, in picoseconds of reference time.
    #[codec(compact)]
    pub time: u64,
    /// Bytes of transactions.
    #[codec(compact)]
    pub bytes: u64,
    /// When this was so.
    #[codec(compact)]
    pub at: Moment,
}

impl MaxEncodedLen for Usage {
    fn max_encoded_len() -> usize {
        // The derived form does not know that a compact number can be longer.
        Compact::<u64>::max_encoded_len().saturating_mul(3)
    }
}

impl Usage {
    /// What is still spent at `now`, after refilling evenly, and after spending `cost`; none if `quota` does not allow it.
    pub fn spend(self, cost: Cost, quota: &Quota, now: Moment) -> Option<Self> {
        let elapsed = now.saturating_sub(self.at);
        let left = |used: u64, full: u64| used.saturating_sub(refilled(full, elapsed, quota.refill));
        let time = left(self.time, quota.time).saturating_add(cost.time);
        let bytes = left(self.bytes, quota.bytes).saturating_add(cost.bytes);
        (time <= quota.time && bytes <= quota.bytes).then_some(Self { time, bytes, at: now })
    }

    /// With execution time that was not needed given back.
    pub fn give_back(self, time: u64) -> Self {
        Self { time: self.time.saturating_sub(time), ..self }
    }
}

/// How much of `full` refills in `elapsed`; everything, when refilling takes no time.
fn refilled(full: u64, elapsed: Moment, refill: Moment) -> u64 {
    if elapsed >= refill {
        return u64::MAX;
    }
    let share = u128::from(full).saturating_mul(elapsed.into()).checked_div(refill.into());
    share.and_then(|share| share.try_into().ok()).unwrap_or(u64::MAX)
}

/// What a member spent lately, of each of its allowances.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct MemberUsage {
    /// On ordinary calls.
    pub ordinary: Usage,
    /// On reserved calls.
    pub reserved: Usage,
    /// On the council's calls.
    pub council: Usage,
}

impl MemberUsage {
    /// What was spent on calls of this class.
    pub fn of(&mut self, class: CallClass) -> &mut Usage {
        match class {
            CallClass::Ordinary => &mut self.ordinary,
            CallClass::Reserved => &mut self.reserved,
            CallClass::Council => &mut self.council,
        }
    }
}

/// What the members that an institution admitted spent lately, together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct InstitutionUsage {
    /// Its staff, on ordinary calls.
    pub staff: Usage,
    /// The patients that it admitted, on ordinary calls.
    pub patients: Usage,
    /// All of them, on reserved calls.
    pub reserved: Usage,
    /// All of them, on the council's calls.
    pub council: Usage,
    /// Admissions: each takes its part of an hour of `time`.
    pub admissions: Usage,
}

impl InstitutionUsage {
    /// With one more admission at `now`, of which there may be so many at once, and again within an hour; none if there
    /// were too many.
    pub fn admit(self, per_hour: u32, now: Moment) -> Option<Self> {
        let quota = Quota { time: HOUR, bytes: 0, refill: HOUR };
        let cost = Cost { time: HOUR.checked_div(per_hour.into())?, bytes: 0 };
        Some(Self { admissions: self.admissions.spend(cost, &quota, now)?, ..self })
    }

    /// What staff, or patients, spent on calls of this class.
    pub fn of(&mut self, class: CallClass, is_staff: bool) -> &mut Usage {
        match class {
            CallClass::Ordinary if is_staff => &mut self.staff,
            CallClass::Ordinary => &mut self.patients,
            CallClass::Reserved => &mut self.reserved,
            CallClass::Council => &mut self.council,
        }
    }
}
