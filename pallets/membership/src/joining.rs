// SPDX-License-Identifier: Apache-2.0

//! Joining: vouchers, challenges and answers.
//!
//! Redemption and answer need no account. One function each checks them in the pool, when a block is built, and at
//! dispatch. They check storage before signatures, which cost most.

use crate::{
    Challenges, Config, Error, Event, Institutions, Members, MembershipKeys, NextMember, Pallet, Redeemed,
    RedemptionSignatures, RequiredVerifications, JOINING_LONGEVITY, JOINING_PRIORITY, MAX_OPEN_CHALLENGES,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
    traits::{Get, Time},
    weights::Weight,
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::{
        answer_payload, redemption_payload, Challenge, InstitutionStatus, Member, MemberStatus, Newcomer, Role,
        Voucher, MAX_VOUCHER_LIFE,
    },
    panel::{Panel, Quorum, Voice},
    refusal::Refusal,
    traits::{AuditLog, Membership},
    Digest, InstitutionId, MemberId, Moment,
};
use sp_core::sr25519;
use sp_runtime::{
    transaction_validity::{InvalidTransaction, ValidTransaction, ValidTransactionBuilder},
    SaturatedConversion,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn authorize_redeem(
        _source: TransactionSource,
        voucher: &Voucher,
        issuer_signature: &sr25519::Signature,
        newcomer: &Newcomer,
        signatures: &RedemptionSignatures,
    ) -> TransactionValidityWithRefund {
        Self::check_redemption(voucher, issuer_signature, newcomer, signatures).map_err(invalid)?;
        // The keys are tags too: of two redemptions for one key, only one could succeed.
        let validity = ValidTransaction::with_tag_prefix("SalusRedeem")
            .and_provides((voucher.institution, voucher.issuing_epoch, voucher.serial))
            .and_provides(newcomer.transaction_key)
            .and_provides(newcomer.membership_key);
        Ok((joining(validity), Weight::zero()))
    }

    pub(crate) fn authorize_answer(
        _source: TransactionSource,
        member: &MemberId,
        institution: &InstitutionId,
        signature: &sr25519::Signature,
    ) -> TransactionValidityWithRefund {
        let (_, challenge) = Self::check_answer(*member, *institution, signature).map_err(invalid)?;
        let validity = ValidTransaction::with_tag_prefix("SalusAnswer")
            .and_provides((member, institution, challenge.nonce).encode());
        Ok((joining(validity), Weight::zero()))
    }

    /// Whether the voucher can be redeemed now for these keys.
    fn check_redemption(
        voucher: &Voucher,
        issuer_signature: &sr25519::Signature,
        newcomer: &Newcomer,
        signatures: &RedemptionSignatures,
    ) -> Result<(), Refusal> {
        let now = T::Time::now();
        let institution = Institutions::<T>::get(voucher.institution)
            .filter(|institution| institution.status == InstitutionStatus::Active)
            .ok_or(Refusal::UnknownInstitution)?;
        ensure!(voucher.issuing_epoch == institution.issuing_epoch, Refusal::VoidIssuingEpoch);
        let number = (voucher.issuing_epoch, voucher.serial);
        if let Some(member) = Redeemed::<T>::get(voucher.institution, number) {
            return Err(Self::refusal_of_redeemed(member, newcomer));
        }
        ensure!(now < voucher.expires_at, Refusal::VoucherExpired);
        ensure!(voucher.expires_at.saturating_sub(now) <= MAX_VOUCHER_LIFE, Refusal::VoucherTooLong);
        ensure!(institution.profile.kind.may_admit(voucher.role), Refusal::RoleNotAdmissible);
        ensure!(is_admissible(voucher.role, voucher.valid_until, now), Refusal::RoleNotAdmissible);
        ensure!(institution.admitted < institution.profile.admission_quota, Refusal::AdmissionQuotaReached);
        let usage = institution.usage.admit(T::AdmissionsPerHour::get(), now);
        ensure!(usage.is_some(), Refusal::AdmissionRateSpent);
        let is_voucher_key_usable = Self::is_key(&voucher.voucher_key)
            && ![newcomer.transaction_key, newcomer.membership_key].contains(&voucher.voucher_key);
        ensure!(is_voucher_key_usable && Self::are_keys_usable(newcomer), Refusal::KeyNotUsable);

        let genesis = Self::genesis_hash();
        let offer = voucher.payload(&genesis);
        ensure!(Self::verifies(&institution.profile.issuing_key, &offer, issuer_signature), Refusal::BadSignature);
        let redemption = redemption_payload(&genesis, voucher, newcomer);
        for (key, signature) in [
            (voucher.voucher_key, &signatures.voucher_key),
            (newcomer.transaction_key, &signatures.transaction_key),
            (newcomer.membership_key, &signatures.membership_key),
        ] {
            ensure!(Self::verifies(&key, &redemption, signature), Refusal::BadSignature);
        }
        Ok(())
    }

    /// Returns the refusal for a voucher that was redeemed already. Any sender can submit a copy of a redemption first;
    /// then the newcomer has joined.
    fn refusal_of_redeemed(member: MemberId, newcomer: &Newcomer) -> Refusal {
        let has_joined = Members::<T>::get(member).is_some_and(|member| {
            member.membership_key == newcomer.membership_key
                && member.transaction_keys.contains(&newcomer.transaction_key)
        });
        if has_joined {
            Refusal::AlreadyJoined
        } else {
            Refusal::VoucherRedeemed
        }
    }

    /// Returns the pending member and the challenge that this signature answers now.
    fn check_answer(
        id: MemberId,
        institution: InstitutionId,
        signature: &sr25519::Signature,
    ) -> Result<(Member, Challenge), Refusal> {
        let member = Members::<T>::get(id).ok_or(Refusal::NoChallenge)?;
        ensure!(!member.verified_by.has_heard(institution), Refusal::AlreadyVerified);
        ensure!(member.status == MemberStatus::Pending, Refusal::NoChallenge);
        let challenge = Challenges::<T>::get(id, institution).ok_or(Refusal::NoChallenge)?;
        ensure!(T::Time::now() < challenge.expires_at, Refusal::ChallengeExpired);
        ensure!(Self::is_active_verifier(challenge.verifier), Refusal::VerifierNotActive);
        let block_hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(challenge.block));
        ensure!(!block_hash.is_zero(), Refusal::ChallengeBlockUnknown);

        let payload = answer_payload(&Self::genesis_hash(), id, &challenge, &Digest(block_hash.0));
        ensure!(Self::verifies(&member.membership_key, &payload, signature), Refusal::BadSignature);
        Ok((member, challenge))
    }

    fn is_active_verifier(member: MemberId) -> bool {
        Self::standing(member)
            .is_some_and(|verifier| verifier.role == Role::Verifier && verifier.may_act(T::Time::now()))
    }

    pub(crate) fn do_redeem(
        voucher: &Voucher,
        issuer_signature: &sr25519::Signature,
        newcomer: &Newcomer,
        signatures: &RedemptionSignatures,
    ) -> DispatchResult {
        Self::check_redemption(voucher, issuer_signature, newcomer, signatures).map_err(Error::<T>::from)?;

        let Voucher { institution, role, profile, valid_until, .. } = *voucher;
        let member = Self::register(institution, role, newcomer, profile, valid_until, MemberStatus::Pending);
        let number = (voucher.issuing_epoch, voucher.serial);
        Members::<T>::mutate_extant(member, |member| member.voucher = Some(number));
        Redeemed::<T>::insert(institution, number, member);
        Institutions::<T>::mutate_extant(institution, |institution| {
            // `check_redemption` has refused the call if the institution has no room for one more.
            let usage = institution.usage.admit(T::AdmissionsPerHour::get(), T::Time::now());
            institution.usage = usage.unwrap_or(institution.usage);
        });

        let own = role.is_staff().then_some(institution);
        let event = AuditEvent::by_member(member, own, Action::MemberJoined, Subject::Member(member));
        T::Audit::append(LogId::Institution(institution), event);
        Self::deposit_event(Event::MemberJoined { member, institution, role });
        Ok(())
    }

    /// Writes a new member and binds its keys, which have to be usable.
    pub(crate) fn register(
        institution: InstitutionId,
        role: Role,
        newcomer: &Newcomer,
        profile: Digest,
        valid_until: Option<Moment>,
        status: MemberStatus,
    ) -> MemberId {
        let id = NextMember::<T>::get();
        // It cannot overflow: there are at most 2^32 institutions, and each admits fewer than 2^32 members.
        NextMember::<T>::put(MemberId(id.0.saturating_add(1)));
        let member = Member {
            role,
            membership_key: newcomer.membership_key,
            encryption_key: newcomer.encryption_key,
            status,
            valid_until,
            profile,
            admitted_by: institution,
            verified_by: Panel::default(),
            transaction_keys: BoundedVec::truncate_from(alloc::vec![newcomer.transaction_key]),
            key_changes: 0,
            joined_at: T::Time::now(),
            voucher: None,
            usage: Default::default(),
        };
        Members::<T>::insert(id, member);
        MembershipKeys::<T>::insert(newcomer.membership_key, id);
        Self::bind(newcomer.transaction_key, id);
        Institutions::<T>::mutate(institution, |institution| {
            if let Some(institution) = institution {
                institution.admitted = institution.admitted.saturating_add(1);
            }
        });
        id
    }

    pub(crate) fn do_refuse_applicant(issuer: MemberId, institution: InstitutionId, application: Digest) {
        let subject = Subject::Applicant(application);
        let event = AuditEvent::by_member(issuer, Some(institution), Action::JoiningRefused, subject);
        T::Audit::append(LogId::Institution(institution), event);
        Self::deposit_event(Event::ApplicantRefused { institution, application });
    }

    pub(crate) fn do_challenge(
        verifier: MemberId,
        institution: InstitutionId,
        id: MemberId,
        nonce: Digest,
    ) -> DispatchResult {
        let now = T::Time::now();
        let member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        ensure!(member.status == MemberStatus::Pending, Error::<T>::InvalidStatus);
        ensure!(!member.verified_by.has_heard(institution), Error::<T>::AlreadyVerified);
        match Challenges::<T>::get(id, institution) {
            // A verifier need not wait for a challenge that cannot be answered any more.
            Some(former) => {
                let is_open = now < former.expires_at && Self::is_active_verifier(former.verifier);
                ensure!(!is_open, Error::<T>::AlreadyExists);
            }
            None => Self::make_room_for_challenge(id, now)?,
        }

        let block = frame_system::Pallet::<T>::block_number().saturated_into();
        let expires_at = now.saturating_add(T::ChallengeLife::get());
        Challenges::<T>::insert(id, institution, Challenge { verifier, nonce, block, expires_at });
        let event = AuditEvent::by_member(verifier, Some(institution), Action::MemberChallenged, Subject::Member(id));
        T::Audit::append(LogId::Institution(member.admitted_by), event);
        Self::deposit_event(Event::MemberChallenged { member: id, institution, verifier });
        Ok(())
    }

    pub(crate) fn do_answer(
        id: MemberId,
        institution: InstitutionId,
        signature: &sr25519::Signature,
    ) -> DispatchResult {
        let (mut member, Challenge { verifier, .. }) =
            Self::check_answer(id, institution, signature).map_err(Error::<T>::from)?;
        let voice = Voice { institution, member: verifier };
        member.verified_by.hear(voice, T::Time::now()).map_err(|_| Error::<T>::NoChallenge)?;
        let needed = Quorum::of_different_institutions(RequiredVerifications::<T>::get());
        let is_enough = member.verified_by.reaches(needed);

        Challenges::<T>::remove(id, institution);
        if is_enough {
            member.status = MemberStatus::Active;
            member.voucher = None;
            Self::close_challenges(id);
        }
        let action = if is_enough { Action::MemberActivated } else { Action::ChallengeAnswered };
        let event = AuditEvent::by_member(id, member.institution(), action, Subject::Member(id));
        T::Audit::append(LogId::Institution(member.admitted_by), event);
        Members::<T>::insert(id, member);
        Self::deposit_event(Event::ChallengeAnswered { member: id, institution, verifier });
        if is_enough {
            Self::deposit_event(Event::MemberActivated { member: id });
        }
        Ok(())
    }

    /// Removes the remaining challenges to a member who has left the pending status.
    pub(crate) fn close_challenges(id: MemberId) {
        for (institution, _) in Self::all_challenges(id) {
            Challenges::<T>::remove(id, institution);
        }
    }

    /// Makes room for one more challenge to `id`, by removing expired ones if need be.
    fn make_room_for_challenge(id: MemberId, now: Moment) -> Result<(), Error<T>> {
        let open = Self::all_challenges(id);
        if open.len() < MAX_OPEN_CHALLENGES as usize {
            return Ok(());
        }
        let expired: Vec<_> = open.into_iter().filter(|(_, challenge)| now >= challenge.expires_at).collect();
        ensure!(!expired.is_empty(), Error::TooManyChallenges);
        for (institution, _) in expired {
            Challenges::<T>::remove(id, institution);
        }
        Ok(())
    }

    /// The challenges to `id`, also expired ones. The bound is an invariant; `take` keeps it visible.
    fn all_challenges(id: MemberId) -> Vec<(InstitutionId, Challenge)> {
        Challenges::<T>::iter_prefix(id).take(MAX_OPEN_CHALLENGES as usize).collect()
    }
}

