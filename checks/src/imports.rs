// SPDX-License-Identifier: Apache-2.0

//! No two files of a crate import each other.
//!
//! A file imports another when it names something of it by a path that begins with `crate`, `super` or `self`, or with one of its
//! own modules. Names that a file passes on (`pub use`) count for the file that defines it. Tests, mocks and benchmarks are left out:
//! each of them is about the file that declares it.

use crate::{
    source::{code, is_name},
    tree::{self, File},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Pairs that stay, each with its reason: `FILE FILE REASON`.
pub const ALLOWED: &str = "checks/imports.txt";
/// Files that are only there for tests.
const FOR_TESTS: [&str; 6] = ["/tests/", "/tests.rs", "/mock.rs", "/mock/", "/benchmarking", "/try_state.rs"];

/// Pairs of files that import each other and are not allowed to.
pub fn violations(root: &Path) -> Vec<String> {
    let allowed = tree::file(root, ALLOWED).map(|file| file.text).unwrap_or_default();
    let allowed: BTreeSet<(&str, &str)> = allowed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().zip(words.next()).filter(|_| words.next().is_some())
        })
        .collect();
    let mut violations = Vec::new();
    for folder in crates(root) {
        let files = tree::files(root, &format!("{folder}/src"), &[".rs"]);
        for (one, other) in mutual(&files) {
            if !allowed.contains(&(one.as_str(), other.as_str())) {
                violations.push(format!("{one} and {other} import each other"));
            }
        }
    }
    violations
}

/// The folders of the workspace's members.
pub fn crates(root: &Path) -> Vec<String> {
    let manifest = tree::file(root, "Cargo.toml").map(|file| file.text).unwrap_or_default();
    let members = manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).map(|(list, _)| list);
    members.unwrap_or_default().split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Pairs of files that import each other, by their paths, the smaller first.
pub fn mutual(files: &[File]) -> BTreeSet<(String, String)> {
    let modules: Vec<Module> = files
        .iter()
        .filter(|file| !FOR_TESTS.iter().any(|part| file.path.contains(part)))
        .filter(|file| !file.path.contains("/src/bin/"))
        .map(Module::of)
        .collect();
    let tree = Tree { by_path: modules.iter().map(|module| (module.path.clone(), module)).collect() };
    let mut imports: BTreeSet<(&str, &str)> = BTreeSet::new();
    for module in &modules {
        for path in &module.named {
            if let Some(target) = tree.defining(path, 0) {
                if target.file != module.file {
                    imports.insert((module.file.as_str(), target.file.as_str()));
                }
            }
        }
    }
    let both = imports.iter().filter(|(one, other)| one < other && imports.contains(&(*other, *one)));
    both.map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

/// A file, as a module.
struct Module {
    file: String,
    /// Its path from the root of the crate; empty for the root.
    path: Vec<String>,
    /// Full paths that it names, from the root of the crate.
    named: BTreeSet<Vec<String>>,
    /// Names that it passes on: the name, and the full path of what it is.
    passed_on: Vec<(String, Vec<String>)>,
    /// Names that it defines itself.
    defines: BTreeSet<String>,
}

struct Tree<'a> {
    by_path: BTreeMap<Vec<String>, &'a Module>,
}

impl<'a> Tree<'a> {
    /// The module that defines what `path` names, if it is of this crate.
    fn defining(&self, path: &[String], depth: usize) -> Option<&'a Module> {
        // The deepest module on the way.
        let length = (0..=path.len())
            .rev()
            .find(|length| path.get(..*length).is_some_and(|beginning| self.by_path.contains_key(beginning)))?;
        let module = *self.by_path.get(path.get(..length)?)?;
        let Some(name) = path.get(length) else { return Some(module) };
        if module.defines.contains(name) || depth > 8 {
            return Some(module);
        }
        let by_name = module.passed_on.iter().find(|(passed, _)| passed == name).map(|(_, whole)| whole.clone());
        let deeper = by_name.or_else(|| {
            // `pub use types::*`: from whichever of these modules defines it.
            let globs = module.passed_on.iter().filter(|(passed, _)| passed == "*");
            let mut candidates = globs.filter_map(|(_, whole)| whole.get(..whole.len().saturating_sub(1)));
            let found = candidates.find(|at| self.by_path.get(*at).is_some_and(|module| module.defines.contains(name)));
            found.map(|at| [at, std::slice::from_ref(name)].concat())
        });
        match deeper {
            Some(whole) if whole.as_slice() != path => self.defining(&whole, depth.saturating_add(1)),
            _ => Some(module),
        }
    }
}

