// SPDX-License-Identifier: Apache-2.0

//! Hospitals that collude: more than half of the council, but less than two thirds. They try every call, with every
//! account that they have or can get. They may have stolen the issuing key of another hospital. The others do nothing,
//! and all attempts take less than a day.

use crate::consortium::{
    council, council_size, decide, dispatch, next_block, pair, profile, public, staff, two_thirds, START,
};
use pallet_salus_authorities::{Resuming, Seat, Seats};
use pallet_salus_membership::{Institutions, Members, NextInstitution, NextMember, RedemptionSignatures};
use proptest::{prelude::*, sample::select};
use salus_primitives::{
    governance::Parameter,
    membership::{
        answer_payload, redemption_payload, Challenge, InstitutionProfile, Member, MemberStatus, Newcomer, Role,
        Voucher,
    },
    time::DAY,
    traits::Authorities as _,
    Digest, EncryptionKey, InstitutionId, MemberId,
};
use salus_runtime::{AccountId, Authorities, Runtime, RuntimeCall, RuntimeOrigin, Session, System};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{traits::Zero, DispatchError};

type SeatCall = pallet_salus_authorities::Call<Runtime>;
type UpgradeCall = pallet_salus_upgrades::Call<Runtime>;
type MemberCall = pallet_salus_membership::Call<Runtime>;

/// An attempt of the colluding hospitals. Numbers of institutions and members are taken modulo slightly more than
/// exist.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Propose this, and vote for it.
    Decide(Decision, u32),
    /// Admit a member of staff with an issuing key of theirs.
    Join(u32, Role),
    /// Take the vote of an institution with each delegate that they have.
    TakeVote,
    /// Hand the seat of an institution over to each service that they have.
    HandOver(u32),
    /// Suspend a seat with each delegate that they have.
    SuspendOwn(u32),
    /// Revoke a member with each issuer that they have.
    Revoke(u32),
    /// Wait until the next session begins.
    NextSession,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision {
    AdmitAuthority,
    RemoveAuthority,
    ForceRemoveAuthority,
    SuspendAuthority,
    ReinstateAuthority,
    HandOver,
    ResumeFinality,
    WithdrawResumption,
    PlanUpgrade,
    SetUpgradeDelay,
    AdmitInstitution,
    UpdateInstitution,
    RotateIssuingKey,
    SuspendInstitution,
    ReinstateInstitution,
    RemoveInstitution,
    SuspendMember,
    ReinstateMember,
    RevokeMember,
    RequireOneVerification,
    SetParameter,
    PauseRedeeming,
    Disapprove,
    SetMembers,
    AllAtOnce,
}

const DECISIONS: [Decision; 25] = [
    Decision::AdmitAuthority,
    Decision::RemoveAuthority,
    Decision::ForceRemoveAuthority,
    Decision::SuspendAuthority,
    Decision::ReinstateAuthority,
    Decision::HandOver,
    Decision::ResumeFinality,
    Decision::WithdrawResumption,
    Decision::PlanUpgrade,
    Decision::SetUpgradeDelay,
    Decision::AdmitInstitution,
    Decision::UpdateInstitution,
    Decision::RotateIssuingKey,
    Decision::SuspendInstitution,
    Decision::ReinstateInstitution,
    Decision::RemoveInstitution,
    Decision::SuspendMember,
    Decision::ReinstateMember,
    Decision::RevokeMember,
    Decision::RequireOneVerification,
    Decision::SetParameter,
    Decision::PauseRedeeming,
    Decision::Disapprove,
    Decision::SetMembers,
    Decision::AllAtOnce,
];

pub(crate) fn steps() -> impl Strategy<Value = Step> {
    let number = || 0u32..64;
    let role = select(vec![Role::Delegate, Role::Service, Role::Issuer, Role::Verifier]);
    prop_oneof![
        8 => (select(DECISIONS.to_vec()), number()).prop_map(|(decision, on)| Step::Decide(decision, on)),
        4 => (number(), role).prop_map(|(institution, role)| Step::Join(institution, role)),
        2 => Just(Step::TakeVote),
        1 => number().prop_map(Step::HandOver),
        1 => number().prop_map(Step::SuspendOwn),
        1 => number().prop_map(Step::Revoke),
        2 => Just(Step::NextSession),
    ]
}

