// SPDX-License-Identifier: Apache-2.0

//! A strict JSON reader (RFC 8259): unique keys, bounded depth and size, and access to the exact source of a value.
//!
//! It replaces `serde_json`'s reader for two reasons. `serde_json` keeps the last of two equal keys and other readers
//! keep the first, so two readers could see different values in one record. With some features, which any crate in the
//! program can enable, it also reads `{"$serde_json::private::Number":"5"}` as a number.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    error::shown,
    reader::{is_space, Fault, FaultKind, Reader},
};

/// The maximum members of an object that is read member by member. FHIR defines nine for a bundle, eight for an entry.
const MAX_MEMBERS: usize = 64;

/// Parses one document within the limits of a resource.
pub(crate) fn value(text: &str) -> Result<Value, Fault> {
    let mut reader = Reader::new(text);
    let value = reader.value(0)?;
    reader.end().map(|()| value)
}

/// Returns the members of the object `text`, each with the exact source of its value.
pub(crate) fn members(text: &str) -> Result<Vec<(String, &str)>, Fault> {
    let mut reader = Reader::new(text);
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
    let mut reader = Reader::new(text);
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
    let mut reader = Reader::new(text);
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
    let mut reader = Reader::new(text);
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
    let mut reader = Reader::new(text);
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
