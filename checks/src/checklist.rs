// SPDX-License-Identifier: Apache-2.0

//! Each row of the security checklist names a test, and every test that it names is there.

use crate::{
    source::is_name,
    tree::{self, File},
};
use std::{collections::BTreeSet, path::Path};

/// Where the checklist is.
pub const CHECKLIST: &str = "docs/security-checklist.md";

/// Rows without a test, and names of tests that are none.
pub fn violations(root: &Path) -> Vec<String> {
    let checklist = tree::file(root, CHECKLIST).map(|file| file.text).unwrap_or_default();
    let sources = tree::files(root, "", &[".rs"]);
    let tests: BTreeSet<String> = sources.iter().flat_map(|file| tests_of(&file.text)).collect();
    wrong(&checklist, &tests, &sources, root)
}

fn wrong(checklist: &str, tests: &BTreeSet<String>, sources: &[File], root: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let rows: Vec<&str> = checklist.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    if rows.len() < 20 {
        wrong.push(format!("{CHECKLIST} has next to no rows: is it written in another way now?"));
    }
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let about = cells.get(1).copied().unwrap_or_default();
        let whole = cells.get(2..).unwrap_or_default().join(" ");
        let mut shown = whole.contains("does not apply");
        for name in quoted(&whole) {
            if is_test_name(name) {
                if tests.contains(name) {
                    shown = true;
                } else if !is_other_name(name, sources) {
                    wrong.push(format!("{CHECKLIST}, `{about}`: there is no test `{name}`"));
                }
            } else if name.starts_with("scripts/") && root.join(name).is_file() {
                shown = true;
            }
        }
        if !shown {
            wrong.push(format!("{CHECKLIST}, `{about}`: the row names no test"));
        }
    }
    wrong
}

/// The words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Names of tests are sentences; a name of one or two words is something else.
fn is_test_name(name: &str) -> bool {
    let small = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    name.chars().all(small) && name.contains('_')
}

/// Whether it is the name of something that is not a test, such as a call.
fn is_other_name(name: &str, sources: &[File]) -> bool {
    name.matches('_').count() < 3 && sources.iter().any(|file| file.text.contains(name))
}

/// The names of the functions that are tests.
fn tests_of(text: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    let mut attribute = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            attribute |= line.contains("test]") || line.contains("test(");
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| attribute) {
            tests.insert(rest.chars().take_while(|letter| is_name(*letter)).collect());
            attribute = false;
        } else if !line.starts_with("//") && !line.is_empty() {
            attribute = false;
        }
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_test_and_names_without_a_test_are_reported() {
        let tests = tests_of("#[test]\nfn a_real_one_is_there() {}\n#[tokio::test(flavor = \"x\")]\nasync fn another_one_is_there() {}\nfn a_helper_that_is_none() {}\n");
        assert_eq!(tests.len(), 2);
        let mut checklist = String::from("| no | risk | what | shown |\n|---|---|---|---|\n");
        checklist += "| 1 | shown | text | `a_real_one_is_there`, `another_one_is_there` |\n";
        checklist += "| 2 | names a source | `client/src/gate.rs` | `client/src/gate.rs` |\n";
        checklist += "| 3 | names none | text | tests of each call |\n";
        checklist += "| 4 | made up | text | `a_helper_that_is_none` |\n";
        checklist += "| 5 | another chain | does not apply |  |\n";
        let wrong = wrong(&checklist, &tests, &[], Path::new("/nowhere"));
        let about: Vec<_> = wrong.iter().filter_map(|one| one.split('`').nth(1)).collect();
        assert_eq!(about, ["names a source", "names none", "made up", "made up"], "{wrong:?}");
    }
}
