// SPDX-License-Identifier: Apache-2.0

//! Blocks and sessions, which begin when a test says so, and their authors.

use super::{node, Authorities, Clock, CurrentSlot, Header, Members, Session, System, BLOCKS};
use crate::Sessions as _;
use alloc::{vec, vec::Vec};
use salus_primitives::{traits::Membership as _, InstitutionId};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::Header as _,
};

/// Returns a header of this slot with this state, sealed by `pair`.
pub fn sealed(pair: &sr25519::Pair, slot: u64, state: u64) -> Header {
    let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(slot));
    let digest = Digest { logs: vec![slot] };
    let mut header = Header::new(1, H256::default(), H256::from_low_u64_be(state), H256::default(), digest);
    let seal: AuthoritySignature = pair.sign(header.hash().as_bytes()).into();
    header.digest.push(DigestItem::aura_seal(seal));
    header
}

/// Begins the next block, in the next slot.
pub fn next_block() {
    System::set_block_number(System::block_number() + 1);
    CurrentSlot::set(CurrentSlot::get() + 1);
    Clock::wait(1_000);
}

/// Ends the current session, in which all authorities but these author, and begins the next.
pub fn next_session_without(absent: &[InstitutionId]) {
    use pallet_authorship::EventHandler;
    let absent: Vec<_> = absent.iter().map(|institution| node(*institution)).collect();
    for _ in 0..BLOCKS {
        next_block();
    }
    let disabled = Session::disabled_validators();
    for (index, author) in Session::authorities().into_iter().enumerate() {
        if !absent.contains(&author) && !disabled.contains(&(index as u32)) {
            <Authorities as EventHandler<_, _>>::note_author(author);
        }
    }
    Session::rotate_session();
}

pub fn next_session() {
    next_session_without(&[]);
}

/// Returns the hospitals whose nodes are authorities, in order.
pub fn authorities() -> Vec<InstitutionId> {
    let mut institutions: Vec<_> = Session::authorities()
        .iter()
        .map(|account| Members::standing_of_account(account).unwrap().institution_id().unwrap())
        .collect();
    institutions.sort();
    institutions
}
