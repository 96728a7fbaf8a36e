// SPDX-License-Identifier: Apache-2.0

//! Records that an institution stages for a patient who has not consented yet (S4-06 to S4-11).

use crate::{
    time::{Moment, DAY},
    vocabulary::vocabulary,
};

/// The most records of one institution that wait for acceptance in one chart.
pub const MAX_STAGED: u32 = 256;
/// The time within which the patient accepts a staged record: 30 days. After it the record counts as refused.
pub const STAGING_TIME: Moment = 30 * DAY;

vocabulary! {
    /// The legal basis on which an institution collected data without the patient's consent (S4-41).
    ///
    /// The log names it with each staged record. It permits staging alone: reading takes the patient's acceptance, and
    /// a grant.
    CollectionBasis, "basis of collection" {
        /// A contract to treat the patient, or steps before one (PIPA Art. 15(1) no. 4, GDPR Art. 9(2)(h)).
        TreatmentContract = 0, "treatment-contract", "collected for a contract to treat the patient";
        /// A law obliges the institution to collect it (PIPA Art. 15(1) no. 2, GDPR Art. 9(2)(i)).
        LegalDuty = 1, "legal-duty", "collected because a law obliges the institution";
        /// To protect a life when the patient could not consent (PIPA Art. 15(1) no. 5, GDPR Art. 9(2)(c)).
        VitalInterest = 2, "vital-interest", "collected to protect a life when the patient could not consent";
    }
}
