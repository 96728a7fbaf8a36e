// SPDX-License-Identifier: Apache-2.0

//! What a signed transaction needs before it is let in: [`MemberGate`].

use crate::{Config, Cost, InstitutionUsage, Institutions, MemberUsage, Pallet, ReservedUsage, Usage, WeightInfo};
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
use salus_primitives::{membership::Role, questions::Membership, refusal::Refusal, InstitutionId, MemberId};
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
        TransactionExtension, ValidateResult,
    },
    transaction_validity::{InvalidTransaction, TransactionPriority, TransactionValidityError, ValidTransaction},
    AccountId32, DispatchResult,
};

/// The pool's priority of reserved calls: revoking and refusing come before everything else.
pub const RESERVED_PRIORITY: TransactionPriority = 1_000_000;

/// From which allowance a call is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallClass {
    /// The member's own and, for staff, the institution's.
    Ordinary,
    /// The member's reserve, for calls that must get through when all else is spent.
    Reserved,
}

/// Says which role may make which call, and which calls are paused. The runtime decides, also about calls within calls.
pub trait CallPolicy<Call> {
    /// The class of `call` when a member with `role` signs it; none if that role may never make it.
    fn class(role: Role, call: &Call) -> Option<CallClass>;

    /// Whether nobody may make `call` for the time being, because it or a call within it is paused.
    fn is_paused(call: &Call) -> bool;

    /// Of how many calls `call` is made, itself included: when they are dispatched, each is asked for whether it is paused.
    fn calls_within(call: &Call) -> u64;
}

/// Nobody may call anything.
impl<Call> CallPolicy<Call> for () {
    fn class(_: Role, _: &Call) -> Option<CallClass> {
        None
    }
    fn is_paused(_: &Call) -> bool {
        false
    }
    fn calls_within(_: &Call) -> u64 {
        1
    }
}

/// Admits transactions of active members: calls of their role, within their allowance and their institution's.
///
/// It has no size and implies nothing, so clients need no definition of it. Where nobody signs (an authorized
/// redemption or answer) it refuses what is paused, and has nothing else to say. What it refuses, it refuses with the code
/// of a [`Refusal`]. The weight that a call turns out not to need is given back.
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

/// What a transaction takes from allowances.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bill {
    /// Who pays.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// Of which class the call is.
    pub class: CallClass,
    /// What the member will then have spent in this class.
    pub usage: Usage,
    /// What the institution of a member of staff will then have spent.
    pub institution: Option<(InstitutionId, Usage)>,
}

impl Bill {
    /// The pool's priority. None is zero. A patient decides about single things and waits for them; services send in
    /// bulk.
    pub fn priority(&self) -> TransactionPriority {
        match (self.class, self.role) {
            (CallClass::Reserved, _) => RESERVED_PRIORITY,
            (_, Role::Patient | Role::Auditor | Role::Delegate) => 300,
            (_, Role::Clinician | Role::Laboratory | Role::Pharmacist | Role::Issuer | Role::Verifier) => 200,
            (_, Role::Researcher | Role::Service) => 100,
        }
    }
}

/// What passes from one stage of [`MemberGate`] to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charge {
    /// Nobody signs: nothing is charged, and this much of the gate's weight is not needed.
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
    /// Whether `account` may make `call` at this cost, and what it then pays.
    fn bill(account: &AccountId32, call: &T::RuntimeCall, cost: Cost) -> Result<Bill, Refusal> {
        let now = T::Time::now();
        let standing = Self::standing_of_account(account).ok_or(Refusal::NotMember)?;
        ensure!(standing.is_active(now), Refusal::MemberNotActive);
        ensure!(standing.is_institution_active(), Refusal::InstitutionNotActive);
        let (member, role) = (standing.member, standing.role);
        let class = T::CallPolicy::class(role, call).ok_or(Refusal::RoleMayNotCall)?;
        ensure!(!T::CallPolicy::is_paused(call), Refusal::CallPaused);

        let (usage, quota) = match class {
            CallClass::Ordinary => (MemberUsage::<T>::get(member), T::MemberQuota::get()),
            CallClass::Reserved => (ReservedUsage::<T>::get(member), T::ReservedQuota::get()),
        };
        let usage = usage.spend(cost, &quota, now).ok_or(Refusal::MemberAllowanceSpent)?;
        let institution = match (class, standing.institution_id()) {
            (CallClass::Ordinary, Some(id)) => {
                let quota = Institutions::<T>::get(id).ok_or(Refusal::InstitutionNotActive)?.profile.traffic_quota;
                let usage = InstitutionUsage::<T>::get(id).spend(cost, &quota, now);
                Some((id, usage.ok_or(Refusal::InstitutionAllowanceSpent)?))
            }
            _ => None,
        };
        Ok(Bill { member, role, class, usage, institution })
    }

    fn pay(bill: &Bill) {
        match bill.class {
            CallClass::Ordinary => MemberUsage::<T>::insert(bill.member, bill.usage),
            CallClass::Reserved => ReservedUsage::<T>::insert(bill.member, bill.usage),
        }
        if let Some((institution, usage)) = bill.institution {
            InstitutionUsage::<T>::insert(institution, usage);
        }
    }

    /// Nothing else is charged between preparation and the end of dispatch, so what was written is what the bill says.
    fn give_back(bill: &Bill, time: u64) {
        if time > 0 {
            let usage = bill.usage.give_back(time);
            let institution = bill.institution.map(|(id, usage)| (id, usage.give_back(time)));
            Self::pay(&Bill { usage, institution, ..*bill });
        }
    }
}
