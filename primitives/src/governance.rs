// SPDX-License-Identifier: Apache-2.0

//! Decisions of the council about the runtime: the votes that they take, its parameters, and its paused calls.

use crate::{
    membership::Quota,
    time::{Moment, DAY, HOUR},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, ops::RangeInclusive};
use scale_info::TypeInfo;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// The delay of an upgrade after it was planned, unless a network decides otherwise: a day.
pub const DEFAULT_UPGRADE_DELAY: Moment = DAY;
/// The bounds of the delay: a second, which is for tests and rehearsals, to 30 days.
pub const UPGRADE_DELAYS: RangeInclusive<Moment> = 1_000..=30 * DAY;

/// The share of the council that has to be in favor of a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// More than half: for decisions that stop something or can be repeated.
    Majority,
    /// Two thirds or more: for decisions that make or change the council itself, the authorities, or the runtime.
    TwoThirds,
}

impl Share {
    /// Returns the fewest votes in favor that are this share of so many seats.
    pub fn of(self, seats: u32) -> u32 {
        match self {
            Self::Majority => seats.checked_div(2).unwrap_or_default().saturating_add(1),
            Self::TwoThirds => u32::try_from(u64::from(seats).saturating_mul(2).div_ceil(3)).unwrap_or(seats),
        }
    }
}

/// The most bytes of a call's full name.
pub const MAX_CALL_NAME: usize = 64;

/// The full name of a call: its pallet's, a point, and its own, such as `Records.open_records`.
///
/// Padded with spaces, so that it is of one size and reads well where bytes are shown as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CallName([u8; MAX_CALL_NAME]);

impl CallName {
    /// The name of `call` in `pallet`; none if it is too long, or holds anything but letters, digits and `_`.
    pub fn new(pallet: &[u8], call: &[u8]) -> Option<Self> {
        let is_word = |word: &[u8]| word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if pallet.is_empty() || call.is_empty() || !is_word(pallet) || !is_word(call) {
            return None;
        }
        let mut name = [b' '; MAX_CALL_NAME];
        let mut places = name.iter_mut();
        for byte in pallet.iter().chain(b".").chain(call) {
            *places.next()? = *byte;
        }
        Some(Self(name))
    }

    /// Returns the name as text, up to the first byte that is not text: decoded bytes need not be a name.
    pub fn as_str(&self) -> &str {
        let text = match core::str::from_utf8(&self.0) {
            Ok(text) => text,
            Err(error) => self.0.get(..error.valid_up_to()).and_then(|it| core::str::from_utf8(it).ok()).unwrap_or(""),
        };
        text.trim_end_matches(' ')
    }
}

impl fmt::Display for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallName({self})")
    }
}

impl Serialize for CallName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CallName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        let name = text.split_once('.').and_then(|(pallet, call)| Self::new(pallet.as_bytes(), call.as_bytes()));
        name.ok_or_else(|| de::Error::custom("not the name of a call, such as `Records.open_records`"))
    }
}

/// A parameter of the runtime that the council changes without an upgrade, with its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameter {
    /// Milliseconds for which a request for access waits for an answer: an hour to a year. It counts for new requests.
    RequestLife(Moment),
    /// Milliseconds for which entries of the logs stay in the state: 30 days to 30 years.
    LogHorizon(Moment),
    /// The allowance of a member for ordinary calls: half a second to a minute of execution and 256 KiB to 64 MiB. It
    /// refills in a second to an hour. With the least of it, delegates can still vote to raise it.
    MemberQuota(Quota),
}

impl Parameter {
    /// Whether the value lies within its bounds, both included.
    pub fn is_within_bounds(&self) -> bool {
        match self {
            Self::RequestLife(life) => (HOUR..=365 * DAY).contains(life),
            Self::LogHorizon(horizon) => (30 * DAY..=30 * 365 * DAY).contains(horizon),
            Self::MemberQuota(Quota { time, bytes, refill }) => {
                (SECOND_OF_EXECUTION / 2..=60 * SECOND_OF_EXECUTION).contains(time)
                    && (256 << 10..=64 << 20).contains(bytes)
                    && (1_000..=HOUR).contains(refill)
            }
        }
    }
}

/// A second of execution, in picoseconds of reference time.
const SECOND_OF_EXECUTION: u64 = 1_000_000_000_000;

/// The values of all parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Parameters {
    /// See [`Parameter::RequestLife`].
    pub request_life: Moment,
    /// See [`Parameter::LogHorizon`].
    pub log_horizon: Moment,
    /// See [`Parameter::MemberQuota`].
    pub member_quota: Quota,
}

