// SPDX-License-Identifier: Apache-2.0

//! Reading a bundle: the exact bytes of each resource, and what is told about it.

use std::collections::BTreeMap;

use serde_json::{json, value::RawValue, Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    classify::{classify, CompartmentKind},
    error::{BundleError, EntryRef, InvalidEntry, Problem},
    json, subject, validate, MAX_BUNDLE_BYTES, MAX_ENTRIES, MAX_PROBLEMS,
};

/// Media type of every resource.
pub const MEDIA_TYPE: &str = "application/fhir+json";

/// The longest title, in characters.
const MAX_TITLE: usize = 120;

/// A bundle about one patient, whose every entry is a valid FHIR R4 resource.
///
/// It holds patient data, so it has no `Debug`.
pub struct Bundle<'a> {
    kind: String,
    entries: Vec<Entry<'a>>,
}

/// One resource of a bundle; without `Debug`, as it holds patient data.
pub struct Entry<'a> {
    /// Position in `Bundle.entry`, from 0.
    pub index: usize,
    /// Resource type, one of R4.
    pub resource_type: &'static str,
    /// `Resource.id`.
    pub id: Option<String>,
    /// `Bundle.entry.fullUrl`.
    pub full_url: Option<String>,
    /// The resource, byte for byte as it stands in the bundle.
    pub raw: &'a [u8],
    /// The compartment it belongs to.
    pub compartment: &'static CompartmentKind,
    /// A short title for people, for the sealed header.
    pub title: String,
    /// The date that matters to a reader, as FHIR writes it, for the sealed header.
    pub date: Option<String>,
    /// Media type of [`Self::raw`].
    pub media_type: &'static str,
    identity: Identity,
}

/// What makes a resource the same one when it is imported again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    FullUrl(String),
    TypeAndId(String),
    /// A further version of a resource that the same bundle has already, as in a history.
    Version(Box<Identity>, String),
    Content([u8; 32]),
}

impl<'a> Bundle<'a> {
    /// Reads a bundle of any type whose entries all have a resource.
    ///
    /// A bundle is taken whole or not at all. The memory needed is that of `bytes`, of one parsed resource, and of some
    /// hundred bytes for each entry.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        let text = utf8(bytes)?;
        let other = text.trim_start().starts_with(|c: char| matches!(c, '[' | '"' | '-') || c.is_ascii_digit());
        if other || matches!(text.trim(), "null" | "true" | "false") {
            return Err(BundleError::NotABundle);
        }
        let members = json::members(text).map_err(|fault| fault.into_error(text, text, "Bundle"))?;
        let (kind, raw_entries) = read_shell(text, members)?;
        if raw_entries.is_empty() {
            return Err(BundleError::Empty);
        }
        read_entries(text, raw_entries).map(|entries| Self { kind, entries })
    }

    /// The bundle's type, such as `collection`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The entries, in the order of the bundle.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The entry that is the patient's own Patient resource, if the bundle has one.
    pub fn patient(&self) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.resource_type == "Patient")
    }
}

impl Entry<'_> {
    /// The record key under which this resource is registered: importing it again gives the same key.
    ///
    /// The key follows the resource's logical identity: its full URL, else type and id, else its bytes. It stands on
    /// chain for ever, and identities can be guessed (a hospital number, say), so `chart_salt` **must be secret**: 16 bytes
    /// or more, derived from a client key for this chart, and never published. The key has the form of a UUID, version 8.
    pub fn record_key(&self, chart_salt: &[u8]) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"salus/fhir/record-key/1");
        add(&mut hash, chart_salt);
        add(&mut hash, self.resource_type.as_bytes());
        self.identity.hash(&mut hash);
        let digest: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        let [.., version, _, variant, _, _, _, _, _, _, _] = &mut key;
        *version = (*version & 0x0f) | 0x80;
        *variant = (*variant & 0x3f) | 0x80;
        key
    }
}

impl Identity {
    fn hash(&self, hash: &mut Sha256) {
        match self {
            Self::FullUrl(url) => add(hash, format!("full-url {url}").as_bytes()),
            Self::TypeAndId(name) => add(hash, format!("id {name}").as_bytes()),
            Self::Content(digest) => add(hash, digest),
            Self::Version(of, version) => {
                of.hash(hash);
                add(hash, format!("version {version}").as_bytes());
            }
        }
    }
}

