// SPDX-License-Identifier: Apache-2.0

//! The members who take part, and what their roles may do.

use salus_primitives::{
    access::{Grantee, Permission},
    membership::Role,
    InstitutionId, MemberId, SigningKey,
};
use serde::{Deserialize, Serialize};

/// A member who takes part in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Person {
    /// The member's number.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// The institution that admitted the member. Its staff belong to it, its patients do not.
    pub admitted_by: InstitutionId,
    /// The account that signs for the member.
    pub account: SigningKey,
}

impl Person {
    /// Returns the institution for which the member speaks.
    pub(super) fn institution(&self) -> Option<InstitutionId> {
        (self.role != Role::Patient).then_some(self.admitted_by)
    }

    /// Returns whether a grant to `grantee` counts for the member.
    pub(super) fn is_named_by(&self, grantee: &Grantee) -> bool {
        match grantee {
            Grantee::Member(member) => *member == self.member,
            Grantee::Institution(institution) => self.institution() == Some(*institution),
        }
    }
}

/// Returns whether a role can have a permission in another person's chart at all (S4-21, S4-24).
pub(super) fn may(role: Role, permission: Permission) -> bool {
    use Permission::{Amend, Create, Disclose, Read, Use, Withdraw};
    use Role::{Clinician, Laboratory, Patient, Pharmacist, Researcher};
    match permission {
        Read => matches!(role, Clinician | Laboratory | Pharmacist | Researcher | Patient),
        Create | Amend => matches!(role, Clinician | Laboratory | Pharmacist),
        Use => matches!(role, Clinician | Researcher),
        Withdraw | Disclose => role == Clinician,
    }
}
