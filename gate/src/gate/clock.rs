// SPDX-License-Identifier: Apache-2.0

//! The clock of the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use salus_primitives::Moment;

/// The system's clock, in milliseconds since the Unix epoch.
pub fn system_now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(Moment::MAX)
}
