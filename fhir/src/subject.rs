// SPDX-License-Identifier: Apache-2.0

//! Finds every mention of a patient in an import, and checks that all mean one patient.
//!
//! A mention is a Patient resource (an entry or contained), or a Reference to one anywhere in a resource, extensions
//! included. A reference is relative (`Patient/x`), absolute, `urn:uuid:`, conditional (`Patient?identifier=...`) or
//! logical (by identifier). A `urn:uuid:` of no entry counts if its element or its `type` means a patient.
//!
//! Two kinds of mention do not make a second patient. `Patient.link` gives further names of the same person. A person
//! in another part than the subject's (a payer, reporter or performer) may be a patient elsewhere: [`OTHER_PARTS`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    error::{BundleError, EntryRef},
    reference::{conditional, normal, Conditional},
    MAX_PROBLEMS,
};

/// Elements of the R4 patient compartment that name the patient of a resource.
const PATIENT_ELEMENTS: &[&str] = &["patient", "subject", "beneficiary"];

/// Elements whose person is not the subject of the resource: payers, guarantors, reporters, performers, receivers, and
/// the focus of an observation.
const OTHER_PARTS: &[&str] = &[
    "asserter",
    "attester",
    "author",
    "focus",
    "guarantor",
    "informationSource",
    "payee",
    "payor",
    "performer",
    "policyHolder",
    "provision",
    "receiver",
    "recipient",
    "recorder",
    "requester",
    "sender",
    "source",
    "subscriber",
];

/// Extensions whose reference names a relative of the patient.
const RELATIVES: &[&str] = &["http://hl7.org/fhir/StructureDefinition/familymemberhistory-patient-record"];

/// The maximum rounds in which names learned from references are tried again.
const MAX_ROUNDS: usize = 16;

/// The maximum number of Patient resources that are tried as the patient of an import.
const MAX_PATIENTS: usize = 8;

/// One way to name a patient.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    /// Logical id of `Patient/id`.
    Id(String),
    /// Absolute URL or URN.
    Url(String),
    /// System and value of a business identifier.
    Identifier(String, String),
    /// A resource without any other name, by entry and, if it is contained, id.
    Local(usize, String),
}

/// A mention of a person in an entry. It identifies the person, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mention {
    names: Vec<Name>,
    kind: MentionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MentionKind {
    /// A Patient resource that is an entry.
    Entry,
    /// A reference to a patient, or a Patient resource inside another resource.
    Patient,
    /// A reference of unknown type, which means a patient if its target is a Patient entry.
    Unknown {
        /// Whether it means a patient if its target is not an entry.
        likely: bool,
    },
    /// A person in an element of [`OTHER_PARTS`].
    OtherPart,
}

/// Returns every mention in a resource.
pub(crate) fn mentions(index: usize, full_url: Option<&str>, resource: &Value) -> BTreeSet<Mention> {
    let mut search = Search { index, found: BTreeSet::new(), contained: BTreeMap::new(), subjects: BTreeSet::new() };
    let is_patient = text(resource, "resourceType") == Some("Patient");
    if is_patient {
        let mut names: Vec<_> = full_url.map(|url| Name::Url(normal(url))).into_iter().collect();
        names.extend(text(resource, "id").map(|id| Name::Id(id.into())));
        names.extend(identifiers(resource));
        if names.is_empty() {
            names.push(Name::Local(index, String::new()));
        }
        names.extend(links(resource));
        search.found.insert(Mention { names, kind: MentionKind::Entry });
    }
    let Value::Object(members) = resource else { return search.found };
    for (key, member) in members {
        // The mention of a Patient resource has the names in its links already.
        if !(is_patient && key == "link") {
            search.look(key, false, member);
        }
    }
    search.finish()
}

struct Search {
    index: usize,
    found: BTreeSet<Mention>,
    /// Contained patients by their ids.
    contained: BTreeMap<String, Mention>,
    /// The ids in references to contained resources, and whether the reference names a subject.
    subjects: BTreeSet<(String, bool)>,
}

