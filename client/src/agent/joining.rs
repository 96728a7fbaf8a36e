// SPDX-License-Identifier: Apache-2.0

//! Vouchers, redemption, challenges and answers (S0-20 to S0-35).

use super::{Agent, AgentError};
use salus_chain::{events::MemberJoined, At, Call, Chain, Outcome};
use salus_primitives::{
    membership::{
        answer_payload, redemption_payload, ChallengeBy, Institution, InstitutionStatus, MemberStatus, Role, Voucher,
        MAX_VOUCHER_LIFE,
    },
    Digest, InstitutionId, MemberId, Moment,
};
use salus_sealing::{
    keys::{Identity, SigningPair},
    secret::random,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A voucher with all that its bearer needs to redeem it. Who holds the file can join with it, once: it is as secret as
/// an invitation, so it has no `Debug`.
#[derive(Serialize, Deserialize)]
pub struct VoucherFile {
    /// The genesis hash of the chain that it is for.
    pub genesis: Digest,
    /// The voucher.
    pub voucher: Voucher,
    /// The issuing key's signature, in hexadecimal digits.
    pub issuer_signature: String,
    /// The seed of the one-time voucher key, in hexadecimal digits.
    pub voucher_seed: Zeroizing<String>,
}

/// An issuer's decision about a newcomer.
pub struct Offer {
    /// The institution that offers.
    pub institution: InstitutionId,
    /// The role.
    pub role: Role,
    /// How long the voucher can be redeemed, in milliseconds; at most 30 days.
    pub life: Moment,
    /// From when on a member of staff may no longer act.
    pub valid_until: Option<Moment>,
    /// The facts about the newcomer that the issuer checked. They stay off chain: only a salted commitment is in the voucher.
    pub profile: Zeroizing<String>,
}

/// The opening of a commitment to a profile; the issuer keeps it, off chain.
#[derive(Serialize, Deserialize)]
pub struct ProfileOpening {
    /// The random salt, in hexadecimal digits.
    pub salt: Zeroizing<String>,
    /// The profile.
    pub profile: Zeroizing<String>,
}

/// A salted commitment: its hash may be on chain, since without the salt no reader can try names against it.
#[derive(Serialize)]
pub struct Commitment {
    /// SHA-256 of salt and text.
    pub hash: Digest,
    /// The random salt, in hexadecimal digits; to be kept with the text.
    pub salt: Zeroizing<String>,
}

impl Commitment {
    /// A commitment to `text`, with a fresh salt.
    pub fn to(text: &[u8]) -> Self {
        let salt = Zeroizing::new(random::<32>());
        let hash = Sha256::new().chain_update(*salt).chain_update(text).finalize();
        Self { hash: Digest(hash.into()), salt: Zeroizing::new(hex::encode(*salt)) }
    }
}

/// Makes a voucher with the institution's issuing key. Nothing reaches the chain.
pub async fn issue_voucher(
    chain: &Chain,
    issuing_key: &SigningPair,
    offer: Offer,
) -> Result<(VoucherFile, ProfileOpening), AgentError> {
    let institution = admitting(chain, offer.institution, offer.role).await?;
    if institution.profile.issuing_key != issuing_key.public() {
        return Err(AgentError::NotTheIssuingKey(offer.institution));
    }
    if offer.life == 0 || offer.life > MAX_VOUCHER_LIFE {
        return Err(AgentError::VoucherLife);
    }
    let Commitment { hash, salt } = Commitment::to(offer.profile.as_bytes());
    let (voucher_pair, seed) = SigningPair::generate_with_seed();
    let voucher = Voucher {
        institution: offer.institution,
        issuing_epoch: institution.issuing_epoch,
        serial: u64::from_le_bytes(random()),
        role: offer.role,
        profile: hash,
        expires_at: chain.clock().await?.saturating_add(offer.life),
        valid_until: offer.valid_until,
        voucher_key: voucher_pair.public(),
    };
    let signature = issuing_key.sign(&voucher.payload(&chain.genesis()));
    let file = VoucherFile {
        genesis: chain.genesis(),
        voucher,
        issuer_signature: hex::encode(signature),
        voucher_seed: Zeroizing::new(hex::encode(*seed)),
    };
    Ok((file, ProfileOpening { salt, profile: offer.profile }))
}

/// The institution, which has to be active, and of a kind that may admit members with `role`. A newcomer asks no other.
pub async fn admitting(chain: &Chain, institution: InstitutionId, role: Role) -> Result<Institution, AgentError> {
    let found = chain.institution(At::Finalized, institution).await?;
    let found = found.ok_or(AgentError::NoInstitution(institution))?;
    if found.status != InstitutionStatus::Active {
        return Err(AgentError::InstitutionNotActive(institution));
    }
    match found.profile.kind.may_admit(role) {
        true => Ok(found),
        false => Err(AgentError::RoleNotAdmissible(role)),
    }
}

/// Redeems a voucher for `identity`, which needs no account for it. The new member is pending.
///
/// No signature binds how a redemption travels, so a copy of it may come first. Then the transaction fails, although the
/// newcomer joined: so the newest block is asked before a failure is reported.
pub async fn redeem(chain: &Chain, identity: &Identity, file: &VoucherFile) -> Result<MemberId, AgentError> {
    match chain.submit_authorized(&redemption(chain, identity, file)?).await {
        Ok(outcome) => Ok(outcome.event::<MemberJoined>()?.member),
        Err(error) => joined(chain, identity, file).await?.ok_or_else(|| error.into()),
    }
}

/// The member as which `identity` joined with this voucher's offer, if it did.
async fn joined(chain: &Chain, identity: &Identity, file: &VoucherFile) -> Result<Option<MemberId>, AgentError> {
    let Some(id) = chain.member_of_account(At::Best, identity.transaction().public()).await? else { return Ok(None) };
    let number = Some((file.voucher.issuing_epoch, file.voucher.serial));
    let member = chain.member(At::Best, id).await?;
    let is_the_newcomer = member.is_some_and(|member| {
        member.admitted_by == file.voucher.institution
            && member.voucher == number
            && member.membership_key == identity.membership().public()
    });
    Ok(is_the_newcomer.then_some(id))
}

/// The call that redeems a voucher for `identity`.
pub fn redemption(chain: &Chain, identity: &Identity, file: &VoucherFile) -> Result<Call, AgentError> {
    if file.genesis != chain.genesis() {
        return Err(AgentError::ForeignVoucher);
    }
    let mut seed = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(file.voucher_seed.as_bytes(), seed.as_mut_slice()).map_err(|_| AgentError::BrokenVoucher)?;
    let mut issuer_signature = [0u8; 64];
    hex::decode_to_slice(&file.issuer_signature, &mut issuer_signature).map_err(|_| AgentError::BrokenVoucher)?;
    let newcomer = identity.public().newcomer();
    let payload = redemption_payload(&file.genesis, &file.voucher, &newcomer);
    let signatures = [
        SigningPair::from_seed(&seed).sign(&payload),
        identity.transaction().sign(&payload),
        identity.membership().sign(&payload),
    ];
    Ok(Call::redeem(&file.voucher, &issuer_signature, &newcomer, &signatures))
}

/// The outcome of the open challenges to a member.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Answered {
    /// The institutions whose verifiers were answered.
    pub institutions: Vec<InstitutionId>,
    /// Challenges that are not to be trusted and were not answered: the challenger is not an active verifier.
    pub untrusted: Vec<(InstitutionId, MemberId)>,
    /// The member's status now.
    pub status: MemberStatus,
}

