// SPDX-License-Identifier: Apache-2.0

//! Property tests: any sequence of calls with any arguments, from any origin (B3 classes 2, 3 and 14).

use super::*;
use crate::Call;
use alloc::collections::BTreeMap;
use codec::{Decode, Encode};
use proptest::{collection::vec, prelude::*, sample::select};
use salus_primitives::{
    access::MAX_RECORD_GRANTS,
    corrections::{CorrectionAnswer, ANSWER_TIME},
    holds::{Hold, HoldGround, MAX_HOLD},
    staging::CollectionBasis,
    ChartId, Moment,
};
use sp_runtime::{traits::Dispatchable, StateVersion};

/// The origin of a call.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Unsigned,
    Root,
    Member(MemberId),
}

impl Caller {
    fn origin(self) -> RuntimeOrigin {
        match self {
            Self::Unsigned => RuntimeOrigin::none(),
            Self::Root => RuntimeOrigin::root(),
            Self::Member(member) => signed(member),
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Call(Caller, Call<Test>),
    Wait(Moment),
    Grant(MemberId, Scope, Vec<Permission>),
    Revoke(u32),
}

fn caller() -> impl Strategy<Value = Caller> {
    let others =
        [STRANGER, SUSPENDED_DOCTOR, PENDING_DOCTOR, RETIRED_DOCTOR, DOCTOR_OF_SUSPENDED_HOSPITAL, OTHER_PATIENT];
    prop_oneof![
        8 => select(vec![PATIENT, DOCTOR, DOCTOR, DOCTOR, OTHER_DOCTOR, TECHNICIAN, SERVICE]).prop_map(Caller::Member),
        1 => select(others.to_vec()).prop_map(Caller::Member),
        1 => select(vec![Caller::Unsigned, Caller::Root]),
    ]
}

fn chart() -> impl Strategy<Value = ChartId> {
    let wrong = vec![ChartId(0), OTHER_CHART, UNKNOWN_CHART, ChartId(u64::MAX)];
    prop_oneof![6 => Just(CHART), 1 => select(wrong)]
}

fn custodian() -> impl Strategy<Value = InstitutionId> {
    let wrong = [0, SUSPENDED_HOSPITAL.0, 99, u32::MAX].map(InstitutionId);
    let right = vec![HOSPITAL, HOSPITAL, OTHER_HOSPITAL, LABORATORY];
    prop_oneof![6 => select(right), 1 => select(wrong.to_vec())]
}

fn key() -> impl Strategy<Value = RecordKey> {
    select([0, 1, 1, 2, 2, 3, 4, 0xff].map(|byte| RecordKey([byte; 16])).to_vec())
}

fn a_compartment() -> impl Strategy<Value = CompartmentId> {
    let wrong = vec![UNKNOWN_COMPARTMENT, CompartmentId(u8::MAX)];
    prop_oneof![6 => select(vec![GENERAL, RESULTS]), 1 => select(wrong)]
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![a_compartment().prop_map(Scope::Compartment), key().prop_map(Scope::Record)]
}

fn digest() -> impl Strategy<Value = Digest> {
    prop_oneof![9 => select(vec![1, 2, 3, 0xff]), 1 => Just(0)].prop_map(|byte| Digest([byte; 32]))
}

/// Sizes and epochs at, below and above their bounds.
fn a_version() -> impl Strategy<Value = NewVersion> {
    let largest = MaxRecordSize::get();
    let size = prop_oneof![8 => select(vec![1, 4_096, largest]), 1 => select(vec![0, largest + 1, u64::MAX])];
    let epochs = vec![GENERAL_EPOCH, GENERAL_EPOCH, RESULTS_EPOCH, RESULTS_EPOCH - 1, RESULTS_EPOCH + 1, u32::MAX];
    (digest(), digest(), select(epochs), size).prop_map(|(content, key_envelope, epoch, size)| NewVersion {
        content,
        key_envelope,
        epoch,
        size,
    })
}

/// Mostly in the epoch of its compartment.
fn a_record() -> impl Strategy<Value = NewRecord> {
    (key(), a_compartment(), a_version(), any::<bool>(), any::<bool>()).prop_map(
        |(key, compartment, version, current, also_current)| {
            let epoch = if compartment == RESULTS { RESULTS_EPOCH } else { GENERAL_EPOCH };
            let epoch = if current || also_current { epoch } else { version.epoch };
            NewRecord { key, compartment, version: NewVersion { epoch, ..version } }
        },
    )
}

fn envelopes() -> impl Strategy<Value = RecordGrantEnvelopes> {
    let grant = select([0, 1, 2, 3, 4, u32::MAX].map(GrantId).to_vec());
    let sealed = (grant, digest()).prop_map(|(grant, envelope)| SealedKey { grant, envelope });
    prop_oneof![4 => Just(Vec::new()), 1 => vec(sealed, 0..=MAX_RECORD_GRANTS as usize)]
        .prop_map(BoundedVec::truncate_from)
}

fn call() -> impl Strategy<Value = Call<Test>> {
    let (last, past) = (MaxVersions::get() - 1, MaxVersions::get());
    let number = select(vec![0, 1, 1, 1, 1, 2, 2, 2, last, last, past, u32::MAX]);
    let session = select([0, 1, 2, 0xff].map(|byte| ReadingSessionId([byte; 16])).to_vec());
    prop_oneof![
        1 => (chart(), custodian(), a_record())
            .prop_map(|(chart, custodian, record)| Call::create_medical_record { chart, custodian, record }),
        1 => (chart(), custodian(), vec(a_record(), 0..4)).prop_map(|(chart, custodian, records)| {
            Call::create_medical_records { chart, custodian, records: BoundedVec::truncate_from(records) }
        }),
        4 => (chart(), key(), number, a_version(), envelopes(), 0..4u8).prop_map(
            |(chart, key, number, version, grant_envelopes, chance)| {
                // Mostly in the epoch of its compartment: see `prepare`.
                let epoch = if key == OTHER_KEY { RESULTS_EPOCH } else { GENERAL_EPOCH };
                let epoch = if chance > 0 { epoch } else { version.epoch };
                let version = NewVersion { epoch, ..version };
                Call::amend_record { record: RecordId { chart, key }, number, version, grant_envelopes }
            }
        ),
        2 => (chart(), scope(), select(Purpose::ALL.to_vec()), session)
            .prop_map(|(chart, scope, purpose, session)| Call::open_records { chart, scope, purpose, session }),
        1 => (chart(), select(vec![0, 3, 3, 4, 5, 6, u64::MAX]), select(vec![0, 1, u32::MAX]), digest()).prop_map(
            |(chart, opening, count, digest)| {
                let receipts = ReceiptsHead { count, digest };
                Call::post_receipts { chart, opening, receipts }
            }
        ),
    ]
}

/// Calls about what became of a record: its state, corrections and statements.
fn later_call() -> impl Strategy<Value = Call<Test>> {
    let record = (chart(), key()).prop_map(|(chart, key)| RecordId { chart, key });
    let reason = prop_oneof![Just(None), digest().prop_map(Some)];
    let answer = select(CorrectionAnswer::ALL.to_vec());
    let used = (scope(), select(Purpose::ALL.to_vec()));
    let hold = (select(HoldGround::ALL.to_vec()), select(vec![0, START, START + 1, START + MAX_HOLD, Moment::MAX]));
    let staging = (custodian(), vec(a_record(), 0..4), vec(key(), 0..3), select(CollectionBasis::ALL.to_vec()));
    (0..18u8, record, reason, digest(), answer, key(), used, hold, staging).prop_map(
        |(which, record, reason, digest, answer, statement, used, (ground, until), staging)| match which {
            0 => Call::withdraw_record { record, reason },
            1 => Call::mark_entered_in_error { record, reason },
            2 => Call::restrict_record { record, reason },
            3 => Call::lift_restriction { record, reason },
            4 | 5 => Call::request_correction { record, reason: digest },
            6 | 7 => Call::answer_correction { record, answer, reason },
            8 => Call::attach_statement { record, statement },
            9 => Call::declare_use { chart: record.chart, scope: used.0, purpose: used.1 },
            10 => Call::hold_record { record, hold: Hold { ground, until } },
            11..=13 => {
                let (custodian, records, _, basis) = staging;
                let records = BoundedVec::truncate_from(records);
                Call::stage_records { chart: record.chart, custodian, basis, records }
            }
            14 | 15 => {
                let keys = BoundedVec::truncate_from(staging.2);
                Call::accept_records { chart: record.chart, keys, consent: digest }
            }
            _ => Call::refuse_records { chart: record.chart, keys: BoundedVec::truncate_from(staging.2), reason },
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let grantee = select(vec![DOCTOR, OTHER_DOCTOR, TECHNICIAN, OTHER_PATIENT]);
    let permissions = vec(select(Permission::ALL.to_vec()), 1..4);
    let step = prop_oneof![
        12 => (caller(), call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        6 => (caller(), later_call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        2 => select(vec![0, 1, SESSION_LENGTH - 1, SESSION_LENGTH, ANSWER_TIME]).prop_map(Step::Wait),
        1 => (grantee, scope(), permissions).prop_map(|(grantee, scope, may)| Step::Grant(grantee, scope, may)),
        1 => (0..6u32).prop_map(Step::Revoke),
    ];
    vec(step, 0..60)
}

fn root() -> Vec<u8> {
    sp_io::storage::root(StateVersion::V1)
}

fn stored() -> BTreeMap<RecordId, Vec<Version>> {
    StoredRecords::<Test>::iter_keys()
        .map(|(chart, key)| {
            let record = RecordId { chart, key };
            (record, Records::versions_page(record, 0, u32::MAX).into_iter().map(|it| it.version).collect())
        })
        .collect()
}

/// Dispatches `call`, and checks that it failed without a trace, or has an entry in the log for every event.
fn perform(caller: Caller, call: Call<Test>) {
    let (before, versions) = (root(), stored());
    let recorded = || Log::entries().len() + Log::denials().len();
    let (told, logged) = (events().len(), recorded());
    let result = RuntimeCall::from(call.clone()).dispatch(caller.origin());

    match result {
        Err(_) => assert_eq!(root(), before, "{call:?} failed and left something behind"),
        Ok(_) => {
            assert!(matches!(caller, Caller::Member(_)), "{call:?} was not signed");
            let told = events().len() - told;
            assert!(told > 0, "{call:?} has no event");
            // A repeated open within the term of a session has no entry of its own.
            let folded = usize::from(matches!(call, Call::open_records { .. }) && recorded() == logged);
            assert_eq!(
                recorded() - logged + folded,
                told,
                "{call:?} has events without entries, or entries without events"
            );
        }
    }
    // S2-15: after any call, every earlier version of what is a part of the chart is unchanged.
    let now = stored();
    let is_refused = |id: &RecordId| Records::record(*id).is_some_and(|it| it.state == RecordState::Refused);
    for (record, versions) in versions.into_iter().filter(|(record, _)| !is_refused(record)) {
        assert_eq!(now[&record][..versions.len()], versions);
    }
    assert_ok!(Records::do_try_state());
}

/// Two records of the doctor, one in each compartment, and one of the patient.
fn prepare() {
    assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
    assert_ok!(create(DOCTOR, HOSPITAL, new_result(OTHER_KEY)));
    assert_ok!(create(PATIENT, OTHER_HOSPITAL, new_record(RecordKey([3; 16]))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(steps in steps()) {
        trusted_doctor().run(|| {
            prepare();
            for step in steps {
                match step {
                    Step::Call(caller, call) => perform(caller, call),
                    Step::Wait(time) => {
                        Clock::wait(time);
                        assert_ok!(Records::do_try_state());
                    }
                    Step::Grant(grantee, scope, permissions) => drop(grant(grantee, scope, &permissions)),
                    // The first two are the trusted doctor's.
                    Step::Revoke(number) if (number as usize) < Grants::get().len() => revoke(GrantId(number)),
                    Step::Revoke(_) => (),
                }
            }
        });
    }
}

/// A few of the arguments above succeed: otherwise the property would say nothing.
#[test]
fn calls_with_good_arguments_succeed() {
    trusted_doctor().run(|| {
        let doctor = Caller::Member(DOCTOR);
        let record = new_record(KEY);
        perform(doctor, Call::create_medical_record { chart: CHART, custodian: HOSPITAL, record });
        let (version, grant_envelopes) = (version(2, GENERAL_EPOCH), RecordGrantEnvelopes::default());
        perform(doctor, Call::amend_record { record: RECORD, number: 1, version, grant_envelopes });
        let session = ReadingSessionId([1; 16]);
        let open = |purpose| Call::open_records { chart: CHART, scope: Scope::Record(KEY), purpose, session };
        perform(doctor, open(Purpose::Treatment));
        // The same session once more, and a denial, which is recorded.
        perform(doctor, open(Purpose::Treatment));
        perform(doctor, open(Purpose::Payment));
        assert_eq!((stored()[&RECORD].len(), Log::entries().len(), Log::denials().len()), (2, 3, 1));
        Clock::wait(SESSION_LENGTH);
        let receipts = ReceiptsHead { count: 1, digest: Digest([1; 32]) };
        perform(Caller::Member(SERVICE), Call::post_receipts { chart: CHART, opening: 2, receipts });
        assert_eq!(Log::entries().len(), 4);

        let (patient, statement, reason) = (Caller::Member(PATIENT), OTHER_KEY, Digest([1; 32]));
        perform(
            patient,
            Call::create_medical_record { chart: CHART, custodian: HOSPITAL, record: new_record(statement) },
        );
        perform(patient, Call::restrict_record { record: RECORD, reason: None });
        perform(patient, Call::lift_restriction { record: RECORD, reason: None });
        perform(patient, Call::request_correction { record: RECORD, reason });
        let answer = CorrectionAnswer::Declined;
        perform(doctor, Call::answer_correction { record: RECORD, answer, reason: Some(reason) });
        perform(patient, Call::attach_statement { record: RECORD, statement });
        let scope = Scope::Record(KEY);
        perform(doctor, Call::declare_use { chart: CHART, scope, purpose: Purpose::Treatment });
        perform(doctor, Call::withdraw_record { record: RECORD, reason: None });
        perform(doctor, Call::mark_entered_in_error { record: RECORD, reason: None });
        assert_eq!(Log::entries().len(), 13);

        let [taken, refused] = [7, 8].map(|byte| RecordKey([byte; 16]));
        let records = BoundedVec::truncate_from(vec![new_record(taken), new_record(refused)]);
        let (chart, basis, custodian) = (CHART, CollectionBasis::LegalDuty, LABORATORY);
        perform(Caller::Member(TECHNICIAN), Call::stage_records { chart, custodian, basis, records });
        let hold = Hold { ground: HoldGround::Order, until: Clock::now() + MAX_HOLD };
        perform(Caller::Member(TECHNICIAN), Call::hold_record { record: RecordId { chart: CHART, key: taken }, hold });
        let only = |key| BoundedVec::truncate_from(vec![key]);
        perform(patient, Call::accept_records { chart, keys: only(taken), consent: reason });
        perform(patient, Call::refuse_records { chart, keys: only(refused), reason: None });
        assert_eq!(Log::entries().len(), 18);
    });
}

/// B3 class 10: decoding refuses arguments that are too long.
#[test]
fn calls_with_lists_past_their_bounds_do_not_decode() {
    let decodes = |call: Vec<u8>| Call::<Test>::decode(&mut &call[..]).is_ok();
    let batch = |count| (1u8, CHART, HOSPITAL, vec![new_record(KEY); count as usize]).encode();
    assert!(decodes(batch(MAX_BATCH)));
    assert!(!decodes(batch(MAX_BATCH + 1)));
    let amend = |count| {
        let envelopes = vec![SealedKey { grant: GrantId(0), envelope: Digest([1; 32]) }; count as usize];
        (2u8, RECORD, 1u32, version(2, GENERAL_EPOCH), envelopes).encode()
    };
    assert!(decodes(amend(MAX_RECORD_GRANTS)));
    assert!(!decodes(amend(MAX_RECORD_GRANTS + 1)));
    let stage =
        |count| (13u8, CHART, HOSPITAL, CollectionBasis::LegalDuty, vec![new_record(KEY); count as usize]).encode();
    assert!(decodes(stage(MAX_BATCH)));
    assert!(!decodes(stage(MAX_BATCH + 1)));
    let accept = |count| (14u8, CHART, vec![KEY; count as usize], Digest([1; 32])).encode();
    assert!(decodes(accept(MAX_BATCH)));
    assert!(!decodes(accept(MAX_BATCH + 1)));
    let refuse = |count| (15u8, CHART, vec![KEY; count as usize], None::<Digest>).encode();
    assert!(decodes(refuse(MAX_BATCH)));
    assert!(!decodes(refuse(MAX_BATCH + 1)));
    let open = |purpose: u8| (3u8, CHART, compartment(GENERAL), purpose, ReadingSessionId([1; 16])).encode();
    assert!(decodes(open(Purpose::Emergency as u8)));
    assert!(!decodes(open(Purpose::Emergency as u8 + 1)));
}

/// B3 class 8: with five thousand records and sessions more, a call reads no more than with none.
#[test]
fn calls_read_no_more_when_the_chain_holds_much() {
    let nodes = |others: u32| {
        let mut chain = trusted_doctor().build();
        chain.execute_with(|| {
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
            for number in 0..others {
                let mut bytes = [3; 16];
                bytes[..4].copy_from_slice(&number.to_be_bytes());
                assert_ok!(create(PATIENT, HOSPITAL, new_record(RecordKey(bytes))));
                let reader = MemberId(u64::from(number) + 1_000);
                Sessions::<Test>::insert(reader, Sessions::<Test>::get(DOCTOR));
            }
            // The log of this mock is one value.
            Log::take();
            System::reset_events();
        });
        chain.commit_all().unwrap();
        let (_, proof) = chain.execute_and_prove(|| {
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(OTHER_KEY)));
            let (next, none) = (version(2, GENERAL_EPOCH), RecordGrantEnvelopes::default());
            assert_ok!(Records::amend_record(signed(DOCTOR), RECORD, 1, next, none));
            let session = ReadingSessionId([0xff; 16]);
            assert_ok!(Records::open_records(signed(DOCTOR), CHART, Scope::Record(KEY), Purpose::Treatment, session));
        });
        proof.iter_nodes().count()
    };
    let (few, many) = (nodes(0), nodes(5_000));
    // The trie is deeper by three or four branches, for each of some ten keys.
    assert!(many < few + 100, "{many} nodes instead of {few}");
}
