// SPDX-License-Identifier: Apache-2.0

//! Names of hospitals and networks, and the identifiers derived from them.

use salus_primitives::text;
use sp_crypto_hashing::blake2_256;

/// The maximum length of a name, in characters.
const LONGEST_NAME: usize = 64;
/// The maximum length of an identifier, in characters. It leaves room for a role in the name of an identity.
const LONGEST_IDENTIFIER: usize = 48;
/// The ASCII punctuation of names. All other has a meaning in scripts, systemd units, packet filters or TOML.
const SIGNS: &str = " -_.,()'&/+:";

/// Checks a name, which people read and which scripts and configurations contain.
pub fn check_name(name: &str) -> Result<(), String> {
    if let Some(c) = text::unfit(name) {
        return Err(format!(
            "a name cannot have the character `U+{:04X}`, which its readers could not see",
            u32::from(c)
        ));
    }
    let fits = |c: char| c.is_alphanumeric() || !c.is_ascii() || SIGNS.contains(c);
    if let Some(c) = name.chars().find(|c| !fits(*c)) {
        return Err(format!("a name cannot have the sign `{c}`, which means something in scripts and configurations"));
    }
    let fine = (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.trim() == name
        && name.chars().any(char::is_alphanumeric);
    fine.then_some(()).ok_or_else(|| {
        format!("a name has 1 to {LONGEST_NAME} characters, at least one letter, and no space at its begin or end")
    })
}

/// Returns the letters and digits of a name in lower case, with hyphens between words.
///
/// Names with equal slugs are too similar for one network.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            // Combining accents and apostrophes do not separate words.
            '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' => {}
            _ if c.is_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Returns an identifier for folders, nodes and identities, in characters that every file system accepts.
///
/// If letters are lost, as from a Chinese or long name, it ends with digits that the whole name determines.
pub fn identifier(name: &str) -> String {
    let slug = slug(name);
    let mut plain = String::new();
    let mut lost = false;
    for c in slug.chars() {
        match (c.is_ascii(), latin(c)) {
            (true, _) => plain.push(c),
            (false, Some(letters)) => plain.push_str(letters),
            (false, None) => lost = true,
        }
    }
    if !lost && plain.len() <= LONGEST_IDENTIFIER {
        return plain;
    }
    let digits: String = blake2_256(slug.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let room = LONGEST_IDENTIFIER.saturating_sub(digits.len()).saturating_sub(1);
    let words: String = plain.chars().take(room).collect();
    let words = words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    match words.is_empty() {
        true => format!("hospital-{digits}"),
        false => format!("{words}-{digits}"),
    }
}

/// Returns the ASCII letters for a letter of a Latin alphabet.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn hospitals_are_called_what_they_are_called() {
        for name in [
            "St. Mary's",
            "St. Mary’s",
            "Klinikum Süd",
            "東京病院",
            "Hôpital Saint-Louis (AP-HP)",
            "A & E / Nord",
            "Ελπίς 1",
            "N.º 7",
            "क्षेत्रीय अस्पताल",
            "بیمارستان می‌خواهم",
        ] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in [
            "",
            " a",
            "a ",
            "--",
            "a\nb",
            "a\"b",
            "a\\b",
            "a`b`",
            "$(id)",
            "a%n",
            "a;b",
            "a<b",
            "a\u{202e}b",
            "a\u{200b}b",
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name(&"a".repeat(64)).is_ok() && check_name(&"a".repeat(65)).is_err());
    }

    #[test]
    fn identifiers_are_plain_and_tell_names_apart() {
        for (name, plain) in [
            ("St. Anna's (North) 2", "st-annas-north-2"),
            ("Klinikum Süd", "klinikum-sued"),
            ("Hôpital Saint-Louis", "hopital-saint-louis"),
            ("Škofja Loka", "skofja-loka"),
        ] {
            assert_eq!(identifier(name), plain);
        }
        let names = ["東京病院", "京都病院", "大阪病院", "Klinik 東京", "Klinik 京都", "Больница"].map(identifier);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(names[0].starts_with("hospital-") && names[3].starts_with("klinik-"), "{names:?}");
        let long = ["a", "b"].map(|end| identifier(&format!("{}{end}", "long ".repeat(12))));
        assert!(long[0] != long[1] && long[0].starts_with("long-long-"), "{long:?}");
        for name in names.iter().chain(&long) {
            assert!(name.len() <= LONGEST_IDENTIFIER, "{name}");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn names_that_differ_in_signs_only_are_alike() {
        assert_eq!(slug("St. Mary's"), slug("ST MARY’S"));
        assert_eq!(slug("Su\u{308}d"), "sud");
    }
}
