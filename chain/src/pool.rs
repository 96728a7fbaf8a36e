// SPDX-License-Identifier: Apache-2.0

//! The answer of a node's pool to a transaction.

use super::{QueryError, SubmitError};
use salus_primitives::{refusal::Refusal, Digest};
use subxt::{
    client::OnlineClientAtBlockImpl,
    error::{BackendError, ExtrinsicError, RpcError},
    rpcs::UserError,
    transactions::{
        SubmittableTransaction, TransactionInvalid, TransactionProgress, TransactionUnknown, ValidationResult,
    },
    SubstrateConfig,
};

/// The code with which a pool says that a transaction is not valid, and in the error's data why.
const INVALID: i32 = 1010;

/// The code with which it says that it has the transaction already.
const IMPORTED: i32 = 1013;

/// The code with which it says that it refused this very transaction less than half an hour ago.
const BANNED: i32 = 1012;

/// The code with which it says that it has another transaction of the account with this nonce.
const TOO_LOW_PRIORITY: i32 = 1014;

/// The code with which it says that it is full, and that the transactions which it has come first.
const FULL: i32 = 1016;

/// How it writes our own refusals.
const CUSTOM: &str = "Custom error: ";

/// How it says that the signature does not fit: also to a transaction that names a block which it does not know yet.
const BAD_SIGNATURE: &str = "Transaction has a bad signature";

/// How it says that the account has used the nonce.
const OUTDATED: &str = "Transaction is outdated";

/// A transaction that is ready to be submitted.
pub(super) type Transaction = SubmittableTransaction<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// How a transaction that the pool took can be watched.
pub(super) enum Watch {
    /// The pool tells.
    Pool(TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>),
    /// It has the transaction, but does not tell: blocks have to be looked at.
    Blocks,
}

/// Why a pool did not take a transaction that was valid a moment before.
pub(super) enum NotTaken {
    /// It looks at an older block than the node itself, as after a start: signed again, it may be taken a moment later.
    Behind(SubmitError),
    /// Other transactions of the account have the nonce or wait before it, or this very one is banned for a while. Signed
    /// again with the next nonce, it may be taken.
    Overtaken(SubmitError),
    /// An allowance is spent, or the pool is full: it may be taken later.
    Later(SubmitError),
    /// Anything else.
    Other(SubmitError),
}

impl From<SubmitError> for NotTaken {
    fn from(error: SubmitError) -> Self {
        Self::Other(error)
    }
}

impl From<NotTaken> for SubmitError {
    fn from(not_taken: NotTaken) -> Self {
        let (NotTaken::Behind(error) | NotTaken::Overtaken(error) | NotTaken::Later(error) | NotTaken::Other(error)) =
            not_taken;
        error
    }
}

/// Whether the node finds the transaction valid in its newest block; it says by a code why not.
pub(super) async fn check(transaction: &Transaction) -> Result<(), NotTaken> {
    let validated = transaction.validate().await;
    match validated.map_err(|error| SubmitError::from(QueryError::Node(error.to_string())))? {
        ValidationResult::Valid(_) => Ok(()),
        ValidationResult::Invalid(TransactionInvalid::Custom(code)) => Err(match Refusal::from_code(code) {
            Some(refusal) => refused_with(refusal),
            None => SubmitError::Invalid(format!("code {code}")).into(),
        }),
        ValidationResult::Invalid(reason @ TransactionInvalid::Stale) => {
            Err(NotTaken::Overtaken(SubmitError::Invalid(invalid(&reason))))
        }
        ValidationResult::Invalid(reason) => Err(SubmitError::Invalid(invalid(&reason)).into()),
        ValidationResult::Unknown(reason) => Err(SubmitError::Invalid(unknown(&reason)).into()),
    }
}

