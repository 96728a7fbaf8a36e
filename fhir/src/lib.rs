// SPDX-License-Identifier: Apache-2.0

//! FHIR R4 imports: checks the files of a hospital and splits them into records, without network or file access.
//!
//! [`Document::parse`] takes the bytes of one file: a Bundle, a single resource, or a resource on each line (NDJSON, as
//! FHIR's bulk export writes it). [`Bundle::join`] checks all documents of one import together and gives every resource
//! as its *exact source bytes*. So a client seals, and reads again years later, the bytes that the hospital wrote:
//! white space, escapes and `1.10` included. An import with one bad entry, or with two patients, is refused as a whole.
//! The error names the entries.
//!
//! Every entry also gets a compartment ([`CompartmentKind`]), a short title and a date for the sealed header, and a
//! record key that makes an import repeatable. Errors name positions, element paths and resource types; they never
//! contain a value, an id or a name from the bundle.

mod body_site;
mod bundle;
mod classify;
mod definitions;
mod document;
mod error;
mod identity;
mod json;
mod labels;
mod overview;
mod plain;
mod reader;
mod reference;
mod schema;
mod search;
mod spreading;
mod subject;
mod summary;
mod validate;
mod versions;
mod vocabulary;

pub use bundle::{Bundle, Entry, MEDIA_TYPE};
pub use classify::{compartments, CompartmentKind, GENERAL};
pub use document::{Conformance, Document};
pub use error::{BundleError, EntryRef, InvalidEntry, Omission, Omitted, Problem};
pub use overview::{Overview, Statement};
pub use search::Question;
pub use subject::PatientMatch;
pub use versions::{digest, updated, Moment};
pub use vocabulary::{is_vocabulary, needles, strings_of};

/// The largest import that is read, all files together, in bytes (256 MiB).
pub const MAX_BUNDLE_BYTES: usize = 256 * 1024 * 1024;

/// The most entries an import may have.
pub const MAX_ENTRIES: usize = 100_000;

/// The deepest nesting of objects and arrays in one resource.
pub const MAX_DEPTH: usize = 100;

/// The deepest nesting of bundles as entries of bundles.
pub const MAX_BUNDLES_IN_BUNDLES: usize = 4;

/// The most JSON values in one resource; bounds the memory that a hostile resource can take.
pub const MAX_VALUES: usize = 1_000_000;

/// The most problems listed for one entry, and the most entries listed in one error.
pub const MAX_PROBLEMS: usize = 20;
