// SPDX-License-Identifier: Apache-2.0

//! Holds: an author keeps a record from the patient for a time, for a legal reason.
//!
//! The patient sees at once that there is a hold, why, and when it ends.

use crate::{
    time::{Moment, DAY},
    vocabulary::vocabulary,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The longest time of a hold: 30 days. No author extends it.
pub const MAX_HOLD: Moment = 30 * DAY;

vocabulary! {
    /// The legal reason for a hold (45 CFR 171.201, 171.202; GDPR Art. 15(4)).
    HoldGround, "ground of a hold" {
        /// Reading it now could harm the patient.
        HarmToPatient = 0, "harm-to-patient", "to read it now could harm the patient";
        /// Reading it now could harm someone else.
        HarmToOthers = 1, "harm-to-others", "to read it now could harm someone else";
        /// A court or an authority ordered it.
        Order = 2, "order", "a court or an authority ordered it";
    }
}

/// A hold of a record. There is one at most in the life of a record, and its end stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Hold {
    /// The legal reason.
    pub ground: HoldGround,
    /// The time at which it ends, in Unix milliseconds.
    #[codec(compact)]
    pub until: Moment,
}

impl Hold {
    /// Whether it keeps the record from the patient at `at`.
    pub const fn lasts(&self, at: Moment) -> bool {
        at < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_ends_at_its_end() {
        let hold = Hold { ground: HoldGround::Order, until: 1_000 };
        assert_eq!((hold.lasts(999), hold.lasts(1_000)), (true, false));
    }
}
