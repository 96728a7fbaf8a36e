// SPDX-License-Identifier: Apache-2.0

//! How much each reader has under way, and has read, so that one cannot take the places of all.
//!
//! A reader is a member. Until the gate has answered a key once, the key counts by itself: the service can tell whose signature it
//! is before it asks the chain, and a stranger cannot spend what another's key may have.

use super::limits::ServiceLimits;
use salus_gate::protocol::GateRefusal;
use salus_primitives::{
    time::{HOUR, SECOND},
    MemberId, Moment, SigningKey,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The readers of the last hour.
pub(super) struct Readers {
    limits: ServiceLimits,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    readers: BTreeMap<Reader, Account>,
    /// The members whose keys these were when the gate answered them last.
    members: BTreeMap<SigningKey, MemberId>,
}

/// For whom a request counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Reader {
    /// A key that the gate has not answered.
    Key(SigningKey),
    /// A member, with all keys that the gate has answered.
    Member(MemberId),
}

/// The bytes that a reader read wear off evenly: within an hour as many as it may read in one.
#[derive(Default)]
struct Account {
    under_way: u32,
    read: u64,
    at: Moment,
}

/// A place of one reader, which is free again when this is dropped.
pub(super) struct ReaderPlace {
    readers: Arc<Readers>,
    reader: Reader,
    key: SigningKey,
    asker: MemberId,
}

impl Readers {
    pub(super) fn new(limits: ServiceLimits) -> Arc<Self> {
        Arc::new(Self { limits, known: Mutex::default() })
    }

    /// A place for a request that `key` signed in the name of `asker`, when the clock says `now`.
    pub(super) fn place(
        self: &Arc<Self>,
        key: SigningKey,
        asker: MemberId,
        now: Moment,
    ) -> Result<ReaderPlace, GateRefusal> {
        let mut known = self.known();
        let is_askers = known.members.get(&key) == Some(&asker);
        let reader = if is_askers { Reader::Member(asker) } else { Reader::Key(key) };
        let account = known.readers.entry(reader).or_default();
        account.wear_off(now, self.limits.hourly_bytes());
        if account.under_way >= self.limits.under_way_of_one.get() {
            return Err(GateRefusal::TooManyUnderWay);
        }
        let beyond = account.read.saturating_sub(self.limits.hourly_bytes());
        if beyond > 0 {
            return Err(GateRefusal::ReadTooMuch(seconds(beyond, self.limits.hourly_bytes())));
        }
        account.under_way = account.under_way.saturating_add(1);
        Ok(ReaderPlace { readers: self.clone(), reader, key, asker })
    }

