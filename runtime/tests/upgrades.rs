// SPDX-License-Identifier: Apache-2.0

//! Replacing the runtime: the people who decide it, its conditions, and its code. Changing parameters.

use crate::{
    council::{decide, delegate, staff},
    genesis::genesis,
};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::Get,
};
use pallet_salus_upgrades::{Call, Error, Planned};
use salus_primitives::{
    audit::{Action, LogId, Subject},
    governance::Parameter,
    membership::Quota,
    time::DAY,
    Digest,
};
use salus_runtime::{
    limits, presets, Audit, Executive, Header, Runtime, RuntimeCall, RuntimeOrigin, System, UncheckedExtrinsic,
    Upgrades, VERSION,
};
use sp_core::{
    storage::well_known_keys,
    traits::{Externalities, ReadRuntimeVersion, ReadRuntimeVersionExt},
    H256,
};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_runtime::{
    traits::{Dispatchable, Header as _},
    transaction_validity::{TransactionSource, TransactionValidity},
    DispatchError, DispatchResult,
};
use sp_version::RuntimeVersion;

/// Stands for the code of a runtime with the next version. The fake reader of versions does not look into it.
const CODE: &[u8] = b"the next runtime";

fn code_hash() -> H256 {
    H256(blake2_256(CODE))
}

