// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::GenesisConfig;
use sp_runtime::BuildStorage;

fn fault(change: impl FnOnce(&mut GenesisConfig<Test>)) -> String {
    let mut genesis = Builder::genesis(4);
    change(&mut genesis);
    Builder::default().seats(0).build().execute_with(|| genesis.try_build().unwrap_err())
}

#[test]
fn genesis_gives_seats_and_votes() {
    Builder::default().test(|| {
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        let mut expected = [FIRST, SECOND, THIRD, FOURTH].map(delegate);
        expected.sort();
        assert_eq!(CouncilMembers::get(), expected);
        assert!(Log::entries().is_empty());
        assert_eq!(seat(FIRST).liable_from, 0);
    });
}

#[test]
fn genesis_fails_when_a_seat_cannot_be_given() {
    let text = fault(|genesis| genesis.seats[1].institution = NOWHERE);
    assert_eq!(text, "seat 1 cannot be given: InstitutionNotActive");
    let text = fault(|genesis| genesis.seats[2].account = STRANGER);
    assert_eq!(text, "seat 2 cannot be given: NotService");
    let text = fault(|genesis| genesis.seats[3].institution = FIRST);
    assert_eq!(text, "seat 3 cannot be given: AlreadyExists");
    for length in [0, 9, 86_401] {
        let text = fault(|genesis| genesis.session_length = length);
        assert_eq!(text, "a session has 10 to 86400 blocks");
    }
    let text = fault(|genesis| *genesis = Builder::genesis(MAX_AUTHORITIES + 1));
    assert_eq!(text, "seat 5 cannot be given: TooManyAuthorities");
}

#[test]
#[should_panic = "invalid genesis: seat 0 cannot be given: NotDelegate"]
fn genesis_panics_when_it_is_invalid() {
    open_hospitals();
    let mut authorities = Builder::genesis(1);
    authorities.seats[0].delegate = STRANGER;
    let _ = RuntimeGenesisConfig { authorities, ..Default::default() }.build_storage();
}
