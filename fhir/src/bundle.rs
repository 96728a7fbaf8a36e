// SPDX-License-Identifier: Apache-2.0

//! An import: all its documents judged together, every resource with its exact bytes and what is told about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::{
    classify::{classify, CompartmentKind},
    document::{Conformance, Document, RawEntry},
    error::{BundleError, EntryRef, InvalidEntry, Omission, Omitted, Problem},
    identity::{is_other_person, Identity},
    json, labels,
    reference::normal,
    subject::{self, Mention, Name},
    summary, validate,
    versions::{number_of, oldest_first, updated_of, Age, Moment},
    MAX_BUNDLE_BYTES, MAX_ENTRIES, MAX_PROBLEMS,
};

/// Media type of every resource.
pub const MEDIA_TYPE: &str = "application/fhir+json";

/// An import about one patient: the resources of one or several documents.
///
/// It holds patient data, so it has no `Debug`.
pub struct Bundle<'a> {
    kind: String,
    entries: Vec<Entry<'a>>,
    omitted: Vec<Omitted>,
    problems: Vec<Problem>,
    patient: BTreeSet<Name>,
}

/// One resource of an import; without `Debug`, as it holds patient data.
pub struct Entry<'a> {
    /// Its number among those that are read, from 0.
    pub index: usize,
    /// Where it stands.
    pub entry: EntryRef,
    /// Resource type, one of R4.
    pub resource_type: &'static str,
    /// `Resource.id`.
    pub id: Option<String>,
    /// `Bundle.entry.fullUrl`.
    pub full_url: Option<String>,
    /// The resource, byte for byte as it stands in the file.
    pub raw: &'a [u8],
    /// The compartment it belongs to.
    pub compartment: &'static CompartmentKind,
    /// A short title for people, for the sealed header.
    pub title: String,
    /// The date that matters to a reader, as FHIR writes it, for the sealed header.
    pub date: Option<String>,
    /// Media type of [`Self::raw`].
    pub media_type: &'static str,
    /// What is not valid R4 in it; only when conformance is waived.
    pub problems: Vec<Problem>,
    /// SHA-256 of the resource without the space between its tokens.
    pub digest: [u8; 32],
    identity: Identity,
    age: Age,
    label: Option<&'static CompartmentKind>,
    bundle: (usize, usize),
    links: Links,
}

/// What attachments tell: a Binary has the labels of what refers to it.
#[derive(Default)]
struct Links {
    /// Names of a Binary.
    names: BTreeSet<String>,
    /// What a labeled resource refers to.
    targets: BTreeSet<String>,
    /// `Binary.securityContext`.
    context: Option<String>,
}

