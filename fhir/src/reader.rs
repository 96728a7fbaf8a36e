// SPDX-License-Identifier: Apache-2.0

//! The tokens and values of JSON (RFC 8259) in a text, read from left to right within limits.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::{
    error::{shown, BundleError},
    MAX_DEPTH, MAX_VALUES,
};

/// The deepest nesting of a value that is only skipped: bundles in bundles, with a resource inside.
const MAX_SKIPPED_DEPTH: usize = 10 * MAX_DEPTH;

/// A defect in a piece of JSON, with its position in that piece.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// The offset of the defect in the piece, in bytes.
    offset: usize,
    /// The path from the outermost value to the defect, the innermost step first.
    steps: Vec<String>,
}

/// The kind of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
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

    /// Adds a step from the outside to the path of the defect.
    pub(crate) fn within(mut self, step: String) -> Self {
        // Only a duplicate key needs the path.
        if self.kind == FaultKind::Duplicate {
            self.steps.push(step);
        }
        self
    }
}

/// Returns whether JSON allows `byte` as white space between tokens.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A position in a piece of JSON.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The number of values built so far.
    values: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, values: 0 }
    }

    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { kind, offset: self.at, steps: Vec::new() }
    }

    fn syntax<T>(&self) -> Result<T, Fault> {
        Err(self.fault(FaultKind::Syntax))
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn forward(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// Skips `byte` if it is next. Returns whether it was.
    pub(crate) fn takes(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        if next {
            self.forward();
        }
        next
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        match self.takes(byte) {
            true => Ok(()),
            false => self.syntax(),
        }
    }

    pub(crate) fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.forward();
        }
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.syntax(),
        }
    }

    /// Returns whether an object or array ends before its first item.
    pub(crate) fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        self.takes(bracket)
    }

    /// Returns whether another item follows an item.
    pub(crate) fn comma(&mut self, bracket: u8) -> Result<bool, Fault> {
        self.space();
        if self.takes(bracket) {
            return Ok(false);
        }
        self.expect(b',')?;
        self.space();
        Ok(true)
    }

    /// Reads a key and the colon after it.
    pub(crate) fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
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
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
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
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value, Fault> {
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
    pub(crate) fn skip(&mut self) -> Result<&'a str, Fault> {
        self.space();
        let begin = self.at;
        self.walk(None)?;
        Ok(self.text.get(begin..self.at).unwrap_or_default())
    }

    /// Walks a value without building it and without recursion. Calls `found` with every string that is not a key.
    pub(crate) fn walk(&mut self, mut found: Option<&mut dyn FnMut(&str)>) -> Result<(), Fault> {
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
