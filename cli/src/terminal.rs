// SPDX-License-Identifier: Apache-2.0

//! Text from elsewhere, as a terminal may have it.
//!
//! Titles, names of compartments, addresses of vaults and answers of nodes were written by others. No character that rewrites a
//! terminal or turns the order of a line leaves this program: output, errors, prompts and progress all take this way.

use salus_primitives::text;

/// Text of one line that another person wrote. A character that would move the cursor, turn the order or hide stands as its
/// number. So does a line feed: nothing in the text looks like a line of this program.
pub(crate) fn line(text: &str) -> String {
    text::shown(text)
}

/// Text of several lines, each of which is shown like [`line()`].
pub(crate) fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// JSON in several lines in which programs find what was there, and people see nothing else than what stands in it.
pub(crate) fn json_lines(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        // Outside its strings JSON has none of these but line feeds.
        match c == '\n' || (text::is_plain(c) && !matches!(c, '\u{200c}' | '\u{200d}')) {
            true => escaped.push(c),
            false => escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    escaped
}
