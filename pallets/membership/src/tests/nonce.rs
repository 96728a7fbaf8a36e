// SPDX-License-Identifier: Apache-2.0

//! `BoundedNonce`: the same as `CheckNonce` to clients, and within a window.

use super::*;
use crate::BoundedNonce;
use codec::{Decode, Encode};
use frame_support::dispatch::DispatchInfo;
use frame_system::CheckNonce;
use sp_runtime::traits::{DispatchTransaction, TransactionExtension};

fn call() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn validate(nonce: u32) -> Result<ValidTransaction, TransactionValidityError> {
    let check = BoundedNonce::<Test>::from(nonce);
    let info = DispatchInfo::default();
    check
        .validate_only(signed(DOCTOR), &call(), &info, 1, TransactionSource::External, 0)
        .map(|(validity, ..)| validity)
}

#[test]
fn nonce_is_taken_up_to_the_window_and_not_beyond() {
    Builder::default().test(|| {
        frame_system::Account::<Test>::mutate(DOCTOR.account(), |account| account.nonce = 100);
        let too_far = InvalidTransaction::Custom(Refusal::NonceTooFarAhead.code());
        for nonce in [100, 101, 100 + NONCE_WINDOW] {
            assert!(validate(nonce).is_ok());
        }
        for nonce in [101 + NONCE_WINDOW, u32::MAX] {
            assert_eq!(validate(nonce), Err(too_far.into()));
        }
        for nonce in [0, 99] {
            assert_eq!(validate(nonce), Err(InvalidTransaction::Stale.into()));
        }
    });
}

#[test]
fn nonce_is_otherwise_what_check_nonce_makes_it() {
    Builder::default().test(|| {
        let info = DispatchInfo::default();
        let run = |nonce: u32| {
            let check = BoundedNonce::<Test>::from(nonce);
            check.test_run(signed(DOCTOR), &call(), &info, 1, 0, |_| Ok(().into())).map(|_| ())
        };
        let theirs = CheckNonce::<Test>::from(3);
        let (theirs, ..) =
            theirs.validate_only(signed(DOCTOR), &call(), &info, 1, TransactionSource::External, 0).unwrap();
        assert_eq!(validate(3), Ok(theirs));

        assert_eq!(run(1), Err(InvalidTransaction::Future.into()));
        assert_eq!(run(0), Ok(()));
        assert_eq!(System::account_nonce(DOCTOR.account()), 1);
        assert_eq!(run(0), Err(InvalidTransaction::Stale.into()));
        assert_eq!(run(1), Ok(()));
    });
}

#[test]
fn nonce_looks_like_check_nonce_to_clients() {
    let (ours, theirs) = (BoundedNonce::<Test>::from(300), CheckNonce::<Test>::from(300));
    assert_eq!(ours.encode(), theirs.encode());
    assert_eq!(BoundedNonce::decode(&mut &theirs.encode()[..]), Ok(ours));

    let ours = <BoundedNonce<Test> as TransactionExtension<RuntimeCall>>::metadata();
    let theirs = <CheckNonce<Test> as TransactionExtension<RuntimeCall>>::metadata();
    assert_eq!((ours.len(), ours[0].identifier), (1, theirs[0].identifier));
    assert_eq!((ours[0].ty, ours[0].implicit), (theirs[0].ty, theirs[0].implicit));
}

#[test]
fn nonce_is_zero_where_no_account_signs() {
    Builder::default().test(|| {
        let run = |nonce: u32| {
            let check = BoundedNonce::<Test>::from(nonce);
            let info = DispatchInfo { extension_weight: check.weight(&call()), ..Default::default() };
            check.test_run(authorized(), &call(), &info, 1, 0, |_| Ok(().into())).map(|_| ())
        };
        assert_eq!(run(0), Ok(()));
        let refusal = InvalidTransaction::Custom(Refusal::NonceTooFarAhead.code());
        for nonce in [1, u32::MAX] {
            assert_eq!(run(nonce), Err(refusal.into()));
        }
    });
}
