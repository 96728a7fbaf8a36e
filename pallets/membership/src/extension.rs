// SPDX-License-Identifier: Apache-2.0

//! [`MemberGate`], the transaction extension that admits signed transactions.

use crate::{AccountOwners, CallClass, Config, Institutions, Members, Pallet, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    ensure,
    pallet_prelude::TransactionSource,
    traits::{Get, Time},
    weights::Weight,
    CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use salus_primitives::{
    allowance::{Cost, Quota, Usage},
    membership::{InstitutionStatus, MemberStatus, Role},
    refusal::Refusal,
    InstitutionId, MemberId,
};
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
        TransactionExtension, ValidateResult,
    },
    transaction_validity::{InvalidTransaction, TransactionPriority, TransactionValidityError, ValidTransaction},
    AccountId32, DispatchResult,
};

/// The pool's priority of votes, seats and session keys: before everything else.
pub const COUNCIL_PRIORITY: TransactionPriority = 1_000_000;
/// The pool's priority of reserved calls: revoking and refusing come before what is ordinary.
pub const RESERVED_PRIORITY: TransactionPriority = 100_000;
/// The pool's priority of an attempt that is let in to be logged as a denial: after everything else.
const ATTEMPT_PRIORITY: TransactionPriority = 1;

/// How many members' reserves the staff of an institution may spend together, and again the patients that it admitted.
pub const SHARES: u64 = 4;
/// How many times a shared allowance members can spend who spent little themselves. It refills no faster.
pub const HEADROOM: u64 = 2;
/// Which part of a member's own allowance counts as little, both at once and in the time in which the allowance
/// refills.
///
/// Members can fill the headroom only while each of them spends no more than this part. So it takes as many
/// members as this number times those who can spend the shared allowance: for a reserve, more than a hundred.
pub const LITTLE_PART: u64 = 32;
/// Which part of its staff's allowance the patients that an institution admitted may spend together: a half.
const PATIENTS_PART: u64 = 2;
/// Which part of a member's reserve a member without standing may spend on attempts.
const ATTEMPTS_PART: u64 = 50;

/// The policy of the runtime: which role may make which call, and which calls are paused. It looks into calls within
/// calls.
pub trait CallPolicy<Call> {
    /// Returns the class of `call` when a member with `role` signs it; none if that role may never make it.
    fn class(role: Role, call: &Call) -> Option<CallClass>;

    /// Whether `call` records a denial when its signer may not act. Suspended and expired staff may make it, within a
    /// tight bound, so that the attempt is logged.
    fn logs_denials(call: &Call) -> bool;

    /// Whether `call`, or a call within it, is paused.
    fn is_paused(call: &Call) -> bool;

    /// Returns the number of calls in `call`, itself included. Dispatch checks for each of them whether it is paused.
    fn calls_within(call: &Call) -> u64;
}

/// Refuses every call.
impl<Call> CallPolicy<Call> for () {
    fn class(_: Role, _: &Call) -> Option<CallClass> {
        None
    }
    fn logs_denials(_: &Call) -> bool {
        false
    }
    fn is_paused(_: &Call) -> bool {
        false
    }
    fn calls_within(_: &Call) -> u64 {
        1
    }
}

/// Admits transactions of active members: calls of their role, within their own allowance and the shared one of all
/// whom their institution admitted. Patients have shared allowances of their own. No institution can suspend a
/// patient.
///
/// A few members can spend a shared allowance. So a member who spent little may take it up to [`HEADROOM`] times: a
/// flood keeps no patient from revoking, and no delegate from voting. Only the ordinary calls of staff have no
/// headroom.
///
/// It encodes to nothing and has no implicit data, so clients need no definition of it. It lets transactions without a
/// signer (an authorized redemption or answer) pass unless the call is paused. It refuses with the code of a
/// [`Refusal`], and refunds weight that a call did not use.
#[derive(Encode, Decode, DecodeWithMemTracking, CloneNoBound, EqNoBound, PartialEqNoBound, DebugNoBound, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct MemberGate<T>(PhantomData<T>);

