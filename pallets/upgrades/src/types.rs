// SPDX-License-Identifier: Apache-2.0

//! Names of calls, and the number of confirmations that is enough.

use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::governance::{CallName, MAX_CALL_NAME};

/// The name of a pallet, or of a call.
pub type NamePart = BoundedVec<u8, ConstU32<{ MAX_CALL_NAME as u32 }>>;

/// Returns the smallest number that is more than two thirds of `of`.
pub(crate) fn more_than_two_thirds(of: usize) -> usize {
    of.saturating_mul(2).saturating_div(3).saturating_add(1)
}

/// Returns the name of a call in the logs; none if no call can have this name.
pub(crate) fn call_name(pallet: &NamePart, call: &NamePart) -> Option<CallName> {
    CallName::new(pallet, call)
}
