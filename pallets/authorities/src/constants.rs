// SPDX-License-Identifier: Apache-2.0

//! The conditions that the constants of a runtime have to meet.

use crate::{Config, Pallet, MIN_AUTHORITIES};
use frame_support::traits::Get;

impl<T: Config> Pallet<T> {
    /// Panics if a constant would make a part of the pallet useless or unsafe.
    pub(crate) fn check_constants() {
        assert!(T::MaxAuthorities::get() >= MIN_AUTHORITIES, "`MaxAuthorities` leaves no fault tolerance");
        assert!(T::SessionsRemembered::get() > 0, "`SessionsRemembered` is zero: reports would come too late");
        let by_all = T::MotionsPerSeat::get().saturating_mul(MIN_AUTHORITIES);
        assert!(T::MotionsPerSeat::get() > 0, "`MotionsPerSeat` is zero: no delegate could propose anything");
        assert!(by_all <= T::MaxMotions::get(), "`MotionsPerSeat` lets fewer than four institutions fill the list");
        assert!(T::SettlingTime::get() > 0, "`SettlingTime` is zero: a stolen issuing key would take a seat at once");
    }
}