/// A member of staff who colludes.
struct Person {
    institution: InstitutionId,
    role: Role,
    account: AccountId,
}

/// The hospitals that collude.
pub(crate) struct Collusion {
    /// Institutions that were honest from the start, with the seats as they were.
    honest: Vec<(InstitutionId, Seat)>,
    people: Vec<Person>,
    serial: u32,
    /// The honest hospital whose issuing key they stole.
    robbed: Option<InstitutionId>,
}

impl Collusion {
    /// The first `colluding` of `hospitals` hospitals.
    pub(crate) fn of(colluding: u32, hospitals: u32) -> Self {
        let people = (0..colluding).flat_map(|number| {
            crate::consortium::STAFF.map(|role| Person {
                institution: InstitutionId(number),
                role,
                account: staff(number, role),
            })
        });
        let honest = (colluding..hospitals).map(InstitutionId);
        let honest = honest.map(|institution| (institution, Seats::<Runtime>::get(institution).unwrap()));
        Self { honest: honest.collect(), people: people.collect(), serial: 0, robbed: None }
    }

    /// They have the issuing key of this honest hospital too.
    pub(crate) fn with_issuing_key_of(self, robbed: InstitutionId) -> Self {
        Self { robbed: Some(robbed), ..self }
    }

    /// Returns their accounts with this role.
    pub(crate) fn accounts(&self, role: Role) -> Vec<(InstitutionId, AccountId)> {
        let with_role = self.people.iter().filter(|person| person.role == role);
        with_role.map(|person| (person.institution, person.account.clone())).collect()
    }

    /// Returns their delegates who sit in the council.
    pub(crate) fn in_council(&self) -> Vec<AccountId> {
        let own = self.accounts(Role::Delegate);
        council().into_iter().filter(|member| own.iter().any(|(_, account)| account == member)).collect()
    }

    pub(crate) fn attempt(&mut self, step: &Step) {
        let signed = RuntimeOrigin::signed;
        match step {
            Step::Decide(decision, on) => {
                let _ = decide(&self.in_council(), self.call(*decision, *on));
            }
            Step::Join(institution, role) => {
                let _ = self.join(some_institution(*institution), *role);
            }
            Step::TakeVote => {
                for (_, account) in self.accounts(Role::Delegate) {
                    let _ = dispatch(SeatCall::take_vote {}, signed(account));
                }
            }
            Step::HandOver(institution) => {
                for (_, delegate) in self.accounts(Role::Delegate) {
                    for (_, account) in self.accounts(Role::Service) {
                        let institution = some_institution(*institution);
                        let call = SeatCall::hand_over_account { institution, account };
                        let _ = dispatch(call, signed(delegate.clone()));
                    }
                }
            }
            Step::SuspendOwn(institution) => {
                for (_, account) in self.accounts(Role::Delegate) {
                    let call = SeatCall::suspend_authority { institution: some_institution(*institution) };
                    let _ = dispatch(call, signed(account));
                }
            }
            Step::Revoke(member) => {
                for (_, account) in self.accounts(Role::Issuer) {
                    let _ = dispatch(MemberCall::revoke_member { member: some_member(*member) }, signed(account));
                }
            }
            Step::NextSession => {
                next_block();
                Session::rotate_session();
            }
        }
    }