impl Search {
    /// Searches `value`. `other` says whether it is in an element of [`OTHER_PARTS`].
    fn look(&mut self, element: &str, other: bool, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.look(element, other, item)),
            Value::Object(members) => {
                let relative = text(value, "url").is_some_and(|url| RELATIVES.contains(&url));
                // A subject inside another part is a subject again, because a whole resource may be inside.
                let other =
                    relative || OTHER_PARTS.contains(&element) || (other && !PATIENT_ELEMENTS.contains(&element));
                let is_patient = text(value, "resourceType") == Some("Patient");
                if is_patient {
                    self.inner_patient(element, value);
                } else {
                    self.reference(element, other, value);
                }
                for (key, member) in members {
                    if !(is_patient && key == "link") {
                        self.look(key, other, member);
                    }
                }
            }
            _ => {}
        }
    }

    /// Records a Patient resource inside another resource. The id of a contained one has a local meaning only.
    fn inner_patient(&mut self, element: &str, patient: &Value) {
        let mut names: Vec<_> = identifiers(patient).collect();
        let id = text(patient, "id").unwrap_or_default();
        if element != "contained" {
            names.extend(text(patient, "id").map(|id| Name::Id(id.into())));
        }
        if names.is_empty() {
            names.push(Name::Local(self.index, id.into()));
        }
        names.extend(links(patient));
        let mention = Mention { names, kind: MentionKind::Patient };
        if element == "contained" {
            self.contained.insert(id.to_owned(), mention);
        } else {
            self.found.insert(mention);
        }
    }

    fn reference(&mut self, element: &str, other: bool, value: &Value) {
        let declared = text(value, "type");
        let likely = declared.map_or(PATIENT_ELEMENTS.contains(&element), |declared| declared == "Patient");
        let logical = value.get("identifier").and_then(identifier);
        let Some(literal) = text(value, "reference") else {
            let kind = if other { MentionKind::OtherPart } else { MentionKind::Patient };
            self.found.extend(logical.filter(|_| likely).map(|name| Mention { names: vec![name], kind }));
            return;
        };
        if let Some(id) = literal.strip_prefix('#') {
            self.subjects.insert((id.to_owned(), !other));
            return;
        }
        let Some((name, kind)) = literal_reference(literal, likely) else { return };
        let kind = if other { MentionKind::OtherPart } else { kind };
        self.found.insert(Mention { names: [name].into_iter().chain(logical).collect(), kind });
    }

    /// Adds the contained patients. One to whom only other parts refer is not a subject.
    fn finish(mut self) -> BTreeSet<Mention> {
        for (id, mention) in self.contained {
            let refers = |as_subject| self.subjects.contains(&(id.clone(), as_subject));
            let kind = if refers(false) && !refers(true) { MentionKind::OtherPart } else { mention.kind };
            self.found.insert(Mention { kind, ..mention });
        }
        self.found
    }
}

fn literal_reference(literal: &str, likely: bool) -> Option<(Name, MentionKind)> {
    if let Some(condition) = conditional(literal) {
        let name = match condition {
            Conditional::Identifier { system, value } => Name::Identifier(system, value),
            Conditional::Id(id) => Name::Id(id),
            // It could match any patient.
            Conditional::Other(query) => Name::Identifier(query, String::new()),
        };
        return Some((name, MentionKind::Patient));
    }
    let url = normal(literal);
    let is_absolute = url.starts_with("urn:") || url.contains("://");
    match (patient_id(&url), is_absolute) {
        (Some(id), false) => Some((Name::Id(id.into()), MentionKind::Patient)),
        (Some(_), true) => Some((Name::Url(url), MentionKind::Patient)),
        (None, true) => Some((Name::Url(url), MentionKind::Unknown { likely })),
        (None, false) => None,
    }
}

