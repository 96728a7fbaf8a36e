// SPDX-License-Identifier: Apache-2.0

//! The states of a record, the ways between them, and what each allows.
//!
//! A new state is a row of the table below. The compiler then asks for its place in [`RecordState::may_become`] and
//! [`RecordState::denial`].

use crate::{access::Permission, decision::Denial, vocabulary::vocabulary};

vocabulary! {
    /// The state of a record (S2-18, S4-17).
    RecordState, "state of a record" {
        /// It waits for the patient's acceptance (S4-06, S4-11).
        Staged = 0, "staged", "it waits for the patient's acceptance; the patient alone may read it";
        /// Part of the chart.
        Active = 1, "active", "part of the chart";
        /// The patient keeps it from everyone else, until the patient lifts the restriction (GDPR Art. 18).
        Restricted = 2, "restricted", "the patient alone may read it, until the patient lifts the restriction";
        /// Not to be used any more. The patient alone may read it.
        Withdrawn = 3, "withdrawn", "not to be used any more; the patient alone may read it";
        /// It should never have been in the chart, as its author says (HL7 FHIR status `entered-in-error`).
        EnteredInError = 4, "entered-in-error",
            "it should never have been in the chart, as its author says; the patient alone may read it";
        /// It never became part of the chart (S4-08). The chain names none of its sealed bytes, and vaults delete them.
        Refused = 5, "refused", "the patient refused it or never accepted it, or its author took it back; its content is gone";
        /// Its content and keys were destroyed (S2-18, S4-17). Hashes and log entries stay.
        Shredded = 6, "shredded", "its content and keys were destroyed; hashes and log entries stay";
    }
}

impl RecordState {
    /// Whether a record in this state may come into the state `next`.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Staged => matches!(next, Self::Active | Self::Refused),
            Self::Active => {
                matches!(next, Self::Restricted | Self::Withdrawn | Self::EnteredInError | Self::Shredded)
            }
            Self::Restricted => {
                matches!(next, Self::Active | Self::Withdrawn | Self::EnteredInError | Self::Shredded)
            }
            Self::Withdrawn => matches!(next, Self::EnteredInError | Self::Shredded),
            Self::EnteredInError => matches!(next, Self::Shredded),
            Self::Refused | Self::Shredded => false,
        }
    }

    /// Whether vaults keep the objects that the record's versions name.
    pub const fn has_content(self) -> bool {
        !matches!(self, Self::Refused | Self::Shredded)
    }

    /// Whether the record counts as a part of the chart: it is not staged or refused, withdrawn, entered in error or shredded.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Active | Self::Restricted)
    }

    /// Returns the denial of an operation that the state forbids, whatever is granted.
    ///
    /// The chart's controller reads a record in every state in which it has content: nothing that others say of a record takes
    /// it away from the patient.
    pub const fn denial(self, permission: Permission, to_controller: bool) -> Option<Denial> {
        let (denial, may_change) = match self {
            Self::Staged => (Denial::Staged, false),
            Self::Active => return None,
            Self::Restricted => (Denial::Restricted, true),
            Self::Withdrawn => (Denial::Withdrawn, false),
            Self::EnteredInError => (Denial::EnteredInError, false),
            // Nothing is left of it.
            Self::Refused => return Some(Denial::Refused),
            Self::Shredded => return Some(Denial::Shredded),
        };
        let is_allowed = match permission {
            Permission::Read | Permission::Disclose | Permission::Use => to_controller,
            Permission::Amend | Permission::Withdraw => may_change,
            // It is about a compartment, and never about a record.
            Permission::Create => true,
        };
        if is_allowed {
            None
        } else {
            Some(denial)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_never_comes_back_from_withdrawn_or_entered_in_error() {
        for last in [RecordState::Withdrawn, RecordState::EnteredInError, RecordState::Refused, RecordState::Shredded] {
            assert!(!last.may_become(RecordState::Active) && !last.may_become(RecordState::Restricted));
        }
        for state in RecordState::ALL {
            assert!(!state.may_become(state), "{state:?}: a state is never entered twice in a row");
            assert!(!state.may_become(RecordState::Staged), "{state:?}: no record goes back to wait");
            let is_in_chart = state.has_content() && state != RecordState::Staged;
            let may_be_error = is_in_chart && state != RecordState::EnteredInError;
            assert_eq!(state.may_become(RecordState::Shredded), is_in_chart, "{state:?}");
            assert_eq!(state.may_become(RecordState::EnteredInError), may_be_error);
            assert_eq!(state.may_become(RecordState::Refused), state == RecordState::Staged);
            assert_eq!(state.stands(), state.may_become(RecordState::Withdrawn), "{state:?}");
        }
    }

    #[test]
    fn the_controller_reads_in_every_state_and_others_in_one() {
        for state in RecordState::ALL {
            let nothing_left = match state {
                RecordState::Refused => Some(Denial::Refused),
                RecordState::Shredded => Some(Denial::Shredded),
                _ => None,
            };
            assert_eq!(state.denial(Permission::Read, true), nothing_left, "{state:?}");
            assert_eq!(state.has_content(), nothing_left.is_none(), "{state:?}");
            for permission in [Permission::Read, Permission::Disclose, Permission::Use] {
                let denied = state.denial(permission, false).is_some();
                assert_eq!(denied, state != RecordState::Active, "{state:?} {permission:?}");
            }
        }
    }

    #[test]
    fn a_record_changes_while_it_is_active_or_restricted() {
        for permission in [Permission::Amend, Permission::Withdraw] {
            for to_controller in [true, false] {
                let denial = |state: RecordState| state.denial(permission, to_controller);
                assert_eq!((denial(RecordState::Active), denial(RecordState::Restricted)), (None, None));
                assert_eq!(denial(RecordState::Withdrawn), Some(Denial::Withdrawn));
                assert_eq!(denial(RecordState::EnteredInError), Some(Denial::EnteredInError));
                assert_eq!(denial(RecordState::Staged), Some(Denial::Staged));
                assert_eq!(denial(RecordState::Refused), Some(Denial::Refused));
                assert_eq!(denial(RecordState::Shredded), Some(Denial::Shredded));
            }
        }
    }
}
