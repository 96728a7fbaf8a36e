// SPDX-License-Identifier: Apache-2.0

//! Values are written in words: no text that people read shows a value in Rust's debug format.
//!
//! The format is for programmers, and it would print what a type holds. Assertions and panics may use it, and so may tests and
//! the crates that only developers run.

use crate::{
    source::is_name,
    tree::{self, File},
};
use std::path::Path;

/// Folders of crates whose texts only developers read.
const LEFT_OUT: [&str; 5] = ["e2e/", "faults/", "pallets/", "runtime/", "benches/"];
/// Files and folders of tests.
const FOR_TESTS: [&str; 4] = ["/test/", "/tests/", "/test.rs", "/tests.rs"];
/// The endings of a place in a format string that asks for the debug format.
const ENDINGS: [&str; 2] = [":?}", ":#?}"];

/// Lines that format a value for programmers.
pub fn violations(root: &Path) -> Vec<String> {
    wrong(&tree::files(root, "", &[".rs"]))
}

fn wrong(files: &[File]) -> Vec<String> {
    let mut sources = files.iter().filter(|file| counts(&file.path)).peekable();
    if sources.peek().is_none() {
        return vec!["there is no source to check: are the crates in other folders now?".to_owned()];
    }
    sources.flat_map(in_file).collect()
}

/// Whether people read the texts of the file at `path`.
fn counts(path: &str) -> bool {
    path.contains("/src/")
        && !LEFT_OUT.iter().any(|folder| path.starts_with(folder))
        && !FOR_TESTS.iter().any(|part| path.contains(part))
}

/// The places in the part of a file above its tests.
fn in_file(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    let shown = lines.filter(|(_, line)| has_debug_format(line) && !stops(line));
    shown.map(|(number, line)| format!("{}:{}: {}", file.path, number.saturating_add(1), line.trim())).collect()
}

/// Whether a line stops the program, for a programmer to look.
fn stops(line: &str) -> bool {
    line.contains("assert") || line.contains("panic!")
}

fn has_debug_format(line: &str) -> bool {
    line.split('{').skip(1).any(|rest| {
        let rest = rest.trim_start_matches(|letter: char| is_name(letter) || letter == '.');
        ENDINGS.iter().any(|ending| rest.starts_with(ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn values_in_the_debug_format_are_reported() {
        for shown in ["{:?}", "{:#?}", "{status:?}", "{0:?}", "a {name} of {status:#?}"] {
            let line = format!("println!(\"{shown}\");");
            let expected = [format!("cli/src/a.rs:2: {line}")];
            assert_eq!(wrong(&[file("cli/src/a.rs", &format!("\n    {line}\n"))]), expected);
        }
        for shown in ["{}", "{name}", "{name:>8}", "{{}}:?}", "`?}`", "{ status :?}"] {
            assert_eq!(wrong(&[file("cli/src/a.rs", &format!("println!(\"{shown}\");"))]), [""; 0]);
        }
    }

    #[test]
    fn assertions_panics_and_tests_may_use_the_debug_format() {
        let text = "assert!(fits, \"{size:?}\");\npanic!(\"{error:?}\");\n#[cfg(test)]\nmod tests { println!(\"{:?}\", 1); }\n";
        assert_eq!(wrong(&[file("cli/src/a.rs", text)]), [""; 0]);
        let shown = "println!(\"{:?}\", 1);";
        let paths = ["cli/src/tests/a.rs", "cli/src/tests.rs", "cli/tests/a.rs", "e2e/src/a.rs", "pallets/x/src/a.rs"];
        for path in paths {
            assert_eq!(wrong(&[file("cli/src/a.rs", ""), file(path, shown)]), [""; 0], "{path}");
        }
        assert_eq!(wrong(&[file("runtime-tools/src/a.rs", shown)]).len(), 1);
    }

    #[test]
    fn a_checkout_without_sources_is_reported() {
        assert_eq!(wrong(&[file("cli/tests/a.rs", "")]).len(), 1);
    }
}