    /// Returns the call that they propose.
    fn call(&self, decision: Decision, on: u32) -> RuntimeCall {
        let (institution, member) = (some_institution(on), some_member(on));
        let place = on as usize;
        let (services, delegates) = (self.accounts(Role::Service), self.accounts(Role::Delegate));
        let service = || services[place % services.len()].1.clone();
        match decision {
            Decision::AdmitAuthority => {
                // An institution without a seat where they have people, if there is one.
                let free = |person: &&(InstitutionId, AccountId)| !Seats::<Runtime>::contains_key(person.0);
                let Some((institution, account)) = services.iter().find(free).cloned() else {
                    let (account, delegate) = (service(), delegates[place % delegates.len()].1.clone());
                    return SeatCall::admit_authority { institution, account, delegate }.into();
                };
                let delegate = delegates.iter().rev().find(|person| person.0 == institution).or(delegates.first());
                SeatCall::admit_authority { institution, account, delegate: delegate.unwrap().1.clone() }.into()
            }
            Decision::RemoveAuthority => SeatCall::remove_authority { institution }.into(),
            Decision::ForceRemoveAuthority => SeatCall::force_remove_authority { institution }.into(),
            Decision::SuspendAuthority => SeatCall::suspend_authority { institution }.into(),
            Decision::ReinstateAuthority => SeatCall::reinstate_authority { institution }.into(),
            Decision::HandOver => SeatCall::hand_over_account { institution, account: service() }.into(),
            Decision::ResumeFinality => SeatCall::resume_finality { last_final: 0, wait: 1 }.into(),
            Decision::WithdrawResumption => SeatCall::withdraw_resumption {}.into(),
            Decision::PlanUpgrade => {
                UpgradeCall::plan_upgrade { code_hash: H256::zero(), spec_version: u32::MAX }.into()
            }
            Decision::SetUpgradeDelay => UpgradeCall::set_upgrade_delay { delay: DAY }.into(),
            Decision::AdmitInstitution => {
                MemberCall::admit_institution { profile: profile(NextInstitution::<Runtime>::get().0) }.into()
            }
            Decision::UpdateInstitution => {
                MemberCall::update_institution { institution, profile: known_profile(institution) }.into()
            }
            Decision::RotateIssuingKey => {
                let issuing_key = public(&pair(institution.0, "stolen"));
                MemberCall::rotate_issuing_key { institution, issuing_key }.into()
            }
            Decision::SuspendInstitution => MemberCall::suspend_institution { institution }.into(),
            Decision::ReinstateInstitution => MemberCall::reinstate_institution { institution }.into(),
            Decision::RemoveInstitution => MemberCall::remove_institution { institution }.into(),
            Decision::SuspendMember => MemberCall::suspend_member { member }.into(),
            Decision::ReinstateMember => MemberCall::reinstate_member { member }.into(),
            Decision::RevokeMember => MemberCall::revoke_member { member }.into(),
            Decision::RequireOneVerification => MemberCall::set_required_verifications { count: 1 }.into(),
            Decision::SetParameter => UpgradeCall::set_parameter { parameter: Parameter::RequestLife(DAY) }.into(),
            Decision::PauseRedeeming => {
                let name = |name: &str| name.as_bytes().to_vec().try_into().unwrap();
                UpgradeCall::pause_call { pallet: name("Membership"), call: name("add_transaction_key") }.into()
            }
            Decision::Disapprove => {
                RuntimeCall::Council(pallet_collective::Call::disapprove_proposal { proposal_hash: H256::zero() })
            }
            Decision::SetMembers => RuntimeCall::Council(pallet_collective::Call::set_members {
                new_members: self.in_council(),
                prime: None,
                old_count: council_size(),
            }),
            Decision::AllAtOnce => {
                let calls = self
                    .honest
                    .iter()
                    .map(|(institution, _)| SeatCall::force_remove_authority { institution: *institution }.into());
                RuntimeCall::Utility(pallet_utility::Call::force_batch { calls: calls.collect() })
            }
        }
    }

