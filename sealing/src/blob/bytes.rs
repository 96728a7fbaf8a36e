// SPDX-License-Identifier: Apache-2.0

//! Content that fits into memory, such as a FHIR resource.

use zeroize::Zeroizing;

use super::header::Bindings;
use super::metadata::Metadata;
use super::stream::{ContentKey, OpenError, Opener, SealError, Sealer};
use crate::secret::Plaintext;

/// Seals `content`; returns the blob.
pub fn seal_bytes(
    content: &[u8],
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
) -> Result<Vec<u8>, SealError> {
    let length = content.len().try_into().map_err(|_| SealError::TooLarge)?;
    let mut blob = Vec::new();
    let mut sealer = Sealer::new(metadata, length, bindings, key, &mut blob)?;
    sealer.push(content, &mut blob)?;
    while !sealer.finish(&mut blob)? {}
    Ok(blob)
}

/// Opens a blob whose content fits into memory; returns it with its metadata.
pub fn open_bytes(blob: &[u8], expected: &Bindings, key: &ContentKey) -> Result<(Metadata, Plaintext), OpenError> {
    let mut content = Zeroizing::new(Vec::new());
    let mut opener = Opener::new(expected, key);
    opener.push(blob, &mut content)?;
    let metadata = opener.finish(&mut content)?;
    Ok((metadata, Plaintext::from(std::mem::take(&mut *content))))
}