impl<T> MemberGate<T> {
    /// The gate.
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for MemberGate<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The charge of a transaction to the allowances of its signer and institution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bill {
    /// The member who pays.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// The institution that admitted the member.
    pub institution: InstitutionId,
    /// The class of the call; that of reserved calls for an attempt.
    pub class: CallClass,
    /// Whether the member may not act, and the gate admits the transaction only so that the log has the denial.
    pub is_attempt: bool,
    /// The member's usage in this class, after the charge.
    pub usage: Usage,
    /// The usage in this class of all whom the institution admitted, after the charge.
    pub together: Usage,
}

impl Bill {
    /// Returns the pool's priority, which is never zero. Ordinary calls of researchers and services, who send in bulk,
    /// come after those of other roles.
    pub fn priority(&self) -> TransactionPriority {
        match (self.class, self.role) {
            _ if self.is_attempt => ATTEMPT_PRIORITY,
            (CallClass::Council, _) => COUNCIL_PRIORITY,
            (CallClass::Reserved, _) => RESERVED_PRIORITY,
            (CallClass::Ordinary, Role::Researcher | Role::Service) => 100,
            (
                CallClass::Ordinary,
                Role::Patient
                | Role::Clinician
                | Role::Laboratory
                | Role::Pharmacist
                | Role::Issuer
                | Role::Verifier
                | Role::Auditor
                | Role::Delegate,
            ) => 200,
        }
    }
}

/// The value that `prepare` of [`MemberGate`] passes to `post_dispatch_details`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charge {
    /// No member signs. The gate charges no allowance, and refunds this weight.
    Nothing(Weight),
    /// A member signs.
    Bill(Bill),
}

