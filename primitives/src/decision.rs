// SPDX-License-Identifier: Apache-2.0

//! The question and the answer of a decision. [`decide`](crate::decide::decide) decides.

use crate::{
    access::{Permission, Purpose, Scope},
    vocabulary::vocabulary,
    GrantId, Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The operation that a member asks for in a chart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Ask {
    /// The operation.
    pub permission: Permission,
    /// The compartment or record.
    pub scope: Scope,
    /// The purpose. Reading and disclosing need one, writing has none.
    pub purpose: Option<Purpose>,
    /// The moment for which the decision is made, in Unix milliseconds.
    pub at: Moment,
    /// The version of the record, if the question is about one. Of several grants that permit, the basis is one whose
    /// envelope opens this version.
    pub version: Option<u32>,
}

/// The reason why a decision permits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The asker is the chart's controller.
    Controller,
    /// The chart's grant with this number is in force.
    Grant(GrantId),
}

vocabulary! {
    /// The reason why a decision denies. Later variants are nearer to a permission.
    Denial, "denial" {
        /// The asker is not an active member.
        NotActive = 0, "not-active", "the asker is not an active member";
        /// The asker's institution is not active.
        InstitutionNotActive = 1, "institution-not-active", "the asker's institution is not active";
        /// The chart, the compartment or the record does not exist.
        NotFound = 2, "not-found", "the chart, the compartment or the record does not exist";
        /// The asker's role never allows this operation (S4-03, S4-24).
        RoleMayNot = 3, "role-may-not", "the asker's role never allows this";
        /// Only the record's author may do this (S1-07), and of a laboratory's records each of its members.
        NotAuthor = 4, "not-author",
            "only the author, or a member of the laboratory that keeps it, may change this record";
        /// Research, and researchers, reach de-identified compartments only (S4-23).
        NotDeIdentified = 5, "not-de-identified", "research reaches de-identified compartments only";
        /// No grant names the asker and what is asked about.
        NoGrant = 6, "no-grant", "no grant names the asker and covers what is asked about";
        /// Grants cover it, but none has the permission.
        PermissionNotGranted = 7, "permission-not-granted", "the grants that cover this do not give the permission";
        /// Grants with the permission cover it, but none is for this purpose.
        PurposeNotGranted = 8, "purpose-not-granted", "the grants that give the permission are for other purposes";
        /// The grant has been revoked (S1-19, S1-20).
        Revoked = 9, "revoked", "the grant was revoked";
        /// The grant has ended.
        Expired = 10, "expired", "the grant has ended";
        /// The grant has not begun.
        NotBegun = 11, "not-begun", "the grant has not begun yet";
        /// The grant was disclosed under another one, which is not in force.
        DisclosureOver = 12, "disclosure-over", "the grant under which this was disclosed is not in force";
        /// The patient has not accepted the record.
        Staged = 13, "staged", "the patient has not accepted this record";
        /// The patient restricts the record.
        Restricted = 14, "restricted", "the patient restricts this record";
        /// The record was withdrawn.
        Withdrawn = 15, "withdrawn", "the record was withdrawn";
        /// The record was entered in error.
        EnteredInError = 16, "entered-in-error", "the record was entered in error, as its author says";
        /// The record never became part of the chart.
        Refused = 17, "refused", "the record never became part of the chart";
        /// The author keeps the record from the patient for a time, for a legal reason.
        Held = 18, "held", "the author keeps this record from the patient until a date, for a legal reason";
        /// The record was shredded.
        Shredded = 19, "shredded", "the record was shredded: its content and keys are gone";
    }
}

/// The answer of [`decide`](crate::decide::decide).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The asker may do it, for this reason.
    Permitted(Basis),
    /// The asker may not do it, for this reason.
    Denied(Denial),
}

impl Decision {
    /// Whether the decision permits.
    pub fn is_permitted(&self) -> bool {
        matches!(self, Self::Permitted(_))
    }
}

/// One step of a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Check {
    /// The question of this step.
    pub step: Step,
    /// Whether the answer speaks for permitting.
    pub passed: bool,
    /// The grant that this step is about, if it is about one.
    pub grant: Option<GrantId>,
}

vocabulary! {
    /// The question of one step of a decision.
    Step, "step of a decision" {
        /// Is the asker an active member?
        Membership = 0, "membership", "is the asker an active member?";
        /// Is the asker's institution active?
        Institution = 1, "institution", "is the asker's institution active?";
        /// Do chart, compartment and record exist?
        Target = 2, "target", "do chart, compartment and record exist?";
        /// Is the asker the chart's controller?
        Controller = 3, "controller", "is the asker the chart's controller?";
        /// Does the asker's role allow the operation?
        Role = 4, "role", "does the asker's role allow the operation?";
        /// Is the asker the author, where only the author may?
        Authorship = 5, "authorship", "is the asker the author, where only the author may?";
        /// Is the compartment de-identified, where it has to be?
        DeIdentification = 6, "de-identification", "is the compartment de-identified, where it has to be?";
        /// Does a grant name the asker and cover what is asked about?
        Grant = 7, "grant", "does a grant name the asker and cover what is asked about?";
        /// Does the grant have the permission?
        Permission = 8, "permission", "does the grant give the permission?";
        /// Is the grant for the stated purpose?
        Purpose = 9, "purpose", "is the grant for the stated purpose?";
        /// Is the grant in force at the moment asked about?
        Dates = 10, "dates", "is the grant in force at the moment asked about?";
        /// Does the state of the record allow the operation?
        State = 11, "state", "does the state of the record allow the operation?";
        /// Is the grant in force under which this one was disclosed?
        Disclosure = 12, "disclosure", "is the grant in force under which this one was disclosed?";
        /// May the patient read it already, if the author put a hold on it?
        Hold = 13, "hold", "may the patient read it already, if the author put a hold on it?";
    }
}

/// A decision with the steps that led to it (`explain_access`).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Every step taken, in order.
    pub path: Vec<Check>,
}
