// SPDX-License-Identifier: Apache-2.0

//! The phases of a run.

use serde::Serialize;

/// Before, during and after the fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the fault.
    Before,
    /// While it lasts.
    During,
    /// From its end on.
    After,
}
