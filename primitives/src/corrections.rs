// SPDX-License-Identifier: Apache-2.0

//! Corrections that a patient asks for, their answers, and statements of disagreement (GDPR Art. 16, 45 CFR 164.526).

use crate::{
    time::{Moment, DAY},
    vocabulary::vocabulary,
    RecordKey,
};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The time within which an author answers: 30 days (GDPR Art. 12(3): one month).
pub const ANSWER_TIME: Moment = 30 * DAY;

vocabulary! {
    /// The answer to a patient who asked for a correction.
    CorrectionAnswer, "answer to a request for a correction" {
        /// The record is not any more what the patient contested.
        Corrected = 0, "corrected", "the record has a newer version, or was withdrawn or entered in error";
        /// The record stays as it is, for a reason.
        Declined = 1, "declined", "the record stays as it is";
    }
}

/// The newest correction that the chart's controller asked for, and the statement that stays attached to the record.
///
/// The log has the earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Correction {
    /// When the controller asked for it, in Unix milliseconds.
    #[codec(compact)]
    pub requested_at: Moment,
    /// The number of versions that the record had then.
    #[codec(compact)]
    pub versions: u32,
    /// The answer; none while it is open.
    pub answer: Option<CorrectionAnswer>,
    /// The record of the same chart with the controller's statement of disagreement.
    pub statement: Option<RecordKey>,
}

impl Correction {
    /// Whether there is no answer yet.
    pub const fn is_open(&self) -> bool {
        self.answer.is_none()
    }

    /// The time by which an answer is due, in Unix milliseconds.
    pub const fn due_at(&self) -> Moment {
        self.requested_at.saturating_add(ANSWER_TIME)
    }

    /// Whether the controller may disagree at `now`: with an author who declined, or who is overdue.
    pub fn may_be_disagreed_with(&self, now: Moment) -> bool {
        match self.answer {
            Some(CorrectionAnswer::Declined) => true,
            Some(CorrectionAnswer::Corrected) => false,
            None => self.due_at() <= now,
        }
    }
}

/// A correction and the key of its record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct KeyedCorrection {
    /// The key of the record, unique in its chart.
    pub key: RecordKey,
    /// The correction.
    #[serde(flatten)]
    pub correction: Correction,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controller_disagrees_with_who_declined_or_is_overdue() {
        let asked = Correction { requested_at: 1_000, versions: 1, answer: None, statement: None };
        assert!(asked.is_open());
        let due = asked.due_at();
        assert_eq!((asked.may_be_disagreed_with(due - 1), asked.may_be_disagreed_with(due)), (false, true));
        let answered = |answer| Correction { answer: Some(answer), ..asked };
        assert!(answered(CorrectionAnswer::Declined).may_be_disagreed_with(1_001));
        assert!(!answered(CorrectionAnswer::Corrected).may_be_disagreed_with(due));
    }
}
