// SPDX-License-Identifier: Apache-2.0

//! Seats, their keys and accounts, upgrades, pauses and parameters.

use crate::{
    consortium::{council_origin, dispatch, next_block, session_keys, staff, START},
    log_completeness::people::join,
    log_completeness::{Story, HOSPITALS},
};
use codec::Encode;
use pallet_salus_authorities::{Call as Seats, SessionStarts};
use pallet_salus_upgrades::Call as Upgrades;
use salus_primitives::{governance::Parameter, membership::Role, time::DAY, InstitutionId, SigningKey};
use salus_runtime::{
    limits, AccountId, Authorities, Header, Runtime, RuntimeCall, RuntimeOrigin, SessionKeys, System, VERSION,
};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::Header as _,
};

const LAST: u32 = HOSPITALS - 1;

fn council() -> RuntimeOrigin {
    council_origin(HOSPITALS, HOSPITALS)
}

fn signed(number: u32, role: Role) -> RuntimeOrigin {
    RuntimeOrigin::signed(staff(number, role))
}

pub(crate) fn tell(story: &mut Story) {
    seats(story);
    keys_and_accounts(story);
    finality(story);
    upgrades(story);
    parameters(story);
}

fn seats(story: &mut Story) {
    let institution = InstitutionId(LAST);
    let (account, delegate) = (staff(LAST, Role::Service), staff(LAST, Role::Delegate));
    let admit =
        || Seats::<Runtime>::admit_authority { institution, account: account.clone(), delegate: delegate.clone() };
    story.tell(Seats::<Runtime>::remove_authority { institution }, council());
    story.tell(admit(), council());
    story.tell(Seats::<Runtime>::force_remove_authority { institution }, council());
    story.tell(admit(), council());
    story.tell(Seats::<Runtime>::suspend_authority { institution }, signed(LAST, Role::Delegate));
    story.tell(Seats::<Runtime>::reinstate_authority { institution }, council());
    let institution = InstitutionId(1);
    story.tell(Seats::<Runtime>::suspend_authority { institution }, council());
    story.tell(Seats::<Runtime>::reinstate_authority { institution }, council());
    story.tell(equivocation(2), signed(0, Role::Service));
}

/// Evidence that a hospital authored two blocks for the current slot.
fn equivocation(number: u32) -> RuntimeCall {
    let (aura, _) = session_keys(number);
    let slot = Slot::from(START / limits::SLOT_DURATION + 1_000);
    pallet_aura::CurrentSlot::<Runtime>::put(slot);
    SessionStarts::<Runtime>::insert(0, Slot::from(0));
    let sealed = |state: u64| {
        let item = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot);
        let digest = Digest { logs: vec![item] };
        let mut header = Header::new(1, H256::default(), H256::from_low_u64_be(state), H256::default(), digest);
        let seal: AuthoritySignature = aura.sign(header.hash().as_ref()).into();
        header.digest_mut().push(DigestItem::aura_seal(seal));
        header.encode().try_into().unwrap()
    };
    let author = SigningKey(aura.public().0);
    let proof = Authorities::key_ownership_proof(author).unwrap().try_into().unwrap();
    Seats::<Runtime>::report_equivocation { author, first: sealed(1), second: sealed(2), proof }.into()
}

fn keys_and_accounts(story: &mut Story) {
    let aura = sr25519::Pair::from_seed(&[3; 32]);
    let grandpa = ed25519::Pair::from_seed(&[3; 32]);
    let statement = [b"POP_".as_slice(), &staff(0, Role::Service).encode()].concat();
    let proof = (aura.sign(&statement), grandpa.sign(&statement)).encode();
    let keys = SessionKeys { aura: aura.public().into(), grandpa: grandpa.public().into() };
    story.tell(Seats::<Runtime>::set_keys { keys, proof }, signed(0, Role::Service));

    let deputy = join(story, "deputy", Role::Delegate);
    let account: AccountId = join(story, "other service", Role::Service).account();
    // After a day a delegate speaks for the seat.
    System::set_block_number(System::block_number() + limits::DAYS);
    next_block();
    story.tell(Seats::<Runtime>::take_vote {}, deputy.signs());
    let institution = InstitutionId(0);
    story.tell(Seats::<Runtime>::hand_over_account { institution, account: account.clone() }, deputy.signs());
    let account = staff(0, Role::Service);
    story.tell(Seats::<Runtime>::hand_over_account { institution, account }, council());
}

fn finality(story: &mut Story) {
    story.tell(Seats::<Runtime>::resume_finality { last_final: 1, wait: 1 }, council());
    story.tell(Seats::<Runtime>::withdraw_resumption {}, council());
}

fn upgrades(story: &mut Story) {
    let (code_hash, spec_version) = (H256::repeat_byte(1), VERSION.spec_version + 1);
    story.tell(Upgrades::<Runtime>::plan_upgrade { code_hash, spec_version }, council());
    for number in 0..HOSPITALS {
        story.tell(Upgrades::<Runtime>::confirm_upgrade { code_hash }, signed(number, Role::Service));
    }
    // The delay is a second, so is a block.
    next_block();
    story.tell(Upgrades::<Runtime>::authorize_upgrade {}, signed(0, Role::Service));
    story.tell(Upgrades::<Runtime>::cancel_upgrade { code_hash }, council());
    story.tell(Upgrades::<Runtime>::set_upgrade_delay { delay: DAY }, council());
}

fn parameters(story: &mut Story) {
    let name = |name: &str| name.as_bytes().to_vec().try_into().unwrap();
    let (pallet, call) = (|| name("Records"), || name("open_records"));
    story.tell(Upgrades::<Runtime>::pause_call { pallet: pallet(), call: call() }, council());
    story.tell(Upgrades::<Runtime>::unpause_call { pallet: pallet(), call: call() }, council());
    story.tell(Upgrades::<Runtime>::set_parameter { parameter: Parameter::RequestLife(DAY) }, council());
    assert!(System::block_number() > 1);
    let wrong = Upgrades::<Runtime>::set_parameter { parameter: Parameter::RequestLife(0) };
    assert!(dispatch(wrong, council()).is_err(), "a call that fails is not part of the story");
}