/// Why Substrate itself does not take a transaction, for people.
fn invalid(reason: &TransactionInvalid) -> String {
    let text = match reason {
        TransactionInvalid::Call => "the runtime does not take this call from this signer",
        TransactionInvalid::Payment => "the signer cannot pay for it",
        TransactionInvalid::Future => "its nonce is ahead of the account's: an earlier transaction is missing",
        TransactionInvalid::Stale => "its nonce is used already: another transaction of the account was first",
        TransactionInvalid::BadProof => "a signature does not fit",
        TransactionInvalid::AncientBirthBlock => "the block that it names is too old",
        TransactionInvalid::ExhaustsResources => "it needs more than a block has left",
        TransactionInvalid::Custom(code) => return format!("code {code}"),
        TransactionInvalid::BadMandatory | TransactionInvalid::MandatoryValidation => {
            "only block authors make this call"
        }
        TransactionInvalid::BadSigner => "the signer's account is not an account of the chain",
    };
    text.to_owned()
}

/// Why Substrate itself cannot judge a transaction, for people.
fn unknown(reason: &TransactionUnknown) -> String {
    let text = match reason {
        TransactionUnknown::CannotLookup => "the node cannot look up what it needs to judge it",
        TransactionUnknown::NoUnsignedValidator => "the runtime takes this call only with a signature",
        TransactionUnknown::Custom(code) => return format!("code {code}"),
    };
    text.to_owned()
}

/// Hands the transaction to the node's pool.
///
/// A pool that makes a view of a new block in that moment takes the transaction into it. Then it says that it has it
/// already (polkadot-sdk pull request 12919). The transaction is in the next block nevertheless.
pub(super) async fn take(transaction: &Transaction) -> Result<Watch, NotTaken> {
    match transaction.submit_and_watch().await {
        Ok(progress) => Ok(Watch::Pool(progress)),
        Err(ExtrinsicError::ErrorSubmittingTransaction(error)) if is_imported(&error) => Ok(Watch::Blocks),
        Err(ExtrinsicError::ErrorSubmittingTransaction(error)) => Err(not_taken(&error)),
        Err(other) => {
            let hash = Digest(transaction.hash().0);
            Err(SubmitError::Unknown { hash, cause: other.to_string() }.into())
        }
    }
}

fn not_taken(error: &BackendError) -> NotTaken {
    let code = said(error).map(|said| said.code);
    match refused(error) {
        error if code == Some(BANNED) || code == Some(TOO_LOW_PRIORITY) => NotTaken::Overtaken(error),
        error if code == Some(FULL) => NotTaken::Later(error),
        SubmitError::Invalid(reason) if reason == BAD_SIGNATURE => NotTaken::Behind(SubmitError::Invalid(reason)),
        SubmitError::Invalid(reason) if reason == OUTDATED => NotTaken::Overtaken(SubmitError::Invalid(reason)),
        SubmitError::Refused(refusal) => refused_with(refusal),
        other => NotTaken::Other(other),
    }
}

fn refused_with(refusal: Refusal) -> NotTaken {
    match refusal {
        Refusal::NonceTooFarAhead => NotTaken::Overtaken(SubmitError::Refused(refusal)),
        Refusal::MemberAllowanceSpent | Refusal::InstitutionAllowanceSpent => {
            NotTaken::Later(SubmitError::Refused(refusal))
        }
        other => NotTaken::Other(SubmitError::Refused(other)),
    }
}

/// Whether the pool has the transaction already.
fn is_imported(error: &BackendError) -> bool {
    said(error).is_some_and(|said| said.code == IMPORTED)
}

/// The node's answer, if it is the node that says no.
fn said(error: &BackendError) -> Option<&UserError> {
    match error {
        BackendError::Rpc(RpcError::ClientError(subxt::rpcs::Error::User(said))) => Some(said),
        _ => None,
    }
}

