// SPDX-License-Identifier: Apache-2.0

//! A strict JSON reader (RFC 8259): unique keys, bounded depth and size, and access to the exact source of a value.
//!
//! It replaces `serde_json`'s reader for two reasons. `serde_json` keeps the last of two equal keys and other readers
//! keep the first, so two readers could see different values in one record. With some features, which any crate in the
//! program can enable, it also reads `{"$serde_json::private::Number":"5"}` as a number.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use crate::{error::BundleError, MAX_DEPTH, MAX_VALUES};

/// The maximum members of an object that is read member by member. FHIR defines nine for a bundle, eight for an entry.
const MAX_MEMBERS: usize = 64;

/// The deepest nesting of a value that is only skipped: bundles in bundles, with a resource inside.
const MAX_SKIPPED_DEPTH: usize = 10 * MAX_DEPTH;

/// A defect in a piece of JSON, with its position in that piece.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    kind: FaultKind,
    /// The offset of the defect in the piece, in bytes.
    offset: usize,
    /// The path from the outermost value to the defect, the innermost step first.
    steps: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Syntax,
    Number,
    Duplicate,
    TooDeep,
    TooMany,
}

impl Fault {
    /// Converts it to an error about the whole input. `piece` is the part of `whole` that was read, `path` its name.
    pub(crate) fn into_error(mut self, whole: &str, piece: &str, path: &str) -> BundleError {
        match self.kind {
            FaultKind::Syntax => {
                let begins = (piece.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
                let offset = begins.saturating_add(self.offset);
                let before = whole.as_bytes().get(..offset).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
                let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
                // The end of the input counts as its last byte.
                let column = column.saturating_add(usize::from(offset < whole.len()));
                BundleError::NotJson { line, column: column.max(1) }
            }
            FaultKind::Number => BundleError::NumberTooLarge { path: path.into() },
            FaultKind::Duplicate => {
                self.steps.reverse();
                BundleError::DuplicateKey { path: format!("{path}{}", self.steps.concat()) }
            }
            FaultKind::TooDeep => BundleError::TooDeep { path: path.into() },
            FaultKind::TooMany => BundleError::TooComplex { path: path.into() },
        }
    }

    fn within(mut self, step: String) -> Self {
        // Only a duplicate key needs the path.
        if self.kind == FaultKind::Duplicate {
            self.steps.push(step);
        }
        self
    }
}

/// Parses one document within the limits of a resource.
pub(crate) fn value(text: &str) -> Result<Value, Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    let value = reader.value(0)?;
    reader.end().map(|()| value)
}

/// Returns the members of the object `text`, each with the exact source of its value.
pub(crate) fn members(text: &str) -> Result<Vec<(String, &str)>, Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    let (mut members, mut seen) = (Vec::new(), BTreeSet::new());
    reader.space();
    reader.expect(b'{')?;
    let mut more = !reader.closes(b'}');
    while more {
        let key = reader.key()?.into_owned();
        if members.len() >= MAX_MEMBERS {
            return Err(reader.fault(FaultKind::TooMany));
        }
        if !seen.insert(key.clone()) {
            return Err(reader.fault(FaultKind::Duplicate).within(format!(".{}", shown(&key))));
        }
        members.push((key, reader.skip()?));
        more = reader.comma(b'}')?;
    }
    reader.end().map(|()| members)
}

/// Returns the first member `key` of the object `text`, if it is a string. It does not look for duplicate keys.
pub(crate) fn string_member(text: &str, key: &str) -> Result<Option<String>, Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    reader.space();
    if !reader.takes(b'{') {
        return Ok(None);
    }
    let mut more = !reader.closes(b'}');
    while more {
        if reader.key()? == key {
            reader.space();
            let is_string = reader.peek() == Some(b'"');
            return if is_string { reader.string().map(|string| Some(string.into_owned())) } else { Ok(None) };
        }
        reader.skip()?;
        more = reader.comma(b'}')?;
    }
    Ok(None)
}

