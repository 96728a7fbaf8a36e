// SPDX-License-Identifier: Apache-2.0

//! Certificates of a record whose facts are made up, with one fact changed at a time.

use super::*;
use crate::agent::certificate::form::{state_after, CertifiedBlock, Word};
use salus_primitives::{
    audit::{AuditEvent, Subject},
    membership::{Institution, InstitutionKind, InstitutionProfile, InstitutionStatus, NumberedInstitution, Quota},
    records::{NumberedVersion, Record, RecordState, Version},
    shredding::{Absence, Attestation, NumberedShredding, Shredding, StoreKind, ATTESTATION_TIME},
    ChartId, CompartmentId, EncryptionKey, MemberId, RecordId, RecordKey, SigningKey,
};

const PATIENT: MemberId = MemberId(1);
const AUTHOR: MemberId = MemberId(2);
const AUDITOR: MemberId = MemberId(3);
const SERVICE: MemberId = MemberId(4);
const CUSTODIAN: InstitutionId = InstitutionId(0);
const CLINIC: InstitutionId = InstitutionId(1);
const PHARMACY: InstitutionId = InstitutionId(2);
const RECORD: RecordId = RecordId { chart: ChartId(7), key: RecordKey([5; 16]) };
const REQUESTED: Moment = 1_000_000;
const SHREDDED: Moment = 2_000_000;
const DUE: Moment = SHREDDED + ATTESTATION_TIME;

fn institution(number: InstitutionId, vault: &str) -> NumberedInstitution {
    let profile = InstitutionProfile {
        kind: InstitutionKind::Hospital,
        issuing_key: SigningKey([1; 32]),
        encryption_key: EncryptionKey::x25519([2; 32]),
        vault_address: vault.as_bytes().to_vec().try_into().unwrap(),
        admission_quota: 1,
        traffic_quota: Quota { time: 1, bytes: 1, refill: 1 },
    };
    let status = InstitutionStatus::Active;
    let institution = Institution { profile, issuing_epoch: 0, status, admitted: 1, usage: Default::default() };
    NumberedInstitution { number, institution }
}

fn version(number: u32) -> NumberedVersion {
    let byte = u8::try_from(number).unwrap();
    let version = Version {
        author: AUTHOR,
        content: Digest([byte + 10; 32]),
        key_envelope: Digest([byte + 20; 32]),
        epoch: number,
        size: 4_096,
        at: 1,
        previous: Digest::default(),
        grant_envelopes: Default::default(),
    };
    NumberedVersion { number, version }
}

/// A record of two versions that was shredded in block 20, seen at block 21.
fn facts() -> Facts {
    let known = Record {
        compartment: CompartmentId(3),
        author: AUTHOR,
        custodian: CUSTODIAN,
        state: RecordState::Shredded,
        versions: 2,
        created_at: 1,
        hold: None,
    };
    let (requested_by, requested_at) = (PATIENT, REQUESTED);
    let shredding = Shredding { record: RECORD, requested_by, requested_at, by: AUDITOR, at: SHREDDED, block: 20 };
    let mut facts = Facts {
        genesis: Digest([9; 32]),
        block: CertifiedBlock { number: 21, hash: Digest([21; 32]), at: SHREDDED + 1_000 },
        record: RECORD,
        known,
        versions: vec![version(0), version(1)],
        shredding: NumberedShredding { number: 6, shredding },
        entries: Vec::new(),
        log: LogHead::empty(LogId::Chart(RECORD.chart)),
        attestations: BTreeMap::new(),
        institutions: vec![institution(CUSTODIAN, ""), institution(CLINIC, "https://vault.example")],
        admitted: BTreeMap::new(),
        has_all_admissions: true,
    };
    let subject = Subject::Record(RECORD, 0);
    let by = |member, action| AuditEvent::by_member(member, None, action, subject);
    append(&mut facts, 1, 2, AuditEvent::by_member(PATIENT, None, Action::ChartOpened, Subject::Chart(RECORD.chart)));
    append(&mut facts, 2, 3, by(AUTHOR, Action::RecordCreated));
    append(&mut facts, 3, 4, by(PATIENT, Action::RecordRestricted));
    append(&mut facts, REQUESTED, 10, by(PATIENT, Action::ShreddingRequested));
    append(&mut facts, SHREDDED, 20, by(AUDITOR, Action::RecordShredded));
    facts
}