/// Returns the names in `Patient.link`, which are records of the same person (R4, Patient, section on linking).
fn links(patient: &Value) -> impl Iterator<Item = Name> + '_ {
    patient.get("link").and_then(Value::as_array).into_iter().flatten().flat_map(|link| {
        let other = link.get("other");
        // A URN may be a RelatedPerson's. It does no harm, because no other mention has this name.
        let literal = other.and_then(|other| text(other, "reference"));
        let literal = literal.and_then(|literal| literal_reference(literal, false)).map(|(name, _)| name);
        let logical = other.filter(|other| text(other, "type") != Some("RelatedPerson"));
        literal.into_iter().chain(logical.and_then(|other| other.get("identifier")).and_then(identifier))
    })
}

/// Whether a chart is about the patient of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatientMatch {
    /// They have the same patient.
    Same,
    /// The chart has a Patient record that does not name the patient of the import.
    Other,
    /// Nothing tells.
    Unknown,
}

/// Compares the patient of an import with a Patient resource of a chart.
///
/// `own` is the import's Patient resource, if it has one. `same_source` says whether the same institution wrote
/// `there`: two servers may give the same id to two persons.
pub(crate) fn compare(names: &BTreeSet<Name>, own: Option<&Value>, there: &Value, same_source: bool) -> PatientMatch {
    if text(there, "resourceType") != Some("Patient") || names.is_empty() {
        return PatientMatch::Unknown;
    }
    let birth_dates = own.and_then(|own| text(own, "birthDate")).zip(text(there, "birthDate"));
    // A date may lack its day or its month.
    let same_birth = birth_dates.map(|(one, other)| one.starts_with(other) || other.starts_with(one));
    if same_birth == Some(false) {
        return PatientMatch::Other;
    }
    let ids = text(there, "id").map(|id| Name::Id(id.into()));
    let by_id = ids.into_iter().chain(links(there)).any(|name| names.contains(&name));
    // Two Patient resources that share an insurance number are still two patients.
    let by_identifier = own.is_none() && identifiers(there).any(|name| names.contains(&name));
    match by_id {
        true if same_source || same_birth == Some(true) => PatientMatch::Same,
        _ if by_identifier => PatientMatch::Same,
        true => PatientMatch::Unknown,
        false => PatientMatch::Other,
    }
}

/// The patient of an import.
#[derive(Default)]
pub(crate) struct Subject {
    /// All names of the patient; empty if no entry names one.
    pub(crate) names: BTreeSet<Name>,
    /// The indices of Patient resources of other persons, whom some entry names in another part.
    pub(crate) others: BTreeSet<usize>,
    /// The indices of the entries that name the patient.
    pub(crate) about: BTreeSet<usize>,
}

/// Returns the patient whom all mentions mean, or [`BundleError::SeveralPatients`].
///
/// `full_urls` holds the resource type of each entry that has a full URL.
pub(crate) fn one_patient(
    mentions: &[(EntryRef, BTreeSet<Mention>)],
    full_urls: &BTreeMap<String, &'static str>,
) -> Result<Subject, BundleError> {
    let all = || mentions.iter().enumerate().flat_map(|(index, (_, list))| list.iter().map(move |it| (index, it)));
    let named: Vec<_> = all().filter(|(_, mention)| mention.is_patient(full_urls)).collect();
    // A Patient resource has the most names, so start with these.
    let resources: Vec<_> = named.iter().copied().filter(|(_, it)| it.kind == MentionKind::Entry).collect();
    let mut seeds: Vec<_> = resources.iter().copied().take(MAX_PATIENTS).collect();
    if seeds.is_empty() {
        seeds.extend(named.first().copied());
    }
    let mut refused = None;
    for seed in seeds {
        let (patient, rest) = closure(seed.1, &named);
        let is_other = |(_, mention): &(usize, &Mention)| {
            let by = |(_, other): (usize, &Mention)| other.kind == MentionKind::OtherPart && mention.shares(other);
            mention.kind == MentionKind::Entry && all().any(by)
        };
        // A person whom only a Patient resource names is not the patient if references name another one.
        let subjects = named.iter().any(|(_, it)| it.kind != MentionKind::Entry && patient.is(it));
        if rest.len() < MAX_PATIENTS && rest.iter().all(is_other) && (rest.is_empty() || subjects) {
            let others: BTreeSet<_> = rest.iter().map(|(index, _)| *index).collect();
            let about = named.iter().map(|(index, _)| *index).filter(|index| !others.contains(index)).collect();
            return Ok(Subject { names: patient.names, others, about });
        }
        refused.get_or_insert((seed.0, rest));
    }
    let Some((first, rest)) = refused else { return Ok(Subject::default()) };
    let mut entries: Vec<EntryRef> = Vec::new();
    for index in [first].into_iter().chain(rest.into_iter().map(|(index, _)| index)) {
        let entry = mentions.get(index).map(|(entry, _)| entry);
        entries.extend(entry.filter(|entry| entries.len() < MAX_PROBLEMS && !entries.contains(entry)).cloned());
    }
    Err(BundleError::SeveralPatients { entries })
}

