// SPDX-License-Identifier: Apache-2.0

//! A blob's words about its content, sealed with it.

use serde::{Deserialize, Serialize};

/// Bytes of metadata in JSON, at most: they lie in the first segment.
pub const MAX_METADATA: usize = 16 * 1024;

/// Type, title, dates and media type of a record's content. Sealed: it has no `Debug`.
///
/// Fields that a later version adds are passed over by this one.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// Its kind, such as the FHIR type `Observation`.
    pub kind: String,
    /// A short title for lists.
    pub title: String,
    /// When it happened, as precisely as the source says: `2026`, `2026-11` or a full date and time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// When the source wrote or issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// The media type of the content, such as `application/fhir+json`.
    pub media_type: String,
    /// The name of the file that the content came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Whether the content is not valid by the standard that its media type names. The person who imported it knew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nonconformant: bool,
}
