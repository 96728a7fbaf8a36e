// SPDX-License-Identifier: Apache-2.0

//! One file of an import, taken apart: which resources it has, and what stands around each.

use serde_json::{json, Map, Value};

use crate::{
    classify::CompartmentKind,
    error::{BundleError, Problem},
    json, labels, validate, MAX_BUNDLES_IN_BUNDLES, MAX_BUNDLE_BYTES, MAX_ENTRIES,
};

/// What becomes of resources that are not valid R4.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Conformance {
    /// One of them refuses the import.
    #[default]
    Required,
    /// They are taken, and marked, if they are JSON resources of a type of R4. The person who imports has decided so.
    Waived,
}

/// One file of an import. It holds patient data, so it has no `Debug`.
pub struct Document<'a> {
    pub(crate) name: String,
    pub(crate) text: &'a str,
    pub(crate) conformance: Conformance,
    /// Types of the bundles in it, the outermost first; none for a row of resources.
    pub(crate) kinds: Vec<String>,
    pub(crate) entries: Vec<RawEntry<'a>>,
    /// What is wrong around the resources, when conformance is waived.
    pub(crate) problems: Vec<Problem>,
}

/// An entry as it stands in the file.
pub(crate) struct RawEntry<'a> {
    /// Its path, such as `Bundle.entry[4]`, or its line.
    pub(crate) path: String,
    /// Path of the resource in it.
    pub(crate) resource_path: String,
    pub(crate) full_url: Option<String>,
    pub(crate) resource: Option<&'a str>,
    /// Number of the bundle that it is in, by [`Document::kinds`].
    pub(crate) bundle: usize,
    /// The strictest label of the bundles around it.
    pub(crate) label: Option<&'static CompartmentKind>,
    /// `request.method`.
    pub(crate) method: Option<String>,
    /// Whether it is the answer to a request.
    pub(crate) is_response: bool,
}

