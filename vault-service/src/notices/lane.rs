// SPDX-License-Identifier: Apache-2.0

//! The letters of one addressee by one way: at most one that is being sent, and the counts for the next one.
//!
//! A letter that was tried keeps its id and its counts, because it may have arrived. New notices wait for the next letter. So
//! there are never more than two, however long a server is away.

use salus_primitives::{
    notices::NoticeKind,
    time::{HOUR, MINUTE, SECOND},
    Moment,
};
use salus_sealing::secret::random;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The pause after the first failure; each further one is twice as long.
const PAUSE: Moment = 30 * SECOND;
/// The longest pause.
const LONGEST_PAUSE: Moment = 15 * MINUTE;
/// The pause after a server said that it will not take the letter.
const PAUSE_WHEN_REFUSED: Moment = 6 * HOUR;

/// How many notices of each kind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<NoticeKind, u64>);

impl Counts {
    /// Counts one more of `kind`.
    pub fn add(&mut self, kind: NoticeKind) {
        self.add_many(kind, 1);
    }

    /// Counts all of `other`, too.
    pub fn add_all(&mut self, other: &Self) {
        other.iter().for_each(|(kind, count)| self.add_many(kind, count));
    }

    fn add_many(&mut self, kind: NoticeKind, more: u64) {
        let count = self.0.entry(kind).or_default();
        *count = count.saturating_add(more);
    }

    /// The kinds that occur, and how often, in the order of the table of kinds.
    pub fn iter(&self) -> impl Iterator<Item = (NoticeKind, u64)> + '_ {
        self.0.iter().map(|(kind, count)| (*kind, *count))
    }

    /// How many there are of all kinds together.
    pub fn total(&self) -> u64 {
        self.0.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A letter: how many notices wait for the addressee.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Letter {
    /// 32 hexadecimal digits that chance chose. A letter that is sent again has the same ones.
    pub id: String,
    /// The notices.
    pub kinds: Counts,
    /// Since when it waits, in Unix milliseconds.
    pub since: Moment,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this moment is it tried, in Unix milliseconds.
    pub next: Moment,
}

impl Letter {
    fn new(kinds: Counts, now: Moment) -> Self {
        Self { id: hex::encode(random::<16>()), kinds, since: now, attempts: 0, next: now }
    }
}

/// The letters of one addressee by one way.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Lane {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sending: Option<Letter>,
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    waiting: Counts,
}

impl Lane {
    /// The letter that is to be sent, also while it is not due.
    #[cfg(test)]
    pub(super) fn letter(&self) -> Option<&Letter> {
        self.sending.as_ref()
    }

    /// The letter that is to be sent now.
    pub(super) fn due(&self, now: Moment) -> Option<&Letter> {
        self.sending.as_ref().filter(|letter| letter.next <= now)
    }

    /// How many letters wait.
    pub(super) fn waiting(&self) -> u64 {
        u64::from(self.sending.is_some()).saturating_add(u64::from(!self.waiting.is_empty()))
    }

    /// Has these notices told.
    pub(super) fn add(&mut self, kinds: &Counts, now: Moment) {
        self.waiting.add_all(kinds);
        self.promote(now);
    }

    /// The letter `id` arrived, or is given up: the next one takes its place.
    pub(super) fn end(&mut self, id: &str, now: Moment) {
        if self.sending.as_ref().is_some_and(|letter| letter.id == id) {
            self.sending = None;
            self.promote(now);
        }
    }

    /// The letter `id` did not arrive. Whether it is given up, because it has waited for `limit`.
    pub(super) fn fail(&mut self, id: &str, is_refused: bool, limit: Moment, now: Moment) -> bool {
        let Some(letter) = self.sending.as_mut().filter(|letter| letter.id == id) else { return false };
        if now >= letter.since.saturating_add(limit) {
            self.end(id, now);
            return true;
        }
        letter.attempts = letter.attempts.saturating_add(1);
        let pause = match is_refused {
            true => PAUSE_WHEN_REFUSED,
            false => pause_after(letter.attempts),
        };
        letter.next = now.saturating_add(pause);
        false
    }

    fn promote(&mut self, now: Moment) {
        if self.sending.is_none() && !self.waiting.is_empty() {
            self.sending = Some(Letter::new(std::mem::take(&mut self.waiting), now));
        }
    }
}

/// The pause after so many failures in a row, in milliseconds.
pub(super) fn pause_after(failures: u32) -> Moment {
    let doublings = failures.saturating_sub(1).min(16);
    PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Moment = HOUR;

    fn counts(kinds: &[NoticeKind]) -> Counts {
        let mut counts = Counts::default();
        kinds.iter().for_each(|kind| counts.add(*kind));
        counts
    }

    #[test]
    fn a_letter_that_was_tried_stays_as_it_is_and_others_wait_for_the_next() {
        let mut lane = Lane::default();
        lane.add(&counts(&[NoticeKind::Denial]), 10);
        let first = lane.due(10).unwrap().clone();
        assert!(!lane.fail(&first.id, false, LIMIT, 10));
        assert_eq!(lane.due(10 + PAUSE - 1), None);
        for _ in 0..100 {
            lane.add(&counts(&[NoticeKind::Request, NoticeKind::Reading]), 20);
        }
        let again = lane.due(10 + PAUSE).unwrap();
        assert_eq!((&again.id, &again.kinds, again.attempts), (&first.id, &first.kinds, 1));
        assert_eq!(lane.waiting(), 2);
        lane.end("another", 30);
        assert_eq!(lane.letter().unwrap().id, first.id);
        lane.end(&first.id, 30);
        let second = lane.due(30).unwrap();
        assert_eq!((second.kinds.total(), second.since, lane.waiting()), (200, 30, 1));
        assert!(second.id != first.id && second.id.len() == 32);
        let id = second.id.clone();
        lane.end(&id, 40);
        assert_eq!((lane.letter(), lane.waiting()), (None, 0));
    }

    #[test]
    fn pauses_grow_and_a_letter_is_given_up_in_the_end() {
        assert_eq!([1, 2, 3, 6, 99].map(pause_after), [PAUSE, 2 * PAUSE, 4 * PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]);
        let mut lane = Lane::default();
        lane.add(&counts(&[NoticeKind::Denial]), 0);
        let id = lane.letter().unwrap().id.clone();
        assert!(!lane.fail(&id, true, LIMIT, 0));
        assert_eq!(lane.letter().unwrap().next, PAUSE_WHEN_REFUSED);
        lane.add(&counts(&[NoticeKind::Answer]), 1);
        assert!(lane.fail(&id, false, LIMIT, LIMIT));
        let next = lane.due(LIMIT).unwrap();
        assert!(next.id != id && next.kinds == counts(&[NoticeKind::Answer]));
        assert!(!lane.fail(&id, false, LIMIT, 9 * LIMIT), "of a letter that has ended");
    }

    #[test]
    fn a_lane_comes_back_from_json() {
        let mut lane = Lane::default();
        assert_eq!(serde_json::to_string(&lane).unwrap(), "{}");
        lane.add(&counts(&[NoticeKind::Denial]), 0);
        lane.add(&counts(&[NoticeKind::CorrectionRequest]), 0);
        let text = serde_json::to_string(&lane).unwrap();
        assert!(text.contains("\"correction-request\":1"), "{text}");
        assert_eq!(serde_json::from_str::<Lane>(&text).unwrap(), lane);
    }
}
