// SPDX-License-Identifier: Apache-2.0

//! Collects the faults of a list, with their lines.

use crate::fault::Fault;
use std::{collections::BTreeMap, fmt::Display, ops::Range};

/// A check that collects all faults, so that one run reports them all.
pub(super) struct Check<'a> {
    /// The text of the list.
    pub(super) text: &'a str,
    /// The faults so far.
    pub(super) faults: Vec<Fault>,
    /// The line of the first occurrence of each value that must be unique.
    pub(super) seen: BTreeMap<String, usize>,
}

impl Check<'_> {
    /// Returns the value, or records why there is none.
    pub(super) fn checked<T>(&mut self, place: Range<usize>, value: Result<T, impl Display>) -> Option<T> {
        value.map_err(|reason| self.fault(place, reason)).ok()
    }

    /// Records a fault if this value has occurred before.
    pub(super) fn once(&mut self, place: Range<usize>, what: String, words: impl FnOnce() -> String) {
        let here = line(self.text, place.start);
        if let Some(first) = self.seen.get(&what).copied() {
            self.fault(place, format!("{} stands in line {first} already", words()));
        } else {
            self.seen.insert(what, here);
        }
    }

    /// Records a fault.
    pub(super) fn fault(&mut self, place: Range<usize>, reason: impl Display) {
        self.faults.push(Fault { line: line(self.text, place.start), reason: reason.to_string() });
    }
}

/// Returns the line of the byte at `at`, counted from one.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
}
