// SPDX-License-Identifier: Apache-2.0

//! The time, which tests set.

use core::cell::Cell;
use frame_support::traits::Time;
use salus_primitives::Moment;

/// When a test begins.
pub const START: Moment = 1_700_000_000_000;

thread_local! {
    static NOW: Cell<Moment> = const { Cell::new(START) };
}

/// The clock of a mock runtime.
pub struct Clock;

impl Clock {
    /// The time.
    pub fn now() -> Moment {
        NOW.get()
    }

    /// Sets the time.
    pub fn set(now: Moment) {
        NOW.set(now);
    }

    /// Lets time go by.
    pub fn wait(milliseconds: Moment) {
        NOW.set(NOW.get() + milliseconds);
    }
}

impl Time for Clock {
    type Moment = Moment;
    fn now() -> Moment {
        NOW.get()
    }
}
