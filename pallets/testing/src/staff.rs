// SPDX-License-Identifier: Apache-2.0

//! Hospitals and their staff, for pallets about authorities.

use crate::{account, Members};
use salus_primitives::{
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    InstitutionId, MemberId,
};
use sp_runtime::AccountId32;

/// The number of hospitals.
pub const HOSPITALS: u32 = 7;
/// How many members of each role a hospital has.
const COLLEAGUES: u8 = 2;

/// The first of four hospitals with a seat in most tests.
pub const FIRST: InstitutionId = InstitutionId(0);
/// The second of them.
pub const SECOND: InstitutionId = InstitutionId(1);
/// The third of them.
pub const THIRD: InstitutionId = InstitutionId(2);
/// The fourth of them.
pub const FOURTH: InstitutionId = InstitutionId(3);
/// A hospital without a seat in most tests.
pub const FIFTH: InstitutionId = InstitutionId(4);

/// An account that belongs to no member.
pub const STRANGER: AccountId32 = AccountId32::new([0xaa; 32]);

/// A member of staff, known by institution, role and a number for several of one role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Staff(pub InstitutionId, pub Role, pub u8);

impl Staff {
    /// The account with which this member signs.
    pub fn account(self) -> AccountId32 {
        account(self.member())
    }

    /// The number of this member.
    pub fn member(self) -> MemberId {
        let Self(institution, role, number) = self;
        MemberId(u64::from(institution.0) * 10_000 + role as u64 * 100 + u64::from(number))
    }
}

/// The account of the hospital's node.
pub fn node(institution: InstitutionId) -> AccountId32 {
    Staff(institution, Role::Service, 0).account()
}

/// The account of the hospital's first delegate.
pub fn delegate(institution: InstitutionId) -> AccountId32 {
    Staff(institution, Role::Delegate, 0).account()
}

/// Opens the hospitals with their staff; there are no other institutions and members.
pub fn open_hospitals() {
    Members::clear();
    for hospital in (0..HOSPITALS).map(InstitutionId) {
        Members::set_institution(hospital, InstitutionKind::Hospital, InstitutionStatus::Active);
        for role in Role::ALL {
            for number in 0..COLLEAGUES {
                let member = Staff(hospital, role, number).member();
                Members::set(member, role, MemberStatus::Active, Some(hospital));
            }
        }
    }
}
