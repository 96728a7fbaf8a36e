// SPDX-License-Identifier: Apache-2.0

//! The work that stands between a password and what is sealed under it.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use codec::Encode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fault::KeystoreFault;
use crate::secret::Password;

/// RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
pub(crate) const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// The cost that a file may ask for at most: more would let a hostile one eat all memory, or hours.
const DEAREST: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// The work of Argon2id.
#[derive(Clone, Copy, Encode, Serialize, Deserialize)]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// The cipher that password and salt make.
    pub(crate) fn cipher(self, password: &Password, salt: &[u8; 16]) -> Result<XChaCha20Poly1305, KeystoreFault> {
        let unsupported = KeystoreFault::Unsupported("more work than Argon2id ought to do");
        if self.memory_kib > DEAREST.memory_kib || self.passes > DEAREST.passes || self.lanes > DEAREST.lanes {
            return Err(unsupported);
        }
        let mut key = Zeroizing::new([0; 32]);
        let Ok(params) = Params::new(self.memory_kib, self.passes, self.lanes, Some(key.len())) else {
            return Err(unsupported);
        };
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut *key)
            .map_err(|_| unsupported)?;
        Ok(XChaCha20Poly1305::new(&(*key).into()))
    }
}
