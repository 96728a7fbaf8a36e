// SPDX-License-Identifier: Apache-2.0

//! One bundle, one patient: finds every mention of a patient and checks that all mean the same one.
//!
//! A mention is a Patient resource (an entry or contained) or a Reference to one anywhere in a resource, extensions
//! included: relative (`Patient/x`), absolute, `urn:uuid:`, conditional (`Patient?identifier=...`) or logical (by
//! identifier). A `urn:uuid:` that no entry bears counts when its element or its `type` says that it is a patient.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    error::{BundleError, EntryRef},
    MAX_PROBLEMS,
};

/// Elements of the R4 patient compartment that name the patient of a resource.
const PATIENT_ELEMENTS: &[&str] = &["patient", "subject", "beneficiary"];

/// How often names learnt from references are tried again.
const MAX_ROUNDS: usize = 16;

/// One way to name a patient.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    /// Logical id of `Patient/id`.
    Id(String),
    /// Absolute URL or URN.
    Url(String),
    /// System and value of a business identifier.
    Identifier(String, String),
    /// A resource without any other name, by entry and, if it is contained, id.
    Local(usize, String),
}

/// Something in an entry that may name a patient; no `Debug`, for it identifies one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mention {
    names: Vec<Name>,
    kind: MentionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MentionKind {
    /// A Patient resource that is an entry.
    Entry,
    /// Surely a patient.
    Patient,
    /// A reference of unknown type; a patient if it points to one.
    Unknown {
        /// A patient also if it points to no entry.
        likely: bool,
    },
}

/// Every mention in a resource, each once.
pub(crate) fn mentions(index: usize, full_url: Option<&str>, resource: &Value) -> BTreeSet<Mention> {
    let mut found = BTreeSet::new();
    if resource.get("resourceType").and_then(Value::as_str) == Some("Patient") {
        let mut names: Vec<_> = full_url.map(|url| Name::Url(normal(url))).into_iter().collect();
        names.extend(text(resource, "id").map(|id| Name::Id(id.into())));
        names.extend(identifiers(resource));
        if names.is_empty() {
            names.push(Name::Local(index, String::new()));
        }
        found.insert(Mention { names, kind: MentionKind::Entry });
    }
    search(index, "", resource, &mut found);
    found
}

fn search(index: usize, element: &str, value: &Value, found: &mut BTreeSet<Mention>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| search(index, element, item, found)),
        Value::Object(members) => {
            let mention = if !element.is_empty() && text(value, "resourceType") == Some("Patient") {
                Some(inner_patient(index, element, value))
            } else {
                reference(element, value)
            };
            found.extend(mention);
            members.iter().for_each(|(key, member)| search(index, key, member, found));
        }
        _ => {}
    }
}

/// A Patient resource inside another resource. A contained one has an id of local meaning only.
fn inner_patient(index: usize, element: &str, patient: &Value) -> Mention {
    let mut names: Vec<_> = identifiers(patient).collect();
    if element != "contained" {
        names.extend(text(patient, "id").map(|id| Name::Id(id.into())));
    }
    if names.is_empty() {
        names.push(Name::Local(index, text(patient, "id").unwrap_or_default().into()));
    }
    Mention { names, kind: MentionKind::Patient }
}

fn reference(element: &str, value: &Value) -> Option<Mention> {
    let declared = text(value, "type");
    let likely = declared.map_or(PATIENT_ELEMENTS.contains(&element), |declared| declared == "Patient");
    let logical = value.get("identifier").and_then(identifier);
    let Some(literal) = text(value, "reference") else {
        return logical.filter(|_| likely).map(|name| Mention { names: vec![name], kind: MentionKind::Patient });
    };
    let (name, kind) = literal_reference(literal, likely)?;
    Some(Mention { names: [name].into_iter().chain(logical).collect(), kind })
}

fn literal_reference(literal: &str, likely: bool) -> Option<(Name, MentionKind)> {
    if literal.starts_with('#') {
        return None; // a contained resource, which is a mention itself
    }
    if let Some(query) = literal.strip_prefix("Patient?") {
        let token = query.split('&').find_map(|part| part.strip_prefix("identifier="));
        let (system, value) = token.map_or((query, ""), |token| token.split_once('|').unwrap_or(("", token)));
        return Some((Name::Identifier(system.into(), value.into()), MentionKind::Patient));
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

/// The error if the mentions of the entries mean more than one patient.
///
/// `full_urls` holds the resource type of each entry that has a full URL.
pub(crate) fn one_patient(
    mentions: &[(EntryRef, BTreeSet<Mention>)],
    full_urls: &BTreeMap<String, &'static str>,
) -> Result<(), BundleError> {
    let mut rest: Vec<(EntryRef, &Mention)> = mentions
        .iter()
        .flat_map(|(entry, list)| list.iter().map(move |mention| (*entry, mention)))
        .filter(|(_, mention)| mention.is_patient(full_urls))
        .collect();
    // The Patient resource tells the most names, so it is asked first.
    rest.sort_by_key(|(_, mention)| mention.kind != MentionKind::Entry);
    let Some((first, seed)) = rest.first().copied() else { return Ok(()) };
    let mut patient = Known::default();
    patient.learn(seed);
    // A reference may tell a further name of the patient, by which another reference is then known. Chains of such
    // names are short in earnest; a made-up long one is refused rather than followed.
    for _ in 0..MAX_ROUNDS {
        let before = rest.len();
        rest.retain(|(_, mention)| {
            let same = patient.is(mention);
            if same {
                patient.learn(mention);
            }
            !same
        });
        if rest.is_empty() {
            return Ok(());
        }
        if rest.len() == before {
            break;
        }
    }
    let mut entries = vec![first];
    for (entry, _) in rest {
        if entries.len() < MAX_PROBLEMS && !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    Err(BundleError::SeveralPatients { entries })
}

impl Mention {
    fn is_patient(&self, full_urls: &BTreeMap<String, &'static str>) -> bool {
        let MentionKind::Unknown { likely } = self.kind else { return true };
        let target = self.names.iter().find_map(|name| match name {
            Name::Url(url) => full_urls.get(url),
            _ => None,
        });
        target.map_or(likely, |target| *target == "Patient")
    }
}

/// What is known of the bundle's patient.
#[derive(Default)]
struct Known {
    names: BTreeSet<Name>,
    /// Whether a server is known, so that the same id on another server means somebody else.
    server: bool,
}

impl Known {
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

/// The `x` of `Patient/x` at the end of a URL.
fn patient_id(url: &str) -> Option<&str> {
    let (base, id) = url.rsplit_once('/')?;
    (base == "Patient" || base.ends_with("/Patient")).then_some(id)
}

/// A URL without version, and a URN in lower case, for UUIDs are compared without case.
pub(crate) fn normal(url: &str) -> String {
    let url = url.split_once("/_history/").map_or(url, |(before, _)| before);
    match url.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("urn:") => url.to_ascii_lowercase(),
        _ => url.into(),
    }
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