impl Parameters {
    /// With this parameter changed.
    pub fn with(self, parameter: Parameter) -> Self {
        match parameter {
            Parameter::RequestLife(request_life) => Self { request_life, ..self },
            Parameter::LogHorizon(log_horizon) => Self { log_horizon, ..self },
            Parameter::MemberQuota(member_quota) => Self { member_quota, ..self },
        }
    }

    /// Each parameter by itself.
    pub fn each(self) -> [Parameter; 3] {
        let Self { request_life, log_horizon, member_quota } = self;
        [Parameter::RequestLife(request_life), Parameter::LogHorizon(log_horizon), Parameter::MemberQuota(member_quota)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_calls_read_as_they_are_written() {
        let name = CallName::new(b"Records", b"open_records").unwrap();
        assert_eq!(name.as_str(), "Records.open_records");
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"Records.open_records\"");
        assert_eq!(serde_json::from_str::<CallName>("\"Records.open_records\"").unwrap(), name);
        assert_eq!(CallName::decode(&mut name.encode().as_slice()), Ok(name));
        assert_eq!(name.encode().len(), MAX_CALL_NAME);
    }

    #[test]
    fn names_are_refused_when_they_are_none_or_too_long() {
        for (pallet, call) in [("", "call"), ("Pallet", ""), ("Pal.let", "call"), ("Pallet", "ca ll"), ("Pallet", "ä")]
        {
            assert_eq!(CallName::new(pallet.as_bytes(), call.as_bytes()), None, "{pallet}.{call}");
        }
        let word = "x".repeat(MAX_CALL_NAME);
        assert!(CallName::new(b"P", &word.as_bytes()[2..]).is_some());
        assert_eq!(CallName::new(b"P", &word.as_bytes()[1..]), None);
        assert!(serde_json::from_str::<CallName>("\"nothing\"").is_err());
    }

    #[test]
    fn what_is_no_text_is_shown_as_far_as_it_is() {
        let mut bytes = [b' '; MAX_CALL_NAME];
        bytes[..3].copy_from_slice(b"ab\xff");
        assert_eq!(CallName(bytes).as_str(), "ab");
    }

    #[test]
    fn values_lie_within_their_bounds_or_are_refused() {
        let second = SECOND_OF_EXECUTION;
        let quota = |time, bytes, refill| Parameter::MemberQuota(Quota { time, bytes, refill });
        for (least, most, below, above) in [
            (
                Parameter::RequestLife(HOUR),
                Parameter::RequestLife(365 * DAY),
                Parameter::RequestLife(HOUR - 1),
                Parameter::RequestLife(365 * DAY + 1),
            ),
            (
                Parameter::LogHorizon(30 * DAY),
                Parameter::LogHorizon(30 * 365 * DAY),
                Parameter::LogHorizon(30 * DAY - 1),
                Parameter::LogHorizon(u64::MAX),
            ),
            (
                quota(second / 2, 256 << 10, 1_000),
                quota(60 * second, 64 << 20, HOUR),
                quota(second / 2 - 1, 256 << 10, 1_000),
                quota(60 * second + 1, 64 << 20, HOUR),
            ),
            (
                quota(second, 1 << 20, 1_000),
                quota(second, 1 << 20, HOUR),
                quota(second, (256 << 10) - 1, 1_000),
                quota(second, (64 << 20) + 1, 1_000),
            ),
            (
                quota(second, 1 << 20, 1_000),
                quota(second, 1 << 20, HOUR),
                quota(second, 1 << 20, 999),
                quota(second, 1 << 20, HOUR + 1),
            ),
        ] {
            assert!(least.is_within_bounds() && most.is_within_bounds(), "{least:?} {most:?}");
            assert!(!below.is_within_bounds() && !above.is_within_bounds(), "{below:?} {above:?}");
        }
    }

    #[test]
    fn shares_are_counted_in_seats() {
        for (seats, majority, two_thirds) in [
            (1, 1, 1),
            (2, 2, 2),
            (3, 2, 2),
            (4, 3, 3),
            (5, 3, 4),
            (6, 4, 4),
            (7, 4, 5),
            (u32::MAX, 1 << 31, 2_863_311_530),
        ] {
            assert_eq!((Share::Majority.of(seats), Share::TwoThirds.of(seats)), (majority, two_thirds), "{seats}");
        }
    }

    #[test]
    fn one_parameter_changes_and_the_others_stay() {
        let quota = Quota { time: 1, bytes: 2, refill: 3 };
        let before = Parameters { request_life: 1, log_horizon: 2, member_quota: quota };
        let after = before.with(Parameter::LogHorizon(7));
        assert_eq!(after, Parameters { log_horizon: 7, ..before });
        assert_eq!(after.each()[1], Parameter::LogHorizon(7));
        for parameter in after.each() {
            assert_eq!(after.with(parameter), after);
        }
    }
}
