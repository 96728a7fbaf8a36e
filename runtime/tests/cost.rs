// SPDX-License-Identifier: Apache-2.0

//! The cost of a decision over real state: storage items that a transaction reads and writes, and bytes that it adds.
//!
//! Each transaction is signed, passes `MemberGate` and the nonce check, and leaves its log entry. Its cost does not
//! depend on how full the compartment is, or on how many grants the chart has. The count leaves out the items of the
//! block that every transaction touches, as weights do: see [`LEFT_OUT`].

use crate::{
    counting::{count, Counted},
    genesis::genesis,
    signing::account,
    world::*,
};
use frame_support::{assert_ok, traits::PalletInfoAccess};
use salus_primitives::{
    access::{Grant, GrantScope, Grantee, Purpose, Scope, SealedKey, MAX_READERS, MAX_RECORD_GRANTS},
    records::RecordGrantEnvelopes,
    Digest, GrantId, ReadingSessionId, RecordKey,
};
use salus_runtime::{presets, Access, Executive, Records, Runtime, RuntimeCall, RuntimeOrigin};
use sp_io::{hashing::twox_128, TestExternalities};

/// Items of the block that every transaction touches. Their cost is in the weight of the block itself, or in that of
/// any extrinsic.
const LEFT_OUT: [(&str, &str); 16] = [
    ("System", "Number"),
    ("System", "ParentHash"),
    ("System", "BlockHash"),
    ("System", "Digest"),
    ("System", "Events"),
    ("System", "EventCount"),
    ("System", "ExecutionPhase"),
    ("System", "ExtrinsicCount"),
    ("System", "ExtrinsicData"),
    ("System", "ExtrinsicWeightReclaimed"),
    ("System", "InherentsApplied"),
    ("System", "AllExtrinsicsLen"),
    ("System", "BlockSize"),
    ("System", "BlockWeight"),
    ("System", "LastRuntimeUpgrade"),
    ("Timestamp", "Now"),
];

/// Storage items that a transaction may read and write.
struct Bound {
    reads: usize,
    writes: usize,
}

const GRANT: Bound = Bound { reads: 16, writes: 9 };
const OPEN: Bound = Bound { reads: 16, writes: 8 };
const REVOKE: Bound = Bound { reads: 14, writes: 8 };
/// Bytes that a grant may add to the state: all keys, indexes and the log entry.
const GRANT_BYTES: i64 = 250;
/// The same for a grantee's first grant, which begins an item of the index by grantee. It adds 263, over one record 277: the goal
/// of 250 is missed. Lower this with the figure, and never raise it.
const FIRST_GRANT_BYTES: i64 = 280;
/// Bytes that a version of a record may add.
const VERSION_BYTES: i64 = 400;

