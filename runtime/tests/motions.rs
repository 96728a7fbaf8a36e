// SPDX-License-Identifier: Apache-2.0

//! The runtime reads each motion as our client proposes it, and it fits the weight that the client allows when it
//! closes the motion.

use codec::DecodeAll;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use salus_chain::{Proposal, MOTION_WEIGHT};
use salus_primitives::{
    governance::{CallName, Parameter},
    membership::{InstitutionKind, InstitutionProfile},
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use salus_runtime::{
    council::share_of,
    limits::{MaxProposalWeight, INSTITUTION_QUOTA},
    RuntimeCall,
};

fn proposals() -> Vec<Proposal> {
    let (institution, member) = (InstitutionId(1), MemberId(1));
    let (key, code_hash) = (SigningKey([1; 32]), Digest([2; 32]));
    let call = CallName::new(b"Records", b"open_records").unwrap();
    // The profile has the largest size.
    let profile = Box::new(InstitutionProfile {
        kind: InstitutionKind::Hospital,
        issuing_key: key,
        encryption_key: EncryptionKey::x25519([3; 32]),
        vault_address: vec![b'x'; 256].try_into().unwrap(),
        admission_quota: 1,
        traffic_quota: INSTITUTION_QUOTA,
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
        Proposal::RequireVerifications { count: 2 },
        Proposal::AdmitAuthority { institution, account: key, delegate: key },
        Proposal::RemoveAuthority { institution, force: false },
        Proposal::RemoveAuthority { institution, force: true },
        Proposal::SuspendAuthority { institution },
        Proposal::ReinstateAuthority { institution },
        Proposal::ResumeFinality { last_final: 1, wait: 1 },
        Proposal::WithdrawResumption,
        Proposal::HandOverAccount { institution, account: key },
        Proposal::PlanUpgrade { code_hash, spec_version: 2 },
        Proposal::CancelUpgrade { code_hash },
        Proposal::SetUpgradeDelay { delay: 1_000 },
        Proposal::PauseCall { call },
        Proposal::UnpauseCall { call },
        Proposal::SetParameter { parameter: Parameter::MemberQuota(INSTITUTION_QUOTA) },
    ]
}

#[test]
fn decisions_fit_the_weight_that_the_client_allows() {
    let (time, proof) = MOTION_WEIGHT;
    let allowed = Weight::from_parts(time, proof);
    assert!(allowed.all_lte(MaxProposalWeight::get()), "the council would not take it");
    for proposal in proposals() {
        let encoded = proposal.call().unwrap().encoded().unwrap();
        let call = RuntimeCall::decode_all(&mut encoded.as_slice()).unwrap();
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.all_lte(allowed), "{proposal:?} weighs {weight:?}");
    }
}

/// The runtime refuses a motion with another threshold than its call takes.
#[test]
fn the_client_proposes_with_the_share_that_the_runtime_asks_for() {
    for proposal in proposals() {
        let encoded = proposal.call().unwrap().encoded().unwrap();
        let call = RuntimeCall::decode_all(&mut encoded.as_slice()).unwrap();
        assert_eq!(proposal.share(), Some(share_of(&call)), "{proposal:?}");
    }
}
