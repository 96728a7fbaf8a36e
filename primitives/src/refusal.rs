// SPDX-License-Identifier: Apache-2.0

//! The reasons why the pool refuses a transaction.
//!
//! Why a release gate refuses a reader, `GateRefusal` of the crate `salus-gate` says.

use crate::vocabulary::vocabulary;
use core::fmt;

vocabulary! {
    /// The reason why the pool refuses a transaction: the code of `InvalidTransaction::Custom`. Codes are never reused.
    Refusal, "refusal" {
        /// The signing account belongs to no member.
        NotMember = 1, "not-member", "the account belongs to no member";
        /// The member is pending, suspended, revoked or past its validity.
        MemberNotActive = 2, "member-not-active", "the member is not active";
        /// The member's institution is suspended or removed.
        InstitutionNotActive = 3, "institution-not-active", "the member's institution is not active";
        /// The member's role may never make this call.
        RoleMayNotCall = 4, "role-may-not-call", "the member's role may not make this call";
        /// The member has spent its traffic allowance; it refills with time.
        MemberAllowanceSpent = 5, "member-allowance-spent",
            "the member's traffic allowance is spent: try again later";
        /// The member's institution has spent its traffic allowance; it refills with time.
        InstitutionAllowanceSpent = 6, "institution-allowance-spent",
            "the institution's traffic allowance is spent: try again later";
        /// The nonce is more than 16 ahead of the account's.
        NonceTooFarAhead = 7, "nonce-too-far-ahead", "the nonce is too far ahead of the account's";
        /// The council has paused the call, or one within it.
        CallPaused = 8, "call-paused", "the council has paused this call: try again later";
        /// No such institution, or it is not active.
        UnknownInstitution = 20, "unknown-institution", "the voucher names no active institution";
        /// The voucher was made with an issuing key that has been replaced.
        VoidIssuingEpoch = 21, "void-issuing-epoch", "the voucher's issuing key has been replaced";
        /// The voucher has been redeemed already.
        VoucherRedeemed = 22, "voucher-redeemed", "the voucher has been redeemed already";
        /// The voucher has expired.
        VoucherExpired = 23, "voucher-expired", "the voucher has expired";
        /// The voucher would be valid for more than 30 days.
        VoucherTooLong = 24, "voucher-too-long", "the voucher would be valid for more than 30 days";
        /// The institution may not admit this role, or the role may not have this validity.
        RoleNotAdmissible = 25, "role-not-admissible", "the institution may not admit this role with this validity";
        /// The institution has admitted as many members as the council allows.
        AdmissionQuotaReached = 26, "admission-quota-reached", "the institution's admission quota is reached";
        /// A key of the newcomer is already in use, or cannot be used.
        KeyNotUsable = 27, "key-not-usable", "a key is already in use or cannot be used";
        /// One of the signatures does not fit.
        BadSignature = 28, "bad-signature", "a signature does not fit";
        /// There is no pending member, or no open challenge, that this answers.
        NoChallenge = 29, "no-challenge", "no open challenge of a pending member fits the answer";
        /// The challenge has expired.
        ChallengeExpired = 30, "challenge-expired", "the challenge has expired";
        /// The challenge is in this very block, or in one too old to be known.
        ChallengeBlockUnknown = 31, "challenge-block-unknown", "the challenge's block is not known yet, or no longer";
        /// The verifier who challenged is not active any more.
        VerifierNotActive = 32, "verifier-not-active", "the verifier is not active";
        /// The institution has admitted as many members in the last hour as it may. More may join with time.
        AdmissionRateSpent = 33, "admission-rate-spent",
            "the institution admits too many members at once: try again later";
        /// This newcomer has redeemed this voucher already: a copy of the transaction came first.
        AlreadyJoined = 34, "already-joined", "the voucher has been redeemed already, by this newcomer";
        /// The institution has verified the member already: a copy of the answer came first.
        AlreadyVerified = 35, "already-verified", "the institution has verified the member already";
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Refusal {}