/// Why the pool did not take a transaction that was valid a moment before: the node says it in the error's data only.
fn refused(error: &BackendError) -> SubmitError {
    let Some(said) = said(error) else { return SubmitError::Invalid(error.to_string()) };
    if said.code == BANNED {
        return SubmitError::Banned;
    }
    let data = said.data.as_ref().filter(|_| said.code == INVALID);
    let reason = data.map(|data| data.get().trim_matches('"')).unwrap_or(said.message.as_str());
    let code = reason.strip_prefix(CUSTOM).and_then(|code| code.trim().parse().ok());
    match code.and_then(Refusal::from_code) {
        Some(refusal) => SubmitError::Refused(refusal),
        None => SubmitError::Invalid(reason.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

    use super::*;

    fn answer(json: &str) -> BackendError {
        BackendError::Rpc(RpcError::ClientError(subxt::rpcs::Error::User(serde_json::from_str(json).unwrap())))
    }

    #[test]
    fn refusals_by_the_pool_say_why() {
        let ours = answer(r#"{"code":1010,"message":"Invalid Transaction","data":"Custom error: 5"}"#);
        assert!(matches!(refused(&ours), SubmitError::Refused(refusal) if refusal.code() == 5));
        let substrates = answer(r#"{"code":1010,"message":"Invalid Transaction","data":"Transaction is outdated"}"#);
        assert!(matches!(refused(&substrates), SubmitError::Invalid(why) if why == "Transaction is outdated"));
        let other = answer(r#"{"code":1016,"message":"Immediately Dropped","data":"Any { .. }"}"#);
        assert!(matches!(refused(&other), SubmitError::Invalid(why) if why == "Immediately Dropped"));
    }

    #[test]
    fn only_a_signature_that_is_called_bad_is_worth_another() {
        let behind =
            answer(r#"{"code":1010,"message":"Invalid Transaction","data":"Transaction has a bad signature"}"#);
        assert!(matches!(not_taken(&behind), NotTaken::Behind(_)));
        for reason in ["Transaction has an ancient birth block", "Custom error: 1"] {
            let other = format!(r#"{{"code":1010,"message":"Invalid Transaction","data":"{reason}"}}"#);
            assert!(matches!(not_taken(&answer(&other)), NotTaken::Other(_)), "{reason}");
        }
    }

    #[test]
    fn a_nonce_that_another_program_used_is_worth_the_next() {
        for said in [
            r#"{"code":1014,"message":"Priority is too low: (300 vs 300)","data":"The transaction has too low priority to replace another transaction already in the pool."}"#,
            r#"{"code":1012,"message":"Transaction is temporarily banned"}"#,
            r#"{"code":1010,"message":"Invalid Transaction","data":"Transaction is outdated"}"#,
            r#"{"code":1010,"message":"Invalid Transaction","data":"Custom error: 7"}"#,
        ] {
            assert!(matches!(not_taken(&answer(said)), NotTaken::Overtaken(_)), "{said}");
        }
    }

    #[test]
    fn a_full_pool_is_worth_waiting() {
        let full = r#"{"code":1016,"message":"Immediately Dropped","data":"The transaction couldn't enter the pool because of the limit"}"#;
        assert!(matches!(not_taken(&answer(full)), NotTaken::Later(SubmitError::Invalid(_))));
    }

    #[test]
    fn a_spent_allowance_is_worth_waiting_and_a_pause_is_not() {
        let refused = |code: u8| {
            not_taken(&answer(&format!(
                r#"{{"code":1010,"message":"Invalid Transaction","data":"Custom error: {code}"}}"#
            )))
        };
        for code in [5, 6] {
            assert!(matches!(refused(code), NotTaken::Later(SubmitError::Refused(_))), "{code}");
        }
        for code in [1, 8] {
            assert!(matches!(refused(code), NotTaken::Other(SubmitError::Refused(_))), "{code}");
        }
    }

    #[test]
    fn what_the_pool_has_already_is_not_refused() {
        assert!(is_imported(&answer(r#"{"code":1013,"message":"Transaction Already Imported","data":"Any { .. }"}"#)));
        assert!(!is_imported(&answer(r#"{"code":1010,"message":"Invalid Transaction"}"#)));
    }
}
