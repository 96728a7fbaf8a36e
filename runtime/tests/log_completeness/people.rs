// SPDX-License-Identifier: Apache-2.0

//! Institutions and members.

use crate::{
    consortium::{council_origin, pair, profile, public, staff, START},
    log_completeness::{Story, HOSPITALS},
};
use pallet_salus_membership::{Call, Challenges, NextMember, RedemptionSignatures};
use salus_primitives::{
    membership::{
        answer_payload, key_change_payload, redemption_payload, InstitutionProfile, KeyChange, Newcomer, Role, Voucher,
    },
    time::DAY,
    Digest, EncryptionKey, InstitutionId, MemberId,
};
use salus_runtime::{AccountId, Runtime, RuntimeOrigin, System};
use sp_core::Pair;

/// A member of the story.
pub(crate) struct Person {
    pub(crate) member: MemberId,
    name: &'static str,
}

impl Person {
    pub(crate) fn account(&self) -> AccountId {
        AccountId::new(public(&pair(0, &format!("{} transaction", self.name))).0)
    }

    pub(crate) fn signs(&self) -> RuntimeOrigin {
        RuntimeOrigin::signed(self.account())
    }
}

fn genesis() -> Digest {
    Digest(System::block_hash(0).0)
}

/// Lets a newcomer join, at the first hospital; a verifier of the second one verifies.
pub(crate) fn join(story: &mut Story, name: &'static str, role: Role) -> Person {
    let key = |purpose: &str| pair(0, &format!("{name} {purpose}"));
    let (voucher_key, transaction, membership) = (key("voucher"), key("transaction"), key("membership"));
    let member = NextMember::<Runtime>::get();
    let voucher = Voucher {
        institution: InstitutionId(0),
        issuing_epoch: 0,
        serial: member.0,
        role,
        profile: Digest::default(),
        expires_at: START + DAY,
        valid_until: None,
        voucher_key: public(&voucher_key),
    };
    let newcomer = Newcomer {
        transaction_key: public(&transaction),
        membership_key: public(&membership),
        encryption_key: EncryptionKey::x25519([9; 32]),
    };
    let payload = redemption_payload(&genesis(), &voucher, &newcomer);
    let signatures = RedemptionSignatures {
        voucher_key: voucher_key.sign(&payload),
        transaction_key: transaction.sign(&payload),
        membership_key: membership.sign(&payload),
    };
    let issuer_signature = pair(0, "issuing").sign(&voucher.payload(&genesis()));
    let authorized = || RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
    story.tell(Call::<Runtime>::redeem { voucher, issuer_signature, newcomer, signatures }, authorized());

    let verifier = RuntimeOrigin::signed(staff(1, Role::Verifier));
    story.tell(Call::<Runtime>::challenge { member, nonce: Digest([1; 32]) }, verifier);
    let verifier_institution = InstitutionId(1);
    let challenge = Challenges::<Runtime>::get(member, verifier_institution).unwrap();
    let block_hash = Digest(System::block_hash(challenge.block).0);
    let signature = membership.sign(&answer_payload(&genesis(), member, &challenge, &block_hash));
    story.tell(Call::<Runtime>::answer { member, verifier_institution, signature }, authorized());
    Person { member, name }
}

/// The council admits an institution, changes it, and parts from it; an issuer decides about staff.
pub(crate) fn tell(story: &mut Story) {
    let council = || council_origin(HOSPITALS, HOSPITALS);
    let (clinic, key) = (InstitutionId(HOSPITALS), public(&pair(0, "new issuing")));
    story.tell(Call::<Runtime>::admit_institution { profile: profile(HOSPITALS) }, council());
    let changed = InstitutionProfile { admission_quota: 7, ..profile(HOSPITALS) };
    story.tell(Call::<Runtime>::update_institution { institution: clinic, profile: changed }, council());
    story.tell(Call::<Runtime>::rotate_issuing_key { institution: clinic, issuing_key: key }, council());
    story.tell(Call::<Runtime>::suspend_institution { institution: clinic }, council());
    story.tell(Call::<Runtime>::reinstate_institution { institution: clinic }, council());
    story.tell(Call::<Runtime>::remove_institution { institution: clinic }, council());
    story.tell(Call::<Runtime>::set_required_verifications { count: 1 }, council());

    let issuer = || RuntimeOrigin::signed(staff(0, Role::Issuer));
    story.tell(Call::<Runtime>::refuse_applicant { application: Digest([1; 32]) }, issuer());
    let Person { member, .. } = join(story, "clerk", Role::Verifier);
    story.tell(Call::<Runtime>::suspend_member { member }, issuer());
    story.tell(Call::<Runtime>::reinstate_member { member }, issuer());
    pallet_salus_membership::Members::<Runtime>::mutate(member, |member| {
        member.as_mut().unwrap().valid_until = Some(1);
    });
    story.tell(Call::<Runtime>::renew_member { member, valid_until: None }, issuer());
    story.tell(Call::<Runtime>::revoke_member { member }, issuer());

    let nurse = join(story, "nurse", Role::Clinician);
    let (phone, membership) = (pair(0, "nurse phone"), pair(0, "nurse membership"));
    let signed = |change| key_change_payload(&genesis(), nurse.member, change_number(nurse.member), &change);
    let (key, payload) = (public(&phone), signed(KeyChange::Add(public(&phone))));
    let (key_signature, membership_signature) = (phone.sign(&payload), membership.sign(&payload));
    story.tell(Call::<Runtime>::add_transaction_key { key, key_signature, membership_signature }, nurse.signs());
    let membership_signature = membership.sign(&signed(KeyChange::Remove(key)));
    story.tell(Call::<Runtime>::remove_transaction_key { key, membership_signature }, nurse.signs());
}

fn change_number(member: MemberId) -> u32 {
    pallet_salus_membership::Members::<Runtime>::get(member).unwrap().key_changes
}
