// SPDX-License-Identifier: Apache-2.0

//! Property tests: any sequence of calls from any origin (B3 classes 2, 3, 14 and 18). Meanwhile seats come and go,
//! blocks pass, and a stranger applies authorized code.

use super::*;
use crate::NamePart;
use codec::{Decode, Encode};
use frame_support::storage::{unhashed, with_storage_layer};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_runtime::StateVersion;

/// The origin of a call.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Unsigned,
    Council,
    TwoThirds,
    Stranger,
    Staff(InstitutionId, Role),
}

impl Caller {
    fn origin(self) -> RuntimeOrigin {
        match self {
            Self::Unsigned => RuntimeOrigin::none(),
            Self::Council => council(),
            Self::TwoThirds => two_thirds(),
            Self::Stranger => signed(STRANGER),
            Self::Staff(institution, role) => signed(Staff(institution, role, 0).account()),
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Call(Caller, Call<Test>),
    /// These have active seats from now on.
    Seat(Vec<InstitutionId>),
    Wait(Moment),
    /// A stranger sends the code that may be applied, of this version.
    Apply(u32),
}

fn hospital() -> impl Strategy<Value = InstitutionId> {
    (0..HOSPITALS).prop_map(InstitutionId)
}

/// Mostly a caller who may.
fn caller(able: impl Strategy<Value = Caller>) -> impl Strategy<Value = Caller> {
    let anybody =
        (hospital(), select(Role::ALL.to_vec())).prop_map(|(institution, role)| Caller::Staff(institution, role));
    let others = select(vec![Caller::Unsigned, Caller::Council, Caller::TwoThirds, Caller::Stranger]);
    prop_oneof![8 => able, 1 => anybody, 1 => others]
}

fn service() -> impl Strategy<Value = Caller> {
    hospital().prop_map(|institution| Caller::Staff(institution, Role::Service))
}

fn a_hash() -> impl Strategy<Value = H256> {
    prop_oneof![8 => Just(CODE), 2 => Just(OTHER_CODE), 1 => Just(H256::zero())]
}

fn a_version() -> impl Strategy<Value = u32> {
    prop_oneof![8 => VERSION..VERSION + 9, 1 => select(vec![0, u32::MAX])]
}

fn a_span() -> impl Strategy<Value = Moment> {
    select(vec![0, 1, 999, 1_000, DELAY / 2, DELAY, DELAY + 1, DAY, 30 * DAY, 30 * DAY + 1, PLAN_LIFE, Moment::MAX])
}

fn a_parameter() -> impl Strategy<Value = Parameter> {
    let quota = (a_span(), a_span(), a_span()).prop_map(|(time, bytes, refill)| Quota { time, bytes, refill });
    prop_oneof![
        a_span().prop_map(Parameter::RequestLife),
        a_span().prop_map(Parameter::LogHorizon),
        quota.prop_map(Parameter::MemberQuota),
    ]
}

fn names() -> impl Strategy<Value = (NamePart, NamePart)> {
    let pallet = prop_oneof![6 => Just("System"), 1 => select(vec!["Upgrades", "System.", ""])];
    let call = prop_oneof![6 => select(vec!["remark", "set_code"]), 1 => select(vec!["plan_upgrade", "nothing", ""])];
    (pallet, call).prop_map(|(pallet, call)| (part(pallet), part(call)))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let council = || caller(Just(Caller::Council));
    let two_thirds = || caller(Just(Caller::TwoThirds));
    let call = prop_oneof![
        4 => (two_thirds(), a_hash(), a_version())
            .prop_map(|(by, code_hash, spec_version)| (by, Call::plan_upgrade { code_hash, spec_version })),
        8 => (caller(service()), a_hash()).prop_map(|(by, code_hash)| (by, Call::confirm_upgrade { code_hash })),
        4 => caller(service()).prop_map(|by| (by, Call::authorize_upgrade {})),
        1 => (council(), a_hash()).prop_map(|(by, code_hash)| (by, Call::cancel_upgrade { code_hash })),
        1 => (two_thirds(), a_span()).prop_map(|(by, delay)| (by, Call::set_upgrade_delay { delay })),
        1 => (council(), names()).prop_map(|(by, (pallet, call))| (by, Call::pause_call { pallet, call })),
        1 => (council(), names()).prop_map(|(by, (pallet, call))| (by, Call::unpause_call { pallet, call })),
        1 => (council(), a_parameter()).prop_map(|(by, parameter)| (by, Call::set_parameter { parameter })),
    ];
    let seats = vec(hospital(), 1..MAX_AUTHORITIES as usize).prop_map(|mut seats| {
        seats.sort();
        seats.dedup();
        seats
    });
    let wait = select(vec![1, 1_000, DELAY / 2, DELAY, DELAY, DAY, PLAN_LIFE / 2]);
    let step = prop_oneof![
        12 => call.prop_map(|(by, call)| Step::Call(by, call)),
        1 => seats.prop_map(Step::Seat),
        4 => wait.prop_map(Step::Wait),
        1 => a_version().prop_map(Step::Apply),
    ];
    vec(step, 0..80)
}

fn trace() -> (usize, usize, Vec<(NamePart, NamePart)>, Vec<u8>) {
    (Log::written(), System::event_count() as usize, Paused::get(), sp_io::storage::root(StateVersion::V1))
}

/// Takes the step. A call fails without a trace or has one log entry, and authorizes only a plan that meets its
/// conditions.
fn attempt(step: &Step) {
    match step {
        Step::Call(by, call) => {
            let (before, authorized) = (trace(), Upgrades::authorized());
            let result = with_storage_layer(|| dispatch(call.clone(), by.origin()));
            match result {
                Ok(()) => assert_eq!(Log::written(), before.0 + 1, "{step:?} was not logged once"),
                Err(_) => assert_eq!(trace(), before, "{step:?} failed, but left a trace"),
            }
            if Upgrades::authorized() != authorized && Upgrades::authorized().is_some() {
                assert_rightly_authorized();
            }
        }
        Step::Seat(seats) => Seated::set(seats.clone()),
        Step::Wait(time) => next_block_after(*time),
        Step::Apply(version) => {
            if Upgrades::authorized().is_some() && *version > RunningVersion::get() {
                apply(*version);
                assert_eq!((Planned::<Test>::get(), Upgrades::authorized()), (None, None));
            }
        }
    }
}

/// Checks an authorization against the log, not against the pallet's confirmations. The plan is at least the shortest
/// delay old, and more than two thirds of the present authorities confirmed it.
fn assert_rightly_authorized() {
    let log = Log::entries();
    let planned = log.iter().rposition(|(_, entry)| entry.action == Action::UpgradePlanned).unwrap();
    let since = &log[planned..];
    let ends = [Action::UpgradeCanceled, Action::UpgradeExpired, Action::RuntimeUpgraded];
    assert!(since.iter().all(|(_, entry)| !ends.contains(&entry.action)), "the plan is over");
    let confirmed: Vec<_> = since
        .iter()
        .filter(|(_, entry)| entry.action == Action::UpgradeConfirmed && entry.subject == log[planned].1.subject)
        .filter_map(|(_, entry)| entry.institution)
        .filter(|institution| Seated::get().contains(institution))
        .collect();
    assert!(confirmed.len() * 3 > Seated::get().len() * 2, "{confirmed:?} of {:?}", Seated::get());
    let plan = Planned::<Test>::get().unwrap();
    assert!(plan.planned_at + 1_000 <= Clock::now() && plan.ready_at <= Clock::now() && Clock::now() < plan.expires_at);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(steps in steps()) {
        Builder::default().test(|| {
            for step in &steps {
                attempt(step);
                Upgrades::do_try_state().unwrap();
            }
        });
    }
}

#[test]
fn names_past_their_bound_do_not_decode() {
    let call = |length: usize| {
        let name = vec![b'x'; length];
        let mut bytes = vec![5];
        bytes.extend(name.encode());
        bytes.extend(name.encode());
        Call::<Test>::decode(&mut bytes.as_slice())
    };
    assert!(call(64).is_ok());
    assert!(call(65).is_err());
}

#[test]
fn authorized_code_stands_where_the_system_looks_for_it() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(authorize());
        let key = frame_support::storage::storage_prefix(b"System", b"AuthorizedUpgrade");
        assert_eq!(unhashed::get::<(H256, bool)>(&key), Upgrades::authorized());
    });
}
