// SPDX-License-Identifier: Apache-2.0

//! Property tests: any sequence of calls with any arguments, from any origin (B3 classes 2, 3, 14 and 20).
//! [`model`](super::model) tests the decisions that follow from grants.

use super::*;
use crate::{Call, Grants, Requests, MAX_TERMS};
use alloc::collections::BTreeMap;
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, traits::UnfilteredDispatchable, BoundedVec};
use proptest::{collection::vec, prelude::*, sample::select};
use salus_primitives::{
    access::{Grant, GrantScope, GrantTerms, Grantee, Permissions, Purposes, RequestState, SealedKey, MAX_READERS},
    decision::Denial,
    membership::{InstitutionKind, InstitutionStatus},
    time::Interval,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, RecordKey, RequestId,
};
use sp_runtime::StateVersion;

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
}

const SIGNERS: [MemberId; 11] = [
    PATIENT,
    OTHER_PATIENT,
    DOCTOR,
    LAB_WORKER,
    RESEARCHER,
    PHARMACIST,
    AUDITOR,
    SUSPENDED_DOCTOR,
    DOCTOR_OF_SUSPENDED,
    PENDING_PATIENT,
    STRANGER,
];

fn controller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        16 => Just(Caller::Member(PATIENT)),
        2 => select(SIGNERS.to_vec()).prop_map(Caller::Member),
        1 => select(vec![Caller::Unsigned, Caller::Root]),
    ]
}

fn anybody() -> impl Strategy<Value = Caller> {
    prop_oneof![
        9 => select(SIGNERS.to_vec()).prop_map(Caller::Member),
        1 => select(vec![Caller::Unsigned, Caller::Root]),
    ]
}

fn chart() -> impl Strategy<Value = ChartId> {
    prop_oneof![9 => Just(CHART), 1 => select(vec![OTHER_CHART, ChartId(2), ChartId(u64::MAX)])]
}

fn compartment() -> impl Strategy<Value = CompartmentId> {
    let wrong = [3, 4, 15, 16, u8::MAX].map(CompartmentId);
    prop_oneof![8 => select(vec![GENERAL, RESULTS, COPIES]), 1 => select(wrong.to_vec())]
}

/// A number of a grant, a request or an epoch.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![12 => 0..6u32, 1 => Just(u32::MAX)]
}

fn hash() -> impl Strategy<Value = Option<Digest>> {
    select(vec![None, Some(digest(0)), Some(digest(21))])
}

/// Moments long gone, at hand, and at the end of time.
fn moment() -> impl Strategy<Value = Moment> {
    select(vec![0, NOW - 1, NOW, NOW + 1, NOW + 50, NOW + REQUEST_LIFE, Moment::MAX])
}

fn end() -> impl Strategy<Value = Option<Moment>> {
    prop_oneof![3 => Just(None), 2 => moment().prop_map(Some), 2 => Just(Some(NOW + 100))]
}

fn interval() -> impl Strategy<Value = Interval> {
    let start = prop_oneof![3 => Just(NOW), 1 => moment()];
    (start, end()).prop_map(|(start, end)| Interval { start, end })
}

fn permissions() -> impl Strategy<Value = Permissions> {
    let usual = [&[Permission::Read][..], &[Permission::Create], &[Permission::Read, Permission::Create]];
    let any = (0..64u8).prop_map(|bits| Permissions::from_bits(bits).expect("there are six"));
    prop_oneof![4 => select(usual.map(Permissions::of).to_vec()), 1 => any]
}

fn purposes() -> impl Strategy<Value = Purposes> {
    let any = (0..128u8).prop_map(|bits| Purposes::from_bits(bits).expect("there are seven"));
    prop_oneof![4 => Just(Purposes::of(&[Purpose::Treatment])), 1 => any]
}

fn scope() -> impl Strategy<Value = GrantScope> {
    let key = prop_oneof![4 => Just(RECORD), 1 => select(vec![RecordKey([0; 16]), RecordKey([0xff; 16])])];
    let record = (key, compartment()).prop_map(|(key, compartment)| over_record(key, compartment));
    prop_oneof![3 => compartment().prop_map(GrantScope::Compartment), 2 => record]
}

fn some_terms() -> impl Strategy<Value = GrantTerms> {
    // An envelope where one belongs, most of the time.
    (scope(), permissions(), purposes(), interval(), hash(), 0..10u8).prop_map(
        |(scope, permissions, purposes, interval, reason, chance)| {
            let reads = permissions.contains(Permission::Read);
            let envelope = (reads == (chance > 0)).then_some(digest(22));
            GrantTerms { scope, permissions, purposes, interval, reason, envelope }
        },
    )
}

