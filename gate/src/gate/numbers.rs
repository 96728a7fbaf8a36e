// SPDX-License-Identifier: Apache-2.0

//! The numbers of requests that a gate has answered: each is good once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use salus_primitives::{MemberId, Moment};

use crate::protocol::{GateRefusal, RequestNumber, MAX_REQUEST_AGE};

/// Requests of one reader that a gate remembers, at most.
const MOST_OF_ONE: usize = 1 << 12;
/// Requests of all readers that a gate remembers, at most: as many as 64 readers can have.
const MOST: usize = 1 << 18;

/// The numbers of the requests that are still fresh. Once a request is too old to be answered, so is its number to be
/// remembered.
///
/// They are in memory only. An earlier process may have answered requests from before the start of this memory, so it
/// counts these as used.
pub struct UsedNumbers {
    start: Moment,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    of_readers: BTreeMap<MemberId, BTreeSet<RequestNumber>>,
    by_end: BTreeSet<(Moment, MemberId, RequestNumber)>,
    /// The latest end of a request that was forgotten. A clock that steps back does not make those fresh again.
    forgotten: Option<Moment>,
}

impl UsedNumbers {
    /// A memory without any number, for requests from the moment `start` on.
    ///
    /// `start` is the moment when the gate started, by its own clock, in milliseconds since the Unix epoch. An earlier
    /// gate may have answered requests of readers whose clocks were ahead of its own. Where that happens, a gate that
    /// restarts takes a `start` that lies [`MAX_REQUEST_AGE`] later. In one process all have one clock, so none is ahead.
    pub fn since(start: Moment) -> Self {
        Self { start, used: Mutex::default() }
    }

    /// Uses up the number of a request that `reader` made at `at`, when the gate's clock says `now`.
    ///
    /// It fails when the number was used, or may have been used: before the start, or so long ago that it is forgotten. It
    /// also fails when more requests came than can be remembered: a gate that forgets could answer one twice.
    pub fn take(&self, reader: MemberId, number: RequestNumber, at: Moment, now: Moment) -> Result<(), GateRefusal> {
        if at < self.start {
            return Err(GateRefusal::RequestNotFresh);
        }
        // A request that panicked elsewhere took its number.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.forget(now);
        // Fresh until then, even where the gate's clock is behind.
        let end = at.saturating_add(MAX_REQUEST_AGE);
        if used.forgotten.is_some_and(|forgotten| end <= forgotten) {
            return Err(GateRefusal::RequestNotFresh);
        }
        let own = used.of_readers.get(&reader);
        if own.is_some_and(|own| own.contains(&number)) {
            return Err(GateRefusal::RequestUsed);
        }
        if own.is_some_and(|own| own.len() >= MOST_OF_ONE) || used.by_end.len() >= MOST {
            return Err(GateRefusal::TooManyRequests);
        }
        used.of_readers.entry(reader).or_default().insert(number);
        used.by_end.insert((end, reader, number));
        Ok(())
    }
}

