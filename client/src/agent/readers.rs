// SPDX-License-Identifier: Apache-2.0

//! Who may be given a key now.
//!
//! A member who was dismissed or suspended, or whose institution was, gets no new key. The chain would refuse the grant; this
//! keeps the envelope from being made. Whose envelopes are renewed, the chain says (`readers`).

use super::{Agent, AgentError};
use salus_chain::At;
use salus_primitives::{
    access::Grantee,
    membership::{Institution, InstitutionStatus, Member, MemberStatus},
    EncryptionKey, Moment,
};

/// A grantee as the chain knows it.
enum Standing {
    Member(Box<Member>, Option<Institution>),
    Institution(Institution),
}

impl Standing {
    /// The key to which secrets are sealed; none for a grantee who may not read at `now`.
    fn key(&self, now: Moment) -> Option<EncryptionKey> {
        let is_active = |institution: &Institution| institution.status == InstitutionStatus::Active;
        match self {
            Self::Member(member, institution) => {
                let active = member.status == MemberStatus::Active && member.valid_until.is_none_or(|end| now < end);
                let at_home = match member.institution() {
                    Some(_) => institution.as_ref().is_some_and(is_active),
                    None => true,
                };
                (active && at_home).then_some(member.encryption_key)
            }
            Self::Institution(institution) => is_active(institution).then_some(institution.profile.encryption_key),
        }
    }
}

impl Agent {
    /// The key to which a grantee's envelopes are sealed; none for one who may not read now.
    ///
    /// It asks the best block, because what takes a standing away counts from there.
    pub(super) async fn reading_key_of(
        &self,
        grantee: Grantee,
        now: Moment,
    ) -> Result<Option<EncryptionKey>, AgentError> {
        let institution = |id| self.chain.institution(At::Best, id);
        let standing = match grantee {
            Grantee::Member(id) => {
                let member = self.chain.member(At::Best, id).await?.ok_or(AgentError::NoMember(id))?;
                let home = match member.institution() {
                    Some(home) => institution(home).await?,
                    None => None,
                };
                Standing::Member(Box::new(member), home)
            }
            Grantee::Institution(id) => {
                Standing::Institution(institution(id).await?.ok_or(AgentError::NoInstitution(id))?)
            }
        };
        Ok(standing.key(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{
        membership::{InstitutionKind, InstitutionProfile, Quota, Role},
        Digest, InstitutionId, SigningKey,
    };

    const NOW: Moment = 1_000;
    const HOSPITAL: InstitutionId = InstitutionId(7);

    fn key(byte: u8) -> EncryptionKey {
        EncryptionKey::x25519([byte; 32])
    }

    fn institution(status: InstitutionStatus) -> Institution {
        let profile = InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: SigningKey([1; 32]),
            encryption_key: key(2),
            vault_address: Default::default(),
            admission_quota: 1,
            traffic_quota: Quota { time: 1, bytes: 1, refill: 1 },
        };
        Institution { profile, issuing_epoch: 0, status, admitted: 1, usage: Default::default() }
    }

    fn doctor() -> Member {
        Member {
            role: Role::Clinician,
            membership_key: SigningKey([4; 32]),
            encryption_key: key(3),
            status: MemberStatus::Active,
            valid_until: Some(NOW + 1),
            profile: Digest([5; 32]),
            admitted_by: HOSPITAL,
            verified_by: Default::default(),
            transaction_keys: Default::default(),
            key_changes: 0,
            joined_at: 0,
            voucher: None,
            usage: Default::default(),
        }
    }

    #[test]
    fn a_grantee_without_standing_gets_no_key() {
        let active = || Some(institution(InstitutionStatus::Active));
        assert_eq!(Standing::Member(Box::new(doctor()), active()).key(NOW), Some(key(3)));
        for status in [MemberStatus::Pending, MemberStatus::Suspended, MemberStatus::Revoked] {
            assert_eq!(
                Standing::Member(Box::new(Member { status, ..doctor() }), active()).key(NOW),
                None,
                "{status:?}"
            );
        }
        let over = Member { valid_until: Some(NOW), ..doctor() };
        assert_eq!(Standing::Member(Box::new(over), active()).key(NOW), None);
        for status in [InstitutionStatus::Suspended, InstitutionStatus::Removed] {
            assert_eq!(Standing::Member(Box::new(doctor()), Some(institution(status))).key(NOW), None, "{status:?}");
            assert_eq!(Standing::Institution(institution(status)).key(NOW), None, "{status:?}");
        }
        assert_eq!(
            Standing::Member(Box::new(doctor()), None).key(NOW),
            None,
            "an institution that the chain does not know"
        );
        assert_eq!(Standing::Institution(institution(InstitutionStatus::Active)).key(NOW), Some(key(2)));
    }

    #[test]
    fn a_patient_belongs_to_no_institution_and_gets_a_key() {
        let patient = Member { role: Role::Patient, ..doctor() };
        assert_eq!(Standing::Member(Box::new(patient), None).key(NOW), Some(key(3)));
    }
}