/// Adds a part with its length, so that no two lists of parts hash alike.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(part);
}

/// The input as text, within its limits.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, BundleError> {
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(BundleError::TooLarge { bytes: bytes.len() });
    }
    std::str::from_utf8(bytes).map_err(|error| BundleError::NotUtf8 { offset: error.valid_up_to() })
}

/// An entry as it stands in the bundle.
struct RawEntry<'a> {
    full_url: Option<String>,
    resource: Option<&'a RawValue>,
}

type Members<'a> = Vec<(String, &'a RawValue)>;

/// Checks everything around the resources; gives the bundle's type and its entries.
fn read_shell<'a>(text: &'a str, members: Members<'a>) -> Result<(String, Vec<RawEntry<'a>>), BundleError> {
    let mut shell = Map::new();
    let mut entries = Vec::new();
    let mut is_bundle = false;
    for (key, raw) in members {
        let value = if key == "entry" && raw.get().starts_with('[') {
            let items = json::elements(raw.get(), MAX_ENTRIES)
                .map_err(|fault| fault.into_error(text, raw.get(), "Bundle.entry"))?
                .ok_or(BundleError::TooManyEntries)?;
            let mut shells = Vec::new();
            for (index, item) in items.into_iter().enumerate() {
                let (shell, entry) = read_entry_shell(text, index, item)?;
                shells.push(shell);
                entries.push(entry);
            }
            // An empty array is reported as what it means.
            if shells.is_empty() {
                continue;
            }
            Value::Array(shells)
        } else {
            let path = format!("Bundle.{}", json::shown(&key));
            json::value(raw.get()).map_err(|fault| fault.into_error(text, raw.get(), &path))?
        };
        is_bundle |= key == "resourceType" && value == "Bundle";
        shell.insert(key, value);
    }
    if !is_bundle {
        return Err(BundleError::NotABundle);
    }
    let kind = shell.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let problems = validate::validate(&Value::Object(shell))?;
    if problems.is_empty() {
        Ok((kind, entries))
    } else {
        Err(BundleError::InvalidBundle { problems })
    }
}

/// Reads what stands around a resource; the resource itself is replaced by a small one for the check of the bundle.
fn read_entry_shell<'a>(text: &'a str, index: usize, raw: &'a RawValue) -> Result<(Value, RawEntry<'a>), BundleError> {
    let path = format!("Bundle.entry[{index}]");
    if !raw.get().starts_with('{') {
        return Ok((Value::Null, RawEntry { full_url: None, resource: None }));
    }
    let members = json::members(raw.get()).map_err(|fault| fault.into_error(text, raw.get(), &path))?;
    let mut shell = Map::new();
    let mut resource = None;
    for (key, member) in members {
        let value = if key == "resource" {
            resource = Some(member);
            json!({ "resourceType": "Basic", "code": { "text": "-" } })
        } else {
            let path = format!("{path}.{}", json::shown(&key));
            json::value(member.get()).map_err(|fault| fault.into_error(text, member.get(), &path))?
        };
        shell.insert(key, value);
    }
    let full_url = shell.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
    Ok((Value::Object(shell), RawEntry { full_url, resource }))
}

