// SPDX-License-Identifier: Apache-2.0

//! Whom other pallets take for an authority.

use super::*;
use salus_primitives::questions::Authorities as _;

#[test]
fn authorities_have_an_active_seat_and_session_keys() {
    Builder::default().with_keys(3).test(|| {
        assert_eq!(Authorities::active(), [FIRST, SECOND, THIRD]);
        set_keys(FOURTH, &aura(FOURTH));
        assert_eq!(Authorities::active(), [FIRST, SECOND, THIRD, FOURTH]);
        assert_ok!(admit(FIFTH));
        assert_eq!(Authorities::active(), [FIRST, SECOND, THIRD, FOURTH]);
        set_keys(FIFTH, &aura(FIFTH));
        assert_ok!(Authorities::suspend_authority(council(), SECOND));
        assert_eq!(Authorities::active(), [FIRST, THIRD, FOURTH, FIFTH]);
    });
}

#[test]
fn an_active_seat_is_known_by_its_account_with_or_without_keys() {
    Builder::default().with_keys(4).test(|| {
        assert_ok!(admit(FIFTH));
        assert_eq!(Authorities::active_seat(&node(FIRST)), Some(FIRST));
        assert_eq!(Authorities::active_seat(&node(FIFTH)), Some(FIFTH));
        assert_eq!(Authorities::active_seat(&representative(FIRST)), None);
        assert_eq!(Authorities::active_seat(&STRANGER), None);
        set_keys(FIFTH, &aura(FIFTH));
        assert_ok!(Authorities::suspend_authority(council(), FIRST));
        assert_eq!(Authorities::active_seat(&node(FIRST)), None);
        assert_ok!(Authorities::reinstate_authority(council(), FIRST));
        assert_eq!(Authorities::active_seat(&node(FIRST)), Some(FIRST));
    });
}