impl<'a> Bundle<'a> {
    /// Reads one document that is a whole import.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        Self::join(vec![Document::parse("", bytes, Conformance::Required)?])
    }

    /// Judges all documents of an import together.
    ///
    /// An import is taken whole or not at all. The memory needed is that of its files, of one parsed resource, and of some
    /// hundred bytes for each entry.
    pub fn join(documents: Vec<Document<'a>>) -> Result<Self, BundleError> {
        let bytes = documents.iter().fold(0, |sum: usize, document| sum.saturating_add(document.text.len()));
        if bytes > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge { bytes });
        }
        let count = documents.iter().fold(0, |sum: usize, document| sum.saturating_add(document.entries.len()));
        match count {
            0 => return Err(BundleError::Empty),
            1..=MAX_ENTRIES => {}
            _ => return Err(BundleError::TooManyEntries),
        }
        let several = documents.len() > 1;
        let kind = documents.first().and_then(|document| document.kinds.first()).cloned().unwrap_or_default();
        let mut join = Join::default();
        let mut kinds = Vec::new();
        let mut problems = Vec::new();
        for (number, document) in documents.into_iter().enumerate() {
            let file = several.then(|| Arc::from(document.name.as_str()));
            problems.extend(document.problems);
            for (place, raw) in document.entries.into_iter().enumerate() {
                let is_history = document.kinds.get(raw.bundle).is_some_and(|kind| kind == "history");
                let read = ReadFrom { number, place, is_history, file: &file, conformance: document.conformance };
                join.take(&read, document.text, raw)?;
                if join.invalid.len() >= MAX_PROBLEMS {
                    return Err(BundleError::InvalidEntries { entries: join.invalid });
                }
            }
            kinds.push(document.kinds);
        }
        if !join.invalid.is_empty() {
            return Err(BundleError::InvalidEntries { entries: join.invalid });
        }
        let Join { mut entries, mentions, full_urls, mut omitted, .. } = join;
        if entries.is_empty() {
            return Err(BundleError::NothingToImport { entries: count, omitted });
        }
        let subject = subject::one_patient(&mentions, &full_urls)?;
        let mut index = 0_usize;
        entries.retain(|entry| {
            let is_other = subject.others.contains(&index);
            index = index.saturating_add(1);
            if is_other {
                omitted.push(Omitted { entry: entry.entry.clone(), omission: Omission::OtherPerson });
            }
            !is_other
        });
        spread_labels(&mut entries, &kinds);
        check_versions(&entries)?;
        Ok(Self { kind, entries, omitted, problems, patient: subject.names })
    }

    /// The first bundle's type, such as `collection`; empty for a row of resources.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The entries that are to be kept, in the order of the documents.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The entries by resource, each with its versions, oldest first.
    pub fn records(&self) -> Vec<Vec<&Entry<'a>>> {
        versions(&self.entries).into_iter().map(|group| oldest(&group).unwrap_or(group)).collect()
    }

    /// The entries of which nothing is kept.
    pub fn omitted(&self) -> &[Omitted] {
        &self.omitted
    }

    /// What is not valid R4 around the entries; only when conformance is waived.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The entry that is the patient's own Patient resource, if the bundle has one.
    pub fn patient(&self) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.resource_type == "Patient")
    }

    /// Whether a chart with records under `keys` is that of another patient, as far as this author can tell: by the Patient
    /// resources that the same author imported, whose keys were made with the same `chart_salt`.
    pub fn is_about_another_than(&self, keys: impl Iterator<Item = [u8; 16]>, chart_salt: &[u8]) -> bool {
        let full_urls = self.entries.iter().filter_map(|entry| entry.full_url.as_deref());
        is_other_person(&self.patient, full_urls, chart_salt, keys)
    }
}

impl Entry<'_> {
    /// The record key under which this resource is registered: importing it again gives the same key.
    ///
    /// The key follows the resource's logical identity: its full URL, else type and id, else its bytes. It stands on
    /// chain for ever, and identities can be guessed (a hospital number, say), so `chart_salt` **must be secret**: 16 bytes
    /// or more, derived from a client key for this chart, and never published. The key has the form of a UUID, version 8.
    pub fn record_key(&self, chart_salt: &[u8]) -> [u8; 16] {
        self.identity.record_key(self.resource_type, chart_salt)
    }

    /// `meta.lastUpdated`.
    pub fn updated(&self) -> Option<Moment> {
        self.age.updated
    }
}

/// Where an entry comes from.
struct ReadFrom<'f> {
    number: usize,
    place: usize,
    is_history: bool,
    file: &'f Option<Arc<str>>,
    conformance: Conformance,
}

/// The entries as they are read, one at a time.
#[derive(Default)]
struct Join<'a> {
    entries: Vec<Entry<'a>>,
    mentions: Vec<(EntryRef, BTreeSet<Mention>)>,
    full_urls: BTreeMap<String, &'static str>,
    omitted: Vec<Omitted>,
    invalid: Vec<InvalidEntry>,
    /// Entries by what they are and say.
    seen: BTreeMap<(Identity, [u8; 32]), usize>,
}

