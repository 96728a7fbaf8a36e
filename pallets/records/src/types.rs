// SPDX-License-Identifier: Apache-2.0

//! Values that only this pallet stores.

use codec::{Decode, Encode, MaxEncodedLen};
use salus_primitives::{records::Session, ReadingSessionId};
use scale_info::TypeInfo;

/// A session, and the key by which its reader names it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct KeyedSession {
    /// The key.
    pub key: ReadingSessionId,
    /// The session.
    pub session: Session,
}
