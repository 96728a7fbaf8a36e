// SPDX-License-Identifier: Apache-2.0

//! Rust reduced to its code: comments, and the contents of strings, become spaces.

/// The code of `text`, every other character but line ends replaced by a space, so that places stay as they are.
pub fn code(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or_default();
    let mut code = String::with_capacity(text.len());
    let mut place = 0usize;
    let blank = |code: &mut String, letter: char| code.push(if letter == '\n' { '\n' } else { ' ' });
    while place < letters.len() {
        let letter = at(place);
        let next = at(place.saturating_add(1));
        let end = if letter == '/' && next == '/' {
            end_of(&letters, place, |rest| rest == '\n')
        } else if letter == '/' && next == '*' {
            end_of_block(&letters, place)
        } else if letter == '"' {
            end_of_string(&letters, place)
        } else if letter == 'r' && (next == '"' || next == '#') && !is_name(at(place.wrapping_sub(1))) {
            end_of_raw(&letters, place)
        } else if letter == '\'' {
            end_of_character(&letters, place)
        } else {
            place
        };
        if end == place {
            code.push(letter);
            place = place.saturating_add(1);
        } else {
            for letter in letters.get(place..end.min(letters.len())).unwrap_or_default() {
                blank(&mut code, *letter);
            }
            place = end;
        }
    }
    code
}

/// Whether a letter can be a part of a name.
pub fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn end_of(letters: &[char], from: usize, ends: impl Fn(char) -> bool) -> usize {
    let rest = letters.get(from..).unwrap_or_default();
    rest.iter().position(|letter| ends(*letter)).map_or(letters.len(), |length| from.saturating_add(length))
}

fn end_of_block(letters: &[char], from: usize) -> usize {
    let mut place = from.saturating_add(2);
    while place < letters.len()
        && !(letters.get(place) == Some(&'*') && letters.get(place.saturating_add(1)) == Some(&'/'))
    {
        place = place.saturating_add(1);
    }
    place.saturating_add(2)
}

fn end_of_string(letters: &[char], from: usize) -> usize {
    let mut place = from.saturating_add(1);
    while let Some(letter) = letters.get(place) {
        match letter {
            '\\' => place = place.saturating_add(2),
            '"' => return place.saturating_add(1),
            _ => place = place.saturating_add(1),
        }
    }
    place
}

/// A raw string, such as `r#"..."#`; `from` itself where it is a raw name, such as `r#type`.
fn end_of_raw(letters: &[char], from: usize) -> usize {
    let mut place = from.saturating_add(1);
    let mut signs = 0usize;
    while letters.get(place) == Some(&'#') {
        (place, signs) = (place.saturating_add(1), signs.saturating_add(1));
    }
    if letters.get(place) != Some(&'"') {
        return from;
    }
    place = place.saturating_add(1);
    while place < letters.len() {
        let closing = letters.get(place.saturating_add(1)..place.saturating_add(1).saturating_add(signs));
        if letters.get(place) == Some(&'"') && closing.is_some_and(|closing| closing.iter().all(|sign| *sign == '#')) {
            return place.saturating_add(1).saturating_add(signs);
        }
        place = place.saturating_add(1);
    }
    place
}

/// A character in quotes; `from` itself where the quote begins a lifetime.
fn end_of_character(letters: &[char], from: usize) -> usize {
    let at = |ahead: usize| letters.get(from.saturating_add(ahead)).copied().unwrap_or_default();
    if at(1) == '\\' {
        let end = end_of(letters, from.saturating_add(3), |letter| letter == '\'');
        return end.saturating_add(1);
    }
    if at(2) == '\'' {
        from.saturating_add(3)
    } else {
        from
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn comments_and_strings_become_spaces_of_the_same_length() {
        let text = "a // crate::b\n\"crate::c \\\" d\" 'e' '\\'' &'f g /* h\n */ r#\"i\"j\"# r#type 'k: loop";
        let code = code(text);
        assert_eq!(code.chars().count(), text.chars().count());
        let words: Vec<_> = code.split_whitespace().collect();
        assert_eq!(words, ["a", "&'f", "g", "r#type", "'k:", "loop"]);
    }
}
