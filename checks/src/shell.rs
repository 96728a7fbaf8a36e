// SPDX-License-Identifier: Apache-2.0

//! The programs that a shell script calls.
//!
//! This reads as much of bash as the scripts of this checkout use: quotes, substitutions, here documents, arrays, `case`, tests.
//! A script in single quotes behind `-c` is read too.

use std::collections::BTreeSet;

/// Words after which a command comes.
const BEFORE_COMMANDS: [&str; 11] = ["if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "coproc"];
/// Words of the shell itself that call no program.
const OWN: &str = "case esac fi done for select function in } [[ ]] [ . : alias bg bind break builtin caller cd command compgen \
                   complete continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history \
                   jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source \
                   suspend test times trap true type typeset ulimit umask unalias unset wait";
/// Programs and functions of ours whose argument is a command.
const BEFORE_ARGUMENTS: [&str; 12] =
    ["exec", "env", "timeout", "xargs", "sudo", "nohup", "setsid", "command", "quietly", "have", "tests", "stage"];

/// The names of the programs that `script` calls, each with the number of its line; not its own functions.
pub fn calls(script: &str) -> BTreeSet<(String, usize)> {
    let mut reader = Reader { text: script.chars().collect(), place: 0, line: 1, ..Reader::default() };
    reader.commands(None);
    let functions = reader.functions;
    reader.calls.into_iter().filter(|(name, _)| !functions.contains(name)).collect()
}

#[derive(Default)]
struct Reader {
    text: Vec<char>,
    place: usize,
    line: usize,
    /// The words that end the here documents which begin on the next line.
    documents: Vec<String>,
    calls: BTreeSet<(String, usize)>,
    functions: BTreeSet<String>,
}

/// A word, as far as it is known before the script runs.
struct Word {
    text: String,
    /// Whether it has parts that only the running script knows, or quotes.
    plain: bool,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.place.saturating_add(ahead)).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.place = self.place.saturating_add(1);
        if next == '\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(next)
    }

    fn starts(&self, with: &str) -> bool {
        with.chars().enumerate().all(|(ahead, letter)| self.peek(ahead) == Some(letter))
    }

    fn skip(&mut self, letters: usize) {
        for _ in 0..letters {
            self.next();
        }
    }

    /// Reads commands up to `end`, which is read too.
    fn commands(&mut self, end: Option<char>) {
        let mut expects_command = true;
        // How deep in `case`, and whether patterns come next.
        let (mut cases, mut patterns, mut case_word) = (0usize, false, false);
        let mut in_test = false;
        let mut previous = String::new();
        while let Some(letter) = self.peek(0) {
            if Some(letter) == end && !patterns {
                self.next();
                return;
            }
            match letter {
                '\n' => {
                    self.next();
                    self.skip_documents();
                    expects_command = !in_test;
                }
                letter if letter.is_whitespace() => self.skip(1),
                '\\' if self.peek(1) == Some('\n') => self.skip(2),
                '#' => {
                    while self.peek(0).is_some_and(|letter| letter != '\n') {
                        self.next();
                    }
                }
                ')' if patterns => {
                    self.next();
                    (patterns, expects_command) = (false, true);
                }
                ';' if self.starts(";;") => {
                    self.skip(2);
                    (patterns, expects_command) = (cases > 0, true);
                }
                '(' if self.starts("((") && !in_test => self.skip_past("))"),
                '<' | '>' if self.peek(1) == Some('(') && !in_test => {
                    self.skip(2);
                    self.commands(Some(')'));
                }
                '<' if self.starts("<<<") => self.skip(3),
                '<' if self.starts("<<") && !in_test => {
                    self.skip(2);
                    let indented = self.peek(0) == Some('-');
                    self.skip(usize::from(indented));
                    let word = self.word();
                    self.documents.push(word.text);
                }
                '<' | '>' if !in_test => {
                    self.next();
                    while self.peek(0).is_some_and(|letter| "<>&|".contains(letter)) {
                        self.next();
                    }
                    while self.peek(0) == Some(' ') {
                        self.next();
                    }
                    self.word();
                }
                '&' if self.peek(1) == Some('>') => self.skip(1),
                ';' | '&' | '|' | '(' | ')' => {
                    self.next();
                    expects_command = !in_test && !patterns;
                }
                _ => {
                    let word = self.word();
                    if word.text.is_empty() && word.plain {
                        // Something that belongs to no word, such as a lone `<` in a test.
                        self.next();
                        continue;
                    }
                    let text = word.text.as_str();
                    if patterns {
                        if text == "esac" && word.plain {
                            cases = cases.saturating_sub(1);
                            (patterns, expects_command) = (false, false);
                        }
                    } else if in_test {
                        in_test = text != "]]";
                        expects_command = false;
                    } else if case_word {
                        if text == "in" && word.plain {
                            (case_word, patterns) = (false, true);
                        }
                    } else if expects_command {
                        if self.starts("()") && word.plain {
                            self.functions.insert(word.text.clone());
                            self.skip(2);
                        } else if text == "case" {
                            cases = cases.saturating_add(1);
                            (case_word, expects_command) = (true, false);
                        } else if text == "esac" {
                            cases = cases.saturating_sub(1);
                            expects_command = false;
                        } else if text == "[[" {
                            in_test = true;
                        } else if word.plain && BEFORE_COMMANDS.contains(&text) {
                            expects_command = true;
                        } else if text.contains('=') {
                            // An assignment: a command may follow.
                        } else if previous_takes_options(&previous) && (text.starts_with('-') || is_amount(text)) {
                            // An option or amount of a program whose argument is a command.
                        } else if previous == "stage" && !word.text.is_empty() {
                            // `stage NAME MINUTES COMMAND`
                            previous = "minutes".to_owned();
                        } else {
                            let wraps = BEFORE_ARGUMENTS.contains(&text) && word.plain;
                            self.call(&word);
                            expects_command = wraps;
                            previous.clone_from(&word.text);
                            continue;
                        }
                    } else if is_short_c(&previous) && text.contains('\n') {
                        // Its lines are counted from where it begins.
                        let inner = calls(text);
                        let first = word.line.saturating_sub(1);
                        self.calls.extend(inner.into_iter().map(|(name, line)| (name, first.saturating_add(line))));
                    }
                    if !expects_command {
                        previous.clone_from(&word.text);
                    }
                }
            }
        }
    }

    fn call(&mut self, word: &Word) {
        let name = word.text.strip_prefix("/usr/bin/").unwrap_or(&word.text);
        let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_+.".contains(letter));
        let is_own = OWN.split_whitespace().any(|own| own == name);
        if word.plain && is_name && !is_own && name.chars().any(|letter| letter.is_ascii_lowercase()) {
            self.calls.insert((name.to_owned(), word.line));
        }
    }

    /// One word, with everything that is within its quotes and substitutions.
    fn word(&mut self) -> Word {
        let mut word = Word { text: String::new(), plain: true, line: self.line };
        while let Some(letter) = self.peek(0) {
            match letter {
                '\'' => {
                    self.next();
                    while let Some(letter) = self.next().filter(|letter| *letter != '\'') {
                        word.text.push(letter);
                    }
                    word.plain = false;
                }
                '"' => {
                    self.next();
                    while let Some(letter) = self.peek(0).filter(|letter| *letter != '"') {
                        match letter {
                            '\\' => self.skip(2),
                            '$' | '`' => self.substitution(),
                            _ => {
                                word.text.push(letter);
                                self.next();
                            }
                        }
                    }
                    self.next();
                    word.plain = false;
                }
                '\\' => {
                    self.next();
                    if let Some(letter) = self.next() {
                        word.text.push(letter);
                    }
                }
                '$' if self.peek(1) == Some('\'') => self.skip(1),
                '$' | '`' => {
                    self.substitution();
                    word.plain = false;
                }
                // An array is data, whatever words are in it.
                '(' if word.text.ends_with('=') => {
                    self.next();
                    self.skip_array();
                }
                letter if letter.is_whitespace() || ";&|()<>".contains(letter) => break,
                _ => {
                    word.text.push(letter);
                    self.next();
                }
            }
        }
        word
    }

    /// A substitution, which begins with `$` or a backtick.
    fn substitution(&mut self) {
        if self.starts("$((") {
            self.skip_past("))");
        } else if self.starts("$(") {
            self.skip(2);
            self.commands(Some(')'));
        } else if self.starts("${") {
            self.skip(2);
            let mut depth = 1usize;
            while depth > 0 {
                match self.peek(0) {
                    Some('$' | '`') => self.substitution(),
                    Some('{') => {
                        depth = depth.saturating_add(1);
                        self.next();
                    }
                    Some('}') => {
                        depth = depth.saturating_sub(1);
                        self.next();
                    }
                    Some('\\') => self.skip(2),
                    Some(_) => self.skip(1),
                    None => return,
                }
            }
        } else if self.starts("`") {
            self.next();
            self.commands(Some('`'));
        } else {
            self.next();
        }
    }

    fn skip_array(&mut self) {
        while let Some(letter) = self.peek(0).filter(|letter| *letter != ')') {
            if letter.is_whitespace() || ";&|<>(".contains(letter) {
                self.next();
            } else if letter == '#' {
                while self.peek(0).is_some_and(|letter| letter != '\n') {
                    self.next();
                }
            } else {
                self.word();
            }
        }
        self.next();
    }

    fn skip_past(&mut self, end: &str) {
        while self.peek(0).is_some() && !self.starts(end) {
            self.next();
        }
        self.skip(end.len());
    }

    fn skip_documents(&mut self) {
        for end in std::mem::take(&mut self.documents) {
            loop {
                let mut line = String::new();
                let mut letter = self.next();
                while let Some(one) = letter.filter(|letter| *letter != '\n') {
                    line.push(one);
                    letter = self.next();
                }
                if line.trim_start_matches('\t') == end || letter.is_none() {
                    break;
                }
            }
        }
    }
}

