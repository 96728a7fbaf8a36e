// SPDX-License-Identifier: Apache-2.0

//! The errors of an import. Their texts contain element names, and no other text of a bundle.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{MAX_BUNDLES_IN_BUNDLES, MAX_BUNDLE_BYTES, MAX_DEPTH, MAX_ENTRIES, MAX_PROBLEMS, MAX_VALUES};

/// The reason for which an import was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The input, all files together, has more bytes than [`MAX_BUNDLE_BYTES`].
    #[error("import has `{bytes}` bytes, more than `{MAX_BUNDLE_BYTES}`\nhint: split it into several imports")]
    TooLarge {
        /// The length of the input, in bytes.
        bytes: usize,
    },
    /// The input is not UTF-8.
    #[error(
        "bundle is not UTF-8 at byte `{offset}`\nhint: FHIR JSON is always UTF-8; convert the file, such as with iconv"
    )]
    NotUtf8 {
        /// The offset of the first invalid byte.
        offset: usize,
    },
    /// The input is not one JSON document.
    #[error("bundle is not valid JSON at line `{line}`, column `{column}`\nhint: check that the file is complete and holds FHIR in JSON")]
    NotJson {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1 in bytes.
        column: usize,
    },
    /// The input is XML.
    #[error("bundle is XML\nhint: export it as JSON, such as with `_format=json`")]
    Xml,
    /// A number exceeds the range of an IEEE 754 double, beyond which readers disagree (RFC 8259, section 6).
    #[error("a number is too large in `{path}`\nhint: correct the system that wrote the bundle")]
    NumberTooLarge {
        /// The entry, or the member of the bundle, that has it.
        path: String,
    },
    /// An object has the same key twice, so that two readers could see two different records.
    #[error("key appears twice in an object: `{path}`\nhint: correct the system that wrote the bundle")]
    DuplicateKey {
        /// Path of the key in the bundle.
        path: String,
    },
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`].
    #[error(
        "nesting is deeper than `{MAX_DEPTH}` levels in `{path}`\nhint: no FHIR resource needs that; check the file"
    )]
    TooDeep {
        /// The entry, or the member of the bundle, that is nested too deeply.
        path: String,
    },
    /// One resource has more values than [`MAX_VALUES`], or a bundle or entry has far more members than FHIR defines.
    #[error("more than `{MAX_VALUES}` values, or an endless object, in `{path}`\nhint: split the resource")]
    TooComplex {
        /// The entry, or the member of the bundle, that has too many.
        path: String,
    },
    /// Bundles are nested in bundles more than [`MAX_BUNDLES_IN_BUNDLES`] deep.
    #[error("bundles stand in bundles, more than `{MAX_BUNDLES_IN_BUNDLES}` deep, in `{path}`\nhint: export the inner bundle by itself")]
    BundlesTooDeep {
        /// The path of the innermost bundle that was read.
        path: String,
    },
    /// The document is neither a FHIR Bundle nor another resource.
    #[error(
        "document is not a FHIR Bundle\nhint: a Bundle, a resource, or a resource on each line (NDJSON) is expected"
    )]
    NotABundle,
    /// The bundle around the entries is not valid.
    #[error("bundle is not valid FHIR R4{}\nhint: correct it in the system that wrote it", list(problems))]
    InvalidBundle {
        /// The problems, at most [`MAX_PROBLEMS`].
        problems: Vec<Problem>,
    },
    /// The bundle has no entry.
    #[error("bundle has no entries\nhint: there is nothing to import")]
    Empty,
    /// The bundle has more than [`MAX_ENTRIES`] entries.
    #[error("import has more than `{MAX_ENTRIES}` entries\nhint: split it into several imports")]
    TooManyEntries,
    /// No entry has a resource to import.
    #[error("bundle has `{entries}` entries and none to import: {}\nhint: there is nothing to import", counted_omissions(.omitted))]
    NothingToImport {
        /// The number of entries.
        entries: usize,
        /// The entries, each with its reason.
        omitted: Vec<Omitted>,
    },
    /// Some entries are not valid FHIR R4 resources.
    #[error("{} not valid FHIR R4{}\nhint: correct them in the system that wrote the bundle; nothing was imported",
        counted(entries.len()), list(entries))]
    InvalidEntries {
        /// The invalid entries with their problems, at most [`MAX_PROBLEMS`].
        entries: Vec<InvalidEntry>,
    },
    /// The entries are about more than one patient.
    #[error(
        "bundle is about more than one patient{}\nhint: make one bundle for each patient; nothing was imported",
        list(entries)
    )]
    SeveralPatients {
        /// An entry about the first patient, then entries that name another, at most [`MAX_PROBLEMS`].
        entries: Vec<EntryRef>,
    },
    /// Two entries are versions of one resource, and their metadata does not tell which is newer.
    #[error("two entries say different things of the same resource: {first} and {second}\nhint: keep one of them, or give each its `meta.versionId`")]
    Repeated {
        /// The first of them.
        first: EntryRef,
        /// The second.
        second: EntryRef,
    },
    /// The tables built into this program are damaged.
    #[error("built-in FHIR definitions are damaged at `{at}`\nhint: install this program again")]
    Definitions {
        /// The line or the type at fault.
        at: String,
    },
}

/// A reference to an entry by its position and resource type, which identify no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRef {
    /// The name of its file, if the import has several.
    pub file: Option<Arc<str>>,
    /// Its path in the file, such as `Bundle.entry[4]`, counted from 0 as in FHIRPath, or its line.
    pub path: String,
    /// Resource type, if it is one of R4.
    pub resource_type: Option<&'static str>,
}

impl fmt::Display for EntryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path)?;
        if let Some(file) = &self.file {
            write!(f, " of `{file}`")?;
        }
        write!(f, " ({})", self.resource_type.unwrap_or("no known type"))
    }
}

/// An entry that the import leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// The entry.
    pub entry: EntryRef,
    /// The reason.
    pub omission: Omission,
}

/// The reason for which the import leaves an entry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Omission {
    /// Another entry has the same resource with the same content.
    Repetition,
    /// An OperationOutcome of the server.
    ServerMessage,
    /// An OperationOutcome with an issue of severity `error` or `fatal`: the export may be incomplete.
    ServerError,
    /// The source deleted the resource.
    Deletion,
    /// A request or a response without a resource.
    NoResource,
    /// The Patient resource of another person, such as a subscriber.
    OtherPerson,
}

impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repetition => "another entry says the same",
            Self::ServerMessage => "a message of the server",
            Self::ServerError => "an error message of the server: the export may be incomplete",
            Self::Deletion => "the source deleted the resource",
            Self::NoResource => "a request or an answer without a resource",
            Self::OtherPerson => "the Patient resource of another person",
        })
    }
}

/// An entry that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEntry {
    /// The entry.
    pub entry: EntryRef,
    /// Its problems, at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
}

impl fmt::Display for InvalidEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.entry)?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n    {problem}"))
    }
}

/// One problem of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the element, such as `Observation.component[1].code`.
    pub path: String,
    /// The problem, such as `missing`.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.reason)
    }
}

/// Returns an element name for an error. Any other key could contain patient data, so it becomes `?`.
pub(crate) fn shown(key: &str) -> &str {
    let name = key.strip_prefix('_').unwrap_or(key);
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && key.len() <= 48 {
        key
    } else {
        "?"
    }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().take(MAX_PROBLEMS).map(|item| format!("\n  {item}")).collect()
}

fn counted(entries: usize) -> String {
    match entries {
        1 => "one entry is".into(),
        MAX_PROBLEMS.. => format!("{MAX_PROBLEMS} entries or more are"),
        _ => format!("{entries} entries are"),
    }
}

fn counted_omissions(omitted: &[Omitted]) -> String {
    let mut counts = BTreeMap::<Omission, usize>::new();
    for Omitted { omission, .. } in omitted {
        let count = counts.entry(*omission).or_default();
        *count = count.saturating_add(1);
    }
    counts.iter().map(|(omission, count)| format!("{omission} ({count})")).collect::<Vec<_>>().join("; ")
}
