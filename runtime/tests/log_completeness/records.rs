// SPDX-License-Identifier: Apache-2.0

//! Charts, grants and records.

use crate::{
    consortium::{pair, staff},
    log_completeness::people::{join, Person},
    log_completeness::Story,
};
use pallet_salus_access::Call as Access;
use pallet_salus_charts::Call as Charts;
use pallet_salus_records::Call as Records;
use pallet_salus_shredding::Call as Shredding;
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, Scope, SealedKey},
    audit::LogId,
    charts::{CompartmentFlags, Epoch},
    corrections::CorrectionAnswer,
    holds::{Hold, HoldGround},
    membership::Role,
    receipts::ReceiptsHead,
    records::{NewRecord, NewVersion, SESSION_LENGTH},
    shredding::{Absence, Retention, RetentionGround, StoreKind},
    staging::CollectionBasis,
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, Interval, RecordId, RecordKey, RequestId,
};
use salus_runtime::{Runtime, RuntimeOrigin};
use sp_core::Pair;

const CHART: ChartId = ChartId(0);
const COMPARTMENT: CompartmentId = CompartmentId(0);
const ALWAYS: Interval = Interval { start: 0, end: None };

fn digest(number: u8) -> Digest {
    Digest([number; 32])
}

fn epoch(link: Option<Digest>) -> Epoch {
    let secret = pair(0, if link.is_some() { "second epoch" } else { "first epoch" });
    Epoch { public_key: EncryptionKey::x25519(secret.public().0), secret_envelope: digest(2), link }
}

fn terms(permission: Permission) -> GrantTerms {
    GrantTerms {
        scope: GrantScope::Compartment(COMPARTMENT),
        permissions: Permissions::of(&[permission]),
        purposes: Purposes::of(&[Purpose::Treatment]),
        interval: ALWAYS,
        reason: None,
        envelope: Some(digest(3)),
    }
}

fn version(content: u8) -> NewVersion {
    NewVersion { content: digest(content), key_envelope: digest(4), epoch: 1, size: 4_096 }
}

fn record(number: u8) -> NewRecord {
    NewRecord { key: RecordKey([number; 16]), compartment: COMPARTMENT, version: version(number) }
}

pub(crate) fn tell(story: &mut Story) {
    let patient = join(story, "patient", Role::Patient);
    let doctor = join(story, "doctor", Role::Clinician);
    let laboratory = join(story, "laboratory", Role::Laboratory);
    let by_patient = || patient.signs();

    story.tell(Charts::<Runtime>::open_chart {}, by_patient());
    let flags = CompartmentFlags { sensitive: false, emergency: false, de_identified: false };
    let add = Charts::<Runtime>::add_compartment {
        chart: CHART,
        compartment: COMPARTMENT,
        flags,
        profile: digest(1),
        epoch: epoch(None),
    };
    story.tell(add, by_patient());
    grants(story, by_patient, &doctor, &laboratory);
    let (chart, compartment) = (CHART, COMPARTMENT);
    let rotate = Charts::<Runtime>::rotate_compartment { chart, compartment, number: 1, epoch: epoch(Some(digest(5))) };
    story.tell(rotate, by_patient());
    let envelopes = vec![SealedKey { grant: GrantId(0), envelope: digest(6) }].try_into().unwrap();
    story.tell(Access::<Runtime>::renew_envelopes { chart, compartment, epoch: 1, envelopes }, by_patient());
    of_records(story, by_patient, &doctor);
    story.tell(Access::<Runtime>::revoke_access { chart, grant: GrantId(0), reason: None }, by_patient());
}