fn grantee() -> impl Strategy<Value = Grantee> {
    let institutions =
        vec![HOSPITAL, LABORATORY, INSTITUTE, SUSPENDED_CLINIC, InstitutionId(0), InstitutionId(u32::MAX)];
    let able = select(vec![DOCTOR, DOCTOR, LAB_WORKER, PHARMACIST, RESEARCHER]);
    prop_oneof![
        4 => able.prop_map(Grantee::Member),
        1 => select(SIGNERS.to_vec()).prop_map(Grantee::Member),
        2 => select(institutions).prop_map(Grantee::Institution),
    ]
}

fn laboratory() -> impl Strategy<Value = Grantee> {
    let good = vec![Grantee::Member(LAB_WORKER), Grantee::Institution(LABORATORY)];
    prop_oneof![4 => select(good), 1 => grantee()]
}

fn controllers_call() -> impl Strategy<Value = Call<Test>> {
    let sealed = number().prop_map(|number| SealedKey { grant: GrantId(number), envelope: digest(40) });
    let envelopes = vec(sealed, 0..4).prop_map(BoundedVec::truncate_from);
    let several = vec(some_terms(), 0..3).prop_map(BoundedVec::truncate_from);
    prop_oneof![
        3 => (chart(), compartment(), select(vec![0, 0, 0, 1, u32::MAX]), envelopes).prop_map(
            |(chart, compartment, epoch, envelopes)| Call::renew_envelopes { chart, compartment, epoch, envelopes }
        ),
        8 => (chart(), grantee(), some_terms())
            .prop_map(|(chart, grantee, terms)| Call::grant_access { chart, grantee, terms }),
        3 => (chart(), laboratory(), compartment(), interval(), hash()).prop_map(
            |(chart, laboratory, compartment, interval, reason)| {
                let envelope = digest(22);
                Call::grant_access_to_lab { chart, laboratory, compartment, interval, reason, envelope }
            }
        ),
        4 => (chart(), number(), hash()).prop_map(|(chart, grant, reason)| {
            Call::revoke_access { chart, grant: GrantId(grant), reason }
        }),
        2 => (chart(), number(), hash()).prop_map(|(chart, grant, reason)| {
            Call::revoke_access_from_lab { chart, grant: GrantId(grant), reason }
        }),
        5 => (chart(), number(), several).prop_map(|(chart, request, grants)| {
            Call::approve_request { chart, request: RequestId(request), grants }
        }),
        1 => (chart(), number(), hash()).prop_map(|(chart, request, reason)| {
            Call::deny_request { chart, request: RequestId(request), reason }
        }),
    ]
}

fn request_call() -> impl Strategy<Value = Call<Test>> {
    let purpose = prop_oneof![4 => Just(Purpose::Treatment), 1 => select(Purpose::ALL.to_vec())];
    (chart(), permissions(), purpose, end(), hash()).prop_map(|(chart, permissions, purpose, until, reason)| {
        Call::request_access { chart, permissions, purpose, until, reason }
    })
}

