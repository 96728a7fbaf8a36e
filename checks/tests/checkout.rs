// SPDX-License-Identifier: Apache-2.0

//! This checkout keeps to every rule.

use salus_checks::{programs, tree};

fn none(rule: &str, violations: Vec<String>) {
    assert!(violations.is_empty(), "{rule}; {} places do not:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn every_program_that_scripts_and_tests_call_comes_with_setup() {
    none("every program and library that is called is in scripts/programs.txt", programs::violations(&tree::root()));
}