fn grants(story: &mut Story, by_patient: impl Fn() -> RuntimeOrigin, doctor: &Person, laboratory: &Person) {
    let chart = CHART;
    let grantee = Grantee::Member(doctor.member);
    story.tell(Access::<Runtime>::grant_access { chart, grantee, terms: terms(Permission::Read) }, by_patient());
    let to_laboratory = Access::<Runtime>::grant_access_to_lab {
        chart,
        laboratory: Grantee::Member(laboratory.member),
        compartment: COMPARTMENT,
        interval: ALWAYS,
        reason: None,
        envelope: digest(7),
    };
    story.tell(to_laboratory, by_patient());
    story.tell(Access::<Runtime>::revoke_access_from_lab { chart, grant: GrantId(1), reason: None }, by_patient());
    let disclosable = GrantTerms {
        permissions: Permissions::of(&[Permission::Read, Permission::Disclose]),
        ..terms(Permission::Read)
    };
    story.tell(Access::<Runtime>::grant_access { chart, grantee, terms: disclosable }, by_patient());
    let to = Grantee::Member(laboratory.member);
    let under = GrantId(2);
    let terms_of_disclosure = terms(Permission::Read);
    story.tell(Access::<Runtime>::disclose { chart, under, grantee: to, terms: terms_of_disclosure }, doctor.signs());
    let ask = || Access::<Runtime>::request_access {
        chart,
        permissions: Permissions::of(&[Permission::Read]),
        purpose: Purpose::Treatment,
        until: None,
        reason: None,
    };
    story.tell(ask(), doctor.signs());
    story.tell(Access::<Runtime>::deny_request { chart, request: RequestId(0), reason: None }, by_patient());
    story.tell(ask(), doctor.signs());
    let grants = vec![terms(Permission::Read)].try_into().unwrap();
    story.tell(Access::<Runtime>::approve_request { chart, request: RequestId(1), grants }, by_patient());
}

/// The doctor stages two records and holds one of them; the patient accepts it, and refuses the other.
fn staging(story: &mut Story, by_patient: &impl Fn() -> RuntimeOrigin, doctor: &Person) {
    let (chart, custodian, basis) = (CHART, InstitutionId(0), CollectionBasis::TreatmentContract);
    let records = vec![record(5), record(6)].try_into().unwrap();
    story.tell(Records::<Runtime>::stage_records { chart, custodian, basis, records }, doctor.signs());
    let (accepted, refused) = (RecordKey([5; 16]), RecordKey([6; 16]));
    let until = pallet_timestamp::Now::<Runtime>::get() + 1;
    let hold = Hold { ground: HoldGround::Order, until };
    story.tell(Records::<Runtime>::hold_record { record: RecordId { chart, key: accepted }, hold }, doctor.signs());
    let keys = vec![accepted].try_into().unwrap();
    story.tell(Records::<Runtime>::accept_records { chart, keys, consent: digest(12) }, by_patient());
    let keys = vec![refused].try_into().unwrap();
    story.tell(Records::<Runtime>::refuse_records { chart, keys, reason: Some(digest(13)) }, by_patient());
}