impl<'a> Join<'a> {
    fn take(&mut self, read: &ReadFrom<'_>, text: &str, raw: RawEntry<'a>) -> Result<(), BundleError> {
        let mut reference = EntryRef { file: read.file.clone(), path: raw.path, resource_type: None };
        let deleted = raw.method.as_deref() == Some("DELETE");
        let Some(source) = raw.resource.filter(|_| !deleted) else {
            let omission = if deleted { Omission::Deletion } else { Omission::NoResource };
            if deleted || raw.is_response || matches!(raw.method.as_deref(), Some("GET" | "HEAD")) {
                self.omitted.push(Omitted { entry: reference, omission });
            } else {
                self.refuse(reference, raw.resource_path, "missing");
            }
            return Ok(());
        };
        let value = json::value(source).map_err(|fault| fault.into_error(text, source, &raw.resource_path))?;
        if !value.is_object() {
            self.refuse(reference, raw.resource_path, "wrong JSON type, object expected");
            return Ok(());
        }
        let said = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        reference.resource_type = validate::resource_type(said("/resourceType").unwrap_or_default())?;
        if reference.resource_type == Some("OperationOutcome") {
            let severe = ["error", "fatal"];
            let mut issues = value.get("issue").and_then(Value::as_array).into_iter().flatten();
            let is_severe =
                |issue: &Value| issue.get("severity").and_then(Value::as_str).is_some_and(|it| severe.contains(&it));
            let omission = if issues.any(is_severe) { Omission::ServerError } else { Omission::ServerMessage };
            self.omitted.push(Omitted { entry: reference, omission });
            return Ok(());
        }
        if raw.method.as_deref() == Some("PATCH") {
            self.refuse(reference, raw.resource_path, "a change to a resource, not the resource");
            return Ok(());
        }
        let problems = validate::validate(&value)?;
        let refused = !problems.is_empty() && read.conformance == Conformance::Required;
        let (Some(resource_type), false) = (reference.resource_type, refused) else {
            self.invalid.push(InvalidEntry { entry: reference, problems });
            return Ok(());
        };
        let label = labels::stricter(raw.label, labels::strictest(&value, !problems.is_empty()));
        let id = said("/id").map(str::to_owned);
        let digest = json::digest(source);
        let identity = Identity::new(resource_type, raw.full_url.as_deref(), id.as_deref(), digest);
        if let Some(first) = self.seen.get(&(identity.clone(), digest)).and_then(|first| self.entries.get_mut(*first)) {
            // A repetition may be labeled where the first is not.
            first.label = labels::stricter(first.label, label);
            self.omitted.push(Omitted { entry: reference, omission: Omission::Repetition });
            return Ok(());
        }
        if let Some(url) = &raw.full_url {
            self.full_urls.insert(normal(url), resource_type);
        }
        let index = self.entries.len();
        self.seen.insert((identity.clone(), digest), index);
        self.mentions.push((reference.clone(), subject::mentions(index, raw.full_url.as_deref(), &value)));
        let age = Age {
            number: number_of(&value),
            updated: updated_of(&value),
            history: read.is_history.then_some((read.number, read.place)),
        };
        self.entries.push(Entry {
            index,
            entry: reference,
            resource_type,
            raw: source.as_bytes(),
            compartment: classify(label, resource_type, &value),
            title: summary::title(resource_type, &value),
            date: summary::date(&value),
            media_type: MEDIA_TYPE,
            problems,
            digest,
            identity,
            age,
            label,
            bundle: (read.number, raw.bundle),
            links: links(resource_type, raw.full_url.as_deref(), id.as_deref(), label.is_some(), &value),
            id,
            full_url: raw.full_url,
        });
        Ok(())
    }

    fn refuse(&mut self, entry: EntryRef, path: String, reason: &str) {
        let problems = vec![Problem { path, reason: reason.into() }];
        self.invalid.push(InvalidEntry { entry, problems });
    }
}

