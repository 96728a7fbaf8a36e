// SPDX-License-Identifier: Apache-2.0

//! Rules that say which snapshots stay. They know times only, and read nothing.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::Timestamp;
use salus_primitives::Moment;
use serde::Serialize;

/// Milliseconds of a day.
const DAY: Moment = 24 * 60 * 60 * 1_000;

/// How many snapshots stay. One stays when any rule keeps it; a rule of zero keeps none.
///
/// Days, weeks (from Monday on), months and years are those of UTC. One without a snapshot does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// The newest ones, so many.
    pub last: u32,
    /// The newest one of each of so many days.
    pub daily: u32,
    /// The newest one of each of so many weeks.
    pub weekly: u32,
    /// The newest one of each of so many months.
    pub monthly: u32,
    /// The newest one of each of so many years.
    pub yearly: u32,
    /// All that are at most so many days older than the newest one.
    pub within_days: u32,
}

/// Why a snapshot stays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It is one of the newest.
    Last,
    /// It is the newest of its day.
    Daily,
    /// It is the newest of its week.
    Weekly,
    /// It is the newest of its month.
    Monthly,
    /// It is the newest of its year.
    Yearly,
    /// It is young enough.
    Within,
    /// It is the newest one that saved everything: newer ones lack what was damaged or could not be read.
    Complete,
    /// It is from the future, so a clock was or is wrong, and its age is not known.
    Future,
    /// It was not named.
    Unnamed,
}

/// The part of a snapshot that the rules know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    /// When its run began.
    pub(crate) at: Moment,
    /// Whether its run saved everything.
    pub(crate) complete: bool,
}

impl Rules {
    /// Whether no rule keeps anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Why each of these snapshots stays; one without a reason is forgotten. They are of one kind, the oldest first.
    ///
    /// A snapshot from after `now` stays and takes no other one's place. So a wrong clock costs room, and no snapshot.
    pub(crate) fn judge(&self, taken: &[Taken], now: Moment) -> Vec<BTreeSet<Reason>> {
        let longest = DAY.saturating_mul(self.within_days.into());
        let (mut places, mut newest, mut found_complete) = (self.places(), None, false);
        let mut judged = Vec::new();
        for Taken { at, complete } in taken.iter().rev() {
            let Some(date) = date(*at).filter(|_| at <= &now) else {
                judged.push([Reason::Future].into());
                continue;
            };
            let is_newest = newest.is_none();
            let age = newest.get_or_insert(*at).saturating_sub(*at);
            let mut reasons = BTreeSet::new();
            for places in &mut places {
                reasons.extend(places.take(date).then_some(places.reason));
            }
            reasons.extend((self.within_days > 0 && age <= longest).then_some(Reason::Within));
            // The newest one of all has the rules. An older one needs this when those after it lack something.
            reasons.extend((*complete && !found_complete && !is_newest).then_some(Reason::Complete));
            found_complete |= *complete;
            judged.push(reasons);
        }
        judged.reverse();
        judged
    }

    fn places(&self) -> [Places; 5] {
        let places = |reason, left| Places { reason, left, filled: None };
        [
            places(Reason::Last, self.last),
            places(Reason::Daily, self.daily),
            places(Reason::Weekly, self.weekly),
            places(Reason::Monthly, self.monthly),
            places(Reason::Yearly, self.yearly),
        ]
    }
}

/// The places that one rule has left, while snapshots come, the newest first.
struct Places {
    reason: Reason,
    left: u32,
    filled: Option<Period>,
}

/// A stretch of time of which one snapshot stays: its year, and its number in it.
type Period = (i16, i16);

impl Places {
    /// Whether the snapshot gets a place.
    fn take(&mut self, date: Date) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        let period = self.period(date);
        if period.is_some() && period == self.filled {
            return false;
        }
        (self.left, self.filled) = (left, period);
        true
    }

    /// The period that the date is in; none when each snapshot counts.
    fn period(&self, date: Date) -> Option<Period> {
        match self.reason {
            Reason::Daily => Some((date.year(), date.day_of_year())),
            Reason::Weekly => {
                let week = date.iso_week_date();
                Some((week.year(), week.week().into()))
            }
            Reason::Monthly => Some((date.year(), date.month().into())),
            Reason::Yearly => Some((date.year(), 0)),
            _ => None,
        }
    }
}

/// The date in UTC; none for a time that calendars do not know.
fn date(at: Moment) -> Option<Date> {
    let time = Timestamp::from_millisecond(i64::try_from(at).ok()?).ok()?;
    Some(Offset::UTC.to_datetime(time).date())
}
