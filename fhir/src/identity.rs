// SPDX-License-Identifier: Apache-2.0

//! The identity of a resource across imports, and the record key that follows from it.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::{
    reference::normal,
    subject::{patient_id, Name, PatientMatch},
};

/// The identity of a resource across imports: its full URL, else its type and id, else the digest of its content.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identity {
    FullUrl(String),
    TypeAndId(String),
    Content([u8; 32]),
}

impl Identity {
    pub(crate) fn new(resource_type: &str, full_url: Option<&str>, id: Option<&str>, content: [u8; 32]) -> Self {
        match (full_url, id) {
            (Some(url), _) => Self::FullUrl(normal(url)),
            (None, Some(id)) => Self::TypeAndId(format!("{resource_type}/{id}")),
            (None, None) => Self::Content(content),
        }
    }

    /// Returns the record key of a resource with this identity, in the form of a UUID, version 8 (RFC 9562).
    pub(crate) fn record_key(&self, resource_type: &str, chart_salt: &[u8]) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"salus/fhir/record-key/1");
        add(&mut hash, chart_salt);
        add(&mut hash, resource_type.as_bytes());
        match self {
            Self::FullUrl(url) => add(&mut hash, format!("full-url {url}").as_bytes()),
            Self::TypeAndId(name) => add(&mut hash, format!("id {name}").as_bytes()),
            Self::Content(digest) => add(&mut hash, digest),
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        if resource_type == "Patient" {
            key.iter_mut().zip(patient_marker(chart_salt)).for_each(|(byte, from)| *byte = from);
        }
        let [.., version, _, variant, _, _, _, _, _, _, _] = &mut key;
        *version = (*version & 0x0f) | 0x80;
        *variant = (*variant & 0x3f) | 0x80;
        key
    }
}

/// Returns the first bytes of a Patient resource's key. Only its author, who has the salt, can recognize them.
fn patient_marker(chart_salt: &[u8]) -> [u8; 6] {
    let mut hash = Sha256::new();
    hash.update(b"salus/fhir/patient/1");
    add(&mut hash, chart_salt);
    let mut marker = [0; 6];
    marker.iter_mut().zip(hash.finalize()).for_each(|(byte, from)| *byte = from);
    marker
}

/// Compares the patient with these names with the Patient resources among the records under `keys`.
///
/// `full_urls` are those of the import's entries. Their servers are also the candidates for the Patient's full URL.
pub(crate) fn compare_keys<'k>(
    names: &BTreeSet<Name>,
    full_urls: impl Iterator<Item = &'k str>,
    chart_salt: &[u8],
    keys: impl Iterator<Item = [u8; 16]>,
) -> PatientMatch {
    let marker = patient_marker(chart_salt);
    let mut keys = keys.filter(|key| key.starts_with(&marker)).peekable();
    // Without a name or a Patient resource there is nothing to compare.
    if names.is_empty() || keys.peek().is_none() {
        return PatientMatch::Unknown;
    }
    let bases: BTreeSet<String> = full_urls.filter_map(base).collect();
    let mut own = BTreeSet::new();
    let mut add = |identity: Identity| {
        own.insert(identity.record_key("Patient", chart_salt));
    };
    for name in names {
        match name {
            Name::Id(id) => {
                add(Identity::TypeAndId(format!("Patient/{id}")));
                bases.iter().for_each(|base| add(Identity::FullUrl(format!("{base}/Patient/{id}"))));
            }
            Name::Url(url) => {
                add(Identity::FullUrl(url.clone()));
                if let Some(id) = patient_id(url) {
                    add(Identity::TypeAndId(format!("Patient/{id}")));
                }
            }
            Name::Identifier(..) | Name::Local(..) => {}
        }
    }
    match keys.any(|key| own.contains(&key)) {
        true => PatientMatch::Same,
        false => PatientMatch::Other,
    }
}

/// Returns the base URL of a full URL: `https://server/fhir` for `https://server/fhir/Observation/x`.
fn base(full_url: &str) -> Option<String> {
    let url = normal(full_url);
    let (rest, _) = url.rsplit_once('/')?;
    let (base, _) = rest.rsplit_once('/')?;
    base.contains("://").then(|| base.to_owned())
}

/// Hashes a part with its length, so that two different lists of parts never hash the same bytes.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(part);
}