impl Module {
    fn of(file: &File) -> Self {
        let inside = file.path.split_once("src/").map_or(file.path.as_str(), |(_, inside)| inside);
        let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
        let path: Vec<String> = if ["lib", "main", "mod"].contains(&inside) {
            Vec::new()
        } else {
            inside.split('/').map(str::to_owned).collect()
        };
        let code = code(&file.text);
        let mut module = Self {
            file: file.path.clone(),
            path,
            named: BTreeSet::new(),
            passed_on: Vec::new(),
            defines: definitions(&code),
        };
        module.read(&code);
        module
    }

    fn read(&mut self, code: &str) {
        let children: BTreeSet<String> = declared(code);
        let words = words(code);
        // Modules within this file, with the depth of braces at which each ends; whether it is only for tests.
        let mut inline: Vec<(usize, bool)> = Vec::new();
        let (mut depth, mut place, mut for_tests) = (0usize, 0usize, false);
        while let Some(word) = words.get(place) {
            let next = words.get(place.saturating_add(1)).map(String::as_str).unwrap_or_default();
            match word.as_str() {
                "{" => depth = depth.saturating_add(1),
                "}" => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|(at, _)| *at <= depth);
                }
                "cfg" => {
                    let condition: Vec<_> = words.iter().skip(place).take(10).take_while(|word| *word != "]").collect();
                    let about_tests =
                        ["test", "runtime_benchmarks"].iter().any(|name| condition.iter().any(|word| word == name));
                    for_tests = about_tests && !condition.iter().any(|word| *word == "not");
                }
                "mod" if words.get(place.saturating_add(2)).is_some_and(|word| word == "{") => {
                    inline.push((depth.saturating_add(1), for_tests));
                    for_tests = false;
                }
                "use" if !inline.iter().any(|(_, tests)| *tests) => {
                    let end = words.iter().skip(place).position(|word| word == ";").unwrap_or_default();
                    let statement = words.get(place.saturating_add(1)..place.saturating_add(end)).unwrap_or_default();
                    let before = words.get(place.wrapping_sub(1)).map(String::as_str).unwrap_or_default();
                    let public = before == "pub" || before == ")";
                    for (path, name) in leaves(statement) {
                        if let Some(whole) = self.whole(&path, inline.len(), &children) {
                            if public && inline.is_empty() {
                                self.passed_on.push((name, whole));
                            } else if !std::mem::take(&mut for_tests) {
                                self.named.insert(whole);
                            }
                        }
                    }
                    place = place.saturating_add(end);
                    for_tests = false;
                }
                "crate" | "super" if next == "::" && !inline.iter().any(|(_, tests)| *tests) => {
                    let length = path_length(&words, place);
                    let path: Vec<String> = words
                        .get(place..place.saturating_add(length))
                        .unwrap_or_default()
                        .iter()
                        .filter(|word| *word != "::")
                        .cloned()
                        .collect();
                    if let Some(whole) = self.whole(&path, inline.len(), &children) {
                        self.named.insert(whole);
                    }
                    place = place.saturating_add(length.saturating_sub(1));
                }
                ";" => for_tests = false,
                _ => {}
            }
            place = place.saturating_add(1);
        }
    }

    /// The full path of what is named, if it is of this crate.
    fn whole(&self, path: &[String], inline: usize, children: &BTreeSet<String>) -> Option<Vec<String>> {
        let first = path.first()?.as_str();
        match first {
            "crate" => Some(path.get(1..)?.to_vec()),
            "self" => Some([self.path.as_slice(), path.get(1..)?].concat()),
            "super" => {
                let ups = path.iter().take_while(|word| *word == "super").count();
                let above = self.path.len().saturating_sub(ups.saturating_sub(inline));
                Some([self.path.get(..above)?, path.get(ups..)?].concat())
            }
            _ if inline == 0 && children.contains(first) => Some([self.path.as_slice(), path].concat()),
            _ => None,
        }
    }
}

/// Names and signs, in their order.
fn words(code: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        if is_name(letter) {
            let mut word = String::from(letter);
            while let Some(letter) = letters.next_if(|letter| is_name(*letter)) {
                word.push(letter);
            }
            words.push(word);
        } else if letter == ':' && letters.next_if_eq(&':').is_some() {
            words.push("::".to_owned());
        } else if !letter.is_whitespace() {
            words.push(letter.to_string());
        }
    }
    words
}

/// How many words from `place` on belong to a path.
fn path_length(words: &[String], place: usize) -> usize {
    let mut length = 1usize;
    let at = |ahead: usize| words.get(place.saturating_add(ahead)).map(String::as_str).unwrap_or_default();
    while at(length) == "::" && at(length.saturating_add(1)).starts_with(is_name) {
        length = length.saturating_add(2);
    }
    length
}