/// Returns the exact source of each element of the array `text`, or `None` if there are more than `limit`.
pub(crate) fn elements(text: &str, limit: usize) -> Result<Option<Vec<&str>>, Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    let mut elements = Vec::new();
    reader.space();
    reader.expect(b'[')?;
    let mut more = !reader.closes(b']');
    while more {
        if elements.len() >= limit {
            return Ok(None);
        }
        elements.push(reader.skip()?);
        more = reader.comma(b']')?;
    }
    reader.end().map(|()| Some(elements))
}

/// Returns the exact source of each document in `text` (one, or NDJSON), or `None` if there are more than `limit`.
pub(crate) fn documents(text: &str, limit: usize) -> Result<Option<Vec<&str>>, Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    let mut documents = Vec::new();
    loop {
        reader.space();
        if reader.peek().is_none() && !documents.is_empty() {
            return Ok(Some(documents));
        }
        if documents.len() >= limit {
            return Ok(None);
        }
        documents.push(reader.skip()?);
    }
}

/// Calls `found` with every string in `text` that is a value, not a key.
pub(crate) fn each_string(text: &str, found: &mut dyn FnMut(&str)) -> Result<(), Fault> {
    let mut reader = Reader { text, at: 0, values: 0 };
    reader.walk(Some(found))?;
    reader.end()
}

/// Returns the SHA-256 of a JSON text without the white space between its tokens, so that layout does not matter.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    let (mut inside, mut escaped) = (false, false);
    let mut kept = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        if inside || !is_space(byte) {
            kept.push(byte);
        }
        match byte {
            b'"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && byte == b'\\' && !escaped;
    }
    hash.update(&kept);
    hash.finalize().into()
}

