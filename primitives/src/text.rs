// SPDX-License-Identifier: Apache-2.0

//! Text that one member writes and another one reads on a screen.
//!
//! Some characters deceive a reader. A control character moves the cursor of a terminal, and a bidirectional one turns
//! the order of the following text. An invisible one makes two names look the same. So the programs of writers refuse
//! them, and those of readers show a mark instead.

use alloc::{format, string::String};

/// Whether `c` is visible and does nothing else: not a control, line separator, bidirectional or invisible character.
/// [`unfit`] judges the two joiners, since some scripts need them.
pub const fn is_plain(c: char) -> bool {
    !matches!(c,
        // Controls: C0, delete, C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Separators of lines and paragraphs.
        | '\u{2028}' | '\u{2029}'
        // Marks, embeddings, overrides and isolates of direction.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Invisible: soft hyphen, joiners and spaces without width, fillers, deprecated formats, annotations, tags.
        | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether `c` joins, parts or varies its neighbors without a width of its own.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Returns the characters of `text`, each with whether a reader can trust its looks. Joiners are fine after letters of
/// scripts from Arabic on, which need them, and after signs such as emoji. They are not between Latin, Greek or
/// Cyrillic letters.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut before = '\0';
    text.chars().map(move |c| {
        let plain = match (is_joiner(c), is_joiner(before)) {
            (false, _) => is_plain(c),
            (true, false) => before >= '\u{600}',
            // As in the flag of a rainbow.
            (true, true) => (before, c) == ('\u{fe0f}', '\u{200d}'),
        };
        before = c;
        (c, plain)
    })
}

/// Returns the first character of `text` that a reader cannot trust. A plain line has none.
pub fn unfit(text: &str) -> Option<char> {
    judged(text).find(|(_, plain)| !plain).map(|(c, _)| c)
}

/// Whether a reader can trust each character of a line.
pub fn is_printable(text: &str) -> bool {
    unfit(text).is_none()
}

/// Like [`unfit`], for text of several lines: it may hold line feeds.
pub fn unfit_in_lines(text: &str) -> Option<char> {
    text.split('\n').find_map(unfit)
}

/// Returns `text` as one line that shows its content. A character that a reader cannot trust appears as its number,
/// such as `\u{1b}`.
pub fn shown(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for (c, plain) in judged(text) {
        match plain {
            true => line.push(c),
            false => line.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    line
}

/// Returns `text` as one line without characters that a reader cannot trust. White space becomes a space.
pub fn cleaned(text: &str) -> String {
    let fit = judged(text).filter_map(|(c, plain)| match plain {
        true => Some(c),
        false => matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}').then_some(' '),
    });
    let spaced: String = fit.collect();
    let mut line = String::with_capacity(spaced.len());
    for word in spaced.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters that rewrite a line, forge one, turn its direction, or hide in it.
    const UNFIT: &[char] = &[
        '\0',
        '\u{7}',
        '\u{8}',
        '\t',
        '\n',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{80}',
        '\u{85}',
        '\u{9b}',
        '\u{9f}',
        '\u{ad}',
        '\u{61c}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{2069}',
        '\u{206f}',
        '\u{3164}',
        '\u{feff}',
        '\u{fffb}',
        '\u{e0041}',
    ];

    #[test]
    fn what_a_reader_cannot_trust_is_found_and_shown_by_its_number() {
        for c in UNFIT {
            let text = format!("Dr.{c}Weber");
            assert_eq!(unfit(&text), Some(*c), "{c:?}");
            assert_eq!(shown(&text), format!("Dr.\\u{{{:x}}}Weber", u32::from(*c)));
            assert_eq!(unfit(&shown(&text)), None);
            assert_eq!(unfit(&cleaned(&text)), None, "{c:?}");
        }
        assert_eq!(unfit_in_lines("two\nlines"), None);
        assert_eq!(unfit_in_lines("two\r\nlines"), Some('\r'));
    }

    #[test]
    fn names_of_all_scripts_are_plain() {
        for name in [
            "St. Mary's",
            "Charité – Berlin",
            "東京病院",
            "بیمارستان می‌خواهم",
            "क्षेत्रीय",
            "Ελλάδα",
            "Больница",
            "👩\u{200d}⚕\u{fe0f} 🏳\u{fe0f}\u{200d}🌈",
            "Œuvre n° 7",
            "Ａ＆Ｅ",
            "a\u{300}",
        ] {
            assert_eq!((unfit(name), shown(name)), (None, name.into()));
        }
    }

    #[test]
    fn joiners_part_no_latin_letters_and_do_not_pile_up() {
        assert_eq!(unfit("St\u{200d}Mary"), Some('\u{200d}'));
        assert_eq!(unfit("\u{200c}"), Some('\u{200c}'));
        assert_eq!(unfit("Mary\u{fe0f}"), Some('\u{fe0f}'));
        assert_eq!(unfit("م\u{200c}\u{200c}ی"), Some('\u{200c}'));
    }

    #[test]
    fn a_cleaned_text_is_one_line() {
        assert_eq!(cleaned(" Blood\tcount\r\n\u{202e}of \u{1b}[31mtoday "), "Blood count of [31mtoday");
    }
}
