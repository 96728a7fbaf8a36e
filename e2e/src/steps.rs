// SPDX-License-Identifier: Apache-2.0

//! The printed steps of a scenario: numbered titles, checks, and a table at the end.

use anyhow::{ensure, Result};
use std::time::{Duration, Instant};

/// The steps of a scenario so far.
pub struct Steps {
    began: Instant,
    done: Vec<Step>,
}

struct Step {
    title: String,
    checks: usize,
    began: Instant,
    took: Duration,
}

impl Default for Steps {
    fn default() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }
}

impl Steps {
    /// Begins the next step.
    pub fn begin(&mut self, title: &str) {
        self.end_step();
        println!("\n{:2}. {title}", self.done.len().saturating_add(1));
        self.done.push(Step { title: title.to_owned(), checks: 0, began: Instant::now(), took: Duration::ZERO });
    }

    /// Prints a note on the current step.
    pub fn note(&self, text: &str) {
        println!("      {text}");
    }

    /// Prints a fact and counts it as a check. Returns an error if it does not hold.
    pub fn check(&mut self, fact: &str, holds: bool) -> Result<()> {
        println!("    {} {fact}", if holds { "✓" } else { "✗" });
        ensure!(holds, "this does not hold: {fact}");
        if let Some(step) = self.done.last_mut() {
            step.checks = step.checks.saturating_add(1);
        }
        Ok(())
    }

    /// Ends the current step, and returns a table of all steps.
    pub fn summary(&mut self) -> String {
        self.end_step();
        let width = self.done.iter().map(|step| step.title.chars().count()).max().unwrap_or_default();
        let mut table = format!("\n {:>2}  {:width$}  checks  seconds\n", "", "step");
        for (place, step) in self.done.iter().enumerate() {
            let number = place.saturating_add(1);
            table +=
                &format!(" {number:>2}  {:width$}  {:>6}  {:>7.1}\n", step.title, step.checks, step.took.as_secs_f32());
        }
        let checks: usize = self.done.iter().map(|step| step.checks).sum();
        table + &format!(" {:>2}  {:width$}  {checks:>6}  {:>7.1}\n", "", "all", self.began.elapsed().as_secs_f32())
    }

    fn end_step(&mut self) {
        if let Some(step) = self.done.last_mut() {
            if step.took.is_zero() {
                step.took = step.began.elapsed();
            }
        }
    }
}
