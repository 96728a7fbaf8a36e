// SPDX-License-Identifier: Apache-2.0

//! The question who controls a chart.

use crate::{ChartId, MemberId};

/// Knows who controls which chart.
pub trait Controllers {
    /// The controller of `chart`; none when there is no such chart.
    fn controller(chart: ChartId) -> Option<MemberId>;
}

impl Controllers for () {
    fn controller(_: ChartId) -> Option<MemberId> {
        None
    }
}
