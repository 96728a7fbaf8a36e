// SPDX-License-Identifier: Apache-2.0

//! A test runtime with a clock that tests set.

use crate as pallet_salus_audit;
use frame_support::{derive_impl, parameter_types};
use pallet_salus_testing::chain_with;
pub use pallet_salus_testing::{Clock, START};
use salus_primitives::{time::DAY, Moment};
use sp_io::TestExternalities;

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;

    #[runtime::pallet_index(1)]
    pub type Audit = pallet_salus_audit::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

pub const HORIZON: Moment = 30 * DAY;
pub const MAX_PRUNED: u32 = 500;

parameter_types! {
    pub const Horizon: Moment = HORIZON;
    pub const MaxPruned: u32 = MAX_PRUNED;
}

impl pallet_salus_audit::Config for Test {
    type Time = Clock;
    type Horizon = Horizon;
    type MaxPruned = MaxPruned;
    type WeightInfo = ();
}

/// Lets time go by, and with it one block.
pub fn wait(milliseconds: Moment) {
    Clock::wait(milliseconds);
    System::set_block_number(System::block_number() + 1);
}

/// Builds the test chain.
#[derive(Default)]
pub struct Builder;

impl Builder {
    pub fn build(self) -> TestExternalities {
        Clock::set(START);
        chain_with::<Test>(&frame_system::GenesisConfig::<Test>::default())
    }

    /// Runs `test`, and every invariant after it.
    pub fn test(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Audit::do_try_state().unwrap();
        });
    }
}
