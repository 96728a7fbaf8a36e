// SPDX-License-Identifier: Apache-2.0

//! Decisions that the council can be asked for: one type from which the call is made, and into which a motion is read.

use super::{Call, InstitutionChange, StaffChange};
use codec::DecodeAll;
use salus_primitives::{
    governance::{CallName, Parameter, Share},
    membership::InstitutionProfile,
    Digest, InstitutionId, MemberId, Moment, SigningKey,
};
use serde::Serialize;

/// A decision that the council can be asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "decision", rename_all = "kebab-case")]
pub enum Proposal {
    /// Admit an institution.
    AdmitInstitution {
        /// The words about it.
        profile: Box<InstitutionProfile>,
    },
    /// Change an institution's vault key, address or quotas.
    UpdateInstitution {
        /// Which.
        institution: InstitutionId,
        /// The words about it, once it is carried out.
        profile: Box<InstitutionProfile>,
    },
    /// Give an institution a new issuing key, which voids its vouchers.
    RotateIssuingKey {
        /// Which.
        institution: InstitutionId,
        /// The new key.
        key: SigningKey,
    },
    /// Suspend an institution: its staff may do nothing.
    SuspendInstitution {
        /// Which.
        institution: InstitutionId,
    },
    /// Reinstate a suspended institution.
    ReinstateInstitution {
        /// Which.
        institution: InstitutionId,
    },
    /// Remove an institution for good.
    RemoveInstitution {
        /// Which.
        institution: InstitutionId,
    },
    /// Suspend a member of staff.
    SuspendMember {
        /// Which.
        member: MemberId,
    },
    /// Reinstate a suspended member of staff.
    ReinstateMember {
        /// Which.
        member: MemberId,
    },
    /// Revoke a member of staff for good.
    RevokeMember {
        /// Which.
        member: MemberId,
    },
    /// Let newcomers need so many verifications.
    RequireVerifications {
        /// How many.
        count: u32,
    },
    /// Give an institution a seat: its node authors and votes, its delegate sits in the council.
    AdmitAuthority {
        /// Which.
        institution: InstitutionId,
        /// The account that sets the session keys.
        account: SigningKey,
        /// The account that votes in the council.
        delegate: SigningKey,
    },
    /// Take an institution's seat.
    RemoveAuthority {
        /// Whose.
        institution: InstitutionId,
        /// Also where that leaves no fault tolerance.
        force: bool,
    },
    /// Suspend a seat and disable its authority.
    SuspendAuthority {
        /// Whose.
        institution: InstitutionId,
    },
    /// End the suspension of a seat.
    ReinstateAuthority {
        /// Whose.
        institution: InstitutionId,
    },
    /// Let the authorities of the next session decide on what is final, because nothing becomes final by itself any more.
    ResumeFinality {
        /// The last final block, which stays.
        last_final: u32,
        /// Blocks of the next session after which they take over.
        wait: u32,
    },
    /// Withdraw the decision to resume finality, before a session acts upon it.
    WithdrawResumption,
    /// Hand a seat over to another account of a service.
    HandOverAccount {
        /// Whose.
        institution: InstitutionId,
        /// The account that sets the session keys from then on.
        account: SigningKey,
    },
    /// Plan to replace the runtime.
    PlanUpgrade {
        /// BLAKE2b-256 of the code.
        code_hash: Digest,
        /// The code's version.
        spec_version: u32,
    },
    /// Take back a planned upgrade.
    CancelUpgrade {
        /// BLAKE2b-256 of the code.
        code_hash: Digest,
    },
    /// Set how long upgrades wait.
    SetUpgradeDelay {
        /// Milliseconds.
        delay: Moment,
    },
    /// Refuse a call to all members.
    PauseCall {
        /// Which.
        call: CallName,
    },
    /// End the pause of a call.
    UnpauseCall {
        /// Which.
        call: CallName,
    },
    /// Change a parameter.
    SetParameter {
        /// The parameter, with its new value.
        parameter: Parameter,
    },
    /// Something that this client has no words for.
    Other {
        /// The call, as the node's metadata describes it.
        call: String,
    },
}