fn links(resource_type: &str, full_url: Option<&str>, id: Option<&str>, labeled: bool, resource: &Value) -> Links {
    let mut links = Links::default();
    if resource_type == "Binary" {
        links.names.extend(full_url.map(normal));
        links.names.extend(id.map(|id| format!("Binary/{id}")));
        links.context = resource.pointer("/securityContext/reference").and_then(Value::as_str).map(normal);
    } else {
        links.names.extend(full_url.map(normal));
        links.names.extend(id.map(|id| format!("{resource_type}/{id}")));
    }
    if labeled {
        targets(resource, &mut links.targets);
    }
    links
}

/// Every reference and URL in a resource that may be that of a Binary: as it stands, and relative to its server.
fn targets(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| targets(item, found)),
        Value::Object(members) => {
            for key in ["url", "reference"] {
                let Some(url) = members.get(key).and_then(Value::as_str).map(normal) else { continue };
                found.extend(url.rfind("Binary/").and_then(|at| url.get(at..)).map(str::to_owned));
                found.insert(url);
            }
            members.values().for_each(|member| targets(member, found));
        }
        _ => {}
    }
}

/// Gives labels to what they hold for besides the resource that has them: that of a document's Composition and of a
/// message's header for the whole bundle, that of a resource for the Binary that it refers to.
fn spread_labels(entries: &mut [Entry<'_>], kinds: &[Vec<String>]) {
    let mut of_bundles = BTreeMap::new();
    for entry in entries.iter() {
        let (document, bundle) = entry.bundle;
        let kind = kinds.get(document).and_then(|kinds| kinds.get(bundle)).map(String::as_str);
        let heads = matches!(
            (kind, entry.resource_type),
            (Some("document"), "Composition") | (Some("message"), "MessageHeader")
        );
        if let (true, Some(_)) = (heads, entry.label) {
            let label = of_bundles.entry(entry.bundle).or_default();
            *label = labels::stricter(*label, entry.label);
        }
    }
    let (mut of_targets, mut of_names) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries.iter_mut() {
        entry.label = labels::stricter(entry.label, of_bundles.get(&entry.bundle).copied().flatten());
        for (labels, names) in [(&mut of_targets, &entry.links.targets), (&mut of_names, &entry.links.names)] {
            for name in names.iter().filter(|_| entry.label.is_some()) {
                let label = labels.entry(name.clone()).or_default();
                *label = labels::stricter(*label, entry.label);
            }
        }
    }
    for entry in entries.iter_mut() {
        if entry.resource_type == "Binary" {
            let by_referrers = entry.links.names.iter().filter_map(|name| of_targets.get(name).copied().flatten());
            let by_context = entry.links.context.as_ref().and_then(|name| of_names.get(name).copied().flatten());
            let strictest = by_referrers.chain(by_context).max_by_key(|kind| kind.number);
            entry.label = labels::stricter(entry.label, strictest);
        }
        if let Some(label) = entry.label {
            entry.compartment = label;
        }
    }
}

/// Entries by resource, in the order in which each resource first occurs.
fn versions<'e, 'a>(entries: &'e [Entry<'a>]) -> Vec<Vec<&'e Entry<'a>>> {
    let mut groups: Vec<Vec<&Entry<'a>>> = Vec::new();
    let mut places = BTreeMap::new();
    for entry in entries {
        let place = *places.entry((entry.resource_type, &entry.identity)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

fn oldest<'e, 'a>(group: &[&'e Entry<'a>]) -> Result<Vec<&'e Entry<'a>>, (usize, usize)> {
    let ages: Vec<_> = group.iter().map(|entry| entry.age).collect();
    Ok(oldest_first(&ages)?.into_iter().filter_map(|place| group.get(place).copied()).collect())
}

fn check_versions(entries: &[Entry<'_>]) -> Result<(), BundleError> {
    for group in versions(entries).iter().filter(|group| group.len() > 1) {
        if let Err((one, other)) = oldest(group) {
            let at = |place: usize| group.get(place).or(group.first()).map(|entry| entry.entry.clone());
            if let (Some(first), Some(second)) = (at(one), at(other)) {
                return Err(BundleError::Repeated { first, second });
            }
        }
    }
    Ok(())
}