/// Returns the patient of `seed` with all names that the mentions give, and the mentions of other persons.
fn closure<'m>(seed: &Mention, named: &[(usize, &'m Mention)]) -> (Patient, Vec<(usize, &'m Mention)>) {
    let mut patient = Patient::default();
    patient.learn(seed);
    let mut rest = named.to_vec();
    // A reference may give the patient a further name, by which another reference matches. Real chains of names are
    // short, so a longer one is refused.
    for _ in 0..MAX_ROUNDS {
        let before = rest.len();
        rest.retain(|(_, mention)| {
            let same = *mention == seed || patient.is(mention);
            if same {
                patient.learn(mention);
            }
            !same
        });
        if rest.is_empty() || rest.len() == before {
            break;
        }
    }
    (patient, rest)
}

impl Mention {
    fn is_patient(&self, full_urls: &BTreeMap<String, &'static str>) -> bool {
        let likely = match self.kind {
            MentionKind::Entry | MentionKind::Patient => return true,
            MentionKind::OtherPart => return false,
            MentionKind::Unknown { likely } => likely,
        };
        let target = self.names.iter().find_map(|name| match name {
            Name::Url(url) => full_urls.get(url),
            _ => None,
        });
        target.map_or(likely, |target| *target == "Patient")
    }

    /// Returns whether both mean the same person, where one of them is a reference in another part.
    fn shares(&self, other: &Self) -> bool {
        let mut patient = Patient::default();
        patient.learn(self);
        patient.is(other)
    }
}

/// The names of one patient.
#[derive(Default)]
struct Patient {
    names: BTreeSet<Name>,
    /// Whether some name has a server. Then the same id on another server means another person.
    server: bool,
}

impl Patient {
    fn learn(&mut self, mention: &Mention) {
        for name in &mention.names {
            if let Name::Url(url) = name {
                if let Some(id) = patient_id(url) {
                    self.server = true;
                    self.names.insert(Name::Id(id.into()));
                }
            }
            self.names.insert(name.clone());
        }
    }

    fn is(&self, mention: &Mention) -> bool {
        let is_entry = mention.kind == MentionKind::Entry;
        mention.names.iter().any(|name| match name {
            Name::Url(url) => {
                let by_id = || patient_id(url).is_some_and(|id| self.names.contains(&Name::Id(id.into())));
                self.names.contains(name) || (!self.server && by_id())
            }
            // Two Patient entries that share an insurance number are still two patients.
            Name::Identifier(..) => !is_entry && self.names.contains(name),
            Name::Id(_) | Name::Local(..) => self.names.contains(name),
        })
    }
}

/// Returns the `x` of `Patient/x` at the end of a URL.
pub(crate) fn patient_id(url: &str) -> Option<&str> {
    let (base, id) = url.rsplit_once('/')?;
    (base == "Patient" || base.ends_with("/Patient")).then_some(id)
}

fn identifiers(resource: &Value) -> impl Iterator<Item = Name> + '_ {
    resource.get("identifier").and_then(Value::as_array).into_iter().flatten().filter_map(identifier)
}

fn identifier(value: &Value) -> Option<Name> {
    Some(Name::Identifier(text(value, "system").unwrap_or_default().into(), text(value, "value")?.into()))
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}