impl Proposal {
    /// The call that it makes; none for what this client has no words for.
    pub fn call(&self) -> Option<Call> {
        Some(match self {
            Self::AdmitInstitution { profile } => Call::admit_institution(profile),
            Self::UpdateInstitution { institution, profile } => Call::update_institution(*institution, profile),
            Self::RotateIssuingKey { institution, key } => Call::rotate_issuing_key(*institution, *key),
            Self::SuspendInstitution { institution } => {
                Call::change_institution(*institution, InstitutionChange::Suspend)
            }
            Self::ReinstateInstitution { institution } => {
                Call::change_institution(*institution, InstitutionChange::Reinstate)
            }
            Self::RemoveInstitution { institution } => {
                Call::change_institution(*institution, InstitutionChange::Remove)
            }
            Self::SuspendMember { member } => Call::change_member(*member, StaffChange::Suspend),
            Self::ReinstateMember { member } => Call::change_member(*member, StaffChange::Reinstate),
            Self::RevokeMember { member } => Call::change_member(*member, StaffChange::Revoke),
            Self::RequireVerifications { count } => Call::set_required_verifications(*count),
            Self::AdmitAuthority { institution, account, delegate } => {
                Call::admit_authority(*institution, *account, *delegate)
            }
            Self::RemoveAuthority { institution, force } => Call::remove_authority(*institution, *force),
            Self::SuspendAuthority { institution } => Call::suspend_authority(*institution),
            Self::ReinstateAuthority { institution } => Call::reinstate_authority(*institution),
            Self::ResumeFinality { last_final, wait } => Call::resume_finality(*last_final, *wait),
            Self::WithdrawResumption => Call::withdraw_resumption(),
            Self::HandOverAccount { institution, account } => Call::hand_over_account(*institution, *account),
            Self::PlanUpgrade { code_hash, spec_version } => Call::plan_upgrade(*code_hash, *spec_version),
            Self::CancelUpgrade { code_hash } => Call::cancel_upgrade(*code_hash),
            Self::SetUpgradeDelay { delay } => Call::set_upgrade_delay(*delay),
            Self::PauseCall { call } => Call::pause_call(*call, true),
            Self::UnpauseCall { call } => Call::pause_call(*call, false),
            Self::SetParameter { parameter } => Call::set_parameter(*parameter),
            Self::Other { .. } => return None,
        })
    }

    /// How much of the council it takes; what this client has no words for is not proposed by it.
    pub fn share(&self) -> Option<Share> {
        match self {
            Self::RotateIssuingKey { .. }
            | Self::ReinstateMember { .. }
            | Self::AdmitAuthority { .. }
            | Self::RemoveAuthority { .. }
            | Self::SuspendAuthority { .. }
            | Self::ReinstateAuthority { .. }
            | Self::HandOverAccount { .. }
            | Self::ResumeFinality { .. }
            | Self::PlanUpgrade { .. }
            | Self::SetUpgradeDelay { .. } => Some(Share::TwoThirds),
            Self::Other { .. } => None,
            _ => Some(Share::Majority),
        }
    }

    /// The proposal to make this call; none when it is another call, or has other arguments.
    pub(super) fn read(pallet: &str, call: &str, arguments: &[u8]) -> Option<Self> {
        let institution = || all(arguments).map(InstitutionId);
        let member = || all(arguments).map(MemberId);
        Some(match (pallet, call) {
            ("Membership", "admit_institution") => Self::AdmitInstitution { profile: Box::new(all(arguments)?) },
            ("Membership", "update_institution") => {
                let (institution, profile) = all(arguments)?;
                Self::UpdateInstitution { institution, profile: Box::new(profile) }
            }
            ("Membership", "rotate_issuing_key") => {
                let (institution, key) = all(arguments)?;
                Self::RotateIssuingKey { institution, key }
            }
            ("Membership", "suspend_institution") => Self::SuspendInstitution { institution: institution()? },
            ("Membership", "reinstate_institution") => Self::ReinstateInstitution { institution: institution()? },
            ("Membership", "remove_institution") => Self::RemoveInstitution { institution: institution()? },
            ("Membership", "suspend_member") => Self::SuspendMember { member: member()? },
            ("Membership", "reinstate_member") => Self::ReinstateMember { member: member()? },
            ("Membership", "revoke_member") => Self::RevokeMember { member: member()? },
            ("Membership", "set_required_verifications") => Self::RequireVerifications { count: all(arguments)? },
            ("Authorities", "admit_authority") => {
                let (institution, account, delegate) = all(arguments)?;
                Self::AdmitAuthority { institution, account, delegate }
            }
            ("Authorities", "remove_authority") => Self::RemoveAuthority { institution: institution()?, force: false },
            ("Authorities", "force_remove_authority") => {
                Self::RemoveAuthority { institution: institution()?, force: true }
            }
            ("Authorities", "suspend_authority") => Self::SuspendAuthority { institution: institution()? },
            ("Authorities", "reinstate_authority") => Self::ReinstateAuthority { institution: institution()? },
            ("Authorities", "resume_finality") => {
                let (last_final, wait) = all(arguments)?;
                Self::ResumeFinality { last_final, wait }
            }
            ("Authorities", "withdraw_resumption") if arguments.is_empty() => Self::WithdrawResumption,
            ("Authorities", "hand_over_account") => {
                let (institution, account) = all(arguments)?;
                Self::HandOverAccount { institution, account }
            }
            ("Upgrades", "plan_upgrade") => {
                let (code_hash, spec_version) = all(arguments)?;
                Self::PlanUpgrade { code_hash, spec_version }
            }
            ("Upgrades", "cancel_upgrade") => Self::CancelUpgrade { code_hash: all(arguments)? },
            ("Upgrades", "set_upgrade_delay") => Self::SetUpgradeDelay { delay: all(arguments)? },
            ("Upgrades", "pause_call") => Self::PauseCall { call: named(arguments)? },
            ("Upgrades", "unpause_call") => Self::UnpauseCall { call: named(arguments)? },
            ("Upgrades", "set_parameter") => Self::SetParameter { parameter: all(arguments)? },
            _ => return None,
        })
    }
}

