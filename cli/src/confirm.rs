// SPDX-License-Identifier: Apache-2.0

//! Asking a person before something that cannot be taken back.

use crate::{failure::Failure, terminal};
use std::io::{BufRead, IsTerminal, Write};

/// Shows `what`, asks `question`, and fails unless the answer is yes. With `yes` the answer was given on the command line, and
/// nothing is shown: a script is not asked.
pub(crate) fn confirm(what: &str, question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::input(format!(
            "nothing was done: this has to be confirmed, and there is no terminal to ask at\n{what}\nhint: --yes, after \
             reading it"
        )));
    }
    ask(what, question, &mut stdin.lock(), &mut std::io::stderr())
}

fn ask(what: &str, question: &str, answers: &mut dyn BufRead, prompt: &mut dyn Write) -> Result<(), Failure> {
    let shown = write!(prompt, "{}\n{} [y/N] ", terminal::lines(what), terminal::line(question));
    shown
        .and_then(|()| prompt.flush())
        .map_err(|error| Failure::input(format!("the question cannot be shown: {error}")))?;
    let mut answer = String::new();
    answers.read_line(&mut answer).map_err(|error| Failure::input(format!("the answer cannot be read: {error}")))?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::input("nothing was done: the answer was not yes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: &str) -> (bool, String) {
        let mut prompt = Vec::new();
        let asked = ask("admit\nvault \u{1b}[2J", "Approve?", &mut answer.as_bytes(), &mut prompt);
        (asked.is_ok(), String::from_utf8(prompt).unwrap())
    }

    #[test]
    fn only_yes_is_yes() {
        for answer in ["y\n", "Yes\n", " y \r\n"] {
            assert!(answered(answer).0, "{answer}");
        }
        for answer in ["", "\n", "n\n", "yess\n", "ja\n"] {
            assert!(!answered(answer).0, "{answer}");
        }
    }

    #[test]
    fn what_is_asked_about_is_shown_without_orders_to_the_terminal() {
        assert_eq!(answered("y\n").1, "admit\nvault \\u{1b}[2J\nApprove? [y/N] ");
    }
}
