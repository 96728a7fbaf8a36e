// SPDX-License-Identifier: Apache-2.0

//! Values that only this pallet stores.

use codec::{Decode, Encode, MaxEncodedLen};
use salus_primitives::{MemberId, Moment, SessionKey};
use scale_info::TypeInfo;

/// A session in the order of opening.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueuedSession {
    /// Who opened.
    pub reader: MemberId,
    /// The key of the session.
    pub session: SessionKey,
    /// When the session expires. Kept here too because the reader may name a later session with the same key.
    pub expires_at: Moment,
}

impl QueuedSession {
    /// Whether the session has expired at `at`.
    pub fn is_due(&self, at: Moment) -> bool {
        self.expires_at <= at
    }
}
