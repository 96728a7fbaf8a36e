// SPDX-License-Identifier: Apache-2.0

//! Words of a resource as one line that a reader can trust.

/// The longest title, in characters.
pub(crate) const MAX_TITLE: usize = 120;

/// Returns the words with single spaces between them, at most [`MAX_TITLE`] characters.
///
/// Control characters separate words. Invisible characters (directions, joiners, tags) are left out.
pub(crate) fn plain(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let words = shown.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_TITLE).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