/// Staff may have an end date, which lies ahead; a patient has none.
fn is_admissible(role: Role, valid_until: Option<Moment>, now: Moment) -> bool {
    valid_until.is_none_or(|until| role.is_staff() && now < until)
}

fn joining(validity: ValidTransactionBuilder) -> ValidTransaction {
    validity.priority(JOINING_PRIORITY).longevity(JOINING_LONGEVITY).propagate(true).into()
}

fn invalid(refusal: Refusal) -> InvalidTransaction {
    InvalidTransaction::Custom(refusal.code())
}

impl<T> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownInstitution => Self::UnknownInstitution,
            Refusal::VoidIssuingEpoch => Self::VoidIssuingEpoch,
            Refusal::VoucherRedeemed => Self::VoucherRedeemed,
            Refusal::VoucherExpired => Self::VoucherExpired,
            Refusal::VoucherTooLong => Self::VoucherTooLong,
            Refusal::RoleNotAdmissible => Self::RoleNotAdmissible,
            Refusal::AdmissionQuotaReached => Self::AdmissionQuotaReached,
            Refusal::AdmissionRateSpent => Self::AdmissionRateSpent,
            Refusal::AlreadyJoined => Self::AlreadyJoined,
            Refusal::AlreadyVerified => Self::AlreadyVerified,
            Refusal::KeyNotUsable => Self::KeyNotUsable,
            Refusal::BadSignature => Self::BadSignature,
            Refusal::NoChallenge => Self::NoChallenge,
            Refusal::ChallengeExpired => Self::ChallengeExpired,
            Refusal::ChallengeBlockUnknown => Self::ChallengeBlockUnknown,
            Refusal::VerifierNotActive => Self::VerifierNotActive,
            // `MemberGate` and `BoundedNonce` refuse these in the pool, so they never reach dispatch.
            Refusal::NotMember
            | Refusal::MemberNotActive
            | Refusal::InstitutionNotActive
            | Refusal::RoleMayNotCall
            | Refusal::MemberAllowanceSpent
            | Refusal::InstitutionAllowanceSpent
            | Refusal::NonceTooFarAhead
            | Refusal::CallPaused => Self::NotPermitted,
        }
    }
}
