// SPDX-License-Identifier: Apache-2.0

//! The question about the controller of a chart.

use crate::{ChartId, MemberId};

/// Looks up the controllers of charts.
pub trait Controllers {
    /// Returns the controller of `chart`; none when there is no such chart.
    fn controller(chart: ChartId) -> Option<MemberId>;
}

impl Controllers for () {
    fn controller(_: ChartId) -> Option<MemberId> {
        None
    }
}