fn left_out() -> Vec<Vec<u8>> {
    let named = LEFT_OUT.map(|(pallet, item)| [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat());
    let well_known = [b":extrinsic_index".to_vec(), b":intrablock_entropy".to_vec(), b":transaction_level:".to_vec()];
    named.into_iter().chain(well_known).collect()
}

/// A chart, which `prepare` fills, and the first block.
fn chain(prepare: impl FnOnce()) -> TestExternalities {
    let mut chain = genesis(presets::DEV);
    chain.execute_with(|| {
        furnish();
        prepare();
        begin_block();
        // These transactions create the items for the signers' usage, so that the counted ones do not.
        for uri in [PATIENT, DOCTOR] {
            for session in [[0xfe; 16], [0xff; 16]] {
                let open = open(Scope::Compartment(COMPARTMENT), Purpose::Payment, session);
                assert_ok!(Executive::apply_extrinsic(transaction(uri, open)).unwrap());
            }
        }
    });
    chain
}

/// Applies a transaction of `uri`, which has to succeed.
fn apply(chain: &mut TestExternalities, uri: &str, call: impl Into<RuntimeCall>) -> Counted {
    let transaction = chain.execute_with(|| transaction(uri, call));
    let (result, counted) = count(chain, &left_out(), || Executive::apply_extrinsic(transaction));
    assert_ok!(result.unwrap());
    counted
}

fn bytes(counted: &Counted) -> i64 {
    let length = |bytes: &usize| i64::try_from(*bytes).unwrap();
    counted.writes.values().map(|(before, after)| length(after) - length(before)).sum()
}

/// Prints what was counted, pallet by pallet.
fn print(what: &str, counted: &Counted) {
    let name = |key: &Vec<u8>| {
        let pallets = [
            (salus_runtime::System::name(), "nonce"),
            (salus_runtime::Membership::name(), "members"),
            (salus_runtime::Audit::name(), "log"),
            (salus_runtime::TxPause::name(), "pauses"),
        ];
        pallets.into_iter().find(|(pallet, _)| key.starts_with(&twox_128(pallet.as_bytes()))).map_or("own", |it| it.1)
    };
    let of = |keys: Vec<&Vec<u8>>| {
        let parts = ["nonce", "members", "pauses", "log", "own"];
        parts.map(|part| keys.iter().filter(|key| name(key) == part).count())
    };
    let (reads, writes) = (of(counted.reads.iter().collect()), of(counted.writes.keys().collect()));
    println!(
        "{what:<48} reads {:>2} {reads:?}, writes {:>2} {writes:?}, {:>5} bytes  (nonce, members, pauses, log, own)",
        counted.reads.len(),
        counted.writes.len(),
        bytes(counted),
    );
}

fn within(what: &str, counted: &Counted, bound: &Bound) {
    print(what, counted);
    assert!(counted.reads.len() <= bound.reads, "{what} reads {} items", counted.reads.len());
    assert!(counted.writes.len() <= bound.writes, "{what} writes {} items", counted.writes.len());
}

fn open(scope: Scope, purpose: Purpose, session: [u8; 16]) -> pallet_salus_records::Call<Runtime> {
    pallet_salus_records::Call::open_records { chart: CHART, scope, purpose, session: ReadingSessionId(session) }
}

fn give(scope: GrantScope) -> pallet_salus_access::Call<Runtime> {
    pallet_salus_access::Call::grant_access { chart: CHART, grantee: Grantee::Member(DOCTOR_ID), terms: terms(scope) }
}

fn take_back(grant: GrantId) -> pallet_salus_access::Call<Runtime> {
    pallet_salus_access::Call::revoke_access { chart: CHART, grant, reason: Some(Digest([5; 32])) }
}

/// As many readers of the compartment as there can be but `spare`, and of the record, without the doctor.
fn crowd(spare: u32) {
    for number in 0..MAX_READERS - spare {
        grant(colleague(number), WHOLE);
    }
    for number in 0..MAX_RECORD_GRANTS - 1 {
        grant(colleague(number), SINGLE);
    }
}

/// Revokes every reader, so that a full list has only grants that are over.
fn revoke_all() {
    for number in 0..MAX_READERS {
        let patient = RuntimeOrigin::signed(account(PATIENT));
        assert_ok!(Access::revoke_access(patient, CHART, GrantId(number), None));
    }
}

#[test]
fn a_grant_costs_the_same_however_full_the_compartment() {
    let empty = apply(&mut chain(|| ()), PATIENT, give(WHOLE));
    within("a grant in an empty compartment", &empty, &GRANT);
    let last = apply(&mut chain(|| crowd(1)), PATIENT, give(WHOLE));
    within("a grant in the last place of a full compartment", &last, &GRANT);
    assert!(bytes(&last) <= FIRST_GRANT_BYTES, "{} bytes", bytes(&last));
    let mut full = chain(|| {
        crowd(0);
        revoke_all();
    });
    let over = apply(&mut full, PATIENT, give(WHOLE));
    within("a grant where 64 that are over make way", &over, &GRANT);
    let mut record = chain(|| crowd(0));
    let single = apply(&mut record, PATIENT, give(SINGLE));
    within("a grant over one record", &single, &GRANT);
    assert!(bytes(&single) <= FIRST_GRANT_BYTES, "{} bytes", bytes(&single));
}

#[test]
fn an_open_costs_the_same_however_full_the_compartment() {
    let mut chain = chain(|| {
        crowd(1);
        grant(DOCTOR_ID, WHOLE);
        grant(DOCTOR_ID, SINGLE);
    });
    let (whole, single) = (Scope::Compartment(COMPARTMENT), Scope::Record(RECORD.key));
    let permitted = apply(&mut chain, DOCTOR, open(whole, Purpose::Treatment, [1; 16]));
    within("a permitted open of a full compartment", &permitted, &OPEN);
    let record = apply(&mut chain, DOCTOR, open(single, Purpose::Treatment, [2; 16]));
    within("a permitted open of a record", &record, &OPEN);
    let again = apply(&mut chain, DOCTOR, open(single, Purpose::Treatment, [3; 16]));
    within("a repeated open of a record", &again, &OPEN);
    let denied = apply(&mut chain, DOCTOR, open(single, Purpose::Research, [4; 16]));
    within("a denied open of a record", &denied, &OPEN);
    let patient = apply(&mut chain, PATIENT, open(single, Purpose::Treatment, [5; 16]));
    within("an open by the patient", &patient, &OPEN);
}

#[test]
fn a_denied_open_costs_no_more_when_earlier_repetitions_are_written_down() {
    let mut chain = chain(|| crowd(0));
    let single = Scope::Record(RECORD.key);
    for session in 1..5 {
        let denied = apply(&mut chain, DOCTOR, open(single, Purpose::Treatment, [session; 16]));
        within("a denied open", &denied, &OPEN);
    }
    chain.execute_with(|| pallet_timestamp::Now::<Runtime>::put(NOW + salus_primitives::time::HOUR));
    let last = apply(&mut chain, DOCTOR, open(single, Purpose::Treatment, [9; 16]));
    within("a denied open that ends a run of denials", &last, &OPEN);
}

#[test]
fn a_revocation_costs_the_same_however_full_the_compartment() {
    let mut chain = chain(|| crowd(0));
    let revoked = apply(&mut chain, PATIENT, take_back(GrantId(MAX_READERS - 1)));
    within("a revocation in a full compartment", &revoked, &REVOKE);
    let single = apply(&mut chain, PATIENT, take_back(GrantId(MAX_READERS)));
    within("a revocation of a grant over one record", &single, &REVOKE);
}

#[test]
fn a_chart_of_a_hundred_thousand_grants_costs_the_same() {
    let mut chain = chain(|| {
        crowd(2);
        grant(DOCTOR_ID, WHOLE);
        // Writes directly the state that a hundred thousand calls would leave.
        let next = pallet_salus_access::NextGrant::<Runtime>::get(CHART);
        let linked = pallet_salus_access::Grants::<Runtime>::get(CHART, GrantId(0)).unwrap();
        let grant = Grant { revoked_at: Some(NOW), ..linked.grant.clone() };
        for number in next.0..100_000 {
            let linked = pallet_salus_access::LinkedGrant { grant: grant.clone(), ..linked.clone() };
            pallet_salus_access::Grants::<Runtime>::insert(CHART, GrantId(number), linked);
        }
        pallet_salus_access::NextGrant::<Runtime>::insert(CHART, GrantId(100_000));
    });
    chain.commit_all().unwrap();
    let given = apply(&mut chain, PATIENT, give(WHOLE));
    within("a grant in a chart of 100,000", &given, &GRANT);
    assert!(bytes(&given) <= GRANT_BYTES, "{} bytes", bytes(&given));
    let opened = apply(&mut chain, DOCTOR, open(Scope::Compartment(COMPARTMENT), Purpose::Treatment, [1; 16]));
    within("an open in a chart of 100,000 grants", &opened, &OPEN);
    let revoked = apply(&mut chain, PATIENT, take_back(GrantId(100_000)));
    within("a revocation in a chart of 100,000 grants", &revoked, &REVOKE);
}

#[test]
fn a_version_of_a_record_adds_no_more_than_its_bytes() {
    let mut chain = chain(|| crowd(0));
    let record = new_record(RecordKey([8; 16]));
    let create = pallet_salus_records::Call::create_medical_record { chart: CHART, custodian: HOSPITAL, record };
    let created = apply(&mut chain, PATIENT, create);
    print("a record and its first version", &created);
    assert!(bytes(&created) <= VERSION_BYTES, "{} bytes", bytes(&created));

    let key = RecordKey([8; 16]);
    let record = salus_primitives::RecordId { chart: CHART, key };
    let amend = |number, content, envelopes| pallet_salus_records::Call::amend_record {
        record,
        number,
        version: new_version(content),
        grant_envelopes: envelopes,
    };
    let amended = apply(&mut chain, PATIENT, amend(1, 3, RecordGrantEnvelopes::default()));
    print("a second version", &amended);
    assert!(bytes(&amended) <= VERSION_BYTES, "{} bytes", bytes(&amended));
}

/// B3 row 7: the worst case within the bounds.
#[test]
fn a_batch_and_an_amendment_at_their_bounds_read_what_their_weight_says() {
    let mut chain = chain(|| {
        for number in 0..MAX_RECORD_GRANTS {
            grant(colleague(number), SINGLE);
        }
    });
    let records = (0..64u8).map(|number| new_record(RecordKey([0x80 | number; 16]))).collect::<Vec<_>>();
    let records = records.try_into().unwrap();
    let batch = pallet_salus_records::Call::create_medical_records { chart: CHART, custodian: HOSPITAL, records };
    let batch = apply(&mut chain, PATIENT, batch);
    print("64 records in one compartment", &batch);
    // One read for each record, and the rest as for one record.
    assert!(batch.reads.len() <= 64 + 16 + 8, "{} items", batch.reads.len());

    let sealed = |number| SealedKey { grant: GrantId(number), envelope: Digest([6; 32]) };
    let envelopes = RecordGrantEnvelopes::truncate_from((0..MAX_RECORD_GRANTS).map(sealed).collect());
    let amend = pallet_salus_records::Call::amend_record {
        record: RECORD,
        number: 1,
        version: new_version(3),
        grant_envelopes: envelopes,
    };
    let amended = apply(&mut chain, PATIENT, amend);
    print("an amendment with eight envelopes", &amended);
    assert!(amended.reads.len() <= 16 + 2 * MAX_RECORD_GRANTS as usize, "{} items", amended.reads.len());
    chain.execute_with(|| assert_eq!(Records::record(RECORD).unwrap().versions, 2));
}
