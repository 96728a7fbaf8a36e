// SPDX-License-Identifier: Apache-2.0

//! An import: checks all its documents together, and gives each resource with its exact bytes and its metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::{
    classify::{classify, CompartmentKind},
    definitions::resource_type,
    document::{utf8, Conformance, Document, RawEntry},
    error::{BundleError, EntryRef, InvalidEntry, Omission, Omitted, Problem},
    identity::{compare_keys, Identity},
    json, labels,
    reference::normal,
    spreading::{self, Labeled},
    subject::{self, compare, Mention, Name, PatientMatch},
    summary,
    validate::validate,
    versions::{number_of, oldest_first, updated_of, Age, Moment},
    MAX_BUNDLE_BYTES, MAX_ENTRIES, MAX_PROBLEMS,
};

/// The media type of every resource (FHIR R4, RESTful API, content types).
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
    /// Its position among the resources that were read, counted from 0.
    pub index: usize,
    /// Its place in the file.
    pub entry: EntryRef,
    /// Its resource type, one of R4.
    pub resource_type: &'static str,
    /// `Resource.id`.
    pub id: Option<String>,
    /// `Bundle.entry.fullUrl`.
    pub full_url: Option<String>,
    /// The exact bytes of the resource in the file.
    pub raw: &'a [u8],
    /// Its compartment.
    pub compartment: &'static CompartmentKind,
    /// A short title for the sealed header.
    pub title: String,
    /// The date that matters to a reader, as FHIR writes it, for the sealed header; at most 40 characters.
    pub date: Option<String>,
    /// The media type of [`Self::raw`].
    pub media_type: &'static str,
    /// Its deviations from R4; empty unless conformance is waived.
    pub problems: Vec<Problem>,
    /// The SHA-256 of the resource without the white space between its tokens.
    pub digest: [u8; 32],
    identity: Identity,
    age: Age,
    /// Whether it names the patient.
    names_patient: bool,
}

impl<'a> Bundle<'a> {
    /// Reads an import that is one document.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        Self::join(vec![Document::parse("", bytes, Conformance::Required)?])
    }

    /// Checks all documents of an import together, and accepts the whole import or nothing.
    ///
    /// Besides the files it needs memory for one parsed resource, and for each entry some hundred bytes and its references.
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
        let kind = documents.first().and_then(|document| document.bundles.first());
        let kind = kind.map(|bundle| bundle.kind.clone()).unwrap_or_default();
        let mut join = Join::default();
        let mut bundles = Vec::new();
        let mut problems = Vec::new();
        for (number, document) in documents.into_iter().enumerate() {
            let file = several.then(|| Arc::from(document.name.as_str()));
            problems.extend(document.problems);
            for (place, raw) in document.entries.into_iter().enumerate() {
                let is_history = document.bundles.get(raw.bundle).is_some_and(|it| it.kind == "history");
                let read = ReadFrom { number, place, is_history, file: &file, conformance: document.conformance };
                join.take(&read, document.text, raw)?;
                if join.invalid.len() >= MAX_PROBLEMS {
                    return Err(BundleError::InvalidEntries { entries: join.invalid });
                }
            }
            bundles.push(document.bundles);
        }
        if !join.invalid.is_empty() {
            return Err(BundleError::InvalidEntries { entries: join.invalid });
        }
        let Join { mut entries, mut labeled, mentions, full_urls, mut omitted, .. } = join;
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
        spreading::spread(&mut labeled, &bundles);
        for entry in &mut entries {
            entry.names_patient = subject.about.contains(&entry.index);
            if let Some(label) = labeled.get(entry.index).and_then(Labeled::label) {
                entry.compartment = label;
            }
        }
        check_versions(&entries)?;
        Ok(Self { kind, entries, omitted, problems, patient: subject.names })
    }

    /// Returns the type of the first bundle, such as `collection`; empty for NDJSON.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the entries to import, in the order of the documents.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// Returns the entries by resource, each resource with its versions from oldest to newest.
    pub fn records(&self) -> Vec<Vec<&Entry<'a>>> {
        versions(&self.entries).into_iter().map(|group| oldest(&group).unwrap_or(group)).collect()
    }

    /// Returns the entries that the import leaves out.
    pub fn omitted(&self) -> &[Omitted] {
        &self.omitted
    }

    /// Returns the deviations from R4 around the entries; empty unless conformance is waived.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the entry with the patient's own Patient resource, if the import has one.
    pub fn patient(&self) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.resource_type == "Patient")
    }

    /// Returns whether some entry names the patient. Otherwise the import fits every chart.
    pub fn names_patient(&self) -> bool {
        !self.patient.is_empty()
    }

    /// Compares the patient with the records under `keys`, as far as this author imported them.
    ///
    /// The keys of one author's imports follow from the same `chart_salt`. A Patient record tells, and so does any
    /// other record that names the patient: the author has decided about this person before.
    pub fn compare_keys(&self, keys: &BTreeSet<[u8; 16]>, chart_salt: &[u8]) -> PatientMatch {
        let full_urls = self.entries.iter().filter_map(|entry| entry.full_url.as_deref());
        let known = |entry: &Entry<'_>| entry.names_patient && keys.contains(&entry.record_key(chart_salt));
        match compare_keys(&self.patient, full_urls, chart_salt, keys.iter().copied()) {
            PatientMatch::Unknown if self.entries.iter().any(known) => PatientMatch::Same,
            told => told,
        }
    }

    /// Compares the patient with a Patient record of another author.
    ///
    /// `same_source` says whether the record is of the importing institution, so that equal ids mean the same person.
    pub fn compare_patient(&self, record: &[u8], same_source: bool) -> PatientMatch {
        let parsed = |bytes: &[u8]| utf8(bytes).ok().and_then(|text| json::value(text).ok());
        let own = self.patient().and_then(|entry| parsed(entry.raw));
        let there = parsed(record);
        there.map_or(PatientMatch::Unknown, |there| compare(&self.patient, own.as_ref(), &there, same_source))
    }
}

