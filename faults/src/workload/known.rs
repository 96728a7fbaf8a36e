// SPDX-License-Identifier: Apache-2.0

//! The records that clients know of.

use salus_primitives::{CompartmentId, MemberId, RecordId};

/// A version that was put.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) record: RecordId,
    pub(super) compartment: CompartmentId,
    pub(super) version: u32,
    pub(super) custodian: usize,
    pub(super) author: MemberId,
}
