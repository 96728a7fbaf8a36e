// SPDX-License-Identifier: Apache-2.0

//! Words by which a text hides the actor.
//!
//! Every text that people read names the actor, then the verb, then the object. This check counts the words that stand in for an
//! actor, in documents, comments, messages and scripts. There are none, and a new one fails.

use crate::{
    source::is_name,
    tree::{self, File},
};
use std::path::Path;

/// Words that name no actor, and worn phrases.
const WORDS: [&str; 7] = ["nobody", "everybody", "somebody", "whoever", "anew", "who acts", "nothing of the kind"];
/// Words with which no sentence begins.
const BEGINNINGS: [&str; 4] = ["Those", "That", "What", "Whoever"];
/// Files that are about these words.
const ABOUT: [&str; 1] = ["checks/src/words.rs"];

/// The places, each with the word.
pub fn places(root: &Path) -> Vec<String> {
    let mut files = tree::files(root, "", &[".md", ".rs", ".sh", ".ts", ".mjs"]);
    files.extend(tree::file(root, ".ci/run"));
    files.iter().filter(|file| !ABOUT.contains(&file.path.as_str())).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<String> {
    let mut places = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for word in in_line(line) {
            places.push(format!("{}:{}: {word}", file.path, number.saturating_add(1)));
        }
    }
    places
}

fn in_line(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lower = line.to_ascii_lowercase();
    for word in WORDS {
        found.extend(whole(&lower, word).map(|_| word.to_owned()));
    }
    for verb in ["is no", "are no", "was no", "were no"] {
        for place in whole(&lower, verb) {
            let before = lower.get(..place).unwrap_or_default();
            let follows = lower.get(place.saturating_add(verb.len())..).unwrap_or_default();
            if !before.ends_with("there ") && follows.starts_with(' ') {
                found.push(verb.to_owned());
            }
        }
    }
    for word in BEGINNINGS {
        for place in whole(line, word)
            .filter(|place| line.get(place.saturating_add(word.len())..).is_some_and(|rest| rest.starts_with(' ')))
        {
            let before = line.get(..place).unwrap_or_default();
            let begins = before.chars().all(|letter| " /*!#|-\"".contains(letter));
            if begins || [". ", ": ", "? ", "! "].iter().any(|end| before.ends_with(end)) {
                found.push(format!("a sentence begins with {word}"));
            }
        }
    }
    found
}

/// Where `word` stands in `text` as a word of its own.
fn whole<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(place, _)| place).filter(move |place| {
        let before = text.get(..*place).and_then(|before| before.chars().next_back());
        let after = text.get(place.saturating_add(word.len())..).and_then(|after| after.chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn words_that_name_no_actor_are_found() {
        assert_eq!(in_line("/// Somebody does it anew."), ["somebody", "anew"]);
        assert_eq!(in_line("this is no test; there is no need"), ["is no"]);
        assert_eq!(
            in_line("//! What it does. Those are"),
            ["a sentence begins with Those", "a sentence begins with What"]
        );
        assert_eq!(in_line("seats_confirm_and_nobody_else, that is, What's more: is not"), [""; 0]);
    }
}
