// SPDX-License-Identifier: Apache-2.0

//! Notices: which entries of a chart's log a member is told about (S1-32, S2-03, S4-29, S4-43).
//!
//! A notice is not stored anywhere: each client finds its member's notices in the logs. It has ids and words of this
//! crate's tables, and no content.
//!
//! A new kind is a row of the table below. The compiler then asks for its place in [`NoticeKind::is_urgent`].

use crate::{audit::Action, vocabulary::vocabulary};

vocabulary! {
    /// The kind of a notice.
    NoticeKind, "kind of notice" {
        /// To the controller: another member opened records.
        Reading = 0, "reading", "another member opened records of your chart";
        /// To the controller: another member was denied.
        Denial = 1, "denial", "another member asked to open records of your chart and was denied";
        /// To the controller: a member asks for access.
        Request = 2, "request", "a member asks for access to your chart";
        /// To the requester or author: the controller approved or denied, accepted or refused.
        Answer = 3, "answer", "the patient answered your request, or accepted or refused records that you staged";
        /// To the grantee: access was given, or revoked.
        Grant = 4, "grant", "you got access to a chart, or lost it";
        /// To the controller and to readers: a record was added or amended.
        Record = 5, "record", "a chart has a new record, or a new version of one";
        /// To the controller and to past readers: a record is not what it was.
        Correction = 6, "correction",
            "a record was withdrawn or entered in error, may be read again, or has a statement; or a correction was answered";
        /// To both sides: a grant, a request, or the time for an answer about a correction ran out.
        Expiry = 7, "expiry", "a grant, a request or the time to answer about a correction ran out";
        /// To the author: the controller asks for a correction.
        CorrectionRequest = 8, "correction-request", "a patient asks you to correct a record";
        /// To the controller: a grantee let another member read, or took that back.
        Disclosure = 9, "disclosure", "a member let another one read a part of your chart, or took that back";
        /// To the controller: another member declared a use of records.
        Use = 10, "use", "another member declared a use of your records, such as for statistics";
        /// To the controller: an institution staged a record, or took it back.
        Staging = 11, "staging", "an institution has a record for you to accept or refuse, or took it back";
        /// To the controller: an author keeps a record back for a time.
        Hold = 12, "hold", "an author keeps a record from you until a date, for a legal reason";
        /// To the controller, the author, past readers and the custodian's auditors: a record is to be shredded, is kept, or is gone.
        Shredding = 13, "shredding", "a record is to be shredded, is kept on a legal ground, or was shredded";
    }
}

vocabulary! {
    /// How a member wants to be told of a kind of notice.
    Delivery, "way to be told" {
        /// As soon as it is final.
        Urgent = 0, "urgent", "at once";
        /// With others, when the member asks or the digest is due.
        Digest = 1, "digest", "with others, from time to time";
        /// Never.
        Off = 2, "off", "not at all";
    }
}

impl NoticeKind {
    /// How a member is told of it, unless the member says otherwise.
    pub const fn usual_delivery(self) -> Delivery {
        match self.is_urgent() {
            true => Delivery::Urgent,
            false => Delivery::Digest,
        }
    }

    /// Whether a member wants to know at once, unless the member says otherwise.
    pub const fn is_urgent(self) -> bool {
        match self {
            Self::Denial
            | Self::Request
            | Self::Answer
            | Self::Correction
            | Self::CorrectionRequest
            | Self::Disclosure
            | Self::Staging
            | Self::Hold
            | Self::Shredding => true,
            Self::Reading | Self::Grant | Self::Record | Self::Expiry | Self::Use => false,
        }
    }

    /// The notice that a chart's controller gets of an action by another member.
    pub const fn to_controller(action: Action) -> Option<Self> {
        match action {
            Action::ReadPermitted => Some(Self::Reading),
            Action::ReadDenied | Action::DenialsRepeated => Some(Self::Denial),
            Action::AccessRequested => Some(Self::Request),
            Action::UseDeclared => Some(Self::Use),
            // The controller knows of its own revocations.
            Action::AccessDisclosed | Action::AccessRevoked => Some(Self::Disclosure),
            Action::RecordCreated | Action::RecordAmended => Some(Self::Record),
            Action::RecordStaged | Action::RecordRefused => Some(Self::Staging),
            Action::RecordHeld => Some(Self::Hold),
            Action::ShreddingRequested
            | Action::ShreddingCanceled
            | Action::ShreddingRefused
            | Action::RecordRetained
            | Action::RetentionLifted
            | Action::RecordShredded => Some(Self::Shredding),
            Action::RecordWithdrawn
            | Action::RecordEnteredInError
            | Action::CorrectionMade
            | Action::CorrectionDeclined => Some(Self::Correction),
            _ => None,
        }
    }

    /// The notice that another member gets of an action that concerns it: as the requester of the request, the grantee of
    /// the grant, or a reader or the author of the record.
    ///
    /// No notice tells of a restriction: it would say that there is something to hide.
    pub const fn to_concerned(action: Action) -> Option<Self> {
        match action {
            Action::RequestApproved | Action::RequestDenied | Action::RecordAccepted | Action::RecordRefused => {
                Some(Self::Answer)
            }
            Action::AccessGranted | Action::AccessDisclosed | Action::AccessRevoked => Some(Self::Grant),
            Action::RecordCreated | Action::RecordAmended => Some(Self::Record),
            Action::RecordWithdrawn
            | Action::RecordEnteredInError
            | Action::RestrictionLifted
            | Action::StatementAttached => Some(Self::Correction),
            Action::CorrectionRequested => Some(Self::CorrectionRequest),
            Action::ShreddingRequested
            | Action::ShreddingCanceled
            | Action::ShreddingRefused
            | Action::RecordShredded => Some(Self::Shredding),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restriction_is_told_to_no_one() {
        assert_eq!(NoticeKind::to_concerned(Action::RecordRestricted), None);
        assert_eq!(NoticeKind::to_controller(Action::RecordRestricted), None);
    }

    #[test]
    fn readers_are_told_nothing_of_other_readers() {
        for action in [Action::ReadPermitted, Action::ReadDenied, Action::DenialsRepeated, Action::AccessRequested] {
            assert!(NoticeKind::to_controller(action).is_some(), "{action:?}");
            assert_eq!(NoticeKind::to_concerned(action), None, "{action:?}");
        }
    }
}
