// SPDX-License-Identifier: Apache-2.0

//! Members and institutions, which tests set.

use crate::account;
use core::cell::{Cell, RefCell};
use salus_primitives::{
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    traits::Membership,
    InstitutionId, MemberId, Moment,
};
use sp_runtime::AccountId32;
use std::collections::BTreeMap;

/// The facts about a member.
struct Known {
    account: AccountId32,
    standing: Standing,
    joined_at: Moment,
}

thread_local! {
    static MEMBERS: RefCell<BTreeMap<MemberId, Known>> = const { RefCell::new(BTreeMap::new()) };
    static INSTITUTIONS: RefCell<BTreeMap<InstitutionId, InstitutionStanding>> =
        const { RefCell::new(BTreeMap::new()) };
    static SILENT: Cell<bool> = const { Cell::new(false) };
    static WITHOUT_VAULT: RefCell<Vec<InstitutionId>> = const { RefCell::new(Vec::new()) };
}

/// The members of a mock runtime.
pub struct Members;

impl Members {
    /// Forgets every member and institution, and answers again.
    pub fn clear() {
        MEMBERS.with_borrow_mut(BTreeMap::clear);
        INSTITUTIONS.with_borrow_mut(BTreeMap::clear);
        SILENT.set(false);
        WITHOUT_VAULT.with_borrow_mut(Vec::clear);
    }

    /// The switch for failure: a silent membership knows no member and no institution.
    pub fn be_silent(silent: bool) {
        SILENT.set(silent);
    }

    /// A number that no member has had yet.
    pub fn unused() -> MemberId {
        MEMBERS.with_borrow(|members| MemberId(members.keys().next_back().map_or(0, |last| last.0) + 1))
    }

    /// Adds or changes an institution.
    pub fn set_institution(id: InstitutionId, kind: InstitutionKind, status: InstitutionStatus) {
        INSTITUTIONS.with_borrow_mut(|institutions| institutions.insert(id, InstitutionStanding { id, kind, status }));
    }

    /// Takes the vault address from an institution; by default each has one.
    pub fn take_vault(id: InstitutionId) {
        WITHOUT_VAULT.with_borrow_mut(|without| without.push(id));
    }

    /// Adds or changes a member, which signs with [`account`].
    pub fn set(member: MemberId, role: Role, status: MemberStatus, institution: Option<InstitutionId>) {
        Self::set_with_account(account(member), member, role, status, institution);
    }

    /// Adds or changes a member that signs with `account`; no other member does so any more.
    pub fn set_with_account(
        account: AccountId32,
        member: MemberId,
        role: Role,
        status: MemberStatus,
        institution: Option<InstitutionId>,
    ) {
        let institution = institution.and_then(Self::institution);
        let standing = Standing { member, role, status, valid_until: None, institution };
        MEMBERS.with_borrow_mut(|members| {
            members.retain(|_, known| known.account != account);
            members.insert(member, Known { account, standing, joined_at: 0 });
        });
    }

    /// Changes where a member stands.
    pub fn set_status(member: MemberId, status: MemberStatus) {
        Self::change(member, |known| known.standing.status = status);
    }

    /// From `until` on the member may no longer act.
    pub fn set_valid_until(member: MemberId, until: Moment) {
        Self::change(member, |known| known.standing.valid_until = Some(until));
    }

    /// Changes when a member joined; by default at the beginning of time.
    pub fn set_joined_at(member: MemberId, joined_at: Moment) {
        Self::change(member, |known| known.joined_at = joined_at);
    }

    fn change(member: MemberId, change: impl FnOnce(&mut Known)) {
        MEMBERS.with_borrow_mut(|members| change(members.get_mut(&member).expect("a member")));
    }
}

impl Membership<AccountId32> for Members {
    fn standing_of_account(account: &AccountId32) -> Option<Standing> {
        let member = MEMBERS.with_borrow(|members| {
            members.values().find(|known| known.account == *account).map(|known| known.standing.member)
        })?;
        Self::standing(member)
    }
    fn standing(member: MemberId) -> Option<Standing> {
        let standing = MEMBERS.with_borrow(|members| members.get(&member).map(|known| known.standing))?;
        let institution = standing.institution_id().and_then(Self::institution);
        (!SILENT.get()).then_some(Standing { institution, ..standing })
    }
    fn joined_at(member: MemberId) -> Option<Moment> {
        Self::standing(member)?;
        MEMBERS.with_borrow(|members| members.get(&member).map(|known| known.joined_at))
    }
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding> {
        let standing = INSTITUTIONS.with_borrow(|institutions| institutions.get(&institution).copied());
        standing.filter(|_| !SILENT.get())
    }
    fn has_vault(institution: InstitutionId) -> bool {
        let without = WITHOUT_VAULT.with_borrow(|without| without.contains(&institution));
        Self::institution(institution).is_some() && !without
    }
}
