// SPDX-License-Identifier: Apache-2.0

//! Keeps one account from filling the pool with transactions that wait for each other: [`BoundedNonce`].

use crate::{Config, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    ensure,
    pallet_prelude::TransactionSource,
    traits::Get,
    weights::Weight,
    CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::CheckNonce;
use salus_primitives::refusal::Refusal;
use scale_info::{StaticTypeInfo, Type, TypeInfo};
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
        TransactionExtension, ValidateResult, Zero,
    },
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    AccountId32, DispatchResult, Saturating,
};

/// [`CheckNonce`], which also refuses a nonce more than [`Config::NonceWindow`] ahead of the account's. Where no
/// account signs, it refuses every nonce but zero.
///
/// Clients see `CheckNonce`: identifier, type and encoding are the same, so wallets fill it in as they always do.
#[derive(Encode, Decode, DecodeWithMemTracking, CloneNoBound, EqNoBound, PartialEqNoBound, DebugNoBound)]
pub struct BoundedNonce<T: Config>(CheckNonce<T>);

impl<T: Config> BoundedNonce<T> {
    /// For a transaction with this nonce.
    pub fn from(nonce: T::Nonce) -> Self {
        Self(CheckNonce::from(nonce))
    }
}

impl<T: Config> TypeInfo for BoundedNonce<T>
where
    CheckNonce<T>: StaticTypeInfo,
{
    type Identity = CheckNonce<T>;

    fn type_info() -> Type {
        CheckNonce::<T>::type_info()
    }
}

impl<T> TransactionExtension<T::RuntimeCall> for BoundedNonce<T>
where
    T: Config + Send + Sync,
    T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
    DispatchOriginOf<T::RuntimeCall>: AsSystemOriginSigner<AccountId32> + Clone,
{
    const IDENTIFIER: &'static str = <CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::IDENTIFIER;
    type Implicit = <CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::Implicit;
    type Val = <CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::Val;
    type Pre = <CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::Pre;

    fn weight(&self, call: &T::RuntimeCall) -> Weight {
        // `CheckNonce` refunds its own weight when no account signs, so this weight must not be smaller.
        self.0.weight(call).max(<T as Config>::WeightInfo::bounded_nonce())
    }

    fn validate(
        &self,
        origin: DispatchOriginOf<T::RuntimeCall>,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
        implicit: Self::Implicit,
        implication: &impl Implication,
        source: TransactionSource,
    ) -> ValidateResult<Self::Val, T::RuntimeCall> {
        if let Some(account) = origin.as_system_origin_signer() {
            let ahead = self.0 .0.saturating_sub(frame_system::Pallet::<T>::account_nonce(account));
            let refusal = InvalidTransaction::Custom(Refusal::NonceTooFarAhead.code());
            ensure!(ahead <= T::NonceWindow::get().into(), refusal);
        } else {
            // No signature covers the nonce here, so a copy with another nonce would be another transaction.
            let refusal = InvalidTransaction::Custom(Refusal::NonceTooFarAhead.code());
            ensure!(self.0 .0.is_zero(), refusal);
        }
        self.0.validate(origin, call, info, len, implicit, implication, source)
    }

    fn prepare(
        self,
        val: Self::Val,
        origin: &DispatchOriginOf<T::RuntimeCall>,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        self.0.prepare(val, origin, call, info, len)
    }

    fn post_dispatch_details(
        pre: Self::Pre,
        info: &DispatchInfoOf<T::RuntimeCall>,
        post_info: &PostDispatchInfoOf<T::RuntimeCall>,
        len: usize,
        result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        <CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::post_dispatch_details(
            pre, info, post_info, len, result,
        )
    }
}
