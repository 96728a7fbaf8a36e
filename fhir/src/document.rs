// SPDX-License-Identifier: Apache-2.0

//! One file of an import, split into its resources and the bundle elements around each.

use serde_json::{json, Map, Value};

use crate::{
    classify::CompartmentKind,
    error::{shown, BundleError, Problem},
    json, labels,
    reader::Fault,
    validate::validate,
    MAX_BUNDLES_IN_BUNDLES, MAX_BUNDLE_BYTES, MAX_ENTRIES,
};

/// The treatment of resources that are not valid R4.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Conformance {
    /// One invalid resource refuses the import.
    #[default]
    Required,
    /// Invalid JSON resources of an R4 type are imported and marked, as the person who imports them has decided.
    Waived,
}

/// One file of an import. It holds patient data, so it has no `Debug`.
pub struct Document<'a> {
    pub(crate) name: String,
    pub(crate) text: &'a str,
    pub(crate) conformance: Conformance,
    /// The bundles in it, each before its inner ones; empty for NDJSON.
    pub(crate) bundles: Vec<Shell>,
    pub(crate) entries: Vec<RawEntry<'a>>,
    /// The deviations from R4 around the resources; empty unless conformance is waived.
    pub(crate) problems: Vec<Problem>,
}

/// A bundle without its entries.
pub(crate) struct Shell {
    /// Its type, such as `collection`.
    pub(crate) kind: String,
    /// The index of the bundle around it.
    pub(crate) outer: Option<usize>,
}

/// An entry in the file, before its resource is read.
pub(crate) struct RawEntry<'a> {
    /// Its path, such as `Bundle.entry[4]`, or its line.
    pub(crate) path: String,
    /// The path of its resource.
    pub(crate) resource_path: String,
    pub(crate) full_url: Option<String>,
    pub(crate) resource: Option<&'a str>,
    /// The index of its bundle in [`Document::bundles`]; `usize::MAX` outside bundles.
    pub(crate) bundle: usize,
    /// The strictest label of the bundles around it.
    pub(crate) label: Option<&'static CompartmentKind>,
    /// `request.method`.
    pub(crate) method: Option<String>,
    /// Whether it is the response to a request.
    pub(crate) is_response: bool,
}

/// The surroundings of a bundle or an entry.
#[derive(Clone, Copy)]
struct Outside {
    /// The index of the innermost bundle around it.
    bundle: Option<usize>,
    /// The strictest label around it.
    label: Option<&'static CompartmentKind>,
    /// The number of bundles around it.
    depth: usize,
}

impl<'a> Document<'a> {
    /// Splits one file. `name` identifies the file in errors of an import that has several.
    ///
    /// It unpacks bundles that are entries, and applies the labels of surrounding bundles to their entries.
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
            bundles: Vec::new(),
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
                Some("Bundle") => {
                    document.read_bundle(piece, &path, Outside { bundle: None, label: None, depth: 0 })?
                }
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

    /// Checks the elements around the resources of a bundle, and collects its entries.
    fn read_bundle(&mut self, piece: &'a str, path: &str, outside: Outside) -> Result<(), BundleError> {
        let depth = outside.depth.saturating_add(1);
        if depth > MAX_BUNDLES_IN_BUNDLES {
            return Err(BundleError::BundlesTooDeep { path: path.into() });
        }
        let text = self.text;
        let fault = |fault: Fault, piece: &str, path: &str| fault.into_error(text, piece, path);
        let mut shell = Map::new();
        let mut items = Vec::new();
        for (key, raw) in json::members(piece).map_err(|error| fault(error, piece, path))? {
            let path = format!("{path}.{}", shown(&key));
            if key == "entry" && raw.starts_with('[') {
                items = json::elements(raw, MAX_ENTRIES)
                    .map_err(|error| fault(error, raw, &path))?
                    .ok_or(BundleError::TooManyEntries)?;
                continue;
            }
            shell.insert(key, json::value(raw).map_err(|error| fault(error, raw, &path))?);
        }
        let bundle = self.bundles.len();
        let kind = shell.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.bundles.push(Shell { kind, outer: outside.bundle });
        let waived = self.conformance == Conformance::Waived;
        let label = labels::stricter(outside.label, labels::strictest(&Value::Object(shell.clone()), waived));
        let mut shells = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{path}.entry[{index}]");
            shells.push(self.read_entry(item, path, Outside { bundle: Some(bundle), label, depth })?);
        }
        // R4 has no empty arrays: a bundle without entries has no `entry`.
        if !shells.is_empty() {
            shell.insert("entry".into(), Value::Array(shells));
        }
        let mut problems = validate(&Value::Object(shell))?;
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

    /// Collects an entry. Returns the entry with a minimal resource in place of its own, for the check of the bundle.
    fn read_entry(&mut self, piece: &'a str, path: String, outside: Outside) -> Result<Value, BundleError> {
        if !piece.starts_with('{') {
            return match self.conformance {
                Conformance::Required => Ok(Value::Null),
                // Such an entry has no resource to import.
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
                let path = format!("{path}.{}", shown(&key));
                json::value(member).map_err(|fault| fault.into_error(text, member, &path))?
            };
            shell.insert(key, value);
        }
        let shell = Value::Object(shell);
        let said = |pointer: &str| shell.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let waived = self.conformance == Conformance::Waived;
        let label = labels::stricter(outside.label, labels::strictest(&shell, waived));
        let resource_path = format!("{path}.resource");
        if let Some(inner) = resource {
            if self.resource_type(inner, &resource_path)?.as_deref() == Some("Bundle") {
                self.read_bundle(inner, &resource_path, Outside { label, ..outside })?;
                return Ok(shell);
            }
        }
        self.push(RawEntry {
            path,
            resource_path,
            full_url: said("/fullUrl"),
            resource,
            bundle: outside.bundle.unwrap_or(usize::MAX),
            label,
            method: said("/request/method"),
            is_response: shell.get("response").is_some(),
        })?;
        Ok(shell)
    }
}

/// Returns the input as text without a byte order mark, or an error if it is too large or not UTF-8.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, BundleError> {
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(BundleError::TooLarge { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| BundleError::NotUtf8 { offset: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
