// SPDX-License-Identifier: Apache-2.0

//! How much the service does at one time, and for one reader.

use serde::Deserialize;
use std::{num::NonZeroU32, time::Duration};

/// The part `[limits]` of the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ServiceLimits {
    /// Connections at one time, whether or not any request came over them.
    pub connections: NonZeroU32,
    /// How long a connection takes no byte of an answer until it is closed, in seconds.
    pub stalled_seconds: NonZeroU32,
    /// Requests and answers of one member that are under way at one time.
    pub under_way_of_one: NonZeroU32,
    /// MiB that one member may read within an hour. The last answer may go beyond.
    pub hourly_mebibytes_of_one: NonZeroU32,
}

impl Default for ServiceLimits {
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            connections: number(4_096),
            stalled_seconds: number(30),
            under_way_of_one: number(16),
            hourly_mebibytes_of_one: number(64 * 1024),
        }
    }
}

impl ServiceLimits {
    /// How long a connection may take no byte of an answer.
    pub fn longest_stall(&self) -> Duration {
        Duration::from_secs(self.stalled_seconds.get().into())
    }

    /// Bytes that one key may read within an hour.
    pub(super) fn hourly_bytes(&self) -> u64 {
        u64::from(self.hourly_mebibytes_of_one.get()).saturating_mul(1024 * 1024)
    }
}
