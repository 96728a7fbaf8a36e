// SPDX-License-Identifier: Apache-2.0

//! Signed transactions.

use codec::Encode;
use pallet_salus_membership::{BoundedNonce, MemberGate};
use salus_runtime::{AccountId, Address, Nonce, RuntimeCall, SignedPayload, TxExtension, UncheckedExtrinsic};
use sp_core::{crypto::Pair, sr25519};
use sp_runtime::{generic::Era, MultiSignature};

pub(crate) fn pair(uri: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(uri, None).unwrap()
}

pub(crate) fn account(uri: &str) -> AccountId {
    pair(uri).public().into()
}

pub(crate) fn extension(nonce: Nonce) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(Era::Immortal),
        MemberGate::new(),
        BoundedNonce::from(nonce),
        frame_system::CheckWeight::new(),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

pub(crate) fn signed(uri: &str, nonce: Nonce, call: RuntimeCall) -> UncheckedExtrinsic {
    signed_by(&pair(uri), nonce, call)
}

pub(crate) fn signed_by(pair: &sr25519::Pair, nonce: Nonce, call: RuntimeCall) -> UncheckedExtrinsic {
    let extension = extension(nonce);
    let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
    let signature = payload.using_encoded(|payload| pair.sign(payload));
    let signer = Address::Id(pair.public().into());
    UncheckedExtrinsic::new_signed(call, signer, MultiSignature::Sr25519(signature), extension)
}
