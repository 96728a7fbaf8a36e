// SPDX-License-Identifier: Apache-2.0

//! Who keeps copies of which objects (docs/adr/0022-copies-by-policy.md).
//!
//! Every service with the same policy computes the same holders from the finalized chain. Highest random weight decides: when an
//! institution comes or goes, only the objects that it keeps move.

use salus_primitives::{
    membership::{InstitutionKind, InstitutionStatus, NumberedInstitution},
    Digest, InstitutionId,
};
use salus_vault::object_id;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Tells the weights of holders from other hashes.
const WEIGHT: &[u8] = b"salus copies 1";

/// How many copies there are to be, and at whom. The institutions that take part agreed on it, and each has it in its configuration.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// How many other vaults keep each object.
    pub number: u8,
    /// The kinds of the institutions that take part.
    pub kinds: Vec<InstitutionKind>,
    /// Institutions of these kinds that take no part.
    #[serde(default)]
    pub except: Vec<InstitutionId>,
}

/// With whom an institution exchanges copies: partners by name, and those who take part in a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agreement {
    own: InstitutionId,
    partners: Vec<InstitutionId>,
    number: usize,
    /// The institutions that take part in the policy, this institution included; empty without a policy, and until the chain was asked.
    members: BTreeSet<InstitutionId>,
}

impl Agreement {
    /// The agreement of the institution `own` with `partners`, and no policy.
    pub fn with_partners(own: InstitutionId, partners: Vec<InstitutionId>) -> Self {
        Self { own, partners, number: 0, members: BTreeSet::new() }
    }

    /// The same agreement, with the members that `policy` has among `institutions`: active ones that have a vault address.
    ///
    /// An institution that is not among them itself neither keeps copies by the policy nor gives any out.
    #[must_use]
    pub fn with_policy(&self, policy: &Policy, institutions: &[NumberedInstitution]) -> Self {
        let takes_part = |found: &&NumberedInstitution| {
            let profile = &found.institution.profile;
            found.institution.status == InstitutionStatus::Active
                && policy.kinds.contains(&profile.kind)
                && !profile.vault_address.is_empty()
                && !policy.except.contains(&found.number)
        };
        let mut members: BTreeSet<_> = institutions.iter().filter(takes_part).map(|found| found.number).collect();
        if !members.contains(&self.own) {
            members.clear();
        }
        Self { number: policy.number.into(), members, ..self.clone() }
    }

    /// The institutions whose vaults may have what this one looks for.
    pub fn others(&self) -> BTreeSet<InstitutionId> {
        let all = self.partners.iter().chain(&self.members);
        all.copied().filter(|institution| *institution != self.own).collect()
    }

    /// Whether this institution keeps the object `id`, which belongs in the vault of `owner`.
    pub fn keeps(&self, id: &Digest, owner: InstitutionId) -> bool {
        owner == self.own || self.partners.contains(&owner) || self.by_policy(id, owner).contains(&self.own)
    }

    /// The institutions that are to keep copies of this one's object `id`.
    pub fn holders(&self, id: &Digest) -> BTreeSet<InstitutionId> {
        self.partners.iter().copied().chain(self.by_policy(id, self.own)).collect()
    }

    /// How many vaults beside its own are to keep an object. It may be more than there are.
    pub fn wanted(&self) -> usize {
        let partners: BTreeSet<_> = self.partners.iter().collect();
        partners.len().max(self.number)
    }

    /// Whether a service of `asker` may have the object `id`; `owner` is in whose vault it belongs, as far as that is known.
    ///
    /// A partner may have everything. A member of the policy may have its own objects, and those that the policy has it keep.
    pub fn may_fetch(&self, asker: InstitutionId, id: &Digest, owner: Option<InstitutionId>) -> bool {
        if self.partners.contains(&asker) {
            return true;
        }
        let Some(owner) = owner else { return false };
        self.members.contains(&asker) && (owner == asker || self.by_policy(id, owner).contains(&asker))
    }

    /// The members that keep the object `id` of `owner`: those with the highest weights.
    fn by_policy(&self, id: &Digest, owner: InstitutionId) -> Vec<InstitutionId> {
        if !self.members.contains(&owner) {
            return Vec::new();
        }
        let others = self.members.iter().filter(|member| **member != owner);
        let mut weighed: Vec<_> = others.map(|member| (weight(id, *member), *member)).collect();
        weighed.sort_unstable_by(|one, other| other.cmp(one));
        weighed.into_iter().take(self.number).map(|(_, member)| member).collect()
    }
}

