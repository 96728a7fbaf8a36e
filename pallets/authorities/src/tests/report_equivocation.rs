// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{KeyProof, SealedHeader, MAX_HEADER_BYTES, MAX_PROOF_BYTES};
use codec::{Decode, Encode};
use proptest::{collection::vec as bytes, prelude::*};
use salus_primitives::SigningKey;
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature};
use sp_core::{sr25519, Pair};
use sp_runtime::generic::DigestItem;
use sp_session::MembershipProof;

/// The arguments of a report.
#[derive(Clone)]
pub(crate) struct Report {
    pub(crate) author: SigningKey,
    pub(crate) first: SealedHeader,
    pub(crate) second: SealedHeader,
    pub(crate) proof: KeyProof,
}

impl Report {
    /// Two blocks for `slot`, sealed by `pair`, with the proof of the current session.
    pub(crate) fn new(pair: &sr25519::Pair, slot: u64) -> Self {
        let author = key_of(pair);
        Self {
            author,
            first: encoded(&sealed(pair, slot, 1)),
            second: encoded(&sealed(pair, slot, 2)),
            proof: Authorities::key_ownership_proof(author).unwrap().try_into().unwrap(),
        }
    }

    /// By the current key of this hospital, in the current slot.
    pub(crate) fn of(institution: InstitutionId) -> Self {
        Self::new(&aura(institution), *CurrentSlot::get())
    }

    pub(crate) fn call(self) -> Call<Test> {
        let Self { author, first, second, proof } = self;
        Call::report_equivocation { author, first, second, proof }
    }

    fn send(self) -> DispatchResult {
        dispatch(self.call(), signed(node(REPORTER)))
    }

    fn fails(self, error: Error<Test>) {
        assert_fails(|| self.send(), error);
    }
}

/// Reports an equivocation of the hospital in the current slot.
pub(crate) fn report(institution: InstitutionId) {
    assert_ok!(Report::of(institution).send());
}

const REPORTER: InstitutionId = SIXTH;

fn encoded(header: &Header) -> SealedHeader {
    header.encode().try_into().unwrap()
}

#[test]
fn report_equivocation_suspends_and_disables() {
    Builder::default().test(|| {
        next_block();
        report(FIRST);

        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
        assert!(is_disabled(FIRST));
        let reporter = Staff(REPORTER, Role::Service, 0).member();
        let slot = CurrentSlot::get();
        System::assert_has_event(Event::EquivocationReported { institution: FIRST, slot, reporter }.into());
        System::assert_has_event(Event::AuthoritySuspended { institution: FIRST }.into());
        let subject = Subject::Institution(FIRST);
        let reported = AuditEvent::by_member(reporter, Some(REPORTER), Action::EquivocationReported, subject);
        let suspended = consequence(Action::AuthoritySuspended, FIRST, Reason::Equivocation);
        assert_eq!(Log::entries(), [(LogId::Consortium, reported), (LogId::Consortium, suspended)]);
    });
}

#[test]
fn report_equivocation_removes_from_the_set_only_while_four_remain() {
    Builder::default().test(|| {
        report(FIRST);
        next_session();
        next_session();
        // Three would tolerate no failure: it stays, disabled.
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        assert!(is_disabled(FIRST));

        seat_with_keys(FIFTH);
        assert_eq!(authorities(), [SECOND, THIRD, FOURTH, FIFTH]);
        // The vote stays until the council decides.
        assert!(CouncilMembers::get().contains(&delegate(FIRST)));
    });
}

#[test]
fn report_equivocation_accepts_remembered_sessions_and_none_before() {
    Builder::default().test(|| {
        next_block();
        let (old, newer) = (Report::of(FIRST), Report::of(SECOND));
        for _ in 0..=SESSIONS_REMEMBERED {
            next_session();
        }
        assert_ok!(newer.send());
        next_session();
        old.fails(Error::Expired);
    });
}

#[test]
fn report_equivocation_accepts_the_key_of_then_after_a_rotation() {
    Builder::default().test(|| {
        next_block();
        let old = Report::of(FIRST);
        let new_key = aura(SIXTH);
        set_keys(FIRST, &new_key);
        next_session();
        next_session();
        next_session();
        assert_eq!(Authorities::key_ownership_proof(old.author), None);
        assert_ok!(old.send());
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
    });
}

#[test]
fn report_equivocation_accepts_a_new_key_in_a_session_that_is_over() {
    Builder::default().test(|| {
        let new_key = aura(SIXTH);
        set_keys(FIRST, &new_key);
        next_session();
        next_session();
        let report = Report::new(&new_key, *CurrentSlot::get());
        next_session();
        next_session();
        assert_ok!(report.send());
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
    });
}