impl Used {
    /// Forgets requests that are too old to be answered, and remembers how far it forgot.
    fn forget(&mut self, now: Moment) {
        while let Some(oldest @ (end, reader, number)) = self.by_end.first().copied() {
            if end >= now {
                return;
            }
            self.by_end.remove(&oldest);
            self.forgotten = self.forgotten.max(Some(end));
            if let Some(own) = self.of_readers.get_mut(&reader) {
                own.remove(&number);
                if own.is_empty() {
                    self.of_readers.remove(&reader);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = 1_000_000_000;
    const READER: MemberId = MemberId(1);

    fn number(number: usize) -> RequestNumber {
        RequestNumber((number as u128).to_le_bytes())
    }

    #[test]
    fn a_number_is_good_once_while_its_request_is_fresh() {
        let used = UsedNumbers::since(0);
        assert_eq!(used.take(READER, number(7), NOW, NOW), Ok(()));
        assert_eq!(used.take(READER, number(7), NOW, NOW + MAX_REQUEST_AGE), Err(GateRefusal::RequestUsed));
        assert_eq!(used.take(MemberId(2), number(7), NOW, NOW), Ok(()), "another reader's number");
        assert_eq!(used.take(READER, number(8), NOW + MAX_REQUEST_AGE, NOW), Ok(()), "a clock that is ahead");
        let last = NOW + 2 * MAX_REQUEST_AGE;
        assert_eq!(used.take(READER, number(8), NOW + MAX_REQUEST_AGE, last), Err(GateRefusal::RequestUsed));
    }

    #[test]
    fn a_number_of_before_the_start_may_have_been_used() {
        let used = UsedNumbers::since(NOW);
        assert_eq!(used.take(READER, number(7), NOW - 1, NOW), Err(GateRefusal::RequestNotFresh));
        assert_eq!(used.take(READER, number(7), NOW, NOW), Ok(()), "asked in the millisecond of the start");
        assert_eq!(used.take(READER, number(7), NOW, NOW), Err(GateRefusal::RequestUsed));
        // A clock that steps back does not make those fresh that an earlier process may have answered.
        assert_eq!(used.take(READER, number(8), NOW - 1, NOW - 1), Err(GateRefusal::RequestNotFresh));
    }

    #[test]
    fn numbers_are_forgotten_once_their_requests_are_old() {
        let used = UsedNumbers::since(0);
        used.take(READER, number(7), NOW, NOW).unwrap();
        used.take(MemberId(2), number(1), NOW + MAX_REQUEST_AGE + 1, NOW + MAX_REQUEST_AGE + 1).unwrap();
        let used = used.used.into_inner().unwrap();
        assert_eq!((used.by_end.len(), used.of_readers.len()), (1, 1));
    }

    #[test]
    fn a_forgotten_number_is_refused_when_the_clock_steps_back() {
        let used = UsedNumbers::since(0);
        used.take(READER, number(7), NOW, NOW).unwrap();
        let later = NOW + MAX_REQUEST_AGE + 1;
        used.take(READER, number(8), later, later).unwrap();
        // Only the second is remembered.
        assert_eq!(used.used.lock().unwrap().by_end.len(), 1);
        assert_eq!(used.take(READER, number(7), NOW, NOW), Err(GateRefusal::RequestNotFresh));
        assert_eq!(used.take(READER, number(8), later, NOW), Err(GateRefusal::RequestUsed));
        // A request that was made after all forgotten ones is new.
        assert_eq!(used.take(READER, number(9), NOW + 1, NOW), Ok(()));
    }

    #[test]
    fn a_clock_that_once_was_far_ahead_does_not_stop_the_gate() {
        let used = UsedNumbers::since(0);
        used.take(READER, number(7), NOW, NOW).unwrap();
        let ahead = NOW + 1000 * MAX_REQUEST_AGE;
        used.take(READER, number(8), ahead, ahead).unwrap();
        assert_eq!(used.take(READER, number(7), NOW, NOW), Err(GateRefusal::RequestNotFresh));
        assert_eq!(used.take(READER, number(9), NOW + 1, NOW + 1), Ok(()));
    }

    #[test]
    fn sixteen_readers_cannot_fill_the_memory() {
        let used = UsedNumbers::since(0);
        for reader in 2..18 {
            let refused = (0..MOST).find(|count| used.take(MemberId(reader), number(*count), NOW, NOW).is_err());
            assert_eq!(refused, Some(MOST_OF_ONE));
        }
        assert_eq!(used.take(READER, number(0), NOW, NOW), Ok(()));
    }

    #[test]
    fn a_gate_remembers_so_many_requests_and_no_more() {
        let used = UsedNumbers::since(0);
        for reader in 2..66 {
            (0..MOST_OF_ONE).for_each(|count| used.take(MemberId(reader), number(count), NOW, NOW).unwrap());
        }
        assert_eq!(used.take(READER, number(0), NOW, NOW), Err(GateRefusal::TooManyRequests));
        let used = used.used.into_inner().unwrap();
        assert_eq!((used.by_end.len(), used.of_readers.len()), (MOST, 64));
    }

    #[test]
    fn a_reader_who_asks_too_often_is_refused_and_others_are_not() {
        let used = UsedNumbers::since(0);
        for count in 0..MOST_OF_ONE {
            used.take(READER, number(count), NOW, NOW).unwrap();
        }
        assert_eq!(used.take(READER, number(MOST_OF_ONE), NOW, NOW), Err(GateRefusal::TooManyRequests));
        assert_eq!(used.take(MemberId(2), number(0), NOW, NOW), Ok(()));
        let later = NOW + MAX_REQUEST_AGE + 1;
        assert_eq!(used.take(READER, number(MOST_OF_ONE), later, later), Ok(()));
    }
}