fn previous_takes_options(previous: &str) -> bool {
    BEFORE_ARGUMENTS.contains(&previous) || previous == "minutes"
}

fn is_amount(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Whether it is an option such as `-c` or `-euc`, behind which a shell takes a script.
fn is_short_c(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|options| options.ends_with('c') && options.chars().all(|letter| letter.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::calls;

    fn names(script: &str) -> Vec<String> {
        calls(script).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn calls_are_read_wherever_a_command_may_stand() {
        let script = r#"
            help() { cat <<'EOF'
            nothing here | is called
EOF
            }
            # nor here
            x="$(one --option)" A=1 two arg | three && four || five; six &
            if ! seven; then eight; else nine; fi
            for y in ten; do eleven; done
            [[ -n "$(twelve)" && a < b ]] && thirteen
            (fourteen "$x" >file 2>&1 <other)
            help
        "#;
        let mut expected =
            ["cat", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "eleven", "twelve"]
                .to_vec();
        expected.extend(["thirteen", "fourteen"]);
        expected.sort_unstable();
        assert_eq!(names(script), expected);
    }

    #[test]
    fn patterns_arrays_and_arithmetic_call_nothing() {
        let script = r#"
            case "$1" in
            alpha | beta) gamma ;;
            *) delta ;;
            esac
            list=(epsilon zeta) && ((eta > 1)) && x=$((theta + 1))
            iota
        "#;
        assert_eq!(names(script), ["delta", "gamma", "iota"]);
    }

    #[test]
    fn commands_behind_other_commands_count() {
        let script = "exec timeout 600 alpha\nenv A=1 beta\nquietly gamma\nstage name 5 delta\nhave epsilon\n";
        let expected = ["alpha", "beta", "delta", "env", "epsilon", "gamma", "have", "quietly", "stage", "timeout"];
        assert_eq!(names(script), expected);
    }

    #[test]
    fn a_script_in_quotes_behind_c_is_read_with_its_lines() {
        let script = "bash -euc '\nalpha\nbeta' name\nalias x='gamma\n'\n";
        assert!(calls(script).contains(&("alpha".to_owned(), 2)), "{:?}", calls(script));
        assert_eq!(names(script), ["alpha", "bash", "beta"]);
    }
}
