// SPDX-License-Identifier: Apache-2.0

//! The numbers of requests that a gate has seen: each is good once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use salus_primitives::{MemberId, Moment};

use crate::protocol::{GateRefusal, RequestNumber, REQUEST_LIFE};

/// Requests of one reader that a gate remembers, at most.
const MOST_OF_ONE: usize = 1 << 14;
/// Requests of all readers that a gate remembers, at most.
const MOST: usize = 1 << 18;

/// The numbers of the requests that are still fresh. Once a request is too old to be answered, so is its number to be
/// remembered.
#[derive(Default)]
pub struct UsedNumbers(Mutex<Used>);

#[derive(Default)]
struct Used {
    of_readers: BTreeMap<MemberId, BTreeSet<RequestNumber>>,
    by_end: BTreeSet<(Moment, MemberId, RequestNumber)>,
}

impl UsedNumbers {
    /// Uses up the number of a request that `reader` made at `at`. It fails when the number was used, or when more requests
    /// came than can be remembered: a gate that forgets could answer one twice.
    pub fn take(&self, reader: MemberId, number: RequestNumber, at: Moment, now: Moment) -> Result<(), GateRefusal> {
        // A request that panicked elsewhere took its number.
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.forget(now);
        let all = used.by_end.len();
        let own = used.of_readers.entry(reader).or_default();
        if own.contains(&number) {
            return Err(GateRefusal::RequestUsed);
        }
        if own.len() >= MOST_OF_ONE || all >= MOST {
            return Err(GateRefusal::TooManyRequests);
        }
        own.insert(number);
        // Fresh until then, even where the gate's clock is behind.
        used.by_end.insert((at.saturating_add(REQUEST_LIFE), reader, number));
        Ok(())
    }
}

impl Used {
    /// Forgets requests that are too old to be answered.
    fn forget(&mut self, now: Moment) {
        while let Some(oldest @ (end, reader, number)) = self.by_end.first().copied() {
            if end >= now {
                return;
            }
            self.by_end.remove(&oldest);
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
        let used = UsedNumbers::default();
        assert_eq!(used.take(READER, number(7), NOW, NOW), Ok(()));
        assert_eq!(used.take(READER, number(7), NOW, NOW + REQUEST_LIFE), Err(GateRefusal::RequestUsed));
        assert_eq!(used.take(MemberId(2), number(7), NOW, NOW), Ok(()), "another reader's number");
        assert_eq!(used.take(READER, number(8), NOW + REQUEST_LIFE, NOW), Ok(()), "a clock that is ahead");
        assert_eq!(used.take(READER, number(8), NOW, NOW + 2 * REQUEST_LIFE), Err(GateRefusal::RequestUsed));
    }

    #[test]
    fn numbers_are_forgotten_once_their_requests_are_old() {
        let used = UsedNumbers::default();
        used.take(READER, number(7), NOW, NOW).unwrap();
        used.take(MemberId(2), number(1), NOW + REQUEST_LIFE + 1, NOW + REQUEST_LIFE + 1).unwrap();
        let used = used.0.into_inner().unwrap();
        assert_eq!((used.by_end.len(), used.of_readers.len()), (1, 1));
    }

    #[test]
    fn a_reader_who_asks_too_often_is_refused_and_others_are_not() {
        let used = UsedNumbers::default();
        for count in 0..MOST_OF_ONE {
            used.take(READER, number(count), NOW, NOW).unwrap();
        }
        assert_eq!(used.take(READER, number(MOST_OF_ONE), NOW, NOW), Err(GateRefusal::TooManyRequests));
        assert_eq!(used.take(MemberId(2), number(0), NOW, NOW), Ok(()));
        let later = NOW + REQUEST_LIFE + 1;
        assert_eq!(used.take(READER, number(MOST_OF_ONE), later, later), Ok(()));
    }
}
