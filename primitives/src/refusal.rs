// SPDX-License-Identifier: Apache-2.0

//! Why a transaction is refused before it enters a block.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Why the pool refuses a transaction: the code of `InvalidTransaction::Custom`. Codes are never reused.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Refusal {
            $($(#[$doc])* #[codec(index = $code)] $name = $code,)*
        }

        impl Refusal {
            /// All refusals.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What it means, for people.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

refusals! {
    /// The signing account belongs to no member.
    NotMember = 1, "the account belongs to no member";
    /// The member is pending, suspended, revoked or past its validity.
    MemberNotActive = 2, "the member is not active";
    /// The member's institution is suspended or removed.
    InstitutionNotActive = 3, "the member's institution is not active";
    /// The member's role may never make this call.
    RoleMayNotCall = 4, "the member's role may not make this call";
    /// The member has spent its traffic allowance; it refills with time.
    MemberAllowanceSpent = 5, "the member's traffic allowance is spent: try again later";
    /// The member's institution has spent its traffic allowance; it refills with time.
    InstitutionAllowanceSpent = 6, "the institution's traffic allowance is spent: try again later";
    /// The nonce is more than 16 ahead of the account's.
    NonceTooFarAhead = 7, "the nonce is too far ahead of the account's";
    /// The council has paused the call, or one within it.
    CallPaused = 8, "the council has paused this call: try again later";
    /// No such institution, or it is not active.
    UnknownInstitution = 20, "the voucher names no active institution";
    /// The voucher was made with an issuing key that has been replaced.
    VoidIssuingEpoch = 21, "the voucher's issuing key has been replaced";
    /// The voucher has been redeemed already.
    VoucherRedeemed = 22, "the voucher has been redeemed already";
    /// The voucher has expired.
    VoucherExpired = 23, "the voucher has expired";
    /// The voucher would be valid for more than 30 days.
    VoucherTooLong = 24, "the voucher would be valid for more than 30 days";
    /// The institution may not admit this role, or the role may not have this validity.
    RoleNotAdmissible = 25, "the institution may not admit this role with this validity";
    /// The institution has admitted as many members as the council allows.
    AdmissionQuotaReached = 26, "the institution's admission quota is reached";
    /// A key of the newcomer is already in use, or cannot be used.
    KeyNotUsable = 27, "a key is already in use or cannot be used";
    /// One of the signatures does not fit.
    BadSignature = 28, "a signature does not fit";
    /// There is no pending member, or no open challenge, that this answers.
    NoChallenge = 29, "no open challenge of a pending member fits the answer";
    /// The challenge has expired.
    ChallengeExpired = 30, "the challenge has expired";
    /// The challenge stands in this very block or in one too old to be known.
    ChallengeBlockUnknown = 31, "the challenge's block is not known yet, or no longer";
    /// The verifier who challenged is no longer active.
    VerifierNotActive = 32, "the verifier is not active";
}

impl Refusal {
    /// The code in `InvalidTransaction::Custom`.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The refusal with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_are_the_encoding() {
        for (place, refusal) in Refusal::ALL.iter().enumerate() {
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
            assert_eq!(refusal.encode(), [refusal.code()]);
            assert!(Refusal::ALL[..place].iter().all(|other| other.code() != refusal.code()));
        }
        assert_eq!(Refusal::from_code(0), None);
    }
}