/// A reader of versions that reports this name and version for every code.
struct Says(&'static str, u32);

impl ReadRuntimeVersion for Says {
    fn read_runtime_version(&self, _: &[u8], _: &mut dyn Externalities) -> Result<Vec<u8>, String> {
        Ok(RuntimeVersion { spec_name: self.0.into(), spec_version: self.1, ..VERSION }.encode())
    }
}

/// A chain of four hospitals, with this reader of versions.
fn chain(code: Says) -> TestExternalities {
    let mut chain = genesis(presets::LOCAL);
    chain.register_extension(ReadRuntimeVersionExt::new(code));
    chain
}

fn plan() -> DispatchResult {
    decide(3, Call::plan_upgrade { code_hash: code_hash(), spec_version: VERSION.spec_version + 1 }.into())
}

fn confirm(number: u32) -> DispatchResult {
    Upgrades::confirm_upgrade(RuntimeOrigin::signed(staff(number, "Service")), code_hash())
}

fn pass(milliseconds: u64) {
    pallet_timestamp::Now::<Runtime>::mutate(|now| *now += milliseconds);
}

/// Plans, confirms, waits and authorizes.
fn authorize() {
    plan().unwrap();
    (1..=3).for_each(|number| confirm(number).unwrap());
    pass(Upgrades::delay());
    Upgrades::authorize_upgrade(delegate(4)).unwrap();
}

/// Returns the unsigned transaction that applies the code.
fn apply(code: &[u8]) -> UncheckedExtrinsic {
    UncheckedExtrinsic::new_bare(frame_system::Call::apply_authorized_upgrade { code: code.to_vec() }.into())
}

/// Returns the pool's verdict.
fn validate(transaction: UncheckedExtrinsic) -> TransactionValidity {
    Executive::validate_transaction(TransactionSource::External, transaction, System::block_hash(0))
}

fn begin_block() {
    let number = System::block_number() + 1;
    let header = Header::new(number, H256::default(), H256::default(), System::parent_hash(), Default::default());
    Executive::initialize_block(&header);
}

#[test]
fn a_runtime_is_replaced_when_council_and_authorities_want_it_and_the_delay_ran() {
    chain(Says("salus", VERSION.spec_version + 1)).execute_with(|| {
        let before = sp_io::storage::get(well_known_keys::CODE);
        assert!(validate(apply(CODE)).is_err());
        authorize();
        assert_eq!(validate(apply(CODE)).err(), None);
        assert!(validate(apply(b"another")).is_err());

        begin_block();
        assert_eq!(Executive::apply_extrinsic(apply(CODE)), Ok(Ok(())));
        assert_eq!(sp_io::storage::get(well_known_keys::CODE).as_deref(), Some(CODE));
        assert_ne!(sp_io::storage::get(well_known_keys::CODE), before);
        assert!(System::authorized_upgrade().is_none());
        // After an upgrade, the next block sees another version than the plan replaces. Here the test changes the plan
        // instead.
        Planned::<Runtime>::mutate(|plan| plan.as_mut().unwrap().replaces = 0);
        begin_block();

        assert_eq!(Planned::<Runtime>::get(), None);
        let log = Audit::page(LogId::Consortium, 0, 10);
        let actions: Vec<_> = log.iter().map(|entry| entry.action).collect();
        use Action::{RuntimeUpgraded, UpgradeAuthorized, UpgradeConfirmed, UpgradePlanned};
        let confirmed = UpgradeConfirmed;
        assert_eq!(actions, [UpgradePlanned, confirmed, confirmed, confirmed, UpgradeAuthorized, RuntimeUpgraded]);
        let subject = Subject::Runtime(Digest(code_hash().0), VERSION.spec_version);
        assert_eq!((log[5].subject, log[5].block), (subject, System::block_number()));
    });
}

#[test]
fn two_thirds_plan_and_more_than_half_cancel() {
    chain(Says("salus", VERSION.spec_version + 1)).execute_with(|| {
        let proposal = || Call::plan_upgrade { code_hash: code_hash(), spec_version: VERSION.spec_version + 1 }.into();
        assert_eq!(decide(2, proposal()), Err(DispatchError::BadOrigin));
        authorize();
        let cancel = || RuntimeCall::from(Call::cancel_upgrade { code_hash: code_hash() });
        assert_eq!(decide(2, cancel()), Err(DispatchError::BadOrigin));
        assert_eq!(decide(3, cancel()), Ok(()));
        assert!(validate(apply(CODE)).is_err());
        assert!(System::authorized_upgrade().is_none());
    });
}

#[test]
fn services_of_seats_confirm_and_nobody_else() {
    chain(Says("salus", VERSION.spec_version + 1)).execute_with(|| {
        plan().unwrap();
        for role in ["Delegate", "Issuer", "Verifier"] {
            let by = RuntimeOrigin::signed(staff(1, role));
            let refused = Upgrades::confirm_upgrade(by, code_hash());
            assert_eq!(refused, Err(Error::<Runtime>::NotAuthority.into()), "{role}");
        }
        pass(Upgrades::delay());
        (1..=2).for_each(|number| confirm(number).unwrap());
        let early = Upgrades::authorize_upgrade(delegate(1));
        assert_eq!(early, Err(Error::<Runtime>::TooFewConfirmations.into()));
        assert_eq!(confirm(2), Err(Error::<Runtime>::AlreadyConfirmed.into()));
    });
}

#[test]
fn a_single_authority_and_a_seat_without_keys_upgrade_a_development_chain() {
    genesis(presets::DEV).execute_with(|| {
        decide(2, Call::plan_upgrade { code_hash: code_hash(), spec_version: VERSION.spec_version + 1 }.into())
            .unwrap();
        pass(Upgrades::delay());
        confirm(2).unwrap();
        let progress = Upgrades::progress().unwrap();
        assert_eq!((progress.authorities.len(), progress.needed, progress.confirmed.len()), (1, 1, 0));
        confirm(1).unwrap();
        Upgrades::authorize_upgrade(delegate(2)).unwrap();
    });
}

#[test]
fn code_with_another_name_or_an_old_version_is_not_applied() {
    for says in [Says("polka", VERSION.spec_version + 1), Says("salus", VERSION.spec_version)] {
        chain(says).execute_with(|| {
            authorize();
            let before = sp_io::storage::get(well_known_keys::CODE);
            begin_block();
            assert_eq!(Executive::apply_extrinsic(apply(CODE)), Ok(Ok(())));
            assert_eq!(sp_io::storage::get(well_known_keys::CODE), before);
            // The system has dropped the code; the council cancels the plan and makes another.
            assert!(System::authorized_upgrade().is_none());
            assert_eq!(decide(3, Call::cancel_upgrade { code_hash: code_hash() }.into()), Ok(()));
            assert_eq!(plan(), Ok(()));
        });
    }
}

#[test]
fn nobody_replaces_the_runtime_past_the_plan() {
    chain(Says("salus", VERSION.spec_version + 1)).execute_with(|| {
        let calls: [RuntimeCall; 4] = [
            frame_system::Call::set_code { code: CODE.to_vec() }.into(),
            frame_system::Call::set_code_without_checks { code: CODE.to_vec() }.into(),
            frame_system::Call::authorize_upgrade { code_hash: code_hash() }.into(),
            frame_system::Call::authorize_upgrade_without_checks { code_hash: code_hash() }.into(),
        ];
        for call in calls {
            assert_eq!(decide(4, call.clone()), Err(DispatchError::BadOrigin), "{call:?}");
            let signed = call.dispatch(delegate(1)).map(|_| ()).map_err(|failure| failure.error);
            assert_eq!(signed, Err(DispatchError::BadOrigin));
        }
    });
}

#[test]
fn development_networks_wait_ten_seconds() {
    for preset in [presets::DEV, presets::LOCAL] {
        genesis(preset).execute_with(|| assert_eq!(Upgrades::delay(), 10_000, "{preset}"));
    }
}

#[test]
fn an_upgrade_fits_a_block() {
    let call = RuntimeCall::from(frame_system::Call::apply_authorized_upgrade { code: Vec::new() });
    let info = call.get_dispatch_info();
    assert_eq!(info.class, DispatchClass::Operational);
    let most = limits::block_weights().get(DispatchClass::Operational).max_total.unwrap();
    assert!(info.call_weight.all_lte(most), "{:?} of {most:?}", info.call_weight);
    if let Some(code) = salus_runtime::WASM_BINARY {
        let most = *limits::block_length().max.get(DispatchClass::Operational);
        assert!(apply(code).encoded_size() < most as usize / 2, "{} of {most}", code.len());
    }
}

#[test]
fn more_than_half_of_the_council_tune_parameters_within_their_bounds() {
    genesis(presets::LOCAL).execute_with(|| {
        let set = |parameter| RuntimeCall::from(Call::set_parameter { parameter });
        let quota = Quota { time: 4_000_000_000_000, ..limits::MEMBER_QUOTA };
        assert_eq!(decide(2, set(Parameter::MemberQuota(quota))), Err(DispatchError::BadOrigin));
        for parameter in [Parameter::RequestLife(DAY), Parameter::LogHorizon(40 * DAY), Parameter::MemberQuota(quota)] {
            assert_eq!(decide(3, set(parameter)), Ok(()));
        }
        assert_eq!(<Runtime as pallet_salus_access::Config>::RequestLife::get(), DAY);
        assert_eq!(<Runtime as pallet_salus_audit::Config>::Horizon::get(), 40 * DAY);
        assert_eq!(<Runtime as pallet_salus_membership::Config>::MemberQuota::get(), quota);
        let nothing = Quota { time: 0, ..quota };
        let refused = decide(4, set(Parameter::MemberQuota(nothing)));
        assert_eq!(refused, Err(Error::<Runtime>::InvalidParameter.into()));
    });
}

#[test]
fn parameters_are_at_first_what_the_limits_say_and_more_than_is_reserved() {
    genesis(presets::DEV).execute_with(|| {
        let parameters = Upgrades::parameters();
        assert_eq!(parameters.request_life, limits::REQUEST_LIFE);
        assert_eq!(parameters.log_horizon, limits::LOG_HORIZON);
        assert_eq!(parameters.member_quota, limits::MEMBER_QUOTA);
        // The least quota that the council can set for a member is the size of the reserve.
        let least = Parameter::MemberQuota(limits::RESERVED_QUOTA);
        assert!(least.is_within_bounds());
    });
}