/// A call's name, in two parts.
fn named(arguments: &[u8]) -> Option<CallName> {
    let (pallet, call): (Vec<u8>, Vec<u8>) = all(arguments)?;
    CallName::new(&pallet, &call)
}

fn all<Value: DecodeAll>(mut arguments: &[u8]) -> Option<Value> {
    Value::decode_all(&mut arguments).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::tests::{described, taken_apart};
    use salus_primitives::{
        membership::{InstitutionKind, Quota},
        EncryptionKey,
    };

    fn all_kinds() -> Vec<Proposal> {
        let institution = InstitutionId(4);
        let (key, account, delegate) = (SigningKey([1; 32]), SigningKey([2; 32]), SigningKey([3; 32]));
        let member = MemberId(17);
        let profile = Box::new(InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: key,
            encryption_key: EncryptionKey::x25519([5; 32]),
            vault_address: b"https://vault".to_vec().try_into().unwrap(),
            admission_quota: 6,
            traffic_quota: Quota { time: 7, bytes: 8, refill: 9 },
        });
        vec![
            Proposal::AdmitInstitution { profile: profile.clone() },
            Proposal::UpdateInstitution { institution, profile },
            Proposal::RotateIssuingKey { institution, key },
            Proposal::SuspendInstitution { institution },
            Proposal::ReinstateInstitution { institution },
            Proposal::RemoveInstitution { institution },
            Proposal::SuspendMember { member },
            Proposal::ReinstateMember { member },
            Proposal::RevokeMember { member },
            Proposal::RequireVerifications { count: 3 },
            Proposal::AdmitAuthority { institution, account, delegate },
            Proposal::RemoveAuthority { institution, force: false },
            Proposal::RemoveAuthority { institution, force: true },
            Proposal::SuspendAuthority { institution },
            Proposal::ReinstateAuthority { institution },
            Proposal::ResumeFinality { last_final: 100, wait: 20 },
            Proposal::WithdrawResumption,
            Proposal::HandOverAccount { institution, account },
            Proposal::PlanUpgrade { code_hash: Digest([7; 32]), spec_version: 2 },
            Proposal::CancelUpgrade { code_hash: Digest([7; 32]) },
            Proposal::SetUpgradeDelay { delay: 1_000 },
            Proposal::PauseCall { call: CallName::new(b"Records", b"open_records").unwrap() },
            Proposal::UnpauseCall { call: CallName::new(b"Records", b"open_records").unwrap() },
            Proposal::SetParameter { parameter: Parameter::RequestLife(7_200_000) },
            Proposal::SetParameter {
                parameter: Parameter::MemberQuota(Quota { time: 1 << 40, bytes: 1 << 20, refill: 60_000 }),
            },
        ]
    }

    #[test]
    fn what_is_proposed_is_what_others_read() {
        for proposal in all_kinds() {
            let call = proposal.call().unwrap().encoded().unwrap();
            let (pallet, name, arguments) = taken_apart(&call);
            assert_eq!(Proposal::read(&pallet, &name, arguments).as_ref(), Some(&proposal));
            // The checked-in metadata agrees about every argument.
            assert!(!described(&call).is_empty(), "{proposal:?}");
            // One byte more or less is another call.
            assert_eq!(Proposal::read(&pallet, &name, &[arguments, &[0]].concat()), None);
            if let Some((_, shorter)) = arguments.split_last() {
                assert_eq!(Proposal::read(&pallet, &name, shorter), None);
            }
        }
        assert_eq!(Proposal::read("System", "remark", &[]), None);
    }

    #[test]
    fn what_changes_the_council_takes_two_thirds() {
        let institution = InstitutionId(1);
        for force in [true, false] {
            assert_eq!(Proposal::RemoveAuthority { institution, force }.share(), Some(Share::TwoThirds));
        }
        assert_eq!(Proposal::SuspendInstitution { institution }.share(), Some(Share::Majority));
    }
}
