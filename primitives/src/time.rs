// SPDX-License-Identifier: Apache-2.0

//! Times and intervals: Unix milliseconds, half open, judged at the moment of the check.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A point in time, in milliseconds since the Unix epoch.
pub type Moment = u64;

/// One second, in milliseconds.
pub const SECOND: Moment = 1_000;
/// One minute, in milliseconds.
pub const MINUTE: Moment = 60_000;
/// One hour, in milliseconds.
pub const HOUR: Moment = 3_600_000;
/// One day, in milliseconds.
pub const DAY: Moment = 86_400_000;

/// The interval `[start, end)`; without an end it lasts until it is ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Interval {
    /// The first millisecond that belongs to the interval.
    pub start: Moment,
    /// The first millisecond that no longer does.
    pub end: Option<Moment>,
}

impl Interval {
    /// Whether `at` lies in `[start, end)`.
    pub fn contains(&self, at: Moment) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }

    /// Whether the interval holds no moment at all.
    pub fn is_empty(&self) -> bool {
        self.end.is_some_and(|end| end <= self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_contains_its_start_and_not_its_end() {
        let interval = Interval { start: 10, end: Some(20) };
        assert_eq!([9, 10, 19, 20].map(|at| interval.contains(at)), [false, true, true, false]);
        assert!(Interval { start: 10, end: None }.contains(Moment::MAX));
    }

    #[test]
    fn interval_is_empty_when_it_ends_before_it_starts() {
        assert!(Interval { start: 10, end: Some(10) }.is_empty());
        assert!(!Interval { start: 10, end: Some(11) }.is_empty());
    }
}