fn append(facts: &mut Facts, at: Moment, block: u32, event: AuditEvent) {
    let entry = Entry::new(facts.log.length, at, block, event);
    facts.log = facts.log.after(&entry.stored());
    facts.entries.push(entry);
}

/// The facts after an institution attested in the block with this number.
fn attested(facts: &mut Facts, institution: InstitutionId, at: Moment, block: u32, absent: u32, kept: u32) {
    let absence = Absence { absent, kept, store: StoreKind::Folder };
    facts.attestations.insert(institution, Attestation { by: SERVICE, at, absence });
    let subject = Subject::Record(RECORD, 1);
    let event = AuditEvent::by_member(SERVICE, Some(institution), Action::ShreddingAttested, subject);
    append(facts, at, block, event.because(Reason::Count(absent)));
    seen_at(facts, u64::from(block), at);
}

/// Lets the node look at a later block.
fn seen_at(facts: &mut Facts, number: u64, at: Moment) {
    facts.block = CertifiedBlock { number, hash: Digest([u8::try_from(number).unwrap(); 32]), at };
}

/// The outcome of a check by a node that still has the state of the certificate's block.
fn check(certificate: &ShreddingCertificate, now: &Facts) -> CheckedCertificate {
    let number = certificate.block.number;
    let hash = (number <= now.block.number).then(|| Digest([u8::try_from(number).unwrap(); 32]));
    let block = Block { finalized: now.block.number, hash, at: Some(certificate.block.at) };
    check_with(certificate, now, &block)
}

fn check_with(certificate: &ShreddingCertificate, now: &Facts, block: &Block) -> CheckedCertificate {
    let mut checked = CheckedCertificate::default();
    certificate.check_block(block, &mut checked);
    certificate.check_facts(now, block, &mut checked);
    checked
}

fn word_of(certificate: &ShreddingCertificate, institution: InstitutionId) -> Word {
    certificate.institutions.iter().find(|it| it.institution == institution).unwrap().word
}