#[test]
fn report_equivocation_fails_when_it_is_repeated() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        next_block();
        let (again, later) = (Report::of(FIRST), Report::new(&aura(FIRST), *CurrentSlot::get() - 1));
        report(FIRST);
        // Of this and of any other slot, while it is suspended,
        again.clone().fails(Error::InvalidStatus);
        later.clone().fails(Error::InvalidStatus);
        // after it was reinstated,
        assert_ok!(Authorities::reinstate_authority(two_thirds(), FIRST));
        again.clone().fails(Error::Expired);
        later.fails(Error::Expired);
        // without a seat,
        assert_ok!(Authorities::remove_authority(two_thirds(), FIRST));
        again.clone().fails(Error::NotFound);
        // and with another one.
        assert_ok!(admit(FIRST));
        again.fails(Error::AlreadyReported);
    });
}

#[test]
fn report_equivocation_accepts_a_new_one_after_reinstatement() {
    Builder::default().test(|| {
        report(FIRST);
        assert_ok!(Authorities::reinstate_authority(two_thirds(), FIRST));
        next_session();
        next_session();
        next_block();
        report(FIRST);
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
    });
}

#[test]
fn report_equivocation_succeeds_when_the_same_contents_are_sealed_again() {
    Builder::default().test(|| {
        next_block();
        let report = Report::of(FIRST);
        // sr25519 signatures differ each time, and with them the blocks' hashes.
        let again = encoded(&sealed(&aura(FIRST), *CurrentSlot::get(), 1));
        assert_ne!(again, report.first);
        assert_ok!(Report { second: again, ..report }.send());
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
    });
}

#[test]
fn report_equivocation_fails_when_it_is_no_equivocation() {
    Builder::default().test(|| {
        next_block();
        let report = Report::of(FIRST);
        let same = Report { second: report.first.clone(), ..report.clone() };
        same.fails(Error::NotEquivocation);
        let other_slot = encoded(&sealed(&aura(FIRST), *CurrentSlot::get() - 1, 2));
        Report { second: other_slot, ..report }.fails(Error::NotEquivocation);
    });
}

#[test]
fn report_equivocation_fails_when_a_seal_is_by_somebody_else() {
    Builder::default().test(|| {
        let report = Report::of(FIRST);
        let forged = encoded(&sealed(&aura(SECOND), *CurrentSlot::get(), 3));
        Report { second: forged.clone(), ..report.clone() }.fails(Error::BadSignature);
        Report { first: forged, ..report.clone() }.fails(Error::BadSignature);
        Report { author: key_of(&aura(SECOND)), ..report }.fails(Error::BadSignature);
    });
}

#[test]
fn report_equivocation_fails_when_the_key_is_no_authoritys() {
    Builder::default().test(|| {
        let stranger = Report { proof: Report::of(FIRST).proof, ..unproved(&aura(FIFTH)) };
        stranger.fails(Error::InvalidProof);
        // The proof is of another authority, has too few or too many nodes, or has another count of authorities.
        let report = Report::of(FIRST);
        Report { proof: Report::of(SECOND).proof, ..report.clone() }.fails(Error::InvalidProof);
        let proof = |change: fn(&mut MembershipProof)| {
            let mut proof = MembershipProof::decode(&mut report.proof.as_slice()).unwrap();
            change(&mut proof);
            KeyProof::try_from(proof.encode()).unwrap()
        };
        let changes: [fn(&mut MembershipProof); 3] = [
            |proof| drop(proof.trie_nodes.pop()),
            |proof| proof.trie_nodes.push(vec![0]),
            |proof| proof.validator_count += 1,
        ];
        for change in changes {
            Report { proof: proof(change), ..report.clone() }.fails(Error::InvalidProof);
        }
    });
}

/// Returns a report about a key without an owner, so its proof is empty.
fn unproved(pair: &sr25519::Pair) -> Report {
    let slot = *CurrentSlot::get();
    Report {
        author: key_of(pair),
        first: encoded(&sealed(pair, slot, 1)),
        second: encoded(&sealed(pair, slot, 2)),
        proof: Default::default(),
    }
}

#[test]
fn report_equivocation_fails_when_the_slot_is_not_of_the_session() {
    Builder::default().test(|| {
        next_session();
        let (start, now) = (*SessionStarts::<Test>::get(1).unwrap(), *CurrentSlot::get());
        assert_eq!((start, now), (BLOCKS, BLOCKS));
        Report::new(&aura(FIRST), start - 1).fails(Error::InvalidSlot);
        Report::new(&aura(FIRST), now + 1).fails(Error::InvalidSlot);
        let first_of_the_session = Report::new(&aura(SECOND), start);
        next_session();
        let end = *CurrentSlot::get();
        let after = Report { proof: first_of_the_session.proof.clone(), ..Report::new(&aura(SECOND), end) };
        assert_ok!(first_of_the_session.send());
        // The block that began the next session was authored by an authority of this one.
        let last = Report { proof: after.proof, ..Report::new(&aura(SECOND), end) };
        last.fails(Error::InvalidStatus);
        next_block();
        let beyond = Report::new(&aura(THIRD), end + 1);
        let mut proof = MembershipProof::decode(&mut beyond.proof.as_slice()).unwrap();
        proof.session = 1;
        Report { proof: proof.encode().try_into().unwrap(), ..beyond.clone() }.fails(Error::InvalidSlot);
        proof.session = 3;
        Report { proof: proof.encode().try_into().unwrap(), ..beyond }.fails(Error::Expired);
    });
}