/// Reads every resource, one at a time, and then asks what only all of them can tell.
fn read_entries<'a>(text: &str, raw_entries: Vec<RawEntry<'a>>) -> Result<Vec<Entry<'a>>, BundleError> {
    let (mut entries, mut invalid) = (Vec::new(), Vec::new());
    let (mut mentions, mut full_urls) = (Vec::new(), BTreeMap::new());
    let mut seen = BTreeMap::new();
    for (index, raw) in raw_entries.into_iter().enumerate() {
        let path = format!("Bundle.entry[{index}].resource");
        let Some(resource) = raw.resource else {
            let problem = Problem { path, reason: "missing".into() };
            invalid.push(InvalidEntry { entry: EntryRef { index, resource_type: None }, problems: vec![problem] });
            continue;
        };
        let value = json::value(resource.get()).map_err(|fault| fault.into_error(text, resource.get(), &path))?;
        let name = value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let resource_type = validate::resource_type(name)?;
        let reference = EntryRef { index, resource_type };
        let problems = if value.is_object() {
            validate::validate(&value)?
        } else {
            vec![Problem { path, reason: "wrong JSON type, object expected".into() }]
        };
        let (Some(resource_type), true) = (resource_type, problems.is_empty()) else {
            invalid.push(InvalidEntry { entry: reference, problems });
            if invalid.len() >= MAX_PROBLEMS {
                break;
            }
            continue;
        };
        if let Some(url) = &raw.full_url {
            full_urls.insert(subject::normal(url), resource_type);
        }
        mentions.push((reference, subject::mentions(index, raw.full_url.as_deref(), &value)));
        let entry = entry(index, resource_type, raw.full_url, resource.get(), &value, &mut seen)
            .map_err(|first| BundleError::Repeated { first, second: reference })?;
        entries.push(entry);
    }
    if !invalid.is_empty() {
        return Err(BundleError::InvalidEntries { entries: invalid });
    }
    subject::one_patient(&mentions, &full_urls)?;
    Ok(entries)
}

/// Describes a valid resource; the error is the entry that holds the same one.
fn entry<'a>(
    index: usize,
    resource_type: &'static str,
    full_url: Option<String>,
    raw: &'a str,
    resource: &Value,
    seen: &mut BTreeMap<Identity, EntryRef>,
) -> Result<Entry<'a>, EntryRef> {
    let text = |pointer: &str| resource.pointer(pointer).and_then(Value::as_str);
    let id = text("/id").map(str::to_owned);
    let mut identity = match (&full_url, &id) {
        (Some(url), _) => Identity::FullUrl(subject::normal(url)),
        (None, Some(id)) => Identity::TypeAndId(format!("{resource_type}/{id}")),
        (None, None) => Identity::Content(Sha256::digest(raw.as_bytes()).into()),
    };
    if let (true, Some(version)) = (seen.contains_key(&identity), text("/meta/versionId")) {
        identity = Identity::Version(Box::new(identity), version.to_owned());
    }
    if let Some(first) = seen.insert(identity.clone(), EntryRef { index, resource_type: Some(resource_type) }) {
        return Err(first);
    }
    Ok(Entry {
        index,
        resource_type,
        id,
        full_url,
        raw: raw.as_bytes(),
        compartment: classify(resource_type, resource),
        title: title(resource_type, resource),
        date: DATES.iter().find_map(|pointer| text(pointer)).map(str::to_owned),
        media_type: MEDIA_TYPE,
        identity,
    })
}

/// Where a resource says what it is about, best first: a coded concept, one of several, or a text.
const TITLES: &[&str] = &[
    "/code",
    "/medicationCodeableConcept",
    "/vaccineCode",
    "/title",
    "/description",
    "/type",
    "/type/0",
    "/serviceType",
    "/category/0",
    "/class",
    "/name",
];

/// Where a resource says when, best first.
const DATES: &[&str] = &[
    "/effectiveDateTime",
    "/effectiveInstant",
    "/effectivePeriod/start",
    "/performedDateTime",
    "/performedPeriod/start",
    "/occurrenceDateTime",
    "/occurrencePeriod/start",
    "/onsetDateTime",
    "/onsetPeriod/start",
    "/authoredOn",
    "/started",
    "/recordedDate",
    "/dateAsserted",
    "/recorded",
    "/date",
    "/issued",
    "/created",
    "/period/start",
    "/meta/lastUpdated",
];

fn title(resource_type: &str, resource: &Value) -> String {
    let said = |value: &Value| {
        let text = value.get("text").or_else(|| value.pointer("/coding/0/display")).or_else(|| value.get("display"));
        text.unwrap_or(value).as_str().map(str::to_owned)
    };
    // A patient's resource is titled by its type: its texts are the patient's names.
    let found = (resource_type != "Patient")
        .then(|| TITLES.iter().find_map(|pointer| said(resource.pointer(pointer)?)))
        .flatten();
    let title = found.as_deref().unwrap_or(resource_type).split(|c: char| c.is_whitespace() || c.is_control());
    title.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(MAX_TITLE).collect()
}