#[test]
fn a_certificate_has_the_facts_and_holds() {
    let facts = facts();
    let made = facts.certificate();
    assert_eq!((made.record, made.author, made.custodian), (RECORD, AUTHOR, CUSTODIAN));
    let states: Vec<_> = made.states.iter().map(|it| (it.state, it.entry)).collect();
    assert_eq!(states, [(RecordState::Active, 1), (RecordState::Restricted, 2), (RecordState::Shredded, 4)]);
    assert_eq!(made.versions.iter().map(|it| (it.number, it.epoch)).collect::<Vec<_>>(), [(0, 0), (1, 1)]);
    assert_eq!((made.shredding.number, made.shredding.due_at), (6, DUE));
    assert_eq!(made.log.entries.iter().map(|it| it.place).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((made.log.length, made.log.head), (5, facts.log.hash));
    assert_eq!(made.not_governed, UngovernedCopies::ALL);
    assert_eq!(check(&made, &facts), CheckedCertificate::default());
}

#[test]
fn a_certificate_comes_back_from_json_and_takes_nothing_else() {
    let mut facts = facts();
    attested(&mut facts, CLINIC, SHREDDED + 5_000, 22, 2, 1);
    let made = facts.certificate();
    let json = serde_json::to_value(&made).unwrap();
    assert_eq!(serde_json::from_value::<ShreddingCertificate>(json.clone()).unwrap(), made);
    assert_eq!(json["form"], "salus-shredding-certificate/1");
    assert_eq!(json["institutions"][1]["attestation"]["store"], "folder");
    for place in [
        "",
        "/block",
        "/shredding",
        "/log",
        "/log/entries/0",
        "/versions/0",
        "/institutions/1",
        "/institutions/1/attestation",
    ] {
        let mut changed = json.clone();
        changed.pointer_mut(place).unwrap().as_object_mut().unwrap().insert("more".into(), 1.into());
        assert!(serde_json::from_value::<ShreddingCertificate>(changed).is_err(), "{place}");
    }
    let mut other = json;
    other["form"] = "salus-shredding-certificate/2".into();
    assert!(serde_json::from_value::<ShreddingCertificate>(other).is_err());
}

#[test]
fn words_are_in_time_late_waiting_or_overdue() {
    let mut facts = facts();
    assert_eq!(word_of(&facts.certificate(), CUSTODIAN), Word::NoVault, "it has no address of a vault");
    facts.institutions.push(institution(PHARMACY, ""));
    assert!(!facts.certificate().institutions.iter().any(|it| it.institution == PHARMACY), "it is not concerned");
    for (at, word) in [(SHREDDED, Word::Waiting), (DUE, Word::Waiting), (DUE + 1, Word::Overdue)] {
        seen_at(&mut facts, 30, at);
        assert_eq!(word_of(&facts.certificate(), CLINIC), word, "{at}");
    }
    let mut in_time = facts.clone();
    attested(&mut in_time, CLINIC, DUE, 31, 3, 0);
    assert_eq!(word_of(&in_time.certificate(), CLINIC), Word::InTime);
    attested(&mut facts, CLINIC, DUE + 1, 31, 3, 0);
    assert_eq!(word_of(&facts.certificate(), CLINIC), Word::Late);
    // The pharmacy attested and gave its vault up.
    attested(&mut facts, PHARMACY, DUE + 2, 32, 3, 0);
    assert_eq!(word_of(&facts.certificate(), PHARMACY), Word::Late);
    assert_eq!(check(&facts.certificate(), &facts), CheckedCertificate::default());
}

#[test]
fn an_institution_that_was_admitted_later_has_as_much_time() {
    let mut facts = facts();
    facts.admitted.insert(CLINIC, DUE - 1);
    seen_at(&mut facts, 30, DUE + 1);
    let made = facts.certificate();
    assert_eq!(word_of(&made, CLINIC), Word::Waiting);
    assert_eq!(made.institutions[1].due_at, DUE - 1 + ATTESTATION_TIME);
    // Years later, the log of the consortium has no such entry any more.
    facts.admitted.clear();
    assert!(!check(&made, &facts).holds());
    facts.has_all_admissions = false;
    let checked = check(&made, &facts);
    assert!(checked.holds() && checked.notes[0].contains("was admitted"), "{checked:?}");
    // One that was there before has no more time for that.
    facts.admitted.insert(CLINIC, 1);
    assert_eq!(word_of(&facts.certificate(), CLINIC), Word::Overdue);
}

#[test]
fn what_came_since_is_told_and_is_no_difference() {
    let mut facts = facts();
    facts.institutions.push(institution(PHARMACY, "https://pharmacy.example"));
    let before = facts.certificate();
    attested(&mut facts, CLINIC, SHREDDED + 5_000, 22, 2, 1);
    let kept = facts.certificate();
    attested(&mut facts, CLINIC, SHREDDED + 9_000, 23, 3, 0);
    facts.institutions.push(institution(InstitutionId(3), "https://new.example"));
    let checked = check(&before, &facts);
    assert!(checked.holds(), "{checked:?}");
    assert!(checked.notes[0].contains("institution `1` has attested since"), "{checked:?}");
    assert!(checked.notes[1].contains("institution `3` has a vault now"), "{checked:?}");
    let checked = check(&kept, &facts);
    assert!(checked.holds() && checked.notes[0].contains("has attested again since"), "{checked:?}");
    assert!(check(&facts.certificate(), &facts).holds());
    // A word that the later one did not take the place of.
    let mut changed = kept;
    changed.institutions[1].attestation.as_mut().unwrap().absent = 9;
    assert!(check(&changed, &facts).differences[0].contains("no such attestation of institution `1`"));
}

#[test]
fn each_changed_fact_is_named() {
    let mut facts = facts();
    attested(&mut facts, CLINIC, SHREDDED + 5_000, 22, 2, 1);
    let made = facts.certificate();
    attested(&mut facts, CUSTODIAN, SHREDDED + 9_000, 23, 3, 0);
    let named = |change: fn(&mut ShreddingCertificate), word: &str| {
        let mut changed = made.clone();
        change(&mut changed);
        let checked = check(&changed, &facts);
        assert!(checked.differences.iter().any(|it| it.contains(word)), "`{word}`: {:?}", checked.differences);
    };
    assert!(check(&made, &facts).holds());
    named(|it| it.block.hash = Digest([1; 32]), "hash of block `22`");
    named(|it| it.block.number = 24, "not final at this node");
    named(|it| it.block.number = 19, "shredded only after block `19`");
    named(|it| it.compartment = CompartmentId(4), "compartment: `4` in the certificate, `3` on the chain");
    named(|it| it.author = PATIENT, "author");
    named(|it| it.custodian = CLINIC, "custodian");
    named(|it| _ = it.versions.pop(), "number of versions: `1`");
    named(|it| it.versions[1].content = Digest([1; 32]), "version `1` is another");
    named(|it| it.versions[0].epoch = 5, "version `0` is another");
    named(|it| it.shredding.number = 5, "number of the shredding");
    named(|it| it.shredding.requested_by = AUTHOR, "member who asked");
    named(|it| it.shredding.requested_at += 1, "time of the request");
    named(|it| it.shredding.by = PATIENT, "member who carried it out");
    named(|it| it.shredding.at += 1, "time of the shredding");
    named(|it| it.shredding.block += 1, "block of the shredding");
    named(|it| it.shredding.due_at += 1, "attestations are due");
    named(|it| it.log.head = Digest([1; 32]), "head of the chart's log");
    named(|it| it.log.length -= 1, "did not have `5` entries");
    named(|it| it.log.length += 1, "did not have `7` entries");
    named(|it| it.log.length += 9, "did not have `15` entries");
    named(|it| _ = it.log.entries.remove(1), "entry `2` (record-restricted) is missing");
    named(|it| it.log.entries[1].by = Actor::Member(AUTHOR), "entry `2` (record-restricted) is another");
    named(|it| it.log.entries[1].place = 0, "entry `0` (record-restricted) is another");
    named(|it| it.log.entries[1].at += 1, "entry `2`");
    named(|it| it.log.entries.swap(0, 1), "the order of their places");
    named(|it| it.log.entries[4].place = 6, "does not belong to a log of `6` entries");
    named(|it| _ = it.states.pop(), "states of the record");
    named(|it| it.institutions[1].attestation = None, "institution `1` had attested by then");
    named(|it| it.institutions[1].attestation.as_mut().unwrap().absent = 9, "institution `1` attested something else");
    named(|it| _ = it.institutions.remove(0), "institution `0` is missing");
    named(|it| _ = it.institutions.remove(1), "institution `1` is missing");
    named(|it| it.institutions[0].word = Word::InTime, "institution `0` is judged otherwise");
    named(|it| it.institutions[1].word = Word::Late, "institution `1` is judged otherwise");
    named(|it| it.institutions[1].due_at += 1, "word of institution `1` is due");
    named(|it| it.institutions[1].is_custodian = true, "institution `1`: the chain has another custodian");
    named(|it| it.institutions[0].institution = InstitutionId(8), "there is no institution `8`");
    named(|it| it.institutions.swap(0, 1), "the order of their numbers");
    named(|it| _ = it.not_governed.pop(), "copies that it does not govern");
}

#[test]
fn an_institution_with_a_vault_is_not_excused() {
    let mut facts = facts();
    facts.institutions[0] = institution(CUSTODIAN, "https://vault.example");
    let made = facts.certificate();
    assert!(check(&made, &facts).holds());
    let mut excused = made.clone();
    (excused.institutions[0].has_vault, excused.institutions[0].word) = (false, Word::NoVault);
    let checked = check(&excused, &facts);
    assert!(checked.differences[0].contains("institution `0` has a vault, as the chain says"), "{checked:?}");
}

#[test]
fn a_word_that_the_chain_has_otherwise_or_later_is_named() {
    let mut facts = facts();
    attested(&mut facts, CLINIC, SHREDDED + 5_000, 22, 3, 0);
    let made = facts.certificate();
    let mut other = made.clone();
    other.institutions[1].attestation.as_mut().unwrap().kept = 1;
    assert!(check(&other, &facts).differences[0].contains("attested something else"));
    // A word is put into a certificate of an earlier block.
    let mut early = self::facts().certificate();
    early.institutions[1].attestation = made.institutions[1].attestation;
    early.institutions[1].word = Word::InTime;
    assert!(check(&early, &facts).differences[0].contains("had not attested by then"));
    // A word that the chain never had.
    let checked = check(&made, &self::facts());
    assert!(checked.differences.iter().any(|it| it.contains("attested something else")), "{checked:?}");
}

#[test]
fn a_time_that_a_node_forgot_has_to_fit_into_the_log() {
    let mut facts = facts();
    let made = facts.certificate();
    attested(&mut facts, CLINIC, DUE + 5_000, 50, 3, 0);
    let forgot = Block { finalized: 50, hash: Some(made.block.hash), at: None };
    let checked = check_with(&made, &facts, &forgot);
    assert!(checked.holds() && checked.notes.iter().any(|it| it.contains("state of block `21`")), "{checked:?}");
    for at in [SHREDDED - 1, DUE + 5_001] {
        let mut changed = made.clone();
        changed.block.at = at;
        let checked = check_with(&changed, &facts, &forgot);
        assert!(checked.differences.iter().any(|it| it.contains("does not fit")), "{at}: {checked:?}");
        // A node that has the state says so itself.
        let knows = Block { at: Some(made.block.at), ..forgot };
        let checked = check_with(&changed, &facts, &knows);
        assert!(checked.differences.iter().any(|it| it.starts_with("time of the block")), "{checked:?}");
    }
}

#[test]
fn entries_that_left_the_state_are_not_compared_and_that_is_told() {
    let mut facts = facts();
    let made = facts.certificate();
    attested(&mut facts, CLINIC, SHREDDED + 5_000, 22, 3, 0);
    facts.entries.drain(..3);
    let checked = check(&made, &facts);
    assert!(checked.holds(), "{checked:?}");
    assert!(checked.notes.iter().any(|it| it.starts_with("2 entries are older")), "{checked:?}");
    assert!(checked.notes.iter().any(|it| it.contains("head could not be compared")), "{checked:?}");
    let mut changed = made;
    changed.log.entries[3].by = Actor::Council;
    assert!(check(&changed, &facts).differences[0].contains("entry `4` (record-shredded) is another"));
    // A certificate that is made now tells of the states that are still there.
    assert_eq!(facts.certificate().states.len(), 1);
}

#[test]
fn every_action_that_leads_to_a_state_is_known() {
    let reached: BTreeSet<_> = Action::ALL.into_iter().filter_map(state_after).map(RecordState::code).collect();
    let never_shredded = RecordState::Refused.code();
    let all: BTreeSet<_> = RecordState::ALL.into_iter().map(RecordState::code).collect();
    assert_eq!(reached.iter().chain([&never_shredded]).copied().collect::<BTreeSet<_>>(), all);
}