impl<'a> Document<'a> {
    /// Takes one file apart. `name` is for errors of an import that has several.
    ///
    /// Bundles that are entries are unpacked; what is labeled around an entry holds for it.
    pub fn parse(name: &str, bytes: &'a [u8], conformance: Conformance) -> Result<Self, BundleError> {
        let text = utf8(bytes)?;
        if text.trim_start().starts_with('<') {
            return Err(BundleError::Xml);
        }
        let documents = json::documents(text, MAX_ENTRIES)
            .map_err(|fault| fault.into_error(text, text, "Bundle"))?
            .ok_or(BundleError::TooManyEntries)?;
        let mut document = Self {
            name: name.to_owned(),
            text,
            conformance,
            kinds: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
        };
        let is_row = documents.len() > 1;
        let (mut line, mut counted_to) = (1_usize, 0);
        for piece in documents {
            let begins = (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let passed = text.as_bytes().get(counted_to..begins).unwrap_or_default();
            line = line.saturating_add(passed.iter().filter(|byte| **byte == b'\n').count());
            counted_to = begins;
            let path = if is_row { format!("line {line}") } else { "Bundle".to_owned() };
            match document.resource_type(piece, &path)?.as_deref() {
                Some("Bundle") => document.read_bundle(piece, &path, None, 1)?,
                None if !is_row => return Err(BundleError::NotABundle),
                _ => {
                    let path = format!("line {line}");
                    document.push(RawEntry {
                        resource_path: path.clone(),
                        path,
                        full_url: None,
                        resource: Some(piece),
                        bundle: usize::MAX,
                        label: None,
                        method: None,
                        is_response: false,
                    })?;
                }
            }
        }
        Ok(document)
    }

    fn resource_type(&self, piece: &str, path: &str) -> Result<Option<String>, BundleError> {
        json::string_member(piece, "resourceType").map_err(|fault| fault.into_error(self.text, piece, path))
    }

    fn push(&mut self, entry: RawEntry<'a>) -> Result<(), BundleError> {
        if self.entries.len() >= MAX_ENTRIES {
            return Err(BundleError::TooManyEntries);
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Reads everything around the resources of a bundle, and takes up its entries.
    fn read_bundle(
        &mut self,
        piece: &'a str,
        path: &str,
        outer: Option<&'static CompartmentKind>,
        depth: usize,
    ) -> Result<(), BundleError> {
        if depth > MAX_BUNDLES_IN_BUNDLES {
            return Err(BundleError::BundlesTooDeep { path: path.into() });
        }
        let text = self.text;
        let fault = |fault: json::Fault, piece: &str, path: &str| fault.into_error(text, piece, path);
        let mut shell = Map::new();
        let mut items = Vec::new();
        for (key, raw) in json::members(piece).map_err(|error| fault(error, piece, path))? {
            let path = format!("{path}.{}", json::shown(&key));
            if key == "entry" && raw.starts_with('[') {
                items = json::elements(raw, MAX_ENTRIES)
                    .map_err(|error| fault(error, raw, &path))?
                    .ok_or(BundleError::TooManyEntries)?;
                continue;
            }
            shell.insert(key, json::value(raw).map_err(|error| fault(error, raw, &path))?);
        }
        let bundle = self.kinds.len();
        self.kinds.push(shell.get("type").and_then(Value::as_str).unwrap_or_default().to_owned());
        let waived = self.conformance == Conformance::Waived;
        let label = labels::stricter(outer, labels::strictest(&Value::Object(shell.clone()), waived));
        let mut shells = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{path}.entry[{index}]");
            shells.push(self.read_entry(item, path, bundle, label, depth)?);
        }
        // An empty array is reported as what it means.
        if !shells.is_empty() {
            shell.insert("entry".into(), Value::Array(shells));
        }
        let mut problems = validate::validate(&Value::Object(shell))?;
        for problem in &mut problems {
            problem.path = format!("{path}{}", problem.path.strip_prefix("Bundle").unwrap_or_default());
        }
        match (problems.is_empty(), self.conformance) {
            (false, Conformance::Required) => Err(BundleError::InvalidBundle { problems }),
            _ => {
                self.problems.extend(problems);
                Ok(())
            }
        }
    }

    /// Takes up an entry; gives what stands around its resource, with a small resource in its place for the check.
    fn read_entry(
        &mut self,
        piece: &'a str,
        path: String,
        bundle: usize,
        outer: Option<&'static CompartmentKind>,
        depth: usize,
    ) -> Result<Value, BundleError> {
        if !piece.starts_with('{') {
            return match self.conformance {
                Conformance::Required => Ok(Value::Null),
                // Nothing of such an entry could be kept.
                Conformance::Waived => Err(BundleError::InvalidBundle {
                    problems: vec![Problem { path, reason: "wrong JSON type, object expected".into() }],
                }),
            };
        }
        let text = self.text;
        let members = json::members(piece).map_err(|fault| fault.into_error(text, piece, &path))?;
        let (mut shell, mut resource) = (Map::new(), None);
        for (key, member) in members {
            let value = if key == "resource" {
                resource = Some(member);
                json!({ "resourceType": "Basic", "code": { "text": "-" } })
            } else {
                let path = format!("{path}.{}", json::shown(&key));
                json::value(member).map_err(|fault| fault.into_error(text, member, &path))?
            };
            shell.insert(key, value);
        }
        let shell = Value::Object(shell);
        let said = |pointer: &str| shell.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let waived = self.conformance == Conformance::Waived;
        let label = labels::stricter(outer, labels::strictest(&shell, waived));
        let resource_path = format!("{path}.resource");
        if let Some(inner) = resource {
            if self.resource_type(inner, &resource_path)?.as_deref() == Some("Bundle") {
                self.read_bundle(inner, &resource_path, label, depth.saturating_add(1))?;
                return Ok(shell);
            }
        }
        self.push(RawEntry {
            path,
            resource_path,
            full_url: said("/fullUrl"),
            resource,
            bundle,
            label,
            method: said("/request/method"),
            is_response: shell.get("response").is_some(),
        })?;
        Ok(shell)
    }
}

/// The input as text, within its limits and without a byte order mark.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, BundleError> {
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(BundleError::TooLarge { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| BundleError::NotUtf8 { offset: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
