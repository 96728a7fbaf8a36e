// SPDX-License-Identifier: Apache-2.0

//! Allowances: the quotas of members and institutions for transactions, and their usage. There are no fees.

use crate::time::{Moment, HOUR};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A traffic quota: the amount that its owner may spend at once, and the time in which it refills.
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

    /// Returns `factor` times this quota, with the same refill time.
    pub fn times(self, factor: u64) -> Self {
        Self { time: self.time.saturating_mul(factor), bytes: self.bytes.saturating_mul(factor), ..self }
    }

    /// Returns one of `parts` equal parts of this quota, with the same refill time.
    pub fn divided_by(self, parts: u64) -> Self {
        let part = |whole: u64| whole.checked_div(parts).unwrap_or(whole);
        Self { time: part(self.time), bytes: part(self.bytes), ..self }
    }
}

/// The allowance that pays for a call. In the pool, calls of later classes come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CallClass {
    /// The member's ordinary allowance.
    Ordinary,
    /// The member's reserve for calls that must get through when the ordinary allowance is spent: revoking and
    /// refusing.
    Reserved,
    /// The member's other reserve, for calls that keep the network running: votes, seats and session keys.
    Council,
}

/// The cost of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Execution time, in picoseconds of reference time.
    pub time: u64,
    /// Length, in bytes.
    pub bytes: u64,
}

/// The part of an allowance that is spent and not refilled yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
pub struct Usage {
    /// Execution time, in picoseconds of reference time.
    #[codec(compact)]
    pub time: u64,
    /// Bytes of transactions.
    #[codec(compact)]
    pub bytes: u64,
    /// The time of this usage, in Unix milliseconds.
    #[codec(compact)]
    pub at: Moment,
}

impl MaxEncodedLen for Usage {
    fn max_encoded_len() -> usize {
        // The derived form counts a compact number as its fixed size, but its encoding can be longer.
        Compact::<u64>::max_encoded_len().saturating_mul(3)
    }
}

impl Usage {
    /// Returns the usage at `now`: refilled evenly, then raised by `cost`. None if `quota` does not allow it.
    pub fn spend(self, cost: Cost, quota: &Quota, now: Moment) -> Option<Self> {
        self.spend_up_to(cost, quota, 1, now)
    }

    /// Returns the usage at `now`: refilled evenly, then raised by `cost`. None if that is more than `times` the quota.
    ///
    /// The usage refills no faster than `quota` says, so the largest usage takes `times` as long. Every call for one
    /// usage has to name the same number.
    pub fn spend_up_to(self, cost: Cost, quota: &Quota, times: u64, now: Moment) -> Option<Self> {
        let elapsed = now.saturating_sub(self.at);
        let left = |used: u64, full: u64| used.saturating_sub(refilled(full, elapsed, quota.refill, times));
        let time = left(self.time, quota.time).saturating_add(cost.time);
        let bytes = left(self.bytes, quota.bytes).saturating_add(cost.bytes);
        Some(Self { time, bytes, at: now }).filter(|usage| usage.is_within(&quota.times(times)))
    }

    /// Whether the usage, as it was at its own time, is at most `quota`.
    pub fn is_within(&self, quota: &Quota) -> bool {
        self.time <= quota.time && self.bytes <= quota.bytes
    }

    /// Returns the usage less execution time that the call did not use.
    pub fn give_back(self, time: u64) -> Self {
        Self { time: self.time.saturating_sub(time), ..self }
    }
}

/// How much of a usage refills in `elapsed`, at the speed at which `full` refills in `refill`. After `times` that time
/// everything has refilled, also a usage from before the council lowered the quota.
fn refilled(full: u64, elapsed: Moment, refill: Moment, times: u64) -> u64 {
    if elapsed >= refill.saturating_mul(times) {
        return u64::MAX;
    }
    let share = u128::from(full).saturating_mul(elapsed.into()).checked_div(refill.into());
    share.and_then(|share| share.try_into().ok()).unwrap_or(u64::MAX)
}

/// The usage of each of a member's allowances.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct MemberUsage {
    /// Usage by ordinary calls.
    pub ordinary: Usage,
    /// Usage by reserved calls.
    pub reserved: Usage,
    /// Usage by the council's calls.
    pub council: Usage,
}

impl MemberUsage {
    /// Returns the usage by calls of this class.
    pub fn of(&mut self, class: CallClass) -> &mut Usage {
        match class {
            CallClass::Ordinary => &mut self.ordinary,
            CallClass::Reserved => &mut self.reserved,
            CallClass::Council => &mut self.council,
        }
    }
}

/// The usage that the members of an institution share.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct InstitutionUsage {
    /// Usage by its staff's ordinary calls.
    pub staff: Usage,
    /// Usage by ordinary calls of the patients that it admitted.
    pub patients: Usage,
    /// Usage by its staff's reserved calls.
    pub reserved_by_staff: Usage,
    /// Usage by reserved calls of the patients that it admitted.
    pub reserved_by_patients: Usage,
    /// Usage by all their calls to the council.
    pub council: Usage,
    /// Admissions: each takes its share of an hour of `time`.
    pub admissions: Usage,
}

impl InstitutionUsage {
    /// Returns the usage with one more admission at `now`; none if there were too many. An institution may admit
    /// `per_hour` members at once, and again within an hour.
    pub fn admit(self, per_hour: u32, now: Moment) -> Option<Self> {
        let quota = Quota { time: HOUR, bytes: 0, refill: HOUR };
        let cost = Cost { time: HOUR.checked_div(per_hour.into())?, bytes: 0 };
        Some(Self { admissions: self.admissions.spend(cost, &quota, now)?, ..self })
    }

    /// Returns the usage by calls of this class, by staff or by patients.
    pub fn of(&mut self, class: CallClass, is_staff: bool) -> &mut Usage {
        match class {
            CallClass::Ordinary if is_staff => &mut self.staff,
            CallClass::Ordinary => &mut self.patients,
            CallClass::Reserved if is_staff => &mut self.reserved_by_staff,
            CallClass::Reserved => &mut self.reserved_by_patients,
            CallClass::Council => &mut self.council,
        }
    }
}
