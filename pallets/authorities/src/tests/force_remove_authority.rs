// SPDX-License-Identifier: Apache-2.0

use super::*;

fn force(institution: InstitutionId) -> DispatchResult {
    Authorities::force_remove_authority(two_thirds(), institution)
}

#[test]
fn force_remove_authority_removes_below_four_but_never_the_last() {
    Builder::default().test(|| {
        for institution in [FIRST, SECOND, THIRD] {
            assert_ok!(force(institution));
            let event = Event::AuthorityRemoved { institution };
            assert_done(event, decision(Action::AuthorityRemoved, institution));
        }
        assert_fails(|| force(FOURTH), Error::<Test>::LastAuthority);
        next_session();
        next_session();
        assert_eq!(authorities(), [FOURTH]);
        assert_eq!(CouncilMembers::get(), [delegate(FOURTH)]);
    });
}

#[test]
fn force_remove_authority_fails_when_only_authorities_without_keys_would_remain() {
    Builder::default().with_keys(1).test(|| {
        assert_fails(|| force(FIRST), Error::<Test>::LastAuthority);
        assert_ok!(force(SECOND));
    });
}

#[test]
fn force_remove_authority_fails_when_there_is_no_seat() {
    Builder::default().test(|| assert_fails(|| force(FIFTH), Error::<Test>::NotFound));
}