/// Each path of a `use`, with the name under which it is known here.
fn leaves(statement: &[String]) -> Vec<(Vec<String>, String)> {
    let mut leaves = Vec::new();
    let mut groups: Vec<Vec<String>> = vec![Vec::new()];
    let mut path: Vec<String> = Vec::new();
    let mut name: Option<String> = None;
    let mut renames = false;
    let mut flush = |path: &mut Vec<String>, name: &mut Option<String>| {
        if let Some(last) = path.last().cloned() {
            if last == "self" && path.len() > 1 {
                path.pop();
            }
            let known = name.take().or(path.last().cloned()).unwrap_or_default();
            leaves.push((std::mem::take(path), known));
        }
    };
    let mut closed = false;
    for word in statement {
        match word.as_str() {
            "{" => {
                groups.push(std::mem::take(&mut path));
                path.clone_from(groups.last().unwrap_or(&Vec::new()));
                closed = false;
            }
            "}" | "," => {
                if !closed && groups.last() != Some(&path) {
                    flush(&mut path, &mut name);
                }
                if word == "}" {
                    groups.pop();
                    closed = true;
                } else {
                    closed = false;
                }
                path.clone_from(groups.last().unwrap_or(&Vec::new()));
            }
            "::" => {}
            "as" => renames = true,
            other if std::mem::take(&mut renames) => name = Some(other.to_owned()),
            other => path.push(other.to_owned()),
        }
    }
    if !closed {
        flush(&mut path, &mut name);
    }
    leaves
}

/// The modules that a file declares, each a file of its own.
fn declared(code: &str) -> BTreeSet<String> {
    let words = words(code);
    let declared = words.windows(3).filter(|three| matches!(three, [first, _, last] if first == "mod" && last == ";"));
    declared.filter_map(|three| three.get(1).cloned()).collect()
}

/// The names of what a file defines.
fn definitions(code: &str) -> BTreeSet<String> {
    const KINDS: [&str; 8] = ["struct", "enum", "trait", "fn", "type", "const", "static", "union"];
    let words = words(code);
    let mut names: BTreeSet<String> = words
        .windows(2)
        .filter_map(|two| match two {
            [kind, name] if KINDS.contains(&kind.as_str()) => Some(name.clone()),
            _ => None,
        })
        .collect();
    for three in words.windows(3) {
        match three {
            // An inline module.
            [kind, name, brace] if kind == "mod" && brace == "{" => names.insert(name.clone()),
            [name, sign, _] if name == "macro_rules" && sign == "!" => names.insert("macro_rules".to_owned()),
            _ => false,
        };
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
        let files: Vec<_> =
            files.iter().map(|(path, text)| File { path: format!("x/src/{path}"), text: (*text).to_owned() }).collect();
        let short = |path: String| path.trim_start_matches("x/src/").to_owned();
        mutual(&files).into_iter().map(|(one, other)| (short(one), short(other))).collect()
    }

    fn pair(one: &str, other: &str) -> Vec<(String, String)> {
        vec![(one.to_owned(), other.to_owned())]
    }

    #[test]
    fn two_files_that_name_each_other_are_reported() {
        let a = "use crate::b::{self, Beta};\npub struct Alpha;";
        assert_eq!(
            pairs(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "pub struct Beta(super::a::Alpha);")]),
            pair("a.rs", "b.rs")
        );
        assert_eq!(
            pairs(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "pub struct Beta; // super::a::Alpha")]),
            []
        );
    }

    #[test]
    fn what_is_passed_on_counts_for_the_file_that_defines_it() {
        let root = "mod a; mod b; pub use a::Alpha; pub use b::*;";
        let (a, b) = ("use crate::Beta; pub struct Alpha;", "use crate::Alpha; pub struct Beta;");
        assert_eq!(pairs(&[("lib.rs", root), ("a.rs", a), ("b.rs", b)]), pair("a.rs", "b.rs"));
        assert_eq!(pairs(&[("lib.rs", root), ("a.rs", "pub struct Alpha;"), ("b.rs", b)]), []);
    }

    #[test]
    fn a_parent_and_its_child_may_not_import_each_other_either() {
        let parent = "mod child; use child::Inner; pub struct Outer(Inner);";
        let child = "use super::Outer; pub struct Inner;";
        assert_eq!(pairs(&[("a/mod.rs", parent), ("a/child.rs", child)]), pair("a/child.rs", "a/mod.rs"));
    }

    #[test]
    fn tests_and_modules_within_a_file_do_not_count() {
        let a = "pub mod inner { use super::*; } #[cfg(test)] mod tests { use super::*; use crate::b::Beta; } pub struct Alpha;";
        assert_eq!(
            pairs(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "use crate::a::Alpha; pub struct Beta;")]),
            []
        );
    }

    #[test]
    fn leaves_of_nested_lists_are_found() {
        let statement = words("crate::{a::{self, B as C}, d, e::*}");
        let found: Vec<_> =
            leaves(&statement).into_iter().map(|(path, name)| format!("{} {name}", path.join("."))).collect();
        assert_eq!(found, ["crate.a a", "crate.a.B C", "crate.d d", "crate.e.* *"]);
    }
}