/// Mostly terms that a disclosure may have.
fn disclosure() -> impl Strategy<Value = Call<Test>> {
    let reading = (scope(), purposes(), interval()).prop_map(|(scope, purposes, interval)| {
        let (permissions, envelope) = (Permissions::of(&[Permission::Read]), Some(digest(22)));
        GrantTerms { scope, permissions, purposes, interval, reason: None, envelope }
    });
    let terms = prop_oneof![4 => reading, 1 => some_terms()];
    (chart(), number(), grantee(), terms).prop_map(|(chart, under, grantee, terms)| Call::disclose {
        chart,
        under: GrantId(under),
        grantee,
        terms,
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (controller(), controllers_call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        3 => (anybody(), request_call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        3 => (anybody(), disclosure()).prop_map(|(caller, call)| Step::Call(caller, call)),
        1 => select(vec![1, 49, 50, REQUEST_LIFE - 1, REQUEST_LIFE]).prop_map(Step::Wait),
    ];
    vec(step, 0..60)
}

fn root() -> Vec<u8> {
    sp_io::storage::root(StateVersion::V1)
}

fn grants() -> BTreeMap<(ChartId, GrantId), Grant> {
    Grants::<Test>::iter().map(|(chart, number, linked)| ((chart, number), linked.grant)).collect()
}

/// Dispatches `call`; then either nothing happened, or every event has its entry in the log.
fn perform(caller: Caller, call: Call<Test>) {
    let (before, given) = (root(), grants());
    let answered: Vec<_> = Requests::<Test>::iter().filter(|(.., it)| it.state != RequestState::Open).collect();
    let (entries, told) = (logged().len(), System::event_count());
    let result = call.clone().dispatch_bypass_filter(caller.origin());

    match result {
        Err(_) => assert_eq!(root(), before, "{call:?} failed and left something behind"),
        Ok(_) => {
            assert!(matches!(caller, Caller::Member(_)), "{call:?} was not signed");
            let told = (System::event_count() - told) as usize;
            assert!(told > 0, "{call:?} has no event");
            assert_eq!(
                logged().len() - entries,
                told,
                "{call:?} has events without entries, or entries without events"
            );
        }
    }
    // A call may only end a grant or replace its envelope; every other field stays as it was.
    let now = grants();
    for (number, former) in given {
        let grant = now[&number].clone();
        assert!(former.revoked_at.is_none() || grant.revoked_at == former.revoked_at, "{call:?} moved a revocation");
        let Grant { revoked_at, envelope, .. } = former.clone();
        assert_eq!(Grant { revoked_at, envelope, ..grant }, former, "{call:?} changed a grant");
    }
    // An answered request keeps its answer.
    for (chart, number, request) in answered {
        assert_eq!(Requests::<Test>::get(chart, number), Some(request), "{call:?} changed an answer");
    }
    assert_ok!(Access::do_try_state());
}

/// Grants of each kind, and requests.
fn prepare() {
    grant(DOCTOR, terms());
    grant_to_lab(Grantee::Member(LAB_WORKER), None);
    grant(DOCTOR, terms_until(NOW + 50));
    grant(PHARMACIST, record_terms());
    request(DOCTOR, None);
    request(PHARMACIST, Some(NOW + 100));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(steps in steps()) {
        on_charts(|| {
            prepare();
            let mut now = NOW;
            for step in steps {
                match step {
                    Step::Call(caller, call) => perform(caller, call),
                    Step::Wait(time) => {
                        now += time;
                        set_time(now);
                        assert_ok!(Access::do_try_state());
                    }
                }
            }
        });
    }
}

/// B3 class 10: decoding refuses arguments that are too long or not values of their type.
#[test]
fn calls_with_arguments_past_their_bounds_do_not_decode() {
    let decodes = |call: Vec<u8>| Call::<Test>::decode(&mut &call[..]).is_ok();
    let renew = |count: u32| {
        (0u8, CHART, GENERAL, 0u32, vec![SealedKey { grant: GrantId(0), envelope: digest(1) }; count as usize]).encode()
    };
    assert!(decodes(renew(MAX_READERS)));
    assert!(!decodes(renew(MAX_READERS + 1)));
    let approve = |count: u32| (6u8, CHART, RequestId(0), vec![terms(); count as usize]).encode();
    assert!(decodes(approve(MAX_TERMS)));
    assert!(!decodes(approve(MAX_TERMS + 1)));
    let none = || (None::<Moment>, None::<Digest>);
    let request = |permissions: u8, purpose: u8| (5u8, CHART, permissions, purpose, none()).encode();
    assert!(decodes(request(0b0011_1111, Purpose::Emergency as u8)));
    assert!(!decodes(request(0b0100_0000, Purpose::Treatment as u8)));
    assert!(!decodes(request(0b0000_0001, Purpose::Emergency as u8 + 1)));
}

/// B3 class 20: a grant whose grantee has gone opens nothing, and can still be ended.
#[test]
fn grants_to_a_grantee_that_has_gone_open_nothing_and_can_be_revoked() {
    on_charts(|| {
        let whole = grant_to(Grantee::Institution(HOSPITAL), terms());
        let own = grant(DOCTOR, record_terms());
        assert!(decide(DOCTOR, Permission::Read, Scope::Record(RECORD), NOW).is_permitted());
        Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Removed);
        for member in [DOCTOR, PHARMACIST] {
            let answer = decide(member, Permission::Read, Scope::Record(RECORD), NOW);
            assert_eq!(answer, Decision::Denied(Denial::InstitutionNotActive));
        }
        let again = Access::grant_access(signed(PATIENT), CHART, Grantee::Institution(HOSPITAL), terms());
        assert_noop!(again, Error::GranteeNotActive);
        for number in [whole, own] {
            assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
        }
    });
}

/// B3 class 8: after two thousand grants that are over, a call reads no more than without.
#[test]
fn calls_read_no_more_when_the_chain_holds_much() {
    let nodes = |others: u32| {
        let mut chain = new_test_ext();
        chain.execute_with(|| {
            Charts::set(CHART, PATIENT, &[Default::default()]);
            for _ in 0..others {
                let number = grant(DOCTOR, terms());
                assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
                // The log of this mock is one value.
                take_log();
                System::reset_events();
            }
            // As many as can be live at once, in both cases.
            for number in 1..MAX_READERS {
                grant(colleague(number), terms());
            }
            take_log();
            System::reset_events();
        });
        chain.commit_all().unwrap();
        let (_, proof) = chain.execute_and_prove(|| {
            let number = grant(PHARMACIST, terms());
            assert!(decide(PHARMACIST, Permission::Read, Scope::Record(RECORD), NOW).is_permitted());
            assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
        });
        proof.iter_nodes().count()
    };
    let (few, many) = (nodes(0), nodes(2_000));
    // The same items, a few branches deeper.
    assert!(many < few + 24, "{many} nodes instead of {few}");
}