/// Answers every open challenge to `identity`.
///
/// Before it signs, the client makes sure that the verifier is an active member with the role of a verifier. The verifier has
/// to belong to the institution that the challenge names, and the institution has to be active too (S0-31).
pub async fn answer_challenges(chain: &Chain, identity: &Identity) -> Result<Answered, AgentError> {
    let account = identity.transaction().public();
    let member = chain.member_of_account(At::Finalized, account).await?.ok_or(AgentError::NotMember(account))?;
    let now = chain.clock().await?;
    let (mut institutions, mut untrusted) = (Vec::new(), Vec::new());
    for ChallengeBy { institution, challenge } in chain.challenges(At::Finalized, member).await? {
        if challenge.expires_at <= now {
            continue;
        }
        if !is_trustworthy(chain, institution, challenge.verifier, now).await? {
            untrusted.push((institution, challenge.verifier));
            continue;
        }
        let block = chain.block_hash(challenge.block).await?.ok_or(AgentError::ChallengeBlock(challenge.block))?;
        let payload = answer_payload(&chain.genesis(), member, &challenge, &block);
        let signature = identity.membership().sign(&payload);
        chain.submit_authorized(&Call::answer(member, institution, &signature)).await?;
        institutions.push(institution);
    }
    if let ([], [(_, verifier), ..]) = (institutions.as_slice(), untrusted.as_slice()) {
        return Err(AgentError::UntrustedVerifier(*verifier));
    }
    let member = chain.member(At::Finalized, member).await?.ok_or(AgentError::NotMember(account))?;
    Ok(Answered { institutions, untrusted, status: member.status })
}

async fn is_trustworthy(
    chain: &Chain,
    institution: InstitutionId,
    verifier: MemberId,
    now: Moment,
) -> Result<bool, AgentError> {
    let home = chain.institution(At::Finalized, institution).await?;
    let verifier = chain.member(At::Finalized, verifier).await?;
    Ok(home.is_some_and(|home| home.status == InstitutionStatus::Active)
        && verifier.is_some_and(|verifier| {
            verifier.role == Role::Verifier
                && verifier.status == MemberStatus::Active
                && verifier.valid_until.is_none_or(|end| now < end)
                && verifier.institution() == Some(institution)
        }))
}

impl Agent {
    /// Challenges a pending member, as a verifier.
    pub async fn challenge(&self, member: MemberId) -> Result<Outcome, AgentError> {
        let nonce = Digest(random());
        self.submit(&Call::challenge(member, nonce)).await
    }
}