    /// Forgets readers for whom nothing counts any more.
    pub(super) fn sweep(&self, now: Moment) {
        let mut known = self.known();
        let Known { readers, members } = &mut *known;
        readers.retain(|_, account| {
            account.wear_off(now, self.limits.hourly_bytes());
            account.counts()
        });
        members.retain(|_, member| readers.contains_key(&Reader::Member(*member)));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReaderPlace {
    /// Counts the bytes of an answer that begins `now`. They count whole, however many of them the reader takes. The gate gave the
    /// answer, so the key is the asker's, and the place counts for the member.
    pub(super) fn count(&mut self, bytes: u64, now: Moment) {
        let mut known = self.readers.known();
        known.members.insert(self.key, self.asker);
        known.leave(self.reader);
        self.reader = Reader::Member(self.asker);
        let account = known.readers.entry(self.reader).or_default();
        account.under_way = account.under_way.saturating_add(1);
        account.wear_off(now, self.readers.limits.hourly_bytes());
        account.read = account.read.saturating_add(bytes);
    }

    /// The chain says that the key is not the asker's, or not any more: it counts by itself again.
    pub(super) fn disown(&self) {
        self.readers.known().members.remove(&self.key);
    }
}

impl Drop for ReaderPlace {
    fn drop(&mut self) {
        self.readers.known().leave(self.reader);
    }
}

impl Known {
    /// Frees a place of a reader.
    fn leave(&mut self, reader: Reader) {
        let Some(account) = self.readers.get_mut(&reader) else { return };
        account.under_way = account.under_way.saturating_sub(1);
        // A key that never got an answer, such as a stranger's, leaves nothing behind.
        if !account.counts() {
            self.readers.remove(&reader);
        }
    }
}

impl Account {
    fn wear_off(&mut self, now: Moment, hourly: u64) {
        // A clock that steps back wears nothing off.
        let passed = u128::from(now.saturating_sub(self.at));
        // Rounded up, as the seconds that a refusal names are.
        let off = passed.saturating_mul(hourly.into()).div_ceil(HOUR.into());
        self.read = self.read.saturating_sub(off.try_into().unwrap_or(u64::MAX));
        self.at = now;
    }

    fn counts(&self) -> bool {
        self.under_way > 0 || self.read > 0
    }
}

/// How long it takes until so many bytes wore off: a second at least.
fn seconds(bytes: u64, hourly: u64) -> u32 {
    let time = u128::from(bytes).saturating_mul((HOUR / SECOND).into()).div_ceil(u128::from(hourly).max(1));
    u32::try_from(time).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    const NOW: Moment = 1_800_000_000_000;
    const HOURLY: u64 = 60 * 1024 * 1024;
    const ONE: MemberId = MemberId(1);
    const OTHER: MemberId = MemberId(2);

    fn key(number: u8) -> SigningKey {
        SigningKey([number; 32])
    }

    fn readers() -> Arc<Readers> {
        let number = |number| NonZeroU32::new(number).unwrap();
        Readers::new(ServiceLimits {
            under_way_of_one: number(2),
            hourly_mebibytes_of_one: number(60),
            ..ServiceLimits::default()
        })
    }

    #[test]
    fn one_reader_has_so_many_places_and_others_have_theirs() {
        let readers = readers();
        let places = [(); 2].map(|()| readers.place(key(1), ONE, NOW).unwrap());
        assert_eq!(readers.place(key(1), ONE, NOW).err(), Some(GateRefusal::TooManyUnderWay));
        assert!(readers.place(key(2), OTHER, NOW).is_ok());
        let mut answered = readers.place(key(3), MemberId(3), NOW).unwrap();
        answered.count(0, NOW);
        let second = readers.place(key(3), MemberId(3), NOW).unwrap();
        assert!(readers.place(key(3), MemberId(3), NOW).is_err(), "a place counts on once the gate has answered");
        drop((places, answered, second));
        assert!(readers.place(key(1), ONE, NOW).is_ok());
        assert!(readers.known().readers.is_empty(), "who read nothing is forgotten");
    }

    #[test]
    fn who_read_too_much_waits_as_long_as_the_refusal_says() {
        let readers = readers();
        // The limit itself is not beyond it, and the last answer may go beyond.
        for bytes in [HOURLY, HOURLY / 60] {
            readers.place(key(1), ONE, NOW).unwrap().count(bytes, NOW);
        }
        assert_eq!(readers.place(key(1), ONE, NOW).err(), Some(GateRefusal::ReadTooMuch(60)));
        assert!(readers.place(key(2), OTHER, NOW).is_ok());
        let early = readers.place(key(1), ONE, NOW + 59 * SECOND).err();
        assert_eq!(early, Some(GateRefusal::ReadTooMuch(1)));
        assert!(readers.place(key(1), ONE, NOW + 60 * SECOND).is_ok());
        assert_eq!(readers.place(key(1), ONE, NOW).err(), None, "a clock that steps back");
    }

    #[test]
    fn all_keys_of_a_member_count_together_once_the_gate_has_answered_them() {
        let readers = readers();
        for number in [1, 2] {
            readers.place(key(number), ONE, NOW).unwrap().count(HOURLY / 2 + 1, NOW);
        }
        for number in [1, 2] {
            let refused = readers.place(key(number), ONE, NOW).err();
            assert!(matches!(refused, Some(GateRefusal::ReadTooMuch(_))), "key {number}");
        }
        let places = [1, 2].map(|number| readers.place(key(number), OTHER, NOW).unwrap());
        drop(places);
        let later = NOW + HOUR / 60;
        let _places = [1, 2].map(|number| readers.place(key(number), ONE, later).unwrap());
        for number in [1, 2] {
            assert_eq!(readers.place(key(number), ONE, later).err(), Some(GateRefusal::TooManyUnderWay));
        }
    }

    #[test]
    fn a_stranger_spends_nothing_of_the_member_that_it_claims_to_be() {
        let readers = readers();
        readers.place(key(1), ONE, NOW).unwrap().count(HOURLY, NOW);
        let _strange = [(); 2].map(|()| readers.place(key(9), ONE, NOW).unwrap());
        assert!(readers.place(key(1), ONE, NOW).is_ok());
        // Nor does a key that the member gave up.
        let given_up = readers.place(key(1), ONE, NOW).unwrap();
        given_up.disown();
        let _places = [(); 2].map(|()| readers.place(key(1), ONE, NOW).unwrap());
        readers.place(key(2), ONE, NOW).unwrap().count(0, NOW);
        assert!(readers.place(key(2), ONE, NOW).is_ok());
    }

    #[test]
    fn readers_are_forgotten_when_what_they_read_wore_off() {
        let readers = readers();
        readers.place(key(1), ONE, NOW).unwrap().count(HOURLY, NOW);
        let place = readers.place(key(2), OTHER, NOW).unwrap();
        readers.sweep(NOW + HOUR / 2);
        assert_eq!(readers.known().readers.len(), 2);
        readers.sweep(NOW + HOUR);
        let left: Vec<_> = readers.known().readers.keys().copied().collect();
        assert_eq!(left, [Reader::Key(key(2))], "which has something under way");
        assert!(readers.known().members.is_empty());
        drop(place);
        assert!(readers.known().readers.is_empty());
    }
}