    /// Admits and verifies a new member of staff, with an issuing key that they have.
    fn join(&mut self, institution: InstitutionId, role: Role) -> Result<(), DispatchError> {
        self.serial += 1;
        let offering = Institutions::<Runtime>::get(institution).ok_or(DispatchError::CannotLookup)?;
        let issuing = self.issuing_key(institution, &offering.profile).ok_or(DispatchError::Other("no key"))?;
        let key = |purpose: &str| pair(self.serial, &format!("newcomer {purpose}"));
        let (voucher_key, transaction, membership) = (key("voucher"), key("transaction"), key("membership"));
        let voucher = Voucher {
            institution,
            issuing_epoch: offering.issuing_epoch,
            serial: self.serial.into(),
            role,
            profile: Digest::default(),
            expires_at: START + DAY,
            valid_until: None,
            voucher_key: public(&voucher_key),
        };
        let newcomer = Newcomer {
            transaction_key: public(&transaction),
            membership_key: public(&membership),
            encryption_key: EncryptionKey::x25519([9; 32]),
        };
        let genesis = Digest(System::block_hash(u32::zero()).0);
        let payload = redemption_payload(&genesis, &voucher, &newcomer);
        let signatures = RedemptionSignatures {
            voucher_key: voucher_key.sign(&payload),
            transaction_key: transaction.sign(&payload),
            membership_key: membership.sign(&payload),
        };
        let issuer_signature = issuing.sign(&voucher.payload(&genesis));
        let authorized = || RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
        let member = NextMember::<Runtime>::get();
        dispatch(MemberCall::redeem { voucher, issuer_signature, newcomer, signatures }, authorized())?;
        for (verifier_institution, verifier) in self.accounts(Role::Verifier) {
            if dispatch(MemberCall::challenge { member, nonce: Digest([1; 32]) }, RuntimeOrigin::signed(verifier))
                .is_err()
            {
                continue;
            }
            next_block();
            let challenge: Challenge =
                pallet_salus_membership::Challenges::<Runtime>::get(member, verifier_institution).unwrap();
            let block_hash = Digest(System::block_hash(challenge.block).0);
            let signature: sr25519::Signature =
                membership.sign(&answer_payload(&genesis, member, &challenge, &block_hash));
            let _ = dispatch(MemberCall::answer { member, verifier_institution, signature }, authorized());
        }
        let is_active = |member: Member| member.status == MemberStatus::Active;
        if Members::<Runtime>::get(member).is_some_and(is_active) {
            self.people.push(Person { institution, role, account: AccountId::new(transaction.public().0) });
        }
        Ok(())
    }

    /// Returns the issuing key of an institution, if they have it: their own, that of one they admitted, the one that
    /// they stole, or one that they set.
    fn issuing_key(&self, institution: InstitutionId, profile: &InstitutionProfile) -> Option<sr25519::Pair> {
        let is_honest = self.honest.iter().any(|(honest, _)| *honest == institution);
        let own = (!is_honest || self.robbed == Some(institution)).then(|| pair(institution.0, "issuing"));
        let candidates = own.into_iter().chain([pair(institution.0, "stolen")]);
        candidates.into_iter().find(|pair| public(pair) == profile.issuing_key)
    }

    /// Checks that they have not reached what takes two thirds.
    pub(crate) fn assert_short_of_two_thirds(&self, step: &Step) {
        let own = self.in_council().len() as u32;
        assert!(own < two_thirds(council_size()), "{own} of {} after {step:?}", council_size());
        for (institution, seat) in &self.honest {
            assert_eq!(Seats::<Runtime>::get(institution).as_ref(), Some(seat), "after {step:?}");
        }
        let voting = Authorities::voting();
        assert!(self.honest.iter().all(|(institution, _)| voting.contains(institution)), "after {step:?}");
        let others = voting.iter().filter(|voter| !self.honest.iter().any(|(honest, _)| honest == *voter)).count();
        // More than two thirds make blocks final.
        assert!(others * 3 <= voting.len() * 2, "{others} of {} finalize after {step:?}", voting.len());
        assert!(pallet_salus_upgrades::Planned::<Runtime>::get().is_none(), "after {step:?}");
        assert!(Resuming::<Runtime>::get().is_none(), "after {step:?}");
        let delay = pallet_salus_upgrades::UpgradeDelay::<Runtime>::get();
        assert_eq!(delay, pallet_salus_upgrades::Delay::of(1_000), "after {step:?}");
    }
}

/// Returns the number of an institution, which may not exist.
fn some_institution(number: u32) -> InstitutionId {
    InstitutionId(number % (NextInstitution::<Runtime>::get().0 + 1))
}

/// Returns the number of a member, who may not exist.
fn some_member(number: u32) -> MemberId {
    MemberId(u64::from(number) % (NextMember::<Runtime>::get().0 + 1))
}

fn known_profile(institution: InstitutionId) -> InstitutionProfile {
    Institutions::<Runtime>::get(institution).map_or_else(|| profile(institution.0), |other| other.profile)
}
