// SPDX-License-Identifier: Apache-2.0

//! Progress on long work, shown to people only.

use crate::terminal::line;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `length` steps; on standard error, and only when that is a terminal and people read the output.
pub(crate) fn progress(human: bool, length: usize, what: &str) -> ProgressBar {
    if !human {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(line(what));
    bar
}

/// A count of steps whose number is not known before the end.
pub(crate) fn counter(human: bool, what: &str) -> ProgressBar {
    if !human {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{msg} {pos} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(line(what));
    bar
}
