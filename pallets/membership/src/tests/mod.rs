// SPDX-License-Identifier: Apache-2.0

//! One file for each call, or for a family of calls that differ in one word.

mod add_transaction_key;
mod admit_institution;
mod answer;
mod arguments;
mod challenge;
mod gate;
mod genesis;
mod institution_status;
mod member_status;
mod newcomers;
mod nonce;
mod origins;
mod providers;
mod redeem;
mod refuse_applicant;
mod remove_transaction_key;
mod renew_member;
mod rotate_issuing_key;
mod set_required_verifications;
mod traits;
mod update_institution;

pub(crate) use crate::{mock::*, AccountOwner, AccountOwners, Call, Challenges, Error, Event, Institutions, Members};
pub(crate) use frame_support::{assert_noop, assert_ok, pallet_prelude::Authorize};
pub(crate) use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::*,
    panel::Voice,
    refusal::Refusal,
    time::{DAY, HOUR},
    traits::Membership as _,
    Digest, EncryptionKey, InstitutionId, MemberId, Moment, SigningKey,
};
pub(crate) use sp_core::{sr25519, Pair};
pub(crate) use sp_runtime::{
    traits::{BadOrigin, Dispatchable},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
    DispatchError, DispatchResult,
};

use crate::RedemptionSignatures;

pub(crate) const NONCE: Digest = Digest([9; 32]);

/// The arguments of a redemption.
#[derive(Clone)]
pub(crate) struct Redemption {
    pub(crate) voucher: Voucher,
    pub(crate) issuer_signature: sr25519::Signature,
    pub(crate) newcomer: Newcomer,
    pub(crate) signatures: RedemptionSignatures,
}

impl Redemption {
    /// A redemption by `person`, with every signature as it should be.
    pub(crate) fn new(voucher: &Voucher, person: Person) -> Self {
        Self::on_chain(genesis_hash(), voucher, person.newcomer(), person)
    }

    /// A redemption with keys that may not be the person's own, signed for the chain with this genesis.
    pub(crate) fn on_chain(genesis: Digest, voucher: &Voucher, newcomer: Newcomer, person: Person) -> Self {
        let payload = redemption_payload(&genesis, voucher, &newcomer);
        Self {
            voucher: voucher.clone(),
            issuer_signature: issuing(voucher.institution).sign(&voucher.payload(&genesis)),
            newcomer,
            signatures: RedemptionSignatures {
                voucher_key: voucher_pair(voucher.serial).sign(&payload),
                transaction_key: person.transaction().sign(&payload),
                membership_key: person.membership().sign(&payload),
            },
        }
    }

    pub(crate) fn call(self) -> Call<Test> {
        let Self { voucher, issuer_signature, newcomer, signatures } = self;
        Call::redeem { voucher, issuer_signature, newcomer, signatures }
    }
}

pub(crate) fn voucher_pair(serial: u64) -> sr25519::Pair {
    pair(&serial.to_string(), "voucher")
}

/// The hospital's offer of `role`, valid for a day.
pub(crate) fn voucher_for(role: Role) -> Voucher {
    Voucher {
        institution: HOSPITAL,
        issuing_epoch: 0,
        serial: 1,
        role,
        profile: Digest([3; 32]),
        expires_at: START + DAY,
        valid_until: None,
        voucher_key: key_of(&voucher_pair(1)),
    }
}

pub(crate) fn redeem(voucher: &Voucher, person: Person) -> DispatchResult {
    dispatch(Redemption::new(voucher, person).call(), authorized())
}

/// Lets `person` join as the next member, who is pending.
pub(crate) fn join(person: Person, role: Role) -> MemberId {
    let member = crate::NextMember::<Test>::get();
    let voucher = Voucher { serial: member.0, voucher_key: key_of(&voucher_pair(member.0)), ..voucher_for(role) };
    assert_ok!(redeem(&voucher, person));
    member
}

/// The call with which `person` answers the challenge of `institution`.
pub(crate) fn answer_call(member: MemberId, institution: InstitutionId, person: Person) -> Call<Test> {
    let challenge = Challenges::<Test>::get(member, institution).expect("an open challenge");
    let block_hash = Digest(System::block_hash(u64::from(challenge.block)).0);
    let payload = answer_payload(&genesis_hash(), member, &challenge, &block_hash);
    Call::answer { member, verifier_institution: institution, signature: person.membership().sign(&payload) }
}

/// Has `verifier` verify a pending member.
pub(crate) fn verify(verifier: Person, institution: InstitutionId, member: MemberId, person: Person) {
    assert_ok!(Membership::challenge(signed(verifier), member, NONCE));
    next_block();
    accept(answer_call(member, institution, person));
}

pub(crate) fn dispatch(call: Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    RuntimeCall::from(call).dispatch(origin).map(|_| ()).map_err(|failure| failure.error)
}

/// Checks that the pool and the block accept this call, and returns the pool's verdict.
pub(crate) fn accept(call: Call<Test>) -> ValidTransaction {
    let (validity, _) = call.authorize(TransactionSource::External).unwrap().unwrap();
    assert_ok!(dispatch(call, authorized()));
    validity
}

/// Checks that the pool refuses the call, and that dispatch refuses it for the same reason.
pub(crate) fn assert_refused(call: Call<Test>, refusal: Refusal) {
    let pool = call.authorize(TransactionSource::External).unwrap().unwrap_err();
    assert_eq!(pool, InvalidTransaction::Custom(refusal.code()).into(), "not {refusal:?}");
    assert_fails(|| dispatch(call, authorized()), Error::<Test>::from(refusal));
}

/// Checks that a failed call changes nothing and logs nothing.
pub(crate) fn assert_fails(call: impl FnOnce() -> DispatchResult, error: impl Into<DispatchError>) {
    let written = Log::written();
    assert_noop!(call(), error.into());
    assert_eq!(Log::written(), written);
}

/// Checks that `event` is the last event, and that `entry` is the only log entry since `before`.
pub(crate) fn assert_done(before: usize, event: Event<Test>, log: LogId, entry: AuditEvent) {
    System::assert_last_event(event.into());
    assert_eq!(Log::entries()[before..], [(log, entry)]);
}

pub(crate) fn entries() -> usize {
    Log::entries().len()
}

pub(crate) fn member(id: MemberId) -> Member {
    Members::<Test>::get(id).unwrap()
}

pub(crate) fn status_of(id: MemberId) -> MemberStatus {
    member(id).status
}

pub(crate) fn institution(id: InstitutionId) -> Institution {
    Institutions::<Test>::get(id).unwrap()
}

/// The log entry of a decision of the council about an institution.
pub(crate) fn decision(action: Action, id: InstitutionId) -> AuditEvent {
    AuditEvent::by_council(action, Subject::Institution(id))
}

/// Adds `count` active members of an institution.
pub(crate) fn people(institution: InstitutionId, role: Role, count: usize) -> Vec<Person> {
    let next = crate::NextMember::<Test>::get().0;
    let names = (0..count as u64).map(|number| -> &'static str { format!("member {}", next + number).leak() });
    let people: Vec<_> = names.map(Person).collect();
    for person in &people {
        let (newcomer, profile) = (person.newcomer(), Digest([1; 32]));
        Membership::register(institution, role, &newcomer, profile, None, MemberStatus::Active);
    }
    people
}
