// SPDX-License-Identifier: Apache-2.0

//! The hash that is an object's id.

use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};

use crate::error::VaultError;

/// How much of an object is in memory at a time.
pub(crate) const PIECE: usize = 256 * 1024;

/// The id under which a vault keeps `bytes`: their SHA-256 (S3-09).
pub fn object_id(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// Fails unless an object's bytes have the hash that is its id.
pub(crate) fn check(expected: &Digest, found: Digest) -> Result<(), VaultError> {
    if *expected == found {
        return Ok(());
    }
    Err(VaultError::Corrupted { expected: *expected, found })
}
