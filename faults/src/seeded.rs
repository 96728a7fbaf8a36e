// SPDX-License-Identifier: Apache-2.0

//! Reproducible pseudorandom numbers: a seed gives the same numbers on every machine and with every compiler.

/// A SplitMix64 generator (Steele, Lea, Flood 2014), which must not make keys.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Returns a generator for `seed`. `purpose` keeps generators of one seed apart.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a of the purpose, so that adding a purpose changes no other.
        let hash = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(seed ^ hash)
    }

    /// Returns the next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number in `from..=to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        let span = to.saturating_sub(from).saturating_add(1);
        // The bias of the remainder is below 2^-40 for the small ranges of this crate.
        from.saturating_add(self.number().checked_rem(span).unwrap_or_default())
    }

    /// Returns true in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.between(1, 100) <= percent
    }

    /// Returns one of `items`, or `None` if it is empty.
    pub fn pick<'a, Item>(&mut self, items: &'a [Item]) -> Option<&'a Item> {
        let last = u64::try_from(items.len()).ok()?.checked_sub(1)?;
        items.get(usize::try_from(self.between(0, last)).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::Seeded;

    #[test]
    fn the_same_seed_gives_the_same_numbers_for_ever() {
        // The reference implementation's numbers for the state 1234567.
        let mut numbers = Seeded(1_234_567);
        assert_eq!([(); 3].map(|()| numbers.number()), [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn numbers_stay_in_their_bounds_and_reach_both() {
        let mut numbers = Seeded::new(7, "bounds");
        let drawn: Vec<_> = (0..200).map(|_| numbers.between(3, 6)).collect();
        assert!(drawn.iter().all(|number| (3..=6).contains(number)));
        assert!(drawn.contains(&3) && drawn.contains(&6));
        assert_eq!(numbers.between(5, 5), 5);
        assert_eq!(numbers.pick::<u8>(&[]), None);
    }

    #[test]
    fn purposes_are_kept_apart() {
        assert_ne!(Seeded::new(1, "plan").number(), Seeded::new(1, "load").number());
    }
}
