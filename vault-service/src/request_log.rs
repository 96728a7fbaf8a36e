// SPDX-License-Identifier: Apache-2.0

//! The log of requests: counts by path and outcome, in one line a minute, however many came. It names no reader and no record.

use super::metrics::Outcome;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The requests since the last line. There are as many entries as paths have outcomes.
#[derive(Default)]
pub(super) struct RequestLog {
    counts: Mutex<BTreeMap<(String, String), u64>>,
}

impl RequestLog {
    /// Counts a request to a path of the service.
    pub(super) fn add(&self, path: &str, outcome: &Outcome) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((path.to_owned(), outcome.label().to_owned())).or_default();
        *count = count.saturating_add(1);
    }

    /// The next line; none where no request came.
    pub(super) fn next_line(&self) -> Option<String> {
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        let parts: Vec<_> = counts.iter().map(|((path, outcome), count)| format!("{path} {outcome} {count}")).collect();
        (!parts.is_empty()).then(|| format!("requests: {}", parts.join(", ")))
    }
}