fn of_records(story: &mut Story, by_patient: impl Fn() -> RuntimeOrigin, doctor: &Person) {
    let (chart, custodian) = (CHART, InstitutionId(0));
    story.tell(Records::<Runtime>::create_medical_record { chart, custodian, record: record(1) }, by_patient());
    let records = vec![record(2), record(3)].try_into().unwrap();
    story.tell(Records::<Runtime>::create_medical_records { chart, custodian, records }, by_patient());
    let amend = Records::<Runtime>::amend_record {
        record: RecordId { chart, key: RecordKey([1; 16]) },
        number: 1,
        version: version(9),
        grant_envelopes: Default::default(),
    };
    story.tell(amend, by_patient());
    let (record, reason) = (RecordId { chart, key: RecordKey([1; 16]) }, Some(digest(11)));
    story.tell(Records::<Runtime>::restrict_record { record, reason }, by_patient());
    story.tell(Records::<Runtime>::lift_restriction { record, reason: None }, by_patient());
    // The patient contests what the doctor wrote, and disagrees with the answer.
    let contested = RecordId { chart, key: RecordKey([4; 16]) };
    let permissions = Permissions::of(&[Permission::Create, Permission::Use]);
    let may_create = GrantTerms { permissions, envelope: None, ..terms(Permission::Create) };
    let grantee = Grantee::Member(doctor.member);
    story.tell(Access::<Runtime>::grant_access { chart, grantee, terms: may_create }, by_patient());
    let write = Records::<Runtime>::create_medical_record { chart, custodian, record: self::record(4) };
    story.tell(write, doctor.signs());
    let request = || Records::<Runtime>::request_correction { record: contested, reason: digest(11) };
    story.tell(request(), by_patient());
    let answer = CorrectionAnswer::Declined;
    story.tell(Records::<Runtime>::answer_correction { record: contested, answer, reason }, doctor.signs());
    story.tell(Records::<Runtime>::attach_statement { record: contested, statement: record.key }, by_patient());
    story.tell(request(), by_patient());
    let mark = Records::<Runtime>::mark_entered_in_error { record: contested, reason: None };
    story.tell(mark, doctor.signs());
    let answer = CorrectionAnswer::Corrected;
    story.tell(Records::<Runtime>::answer_correction { record: contested, answer, reason: None }, doctor.signs());
    story.tell(Records::<Runtime>::withdraw_record { record, reason }, by_patient());
    story.tell(Records::<Runtime>::mark_entered_in_error { record, reason }, by_patient());
    let (scope, purpose) = (Scope::Compartment(COMPARTMENT), Purpose::Treatment);
    story.tell(Records::<Runtime>::declare_use { chart, scope, purpose }, doctor.signs());
    staging(story, &by_patient, doctor);
    let open = Records::<Runtime>::open_records {
        chart,
        scope: Scope::Compartment(COMPARTMENT),
        purpose: Purpose::Treatment,
        session: Default::default(),
    };
    story.tell(open, doctor.signs());

    // The hospital gets a vault, and the session ends.
    let opening = pallet_salus_audit::Pallet::<Runtime>::head(LogId::Chart(chart)).length - 1;
    pallet_salus_membership::Institutions::<Runtime>::mutate(custodian, |hospital| {
        let hospital = hospital.as_mut().unwrap();
        hospital.profile.vault_address = b"https://vault.example".to_vec().try_into().unwrap();
    });
    pallet_timestamp::Now::<Runtime>::mutate(|now| *now += SESSION_LENGTH);
    let receipts = ReceiptsHead { count: 2, digest: digest(10) };
    let service = RuntimeOrigin::signed(staff(0, Role::Service));
    story.tell(Records::<Runtime>::post_receipts { chart, opening, receipts }, service);
    shredding(story, &by_patient);
}

/// The hospital keeps a record for a while; then it is shredded, and the vault's service attests.
fn shredding(story: &mut Story, by_patient: &impl Fn() -> RuntimeOrigin) {
    let record = RecordId { chart: CHART, key: RecordKey([2; 16]) };
    let request = || Shredding::<Runtime>::request_shredding { record, reason: Some(digest(14)) };
    let auditor = join(story, "auditor", Role::Auditor);
    let by_auditor = || auditor.signs();
    story.tell(request(), by_patient());
    story.tell(Shredding::<Runtime>::cancel_shredding { record }, by_patient());
    let until = pallet_timestamp::Now::<Runtime>::get() + 1_000_000;
    let retention = Retention { ground: RetentionGround::LegalDuty, until };
    story.tell(Shredding::<Runtime>::retain_record { record, retention }, by_auditor());
    story.tell(request(), by_patient());
    story.tell(Shredding::<Runtime>::lift_retention { record }, by_auditor());
    story.tell(request(), by_patient());
    story.tell(Shredding::<Runtime>::shred_record { record }, by_auditor());
    let absence = Absence { absent: 2, kept: 0, store: StoreKind::Folder };
    let service = RuntimeOrigin::signed(staff(0, Role::Service));
    story.tell(Shredding::<Runtime>::attest_shredding { shredding: 0, absence }, service);
}