fn weight(id: &Digest, member: InstitutionId) -> Digest {
    object_id(&[WEIGHT, &id.0, &member.0.to_le_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_gate_testing::institution;
    use std::collections::BTreeMap;

    const POLICY: Policy = Policy { number: 2, kinds: Vec::new(), except: Vec::new() };

    fn policy() -> Policy {
        Policy { kinds: vec![InstitutionKind::Hospital], ..POLICY }
    }

    fn hospital(number: u32) -> NumberedInstitution {
        let mut institution = institution();
        institution.profile.vault_address = b"https://vault.example".to_vec().try_into().unwrap();
        NumberedInstitution { number: InstitutionId(number), institution }
    }

    fn agreement(own: u32, institutions: &[NumberedInstitution]) -> Agreement {
        Agreement::with_partners(InstitutionId(own), Vec::new()).with_policy(&policy(), institutions)
    }

    fn ids() -> impl Iterator<Item = Digest> {
        (0..1_000u32).map(|number| object_id(&number.to_le_bytes()))
    }

    #[test]
    fn all_compute_the_same_holders_and_each_object_has_as_many_as_it_should() {
        let institutions: Vec<_> = (0..5).map(hospital).collect();
        let all: Vec<_> = (0..5).map(|own| agreement(own, &institutions)).collect();
        let mut kept = BTreeMap::<_, u32>::new();
        for id in ids() {
            let holders = all[0].holders(&id);
            assert_eq!(holders.len(), 2);
            assert!(!holders.contains(&InstitutionId(0)));
            for (number, agreement) in (0..).zip(&all).skip(1) {
                let keeps = holders.contains(&InstitutionId(number));
                assert_eq!(agreement.keeps(&id, InstitutionId(0)), keeps);
                assert_eq!(all[0].may_fetch(InstitutionId(number), &id, Some(InstitutionId(0))), keeps);
                *kept.entry(number).or_default() += u32::from(keeps);
            }
        }
        assert!(kept.values().all(|count| (400..600).contains(count)), "{kept:?}");
    }

    #[test]
    fn one_that_leaves_moves_only_what_it_kept() {
        let institutions: Vec<_> = (0..6).map(hospital).collect();
        let (before, after) = (agreement(0, &institutions), agreement(0, &institutions[..5]));
        for id in ids() {
            let (mut before, after) = (before.holders(&id), after.holders(&id));
            if !before.remove(&InstitutionId(5)) {
                assert_eq!(before, after);
            }
            assert!(before.is_subset(&after));
        }
    }

    #[test]
    fn strangers_neither_keep_nor_fetch() {
        let mut institutions: Vec<_> = (0..7).map(hospital).collect();
        institutions[2].institution.status = InstitutionStatus::Suspended;
        institutions[3].institution.profile.kind = InstitutionKind::Laboratory;
        institutions[4].institution.profile.vault_address = Default::default();
        let policy = Policy { except: vec![InstitutionId(5)], number: 9, ..policy() };
        let none = Agreement::with_partners(InstitutionId(0), Vec::new());
        let agreement = none.with_policy(&policy, &institutions);
        let id = Digest([1; 32]);
        assert_eq!(agreement.holders(&id), [InstitutionId(1), InstitutionId(6)].into());
        assert_eq!((agreement.wanted(), agreement.others().len()), (9, 2));
        for stranger in [2, 3, 4, 5, 8].map(InstitutionId) {
            assert!(!agreement.keeps(&id, stranger), "{stranger}");
            for owner in [None, Some(stranger), Some(InstitutionId(0))] {
                assert!(!agreement.may_fetch(stranger, &id, owner), "{stranger}");
            }
        }
        // An object without a note goes to no member, and without a policy none does.
        assert!(!agreement.may_fetch(InstitutionId(1), &id, None));
        assert!(!none.may_fetch(InstitutionId(1), &id, Some(InstitutionId(1))));
        // An institution that takes no part itself has no members.
        let outside = Agreement::with_partners(InstitutionId(5), Vec::new()).with_policy(&policy, &institutions);
        assert!(outside.others().is_empty() && !outside.keeps(&id, InstitutionId(0)));
    }

    #[test]
    fn partners_by_name_keep_everything_beside_a_policy() {
        let institutions: Vec<_> = (0..5).map(hospital).collect();
        let partner = InstitutionId(9);
        let none = Agreement::with_partners(InstitutionId(0), vec![partner]);
        let agreement = none.with_policy(&policy(), &institutions);
        for id in ids().take(10) {
            assert!(agreement.holders(&id).contains(&partner) && agreement.keeps(&id, partner));
            assert!(agreement.may_fetch(partner, &id, None));
            assert_eq!((none.holders(&id), none.wanted()), ([partner].into(), 1));
        }
    }
}
