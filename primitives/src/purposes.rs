// SPDX-License-Identifier: Apache-2.0

//! Purposes of use, and sets of them.

use crate::{bit_set::bit_set, vocabulary::vocabulary};

vocabulary! {
    /// The reason why a member wants access (S4-07), after the HL7 v3 ActReason codes for purpose of use.
    Purpose, "purpose" {
        /// Care of the patient (`TREAT`).
        Treatment = 0, "treatment", "care of the patient";
        /// Laboratory work for the patient's care; the codes have no narrower one than `TREAT`.
        Laboratory = 1, "laboratory", "laboratory work for the patient's care";
        /// Payment for care (`HPAYMT`).
        Payment = 2, "payment", "payment for care";
        /// Operation of the institution (`HOPERAT`).
        Operations = 3, "operations", "operation of the institution";
        /// Research (`HRESCH`); only on de-identified compartments (S4-23).
        Research = 4, "research", "research, on de-identified compartments only";
        /// Public health (`PUBHLTH`).
        PublicHealth = 5, "public-health", "public health";
        /// Emergency treatment (`ETREAT`); declared, never granted beforehand.
        Emergency = 6, "emergency", "emergency treatment, declared and never granted beforehand";
    }
}

impl Purpose {
    /// The HL7 v3 ActReason code.
    pub const fn act_reason(self) -> &'static str {
        match self {
            Self::Treatment | Self::Laboratory => "TREAT",
            Self::Payment => "HPAYMT",
            Self::Operations => "HOPERAT",
            Self::Research => "HRESCH",
            Self::PublicHealth => "PUBHLTH",
            Self::Emergency => "ETREAT",
        }
    }
}

bit_set! {
    /// A set of purposes, one bit each: 1 treatment, 2 laboratory, 4 payment, 8 operations, 16 research, 32 public
    /// health, 64 emergency.
    Purposes of Purpose
}
