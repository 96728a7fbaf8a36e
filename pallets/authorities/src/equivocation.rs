// SPDX-License-Identifier: Apache-2.0

//! The proof of two blocks by one authority for one slot.
//!
//! Nodes notice such blocks and keep both headers (`salus_equivocations`), but the chain does not see them. So a member
//! reports them here. Cheap checks come first, the seals and the proof of the key's owner last.

use crate::{
    AuraEquivocation, Config, Error, Event, KeyProof, Pallet, SealedHeader, SeatOfAuthority, Seats, SessionStarts,
};
use alloc::{vec, vec::Vec};
use codec::{DecodeAll, Encode};
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{Get, KeyOwnerProofSystem},
};
use frame_system::pallet_prelude::HeaderFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::Standing,
    traits::AuditLog,
    SigningKey,
};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_core::{crypto::key_types::AURA, sr25519};
use sp_runtime::{generic::DigestItem, traits::Header as _, AccountId32, RuntimeAppPublic};
use sp_session::MembershipProof;
use sp_staking::{offence::ReportOffence, SessionIndex};

/// A decoded header.
struct Sealed<Hash> {
    slot: Slot,
    /// The hash without the seal, which the seal signs.
    hash: Hash,
    seal: AuthoritySignature,
}

impl<T: Config> Pallet<T> {
    /// Proves that a key is an authority's in the current session.
    pub(crate) fn prove_key_owner(author: SigningKey) -> Option<Vec<u8>> {
        let proof = T::KeyOwners::prove((AURA, author))?;
        // The SDK also proves that a key belongs to no authority.
        T::KeyOwners::check_proof((AURA, author), proof.clone()).map(|_| proof.encode())
    }

    /// Returns the equivocation that these headers and this proof show.
    fn check_equivocation(
        author: SigningKey,
        first: &SealedHeader,
        second: &SealedHeader,
        proof: &KeyProof,
    ) -> Result<AuraEquivocation, Error<T>> {
        let first = Self::open(first).ok_or(Error::InvalidEvidence)?;
        let second = Self::open(second).ok_or(Error::InvalidEvidence)?;
        let proof = MembershipProof::decode_all(&mut proof.as_slice()).map_err(|_| Error::InvalidEvidence)?;
        // The seal counts: the same contents with another seal are another block, which forks the chain like any other.
        let is_same = first.hash == second.hash && first.seal == second.seal;
        ensure!(first.slot == second.slot && !is_same, Error::NotEquivocation);
        let (slot, session, authorities) = (first.slot, proof.session, proof.validator_count);
        Self::check_slot(slot, session)?;

        let key = sp_consensus_aura::sr25519::AuthorityId::from(sr25519::Public::from_raw(author.0));
        let is_by_author = |header: &Sealed<_>| key.verify(&AsRef::<[u8]>::as_ref(&header.hash), &header.seal);
        ensure!(is_by_author(&first) && is_by_author(&second), Error::BadSignature);
        let offender = T::KeyOwners::check_proof((AURA, author), proof).ok_or(Error::InvalidProof)?;
        Ok(AuraEquivocation { slot, session, authorities, offender })
    }

    /// Returns slot, hash and seal of an encoded header; none if one is missing.
    fn open(header: &SealedHeader) -> Option<Sealed<T::Hash>> {
        let mut header = HeaderFor::<T>::decode_all(&mut header.as_slice()).ok()?;
        let seal = header.digest_mut().pop()?;
        let seal = CompatibleDigestItem::<AuthoritySignature>::as_aura_seal(&seal)?;
        let slot = header
            .digest()
            .logs()
            .iter()
            .find_map(<DigestItem as CompatibleDigestItem<AuthoritySignature>>::as_aura_pre_digest)?;
        Some(Sealed { slot, hash: header.hash(), seal })
    }

    /// Checks that the slot is in this session, which has to be the current or a remembered one.
    ///
    /// The first block of a session was authored by an authority of the session before: its slot counts for both.
    fn check_slot(slot: Slot, session: SessionIndex) -> Result<(), Error<T>> {
        let start = SessionStarts::<T>::get(session).ok_or(Error::Expired)?;
        let end = SessionStarts::<T>::get(session.saturating_add(1)).unwrap_or_else(T::Slot::get);
        ensure!(start <= slot && slot <= end, Error::InvalidSlot);
        Ok(())
    }

    pub(crate) fn do_report_equivocation(
        account: AccountId32,
        reporter: &Standing,
        author: SigningKey,
        first: &SealedHeader,
        second: &SealedHeader,
        proof: &KeyProof,
    ) -> DispatchResult {
        let offence = Self::check_equivocation(author, first, second, proof)?;
        let (offender, ()) = &offence.offender;
        let institution = SeatOfAuthority::<T>::get(offender).ok_or(Error::<T>::NotFound)?;
        let seat = Seats::<T>::get(institution).ok_or(Error::<T>::NotFound)?;
        // A suspended seat is not judged again: more reports would change nothing, but fill the chain.
        ensure!(seat.is_active(), Error::<T>::InvalidStatus);
        ensure!(offence.session >= seat.liable_from, Error::<T>::Expired);
        let is_known = T::Offences::is_known_offence(core::slice::from_ref(&offence.offender), &offence.slot);
        ensure!(!is_known, Error::<T>::AlreadyReported);

        let slot = offence.slot;
        let subject = Subject::Institution(institution);
        let event =
            AuditEvent::by_member(reporter.member, reporter.institution_id(), Action::EquivocationReported, subject);
        T::Audit::append(LogId::Consortium, event);
        Self::deposit_event(Event::EquivocationReported { institution, slot, reporter: reporter.member });
        T::Offences::report_offence(vec![account], offence).map_err(|_| Error::<T>::AlreadyReported)?;
        Ok(())
    }
}
