// SPDX-License-Identifier: Apache-2.0

//! How much each reader has under way, and has read, so that one cannot take the places of all.
//!
//! A reader counts by the transaction key that signed. The service can tell whose signature it is before it asks the chain, and
//! a stranger cannot spend what another's key may have. A member has eight such keys at most.

use super::limits::ServiceLimits;
use salus_gate::protocol::GateRefusal;
use salus_primitives::{
    time::{HOUR, SECOND},
    Moment, SigningKey,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The readers of the last hour.
pub(super) struct Readers {
    limits: ServiceLimits,
    known: Mutex<BTreeMap<SigningKey, Reader>>,
}

/// A reader. The bytes that it read wear off evenly: within an hour as many as it may read in one.
#[derive(Default)]
struct Reader {
    under_way: u32,
    read: u64,
    at: Moment,
}

/// A place of one reader, which is free again when this is dropped.
pub(super) struct ReaderPlace {
    readers: Arc<Readers>,
    key: SigningKey,
}

impl Readers {
    pub(super) fn new(limits: ServiceLimits) -> Arc<Self> {
        Arc::new(Self { limits, known: Mutex::default() })
    }

    /// A place for a request that `key` signed, when the clock says `now`.
    pub(super) fn place(self: &Arc<Self>, key: SigningKey, now: Moment) -> Result<ReaderPlace, GateRefusal> {
        let mut known = self.known();
        let reader = known.entry(key).or_default();
        reader.wear_off(now, self.limits.hourly_bytes());
        if reader.under_way >= self.limits.under_way_of_one.get() {
            return Err(GateRefusal::TooManyUnderWay);
        }
        let beyond = reader.read.saturating_sub(self.limits.hourly_bytes());
        if beyond > 0 {
            return Err(GateRefusal::ReadTooMuch(seconds(beyond, self.limits.hourly_bytes())));
        }
        reader.under_way = reader.under_way.saturating_add(1);
        Ok(ReaderPlace { readers: self.clone(), key })
    }

    /// Forgets readers for whom nothing counts any more.
    pub(super) fn sweep(&self, now: Moment) {
        self.known().retain(|_, reader| {
            reader.wear_off(now, self.limits.hourly_bytes());
            reader.counts()
        });
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<SigningKey, Reader>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReaderPlace {
    /// Counts the bytes of an answer that begins `now`. They count whole, however many of them the reader takes.
    pub(super) fn count(&self, bytes: u64, now: Moment) {
        if let Some(reader) = self.readers.known().get_mut(&self.key) {
            reader.wear_off(now, self.readers.limits.hourly_bytes());
            reader.read = reader.read.saturating_add(bytes);
        }
    }
}

impl Drop for ReaderPlace {
    fn drop(&mut self) {
        let mut known = self.readers.known();
        let Some(reader) = known.get_mut(&self.key) else { return };
        reader.under_way = reader.under_way.saturating_sub(1);
        // A key that never got an answer, such as a stranger's, leaves nothing behind.
        if !reader.counts() {
            known.remove(&self.key);
        }
    }
}

impl Reader {
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
        let places = [(); 2].map(|()| readers.place(key(1), NOW).unwrap());
        assert_eq!(readers.place(key(1), NOW).err(), Some(GateRefusal::TooManyUnderWay));
        assert!(readers.place(key(2), NOW).is_ok());
        drop(places);
        assert!(readers.place(key(1), NOW).is_ok());
        assert!(readers.known().is_empty(), "who read nothing is forgotten");
    }

    #[test]
    fn who_read_too_much_waits_as_long_as_the_refusal_says() {
        let readers = readers();
        // The limit itself is not beyond it, and the last answer may go beyond.
        for bytes in [HOURLY, HOURLY / 60] {
            readers.place(key(1), NOW).unwrap().count(bytes, NOW);
        }
        assert_eq!(readers.place(key(1), NOW).err(), Some(GateRefusal::ReadTooMuch(60)));
        assert!(readers.place(key(2), NOW).is_ok());
        let early = readers.place(key(1), NOW + 59 * SECOND).err();
        assert_eq!(early, Some(GateRefusal::ReadTooMuch(1)));
        assert!(readers.place(key(1), NOW + 60 * SECOND).is_ok());
        assert_eq!(readers.place(key(1), NOW).err(), None, "a clock that steps back");
    }

    #[test]
    fn readers_are_forgotten_when_what_they_read_wore_off() {
        let readers = readers();
        readers.place(key(1), NOW).unwrap().count(HOURLY, NOW);
        let place = readers.place(key(2), NOW).unwrap();
        readers.sweep(NOW + HOUR / 2);
        assert_eq!(readers.known().len(), 2);
        readers.sweep(NOW + HOUR);
        assert_eq!(readers.known().keys().copied().collect::<Vec<_>>(), [key(2)], "which has something under way");
        drop(place);
        assert!(readers.known().is_empty());
    }
}
