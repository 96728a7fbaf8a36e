// SPDX-License-Identifier: Apache-2.0

//! Strict JSON: one document, no key twice in an object, bounded depth and size.
//!
//! `serde_json` alone keeps the last of two equal keys, and other readers the first: a record would then say
//! different things to different people.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{value::RawValue, Map, Number, Value};

use crate::{error::BundleError, MAX_DEPTH, MAX_VALUES};

/// The most members of an object that is read member by member; FHIR knows nine for a bundle and eight for an entry.
const MAX_MEMBERS: usize = 64;

/// What is wrong with a piece of JSON, and where in that piece.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    kind: FaultKind,
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Syntax { line: usize, column: usize },
    Number,
    Duplicate,
    TooDeep,
    TooMany,
}

impl Fault {
    /// The error for the whole bundle: `piece` is the part of `whole` that was read, `path` its name.
    pub(crate) fn into_error(self, whole: &str, piece: &str, path: &str) -> BundleError {
        match self.kind {
            FaultKind::Syntax { line, column } => {
                let offset = (piece.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
                let before = whole.as_bytes().get(..offset).unwrap_or_default();
                let breaks = before.iter().filter(|byte| **byte == b'\n').count();
                let tail = before.iter().rev().take_while(|byte| **byte != b'\n').count();
                let column = if line == 1 { column.saturating_add(tail) } else { column };
                BundleError::NotJson { line: line.saturating_add(breaks), column: column.max(1) }
            }
            FaultKind::Number => BundleError::NumberTooLarge { path: path.into() },
            FaultKind::Duplicate => BundleError::DuplicateKey { path: format!("{path}{}", self.path) },
            FaultKind::TooDeep => BundleError::TooDeep { path: path.into() },
            FaultKind::TooMany => BundleError::TooComplex { path: path.into() },
        }
    }
}

/// Reads one document.
pub(crate) fn value(text: &str) -> Result<Value, Fault> {
    run(text, |reader, json| Node(reader).deserialize(json))
}

/// The members of the object `text`, each as its exact source.
pub(crate) fn members(text: &str) -> Result<Vec<(String, &RawValue)>, Fault> {
    run(text, |reader, json| json.deserialize_map(Members(reader)))
}

/// The elements of the array `text`, each as its exact source; nothing if there are more than `limit`.
pub(crate) fn elements(text: &str, limit: usize) -> Result<Option<Vec<&RawValue>>, Fault> {
    run(text, |_, json| json.deserialize_seq(Elements(limit)))
}

/// Calls `found` for every string in `text` that is a value, not a key.
pub(crate) fn each_string(text: &str, found: &mut dyn FnMut(&str)) -> Result<(), Fault> {
    run(text, |_, json| Strings(found).deserialize(json))
}

/// An element name as an error may show it: a key that is no FHIR name could be anything, so it becomes `?`.
pub(crate) fn shown(key: &str) -> &str {
    let name = key.strip_prefix('_').unwrap_or(key);
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && key.len() <= 48 {
        key
    } else {
        "?"
    }
}

type Json<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

fn run<'a, T>(
    text: &'a str,
    read: impl FnOnce(&mut Reader, &mut Json<'a>) -> serde_json::Result<T>,
) -> Result<T, Fault> {
    let mut reader = Reader::default();
    let mut json = Json::from_str(text);
    let result = read(&mut reader, &mut json).and_then(|read| json.end().map(|()| read));
    result.map_err(|error| {
        let syntax = match error.to_string().starts_with("number out of range") {
            true => FaultKind::Number,
            false => FaultKind::Syntax { line: error.line(), column: error.column() },
        };
        Fault { kind: reader.fault.unwrap_or(syntax), path: reader.path.concat() }
    })
}

/// Where the reader is, and what stopped it. The path is left standing where it stopped.
#[derive(Default)]
struct Reader {
    path: Vec<String>,
    values: usize,
    fault: Option<FaultKind>,
}

impl Reader {
    fn fail<E: serde::de::Error>(&mut self, fault: FaultKind) -> E {
        self.fault = Some(fault);
        E::custom("refused")
    }

    fn enter<E: serde::de::Error>(&mut self, step: String) -> Result<(), E> {
        self.path.push(step);
        if self.path.len() >= MAX_DEPTH {
            return Err(self.fail(FaultKind::TooDeep));
        }
        Ok(())
    }
}

/// How serde_json hands over a number when some other crate of the program has switched it to any precision: as an object
/// with this one member, whose value is the digits. The SDK's chain specifications do so.
const ANY_PRECISION: &str = "$serde_json::private::Number";

/// The number with these digits, as serde_json makes it without that switch.
fn number(digits: &str) -> Option<Value> {
    if let Ok(integer) = digits.parse::<i64>() {
        return Some(Value::Number(integer.into()));
    }
    if let Ok(integer) = digits.parse::<u64>() {
        return Some(Value::Number(integer.into()));
    }
    digits.parse().ok().and_then(Number::from_f64).map(Value::Number)
}

/// Builds a [`Value`], refusing what [`Reader`] refuses.
struct Node<'r>(&'r mut Reader);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        self.0.values = self.0.values.saturating_add(1);
        if self.0.values > MAX_VALUES {
            return Err(self.0.fail(FaultKind::TooMany));
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("refused"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let Self(reader) = self;
        let mut items = Vec::new();
        loop {
            reader.enter(format!("[{}]", items.len()))?;
            let Some(item) = seq.next_element_seed(Node(reader))? else { break };
            reader.path.pop();
            items.push(item);
        }
        reader.path.pop();
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let Self(reader) = self;
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == ANY_PRECISION && members.is_empty() {
                let digits = map.next_value::<String>()?;
                return number(&digits).ok_or_else(|| reader.fail(FaultKind::Number));
            }
            reader.enter(format!(".{}", shown(&key)))?;
            if members.contains_key(&key) {
                return Err(reader.fail(FaultKind::Duplicate));
            }
            let value = map.next_value_seed(Node(reader))?;
            reader.path.pop();
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

struct Members<'r>(&'r mut Reader);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Self::Value::new();
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if members.len() >= MAX_MEMBERS {
                return Err(self.0.fail(FaultKind::TooMany));
            }
            if !seen.insert(key.to_string()) {
                self.0.path.push(format!(".{}", shown(&key)));
                return Err(self.0.fail(FaultKind::Duplicate));
            }
            members.push((key.into_owned(), map.next_value()?));
        }
        Ok(members)
    }
}

struct Elements(usize);

impl<'de> Visitor<'de> for Elements {
    type Value = Option<Vec<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        let mut fits = true;
        while let Some(item) = seq.next_element::<&RawValue>()? {
            fits = items.len() < self.0;
            if fits {
                items.push(item);
            }
        }
        Ok(fits.then_some(items))
    }
}

/// Walks a document and keeps none of it.
struct Strings<'f>(&'f mut dyn FnMut(&str));

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        (self.0)(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Strings(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key == ANY_PRECISION {
                true => drop(map.next_value::<serde::de::IgnoredAny>()?),
                false => map.next_value_seed(Strings(self.0))?,
            }
        }
        Ok(())
    }
}
