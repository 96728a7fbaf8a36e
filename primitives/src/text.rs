// SPDX-License-Identifier: Apache-2.0

//! Text that one person writes and another one reads.

/// Whether a terminal or a browser shows this text as it is written.
///
/// Control characters move the cursor, begin lines or change colors. Characters that direct or hide text make it read as
/// something else. Text that others read, before they vote or open a record, has none of either.
pub fn is_printable(text: &str) -> bool {
    text.chars().all(is_printable_char)
}

/// Whether a terminal or a browser shows this character as it is written.
pub fn is_printable_char(character: char) -> bool {
    !character.is_control() && !is_invisible(character)
}

/// Characters without a shape of their own: they direct text from right to left, break lines, or hide.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_languages_are_printable() {
        for text in
            ["", "St. Mary's", "東京病院", "https://vault.example:8443/a?b=c", "Hôpital Saint-Étienne", "مستشفى", "❤"]
        {
            assert!(is_printable(text), "{text}");
        }
    }

    #[test]
    fn text_that_moves_the_cursor_or_directs_text_is_not_printable() {
        for character in [
            '\0',
            '\t',
            '\n',
            '\r',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            let text = format!("vault{character}.example");
            assert!(!is_printable(&text), "{}", text.escape_unicode());
        }
    }
}
