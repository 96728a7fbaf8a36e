// SPDX-License-Identifier: Apache-2.0

//! This checkout keeps to every rule.

use salus_checks::{checklist, debug_formats, floors, imports, programs, tree, words};

fn none(rule: &str, violations: Vec<String>) {
    assert!(violations.is_empty(), "{rule}; {} places do not:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn every_program_that_scripts_and_tests_call_comes_with_setup() {
    none("every program and library that is called is in scripts/programs.txt", programs::violations(&tree::root()));
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    none(
        "no two files of a crate import each other (checks/imports.txt lists what stays, with reasons)",
        imports::violations(&tree::root()),
    );
}

#[test]
fn no_dependency_points_up() {
    none("a crate depends on what is below it", floors::violations(&tree::root()));
}

#[test]
fn every_row_of_the_security_checklist_names_a_test_that_is_there() {
    none("each row of the security checklist names a test", checklist::violations(&tree::root()));
}

#[test]
fn texts_name_the_actor() {
    none("a text names the actor", words::places(&tree::root()));
}

#[test]
fn no_text_that_people_read_shows_the_debug_format() {
    none("a text has a value's word or sentence instead of the debug format", debug_formats::violations(&tree::root()));
}
