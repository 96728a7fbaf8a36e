// SPDX-License-Identifier: Apache-2.0

use super::*;

fn update(id: InstitutionId, profile: InstitutionProfile) -> DispatchResult {
    Membership::update_institution(council(), id, profile)
}

fn changed() -> InstitutionProfile {
    let former = profile(HOSPITAL, InstitutionKind::Hospital);
    InstitutionProfile { admission_quota: 7, encryption_key: EncryptionKey::x25519([8; 32]), ..former }
}

#[test]
fn update_institution_changes_the_profile_and_nothing_else() {
    Builder::default().test(|| {
        let before = institution(HOSPITAL);
        assert_ok!(update(HOSPITAL, changed()));
        assert_eq!(institution(HOSPITAL), Institution { profile: changed(), ..before });
        let event = Event::InstitutionUpdated { institution: HOSPITAL };
        assert_done(0, event, LogId::Consortium, decision(Action::InstitutionUpdated, HOSPITAL));
    });
}

#[test]
fn update_institution_fails_when_kind_or_issuing_key_would_change() {
    Builder::default().test(|| {
        let kind = InstitutionProfile { kind: InstitutionKind::Clinic, ..changed() };
        assert_fails(|| update(HOSPITAL, kind), Error::<Test>::InvalidProfile);
        let issuing_key = InstitutionProfile { issuing_key: SigningKey([5; 32]), ..changed() };
        assert_fails(|| update(HOSPITAL, issuing_key), Error::<Test>::InvalidProfile);
    });
}

#[test]
fn update_institution_fails_when_the_profile_is_invalid() {
    Builder::default().test(|| {
        let profile = InstitutionProfile { encryption_key: EncryptionKey::x25519([0; 32]), ..changed() };
        assert_fails(|| update(HOSPITAL, profile), Error::<Test>::InvalidProfile);
    });
}

#[test]
fn update_institution_fails_when_unknown_or_removed() {
    Builder::default().test(|| {
        assert_fails(|| update(InstitutionId(3), changed()), Error::<Test>::NotFound);
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        assert_ok!(update(HOSPITAL, changed()));
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        assert_fails(|| update(HOSPITAL, changed()), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn update_institution_fails_when_its_members_could_spend_next_to_nothing() {
    Builder::default().test(|| {
        let traffic_quota = Quota { time: LEAST_TRAFFIC.time - 1, ..LEAST_TRAFFIC };
        let profile = InstitutionProfile { traffic_quota, ..changed() };
        assert_fails(|| update(HOSPITAL, profile), Error::<Test>::QuotaTooSmall);
    });
}

#[test]
fn update_institution_fails_when_the_vault_address_would_forge_what_voters_see() {
    Builder::default().test(|| {
        for address in
            ["https://vault\u{1b}[2K", "https://vault\nmotion 7", "https://\u{202e}tluav", "\u{7f}", "\u{2066}a"]
        {
            let vault_address = address.as_bytes().to_vec().try_into().unwrap();
            let forged = InstitutionProfile { vault_address, ..changed() };
            assert_fails(|| update(HOSPITAL, forged.clone()), Error::<Test>::InvalidProfile);
            assert_fails(|| Membership::admit_institution(council(), forged), Error::<Test>::InvalidProfile);
        }
    });
}
