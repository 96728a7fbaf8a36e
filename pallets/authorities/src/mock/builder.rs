// SPDX-License-Identifier: Apache-2.0

//! The builder of the test chain, and what holds after each test.

use super::{
    aura, delegate, keys, node, open_hospitals, Authorities, Clock, CouncilMembers, CurrentSlot, Outgoing, Resumed,
    RuntimeGenesisConfig, Session, Test, BLOCKS, START,
};
use crate::{GenesisSeat, Seat, Seats, Sessions as _};
use alloc::vec::Vec;
use pallet_salus_testing::chain_with;
use salus_primitives::InstitutionId;
use sp_consensus_aura::Slot;
use sp_io::TestExternalities;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};

/// Builds the test chain.
pub struct Builder {
    seats: u32,
    with_keys: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self { seats: 4, with_keys: 7 }
    }
}

impl Builder {
    /// The number of hospitals with a seat.
    pub fn seats(self, seats: u32) -> Self {
        Self { seats, ..self }
    }

    /// The number of hospitals with session keys, from the first on.
    pub fn with_keys(self, with_keys: u32) -> Self {
        Self { with_keys, ..self }
    }

    /// The genesis of all tests.
    pub fn genesis(seats: u32) -> crate::GenesisConfig<Test> {
        let seat =
            |institution| GenesisSeat { institution, account: node(institution), delegate: delegate(institution) };
        crate::GenesisConfig {
            seats: (0..seats).map(InstitutionId).map(seat).collect(),
            session_length: BLOCKS,
            ..Default::default()
        }
    }

    pub fn build(self) -> TestExternalities {
        Clock::set(START);
        open_hospitals();
        CurrentSlot::set(Slot::from(0));
        CouncilMembers::set(Vec::new());
        Resumed::set(None);
        Outgoing::set(Vec::new());
        let session_keys = (0..self.with_keys.min(self.seats))
            .map(InstitutionId)
            .map(|institution| (node(institution), node(institution), keys(&aura(institution))));
        let genesis = RuntimeGenesisConfig {
            system: Default::default(),
            authorities: Self::genesis(self.seats),
            session: pallet_session::GenesisConfig { keys: session_keys.collect(), ..Default::default() },
        };
        let mut chain = chain_with::<Test>(&genesis);
        chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
        chain
    }

    /// Runs `test`, and every invariant after it.
    pub fn test(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            check_invariants();
        });
    }
}

/// The pallet's invariants, and that the council follows the seats.
pub fn check_invariants() {
    Authorities::do_try_state().unwrap();
    assert_eq!(CouncilMembers::get(), Authorities::delegates());
    assert!(!Session::authorities().is_empty());
    assert!(!Session::queued_keys().is_empty());
}

pub fn seat(institution: InstitutionId) -> Seat {
    Seats::<Test>::get(institution).unwrap()
}
