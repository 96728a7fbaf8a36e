// SPDX-License-Identifier: Apache-2.0

//! Every program and library that scripts and tests call is in `scripts/programs.txt`, from which `scripts/setup.sh` installs.

use crate::{
    shell,
    tree::{self, File},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Where the list is.
pub const LIST: &str = "scripts/programs.txt";
/// Sets whose programs packages bring.
const INSTALLED: [&str; 3] = ["build", "tests", "network"];
/// Sets that name no package.
const OTHERS: [&str; 4] = ["rust", "own", "optional", "base"];
/// How Rust calls a program by its name.
const RUST: [&str; 5] = ["Command::new(\"", "tool(\"", " run(\"", " json(\"", ".command(\""];
/// How JavaScript does.
const JAVASCRIPT: [&str; 5] = ["spawn('", "execFile('", "execFileSync('", "spawnSync('", "exec('"];
/// Folders with Rust that calls programs of the machine.
const CRATES: [&str; 5] = ["e2e", "faults", "cli", "node", "vault"];

/// Names that are called and not listed, or listed in a way that installs nothing.
pub fn violations(root: &Path) -> Vec<String> {
    let list = tree::file(root, LIST).map(|file| file.text).unwrap_or_default();
    let (programs, mut violations) = read(&list);
    let mut scripts = tree::files(root, "scripts", &[".sh"]);
    scripts.extend(tree::files(root, "docker", &[".sh"]));
    scripts.extend(tree::file(root, ".ci/run"));
    let mut sources = Vec::new();
    for folder in CRATES.iter().filter(|folder| root.join(folder).is_dir()) {
        sources.extend(tree::files(root, folder, &[".rs", ".mjs"]));
    }
    violations.extend(unlisted(&programs, &scripts, &sources));
    violations
}

/// The set of each program, and what is wrong with the list.
fn read(list: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut programs, mut violations) = (BTreeMap::new(), Vec::new());
    for line in list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (set, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let packages = words.count();
        if INSTALLED.contains(&set) && packages == 0 {
            violations.push(format!("{LIST}: `{name}` is in the set `{set}`, but no package brings it"));
        } else if !INSTALLED.contains(&set) && !OTHERS.contains(&set) {
            violations.push(format!("{LIST}: `{set}` is not a set"));
        }
        if programs.insert(name.to_owned(), set.to_owned()).is_some() {
            violations.push(format!("{LIST}: `{name}` stands twice"));
        }
    }
    (programs, violations)
}

fn unlisted(programs: &BTreeMap<String, String>, scripts: &[File], sources: &[File]) -> Vec<String> {
    // Other scripts call the functions of lib.sh.
    let shared: BTreeSet<&str> =
        scripts.iter().filter(|file| file.path == "scripts/lib.sh").flat_map(|file| functions(&file.text)).collect();
    let mut violations = Vec::new();
    let mut look = |path: &str, line: usize, name: &str| {
        if !programs.contains_key(name) {
            violations.push(format!("{path}:{line}: `{name}` is not in {LIST}"));
        }
    };
    for File { path, text } in scripts {
        for (name, line) in shell::calls(text) {
            if !shared.contains(name.as_str()) {
                look(path, line, &name);
            }
        }
        for (name, line) in libraries(text) {
            look(path, line, &name);
        }
    }
    for File { path, text } in sources {
        for (name, line) in started(text, if path.ends_with(".rs") { &RUST } else { &JAVASCRIPT }) {
            look(path, line, &name);
        }
        for (name, line) in libraries(text) {
            look(path, line, &name);
        }
    }
    violations
}

/// The names of the functions that a script defines at the beginning of a line.
fn functions(script: &str) -> impl Iterator<Item = &str> {
    script.lines().filter_map(|line| line.split_once("() {").or(line.split_once("() ("))).map(|(name, _)| name)
}

/// The programs that a source calls by a name in quotes.
fn started(text: &str, ways: &[&str]) -> BTreeSet<(String, usize)> {
    let mut started = BTreeSet::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for way in ways {
            for (place, _) in line.match_indices(way) {
                let rest = line.get(place.saturating_add(way.len())..).unwrap_or_default();
                let name = rest.split(['"', '\'']).next().unwrap_or_default();
                let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
                if !name.is_empty() && name.chars().all(is_name) {
                    started.insert((name.to_owned(), number.saturating_add(1)));
                }
            }
        }
    }
    started
}

/// The shared libraries that a text names.
fn libraries(text: &str) -> BTreeSet<(String, usize)> {
    let mut libraries = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
        for word in line.split(|letter| !is_part(letter)) {
            if word.starts_with("lib") && (word.ends_with(".so") || word.contains(".so.")) {
                libraries.insert((word.to_owned(), number.saturating_add(1)));
            }
        }
    }
    libraries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_program_or_library_that_no_package_brings_is_reported() {
        let (programs, wrong) = read("build cc gcc libc6-dev\nbase cat\n");
        assert!(wrong.is_empty());
        let scripts = [file("scripts/lib.sh", "say() { cat; }\n"), file("scripts/a.sh", "say x\nunlisted_tool\n")];
        let sources = [
            file("e2e/src/a.rs", "Command::new(\"cc\");\n// Command::new(\"not-called\")\nCommand::new(\"strace\");\n"),
            file("faults/src/b.rs", "const X: &str = \"/usr/lib/elsewhere/libunlisted.so.1\";\n"),
            file("e2e/js/c.mjs", "spawn('jq', []);\nspawn(binary('salus'));\n"),
        ];
        let expected = [
            "scripts/a.sh:2: `unlisted_tool` is not in scripts/programs.txt",
            "e2e/src/a.rs:3: `strace` is not in scripts/programs.txt",
            "faults/src/b.rs:1: `libunlisted.so.1` is not in scripts/programs.txt",
            "e2e/js/c.mjs:1: `jq` is not in scripts/programs.txt",
        ];
        assert_eq!(unlisted(&programs, &scripts, &sources), expected);
    }

    #[test]
    fn a_list_that_installs_nothing_is_reported() {
        let (_, wrong) = read("# words\ntests libx.so\nother y z\nbase cat\nbase cat\n");
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }
}