#[test]
fn report_equivocation_fails_when_something_cannot_be_decoded() {
    Builder::default().test(|| {
        let report = Report::of(FIRST);
        let longer = |bytes: &[u8]| [bytes, &[0]].concat();
        Report { first: Default::default(), ..report.clone() }.fails(Error::InvalidEvidence);
        let first = longer(&report.first).try_into().unwrap();
        Report { first, ..report.clone() }.fails(Error::InvalidEvidence);
        Report { proof: Default::default(), ..report.clone() }.fails(Error::InvalidEvidence);
        let proof = longer(&report.proof).try_into().unwrap();
        Report { proof, ..report.clone() }.fails(Error::InvalidEvidence);

        // A header without seal, one without slot, one with something after the seal.
        let header = sealed(&aura(FIRST), *CurrentSlot::get(), 1);
        let mut unsealed = header.clone();
        unsealed.digest.pop();
        let mut slotless = header.clone();
        slotless.digest.logs.remove(0);
        let mut more = header;
        more.digest.push(DigestItem::Other(vec![]));
        for header in [unsealed, slotless, more] {
            Report { second: encoded(&header), ..report.clone() }.fails(Error::InvalidEvidence);
        }
    });
}

/// A header as long as may be.
fn longest(pair: &sr25519::Pair, state: u64) -> Vec<u8> {
    let mut header = sealed(pair, *CurrentSlot::get(), state);
    header.digest.pop();
    header.digest.logs.push(DigestItem::Other(vec![0; MAX_HEADER_BYTES as usize - 190]));
    let seal: AuthoritySignature = pair.sign(sp_runtime::traits::Header::hash(&header).as_bytes()).into();
    header.digest.push(DigestItem::aura_seal(seal));
    header.encode()
}

#[test]
fn report_equivocation_accepts_headers_up_to_their_bound_and_none_longer() {
    Builder::default().test(|| {
        let header = longest(&aura(FIRST), 3);
        assert!(
            header.len() as u32 <= MAX_HEADER_BYTES && header.len() as u32 + 64 > MAX_HEADER_BYTES,
            "{}",
            header.len()
        );
        let longest = Report { second: header.try_into().unwrap(), ..Report::of(FIRST) };
        assert_ok!(longest.clone().send());

        let call = longest.call().encode();
        assert!(Call::<Test>::decode(&mut call.as_slice()).is_ok());
        assert!(SealedHeader::decode(&mut vec![0; MAX_HEADER_BYTES as usize].encode().as_slice()).is_ok());
        assert!(SealedHeader::decode(&mut vec![0; MAX_HEADER_BYTES as usize + 1].encode().as_slice()).is_err());
        assert!(KeyProof::decode(&mut vec![0; MAX_PROOF_BYTES as usize].encode().as_slice()).is_ok());
        assert!(KeyProof::decode(&mut vec![0; MAX_PROOF_BYTES as usize + 1].encode().as_slice()).is_err());
    });
}

#[test]
fn report_equivocation_fails_when_the_signer_is_not_an_active_member() {
    Builder::default().test(|| {
        let call = || dispatch(Report::of(FIRST).call(), signed(STRANGER));
        assert_fails(call, BadOrigin);
        let reporter = Staff(REPORTER, Role::Service, 0);
        Members::set_status(reporter.member(), MemberStatus::Suspended);
        assert_fails(|| dispatch(Report::of(FIRST).call(), signed(reporter.account())), BadOrigin);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A report of random bytes, or with one flipped bit, fails and changes nothing.
    #[test]
    fn report_equivocation_fails_for_any_bytes(
        first in bytes(any::<u8>(), 0..300),
        second in bytes(any::<u8>(), 0..300),
        proof in bytes(any::<u8>(), 0..300),
        place in any::<prop::sample::Index>(),
        bit in 0..8u32,
    ) {
        Builder::default().test(|| {
            let report = Report::of(FIRST);
            let random = Report {
                first: first.try_into().unwrap(),
                second: second.try_into().unwrap(),
                proof: proof.try_into().unwrap(),
                ..report.clone()
            };
            assert_fails_somehow(random);
            // One bit of a good report is enough.
            let mut flipped = report.first.to_vec();
            flipped[place.index(report.first.len())] ^= 1 << bit;
            assert_fails_somehow(Report { first: flipped.try_into().unwrap(), ..report.clone() });
            let mut flipped = report.proof.to_vec();
            flipped[place.index(report.proof.len())] ^= 1 << bit;
            assert_fails_somehow(Report { proof: flipped.try_into().unwrap(), ..report });
        });
    }
}

fn assert_fails_somehow(report: Report) {
    let before = (Log::written(), sp_io::storage::root(sp_runtime::StateVersion::V1));
    assert!(report.send().is_err());
    assert_eq!((Log::written(), sp_io::storage::root(sp_runtime::StateVersion::V1)), before);
}
