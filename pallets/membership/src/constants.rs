// SPDX-License-Identifier: Apache-2.0

//! The conditions that the constants of a runtime have to meet.

use crate::{Config, Pallet};
use frame_support::traits::Get;
use salus_primitives::membership::{Quota, MAX_VOUCHER_LIFE};

impl<T: Config> Pallet<T> {
    /// Panics if a constant would make a part of the pallet useless or unsafe.
    pub(crate) fn check_constants() {
        assert!(T::ChallengeLife::get() > 0, "`ChallengeLife` is zero: no challenge could be answered");
        let life = T::PendingLife::get();
        assert!(life >= MAX_VOUCHER_LIFE, "`PendingLife` is less than a voucher's: one could be redeemed twice");
        assert!(
            T::SettlingTime::get() > 0,
            "`SettlingTime` is zero: a stolen issuing key would judge all staff at once"
        );
        assert!(T::AdmissionsPerHour::get() > 0, "`AdmissionsPerHour` is zero: admissions would stop");
        assert!(T::MaxExpired::get() > 0, "`MaxExpired` is zero: no newcomer would ever leave");
        let is_usable = |quota: Quota| quota.time > 0 && quota.bytes > 0;
        assert!(is_usable(T::ReservedQuota::get()), "`ReservedQuota` is zero: no member could revoke anything");
        assert!(is_usable(T::CouncilQuota::get()), "`CouncilQuota` is zero: no delegate could vote");
    }
}
