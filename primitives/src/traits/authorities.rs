// SPDX-License-Identifier: Apache-2.0

//! Questions about the authorities, and the effect on their votes.

use crate::InstitutionId;
use alloc::vec::Vec;

/// Looks up the authorities, and withdraws their votes.
pub trait Authorities<AccountId> {
    /// Returns the institution of the seat with this account.
    fn seat(account: &AccountId) -> Option<InstitutionId>;

    /// Whether the institution has a seat.
    fn has_seat(institution: InstitutionId) -> bool;

    /// Returns the institutions whose votes make blocks final from the session after next on. They have a seat and
    /// session keys; suspended ones count only while they are needed.
    fn voting() -> Vec<InstitutionId>;

    /// Forgets the votes in the council's open motions that these accounts cast for the seat of `institution`. The seat
    /// keeps its delegate.
    fn withdraw_votes(institution: InstitutionId, accounts: &[AccountId]);
}

impl<AccountId> Authorities<AccountId> for () {
    fn seat(_: &AccountId) -> Option<InstitutionId> {
        None
    }
    fn has_seat(_: InstitutionId) -> bool {
        false
    }
    fn voting() -> Vec<InstitutionId> {
        Vec::new()
    }
    fn withdraw_votes(_: InstitutionId, _: &[AccountId]) {}
}