impl Entry<'_> {
    /// Returns the record key of this resource. Another import of the resource gives the same key.
    ///
    /// The key follows from the resource's logical identity: its full URL, else type and id, else its bytes. It has the
    /// form of a UUID, version 8 (RFC 9562).
    ///
    /// The chain keeps the key for ever, and others can guess identities, such as a hospital number. So `chart_salt`
    /// **must be secret**: at least 16 bytes, derived from a client key for this chart, and never published.
    pub fn record_key(&self, chart_salt: &[u8]) -> [u8; 16] {
        self.identity.record_key(self.resource_type, chart_salt)
    }

    /// Returns `meta.lastUpdated`.
    pub fn updated(&self) -> Option<Moment> {
        self.age.updated
    }
}

/// The source of an entry.
struct ReadFrom<'f> {
    number: usize,
    place: usize,
    is_history: bool,
    file: &'f Option<Arc<str>>,
    conformance: Conformance,
}

/// The entries and mentions that were read so far.
#[derive(Default)]
struct Join<'a> {
    entries: Vec<Entry<'a>>,
    /// Each entry with its label, and all that passes labels on.
    labeled: Vec<Labeled>,
    /// The number of each resource.
    resources: BTreeMap<(&'static str, Identity), usize>,
    mentions: Vec<(EntryRef, BTreeSet<Mention>)>,
    full_urls: BTreeMap<String, &'static str>,
    omitted: Vec<Omitted>,
    invalid: Vec<InvalidEntry>,
    /// The index of each entry by its identity and digest.
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
        reference.resource_type = resource_type(said("/resourceType").unwrap_or_default())?;
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
        let problems = validate(&value)?;
        let refused = !problems.is_empty() && read.conformance == Conformance::Required;
        let (Some(resource_type), false) = (reference.resource_type, refused) else {
            self.invalid.push(InvalidEntry { entry: reference, problems });
            return Ok(());
        };
        let label = labels::stricter(raw.label, labels::strictest(&value, !problems.is_empty()));
        let id = said("/id").map(str::to_owned);
        let digest = json::digest(source);
        let identity = Identity::new(resource_type, raw.full_url.as_deref(), id.as_deref(), digest);
        let bundle = (read.number, raw.bundle);
        if let Some(first) = self.seen.get(&(identity.clone(), digest)).and_then(|first| self.labeled.get_mut(*first)) {
            first.repeat(label, bundle);
            self.omitted.push(Omitted { entry: reference, omission: Omission::Repetition });
            return Ok(());
        }
        if let Some(url) = &raw.full_url {
            self.full_urls.insert(normal(url), resource_type);
        }
        let index = self.entries.len();
        self.seen.insert((identity.clone(), digest), index);
        self.mentions.push((reference.clone(), subject::mentions(index, raw.full_url.as_deref(), &value)));
        let resources = self.resources.len();
        let resource = *self.resources.entry((resource_type, identity.clone())).or_insert(resources);
        let names = (raw.full_url.as_deref(), id.as_deref());
        self.labeled.push(Labeled::new((resource_type, resource), names, (label, bundle), &value));
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
            names_patient: false,
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

/// Groups the entries by resource, in the order in which each resource first occurs.
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