/// Returns an element name for an error. Any other key could contain patient data, so it becomes `?`.
pub(crate) fn shown(key: &str) -> &str {
    let name = key.strip_prefix('_').unwrap_or(key);
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && key.len() <= 48 {
        key
    } else {
        "?"
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The number of values built so far.
    values: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self, kind: FaultKind) -> Fault {
        Fault { kind, offset: self.at, steps: Vec::new() }
    }

    fn syntax<T>(&self) -> Result<T, Fault> {
        Err(self.fault(FaultKind::Syntax))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn forward(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// Skips `byte` if it is next. Returns whether it was.
    fn takes(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        if next {
            self.forward();
        }
        next
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        match self.takes(byte) {
            true => Ok(()),
            false => self.syntax(),
        }
    }

    fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.forward();
        }
    }

    /// Checks that only white space is left.
    fn end(&mut self) -> Result<(), Fault> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.syntax(),
        }
    }

    /// Returns whether an object or array ends before its first item.
    fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        self.takes(bracket)
    }

    /// Returns whether another item follows an item.
    fn comma(&mut self, bracket: u8) -> Result<bool, Fault> {
        self.space();
        if self.takes(bracket) {
            return Ok(false);
        }
        self.expect(b',')?;
        self.space();
        Ok(true)
    }

    /// Reads a key and the colon after it.
    fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.space();
        let key = self.string()?;
        self.space();
        self.expect(b':')?;
        Ok(key)
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        word.bytes().try_for_each(|byte| self.expect(byte))
    }

    /// Reads a string from its first quotation mark on.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.expect(b'"')?;
        let mut read: Option<String> = None;
        let mut plain = self.at;
        loop {
            match self.peek() {
                Some(byte @ (b'"' | b'\\')) => {
                    let part = self.text.get(plain..self.at).unwrap_or_default();
                    self.forward();
                    if byte == b'"' {
                        return Ok(match read {
                            None => Cow::Borrowed(part),
                            Some(read) => Cow::Owned(read + part),
                        });
                    }
                    let read = read.get_or_insert_with(String::new);
                    read.push_str(part);
                    read.push(self.escape()?);
                    plain = self.at;
                }
                None | Some(0..=0x1f) => return self.syntax(),
                Some(_) => self.forward(),
            }
        }
    }

    /// Reads an escape after its backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let read = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.forward();
                let first = self.unit()?;
                // A high surrogate means a character only together with the low surrogate after it.
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.word("\\u")?;
                    let second = self.unit()?;
                    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    let high = first.saturating_sub(0xd800).saturating_mul(0x400);
                    low.map(|low| high.saturating_add(low).saturating_add(0x1_0000))
                } else {
                    Some(first)
                };
                return code.and_then(char::from_u32).map_or_else(|| self.syntax(), Ok);
            }
            _ => return self.syntax(),
        };
        self.forward();
        Ok(read)
    }

    /// Reads four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Fault> {
        let mut unit: u32 = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else { return self.syntax() };
            unit = unit.saturating_mul(16).saturating_add(digit);
            self.forward();
        }
        Ok(unit)
    }

    /// Reads a number as the source has it.
    fn number(&mut self) -> Result<&'a str, Fault> {
        let begin = self.at;
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _ = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Ok(self.text.get(begin..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let begin = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.forward();
        }
        match self.at > begin {
            true => Ok(()),
            false => self.syntax(),
        }
    }

    /// Parses a value within the limits of one resource.
    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(self.fault(FaultKind::TooMany));
        }
        self.space();
        let inner = depth.saturating_add(1);
        match self.peek() {
            Some(b'{' | b'[') if inner >= MAX_DEPTH => Err(self.fault(FaultKind::TooDeep)),
            Some(b'{') => {
                self.forward();
                let mut members = Map::new();
                let mut more = !self.closes(b'}');
                while more {
                    let key = self.key()?.into_owned();
                    if members.contains_key(&key) {
                        return Err(self.fault(FaultKind::Duplicate).within(format!(".{}", shown(&key))));
                    }
                    let value = self.value(inner).map_err(|fault| fault.within(format!(".{}", shown(&key))))?;
                    members.insert(key, value);
                    more = self.comma(b'}')?;
                }
                Ok(Value::Object(members))
            }
            Some(b'[') => {
                self.forward();
                let mut items = Vec::new();
                let mut more = !self.closes(b']');
                while more {
                    let item = self.value(inner).map_err(|fault| fault.within(format!("[{}]", items.len())))?;
                    items.push(item);
                    more = self.comma(b']')?;
                }
                Ok(Value::Array(items))
            }
            Some(b'"') => Ok(Value::String(self.string()?.into_owned())),
            Some(b't') => self.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.word("null").map(|()| Value::Null),
            _ => {
                let digits = self.number()?;
                number(digits).map(Value::Number).ok_or_else(|| self.fault(FaultKind::Number))
            }
        }
    }

    /// Skips a value, and returns its exact source.
    fn skip(&mut self) -> Result<&'a str, Fault> {
        self.space();
        let begin = self.at;
        self.walk(None)?;
        Ok(self.text.get(begin..self.at).unwrap_or_default())
    }

    /// Walks a value without building it and without recursion. Calls `found` with every string that is not a key.
    fn walk(&mut self, mut found: Option<&mut dyn FnMut(&str)>) -> Result<(), Fault> {
        let mut open = Vec::new();
        loop {
            self.space();
            match self.peek() {
                Some(bracket @ (b'{' | b'[')) => {
                    self.forward();
                    if open.len() >= MAX_SKIPPED_DEPTH {
                        return Err(self.fault(FaultKind::TooDeep));
                    }
                    let closing = if bracket == b'{' { b'}' } else { b']' };
                    if !self.closes(closing) {
                        open.push(closing);
                        if closing == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    let string = self.string()?;
                    if let Some(found) = &mut found {
                        found(&string);
                    }
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => drop(self.number()?),
            }
            // The value is complete, and perhaps the arrays and objects around it are too.
            loop {
                let Some(closing) = open.last().copied() else { return Ok(()) };
                if self.comma(closing)? {
                    if closing == b'}' {
                        self.key()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }
}

/// Returns the number with these digits, or `None` if it exceeds every double.
fn number(digits: &str) -> Option<Number> {
    if let Ok(integer) = digits.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = digits.parse::<u64>() {
        return Some(integer.into());
    }
    digits.parse().ok().and_then(Number::from_f64)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the result of all readers here, after checking that they agree.
    fn reads(text: &str) -> Option<Value> {
        let read = value(text).ok();
        assert_eq!(read.is_some(), each_string(text, &mut |_| {}).is_ok(), "{text}");
        if let Some(read) = &read {
            assert_eq!(documents(text, 1), Ok(Some(vec![text.trim_matches([' ', '\t', '\n', '\r'])])), "{text}");
            assert_eq!(members(text).is_ok(), read.is_object(), "{text}");
            assert_eq!(elements(text, 99).is_ok(), read.is_array(), "{text}");
        }
        read
    }

    #[test]
    fn an_object_is_an_object_whatever_its_key_says() {
        for word in ["Number", "RawValue", "Value", "Struct"] {
            let key = format!("$serde_json::private::{word}");
            for content in ["\"5\"", "\"{}\"", "5", "{\"x\":1}"] {
                let text = format!("{{\"{key}\":{content}}}");
                let Some(Value::Object(members)) = reads(&text) else { panic!("{text} is not read as an object") };
                assert!(members.contains_key(&key), "{text}");
                assert_eq!(super::members(&text).unwrap(), [(key.clone(), content)]);
            }
            let mut strings = Vec::new();
            each_string(&format!("{{\"{key}\":\"seen\"}}"), &mut |string| strings.push(string.to_owned())).unwrap();
            assert_eq!(strings, ["seen"]);
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "[",
            "]",
            "[1,]",
            "[,]",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "nul",
            "nulll",
            "tru",
            "01",
            "-",
            "+1",
            "1.",
            ".5",
            "1e",
            "1e+",
            "0x1",
            "NaN",
            "Infinity",
            "'a'",
            "\"",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800x\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "\"\t\"",
            "\"\u{0}\"",
            "[1 2]",
            "{\"a\":1 \"b\":2}",
            "1 1",
            "[]]",
            "\u{feff}1",
            "\u{a0}1",
            "//",
            "[1}",
            "{\"a\":1]",
        ] {
            assert_eq!(reads(text), None, "{text:?}");
        }
    }

    #[test]
    fn layout_makes_no_difference_to_the_digest_and_content_does() {
        let plain = digest(r#"{"a":"b c","d":[1.10,"\" x"]}"#);
        assert_eq!(digest("{ \"a\" :\n\"b c\",\t\"d\":[ 1.10 , \"\\\" x\" ] }\r\n"), plain);
        for other in
            [r#"{"a":"bc","d":[1.10,"\" x"]}"#, r#"{"a":"b c","d":[1.1,"\" x"]}"#, r#"{"a":"b c","d":[1.10,"\"x"]}"#]
        {
            assert_ne!(digest(other), plain, "{other}");
        }
    }

    #[test]
    fn a_row_of_documents_is_taken_apart() {
        assert_eq!(documents("{}\n[1]\r\n \"a\" ", 3), Ok(Some(vec!["{}", "[1]", "\"a\""])));
        assert_eq!(documents("{}{}{}", 2), Ok(None));
        assert!(documents("", 2).is_err());
        assert!(documents("{} x", 2).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9_f64).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_is_read_as_it_was_written(written in any_json()) {
            for text in [serde_json::to_string(&written).unwrap(), serde_json::to_string_pretty(&written).unwrap()] {
                prop_assert_eq!(reads(&text), Some(written.clone()));
            }
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in any::<String>()) {
            let _ = reads(&text);
        }

        #[test]
        fn texts_like_json_are_judged_as_serde_json_judges_them(text in "[\\[\\]{}\",:0-9eE.+\\-tfn\\\\u \n]{0,24}") {
            let theirs: Result<Value, _> = serde_json::from_str(&text);
            let ours = value(&text);
            if let Err(Fault { kind: FaultKind::Duplicate | FaultKind::Number, .. }) = ours {
                return Ok(());
            }
            prop_assert_eq!(ours.is_ok(), theirs.is_ok());
        }
    }
}
