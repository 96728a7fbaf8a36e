// SPDX-License-Identifier: Apache-2.0

//! The motions of the council, in words for the delegates who vote on them.

use crate::{
    output::{duration, word},
    terminal::line,
};
use salus_chain::Proposal;
use salus_primitives::{
    governance::Parameter,
    membership::{InstitutionProfile, Quota},
    SigningKey,
};
use salus_sealing::keys::address;

/// The effect of a proposal, and on further lines its details.
pub(crate) fn words(proposal: &Proposal) -> String {
    match proposal {
        Proposal::AdmitInstitution { profile } => {
            format!("admit a new institution\n{}", profile_words(profile))
        }
        Proposal::UpdateInstitution { institution, profile } => {
            format!("change institution {institution}, which will be\n{}", profile_words(profile))
        }
        Proposal::RotateIssuingKey { institution, key } => format!(
            "give institution {institution} the issuing key {key}; vouchers that are not redeemed yet become void"
        ),
        Proposal::SuspendInstitution { institution } => {
            format!("suspend institution {institution}: its staff may do nothing until it is reinstated")
        }
        Proposal::ReinstateInstitution { institution } => format!("reinstate institution {institution}"),
        Proposal::RemoveInstitution { institution } => format!("remove institution {institution} for good"),
        Proposal::SuspendMember { member } => format!("suspend member {member} until it is reinstated"),
        Proposal::ReinstateMember { member } => format!("reinstate member {member}"),
        Proposal::RevokeMember { member } => format!("revoke member {member} for good"),
        Proposal::RequireVerifications { count } => format!("let newcomers need {count} verifications"),
        Proposal::AdmitAuthority { institution, account, delegate } => format!(
            "give institution {institution} a seat: its node authors and votes, its delegate sits in the council\n\
             the node's account  {}\nthe delegate  {}",
            address(account),
            address(delegate)
        ),
        Proposal::RemoveAuthority { institution, force: false } => {
            format!("take the seat of institution {institution}, in consensus and council")
        }
        Proposal::RemoveAuthority { institution, force: true } => format!(
            "take the seat of institution {institution}, in consensus and council, even if then none may fail any more"
        ),
        Proposal::SuspendAuthority { institution } => {
            format!("suspend the seat of institution {institution}: its node authors nothing, and leaves the vote on what is final where four others remain; its vote in the council stays")
        }
        Proposal::ReinstateAuthority { institution } => {
            format!("end the suspension of the seat of institution {institution}: its node authors and votes again")
        }
        Proposal::ResumeFinality { last_final, wait } => format!(
            "let the authorities of the next session decide on what is final, although nothing makes that decision final\n\
             the last final block, which stays    {last_final}\nblocks of the session until they begin  {wait}"
        ),
        Proposal::WithdrawResumption => {
            "withdraw the decision about finality, before a session acts upon it: the authorities stay as they are".to_owned()
        }
        Proposal::HandOverAccount { institution, account } => format!(
            "hand the seat of institution {institution} over to another account, which sets its session keys from then on\n\
             account  {}",
            address(account)
        ),
        Proposal::PlanUpgrade { code_hash, spec_version } => format!(
            "plan to replace the runtime by version {spec_version}\nthe code's hash  {code_hash} (salus-node check-runtime FILE \
             prints that of a file)"
        ),
        Proposal::CancelUpgrade { code_hash } => format!("take back the planned upgrade to the code {code_hash}"),
        Proposal::SetUpgradeDelay { delay } => format!("let upgrades wait {} after they are planned", duration(*delay)),
        Proposal::PauseCall { call } => format!("pause the call {call}: no member can make it until it is unpaused"),
        Proposal::UnpauseCall { call } => format!("end the pause of the call {call}"),
        Proposal::SetParameter { parameter } => parameter_words(parameter),
        Proposal::Other { call } => format!(
            "make a call that this program has no words for; look at it with a newer one before you vote\nthe call  {}",
            line(call)
        ),
    }
}

fn parameter_words(parameter: &Parameter) -> String {
    match parameter {
        Parameter::RequestLife(life) => format!("let new requests for access wait {} for an answer", duration(*life)),
        Parameter::LogHorizon(horizon) => format!("keep log entries in the state for {}", duration(*horizon)),
        Parameter::MemberQuota(quota) => format!("let each member spend {}", quota_words(quota)),
    }
}

/// A quota, in words.
pub(crate) fn quota_words(quota: &Quota) -> String {
    format!(
        "{} ms of execution and {} KiB of transactions, refilled in {}",
        quota.time.checked_div(1_000_000_000).unwrap_or_default(),
        quota.bytes.checked_div(1_024).unwrap_or_default(),
        duration(quota.refill)
    )
}

fn profile_words(profile: &InstitutionProfile) -> String {
    let vault = String::from_utf8_lossy(&profile.vault_address);
    format!(
        "a {}, which may admit {} members\nissuing key     {}\nencryption key  {}\nvault           {}\nmay spend       {}",
        word(&profile.kind),
        profile.admission_quota,
        profile.issuing_key,
        SigningKey(profile.encryption_key.key),
        if vault.is_empty() { "no address".to_owned() } else { line(&vault) },
        quota_words(&profile.traffic_quota)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{membership::InstitutionKind, text, EncryptionKey};

    #[test]
    fn an_address_cannot_rewrite_what_a_delegate_reads() {
        let address = b"https://vault\x1b[3A\x1b[2Kremove institution 2\r\nissuing key \xc2\x9b2J\xe2\x80\xae".to_vec();
        let profile = InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: SigningKey([1; 32]),
            encryption_key: EncryptionKey::x25519([5; 32]),
            vault_address: address.try_into().unwrap(),
            admission_quota: 6,
            traffic_quota: Quota { time: 7_000_000_000, bytes: 8_192, refill: 9_000 },
        };
        let words = words(&Proposal::AdmitInstitution { profile: Box::new(profile) });
        assert_eq!(text::unfit_in_lines(&words), None, "{words}");
        assert_eq!(words.lines().count(), 6, "an address forges no lines: {words}");
        assert!(words.contains("7 ms of execution"), "a delegate sees the whole profile: {words}");
        let call = "Upgrades.later \u{1b}[2J\nin favor: all".to_owned();
        assert_eq!(super::words(&Proposal::Other { call }).lines().count(), 2);
    }
}