impl<T> TransactionExtension<T::RuntimeCall> for MemberGate<T>
where
    T: Config + Send + Sync,
    T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
    DispatchOriginOf<T::RuntimeCall>: AsSystemOriginSigner<AccountId32>,
{
    const IDENTIFIER: &'static str = "MemberGate";
    type Implicit = ();
    type Val = Charge;
    type Pre = Charge;

    /// The measured weight has one look at what is paused. The system's filter looks again, for each call by itself.
    fn weight(&self, call: &T::RuntimeCall) -> Weight {
        let looks = T::DbWeight::get().reads(T::CallPolicy::calls_within(call));
        <T as Config>::WeightInfo::member_gate().saturating_add(looks)
    }

    fn validate(
        &self,
        origin: DispatchOriginOf<T::RuntimeCall>,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
        _: Self::Implicit,
        _: &impl Implication,
        _: TransactionSource,
    ) -> ValidateResult<Self::Val, T::RuntimeCall> {
        let Some(account) = origin.as_system_origin_signer() else {
            let refusal = InvalidTransaction::Custom(Refusal::CallPaused.code());
            ensure!(!T::CallPolicy::is_paused(call), refusal);
            let unneeded = <T as Config>::WeightInfo::member_gate();
            return Ok((ValidTransaction::default(), Charge::Nothing(unneeded), origin));
        };
        let cost = Cost { time: info.total_weight().ref_time(), bytes: u64::try_from(len).unwrap_or(u64::MAX) };
        let bill =
            Pallet::<T>::bill(account, call, cost).map_err(|refusal| InvalidTransaction::Custom(refusal.code()))?;
        let validity = ValidTransaction { priority: bill.priority(), ..Default::default() };
        Ok((validity, Charge::Bill(bill), origin))
    }

    fn prepare(
        self,
        charge: Self::Val,
        _: &DispatchOriginOf<T::RuntimeCall>,
        _: &T::RuntimeCall,
        _: &DispatchInfoOf<T::RuntimeCall>,
        _: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        if let Charge::Bill(bill) = &charge {
            Pallet::<T>::pay(bill);
        }
        Ok(charge)
    }

    fn post_dispatch_details(
        charge: Self::Pre,
        info: &DispatchInfoOf<T::RuntimeCall>,
        post_info: &PostDispatchInfoOf<T::RuntimeCall>,
        _: usize,
        _: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        match charge {
            Charge::Nothing(unneeded) => Ok(unneeded),
            Charge::Bill(bill) => {
                Pallet::<T>::give_back(&bill, post_info.calc_unspent(info).ref_time());
                Ok(Weight::zero())
            }
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the charge for `call` at this cost, or the reason why `account` may not make it. It reads the account's
    /// owner, the member, the institution that admitted it, whether the call is paused, and the member's quota.
    fn bill(account: &AccountId32, call: &T::RuntimeCall, cost: Cost) -> Result<Bill, Refusal> {
        let now = T::Time::now();
        let id = AccountOwners::<T>::get(account).filter(|owner| owner.live).ok_or(Refusal::NotMember)?.member;
        let mut member = Members::<T>::get(id).ok_or(Refusal::NotMember)?;
        let mut institution = Institutions::<T>::get(member.admitted_by).ok_or(Refusal::InstitutionNotActive)?;
        let is_staff = member.role.is_staff();
        let is_within_validity = member.valid_until.is_none_or(|until| now < until);
        let is_attempt = match member.status {
            MemberStatus::Active => !is_within_validity,
            MemberStatus::Suspended => true,
            MemberStatus::Pending | MemberStatus::Revoked => return Err(Refusal::MemberNotActive),
        };
        ensure!(!is_attempt || T::CallPolicy::logs_denials(call), Refusal::MemberNotActive);
        ensure!(!is_staff || institution.status == InstitutionStatus::Active, Refusal::InstitutionNotActive);
        let allowed = T::CallPolicy::class(member.role, call).ok_or(Refusal::RoleMayNotCall)?;
        ensure!(!T::CallPolicy::is_paused(call), Refusal::CallPaused);

        // The member's ordinary calls before a suspension must not keep an attempt out of the log.
        let class = if is_attempt { CallClass::Reserved } else { allowed };
        let (own, shared) = Self::quotas(class, is_attempt, is_staff, institution.profile.traffic_quota);
        let (usage, together) = (*member.usage.of(class), *institution.usage.of(class, is_staff));
        let spent = usage.spend(cost, &own, now).ok_or(Refusal::MemberAllowanceSpent)?;
        let together = together.spend_up_to(cost, &shared, HEADROOM, now).ok_or(Refusal::InstitutionAllowanceSpent)?;
        let usage = if together.is_within(&shared) {
            spent
        } else {
            let has_headroom = class != CallClass::Ordinary || !is_staff;
            let little = usage.spend(cost, &own.divided_by(LITTLE_PART), now);
            little.filter(|_| has_headroom).ok_or(Refusal::InstitutionAllowanceSpent)?
        };
        Ok(Bill { member: id, role: member.role, institution: member.admitted_by, class, is_attempt, usage, together })
    }

    /// Returns the quota of a member in this class, and the one that the members of its institution share.
    ///
    /// Reserves do not depend on the traffic quota of the institution. With a small one, its members can still revoke,
    /// and its delegate can vote for a larger one.
    fn quotas(class: CallClass, is_attempt: bool, is_staff: bool, traffic: Quota) -> (Quota, Quota) {
        match class {
            CallClass::Ordinary => {
                (T::MemberQuota::get(), if is_staff { traffic } else { traffic.divided_by(PATIENTS_PART) })
            }
            CallClass::Reserved => {
                let reserve = T::ReservedQuota::get();
                (if is_attempt { reserve.divided_by(ATTEMPTS_PART) } else { reserve }, reserve.times(SHARES))
            }
            CallClass::Council => (T::CouncilQuota::get(), T::CouncilQuota::get().times(SHARES)),
        }
    }

    fn pay(bill: &Bill) {
        Members::<T>::mutate_extant(bill.member, |member| *member.usage.of(bill.class) = bill.usage);
        Institutions::<T>::mutate_extant(bill.institution, |institution| {
            *institution.usage.of(bill.class, bill.role.is_staff()) = bill.together;
        });
    }

    /// Refunds `time`. No other charge happens between preparation and the end of dispatch, so the stored usage is the
    /// bill's.
    fn give_back(bill: &Bill, time: u64) {
        if time > 0 {
            let (usage, together) = (bill.usage.give_back(time), bill.together.give_back(time));
            Self::pay(&Bill { usage, together, ..*bill });
        }
    }
}
