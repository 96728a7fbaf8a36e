// SPDX-License-Identifier: Apache-2.0

//! Permissions, and sets of them.
//!
//! A new permission is a row of the table below. The compiler then asks for its place in
//! [`Role::may`](crate::membership::Role::may), in [`decide`](crate::decide), and in the model of the crate `salus-faults`.
//! Tests ask for its place in `tests/documents.rs` and in `docs/architecture.md`. By hand it goes where bits are written out:
//! [`Permissions`], the README and `e2e/js/lib/values.mjs`.

use crate::{bit_set::bit_set, vocabulary::vocabulary};

vocabulary! {
    /// An operation that a grant permits to its grantee (S4-22). The controller can grant each alone.
    Permission, "permission" {
        /// Open records and have their content released. The only permission that carries an envelope.
        Read = 0, "read", "open records and get their content";
        /// Add records (S1-08, S3-06).
        Create = 1, "create", "add records";
        /// Add versions to records (S1-06).
        Amend = 2, "amend", "add versions to records";
        /// Withdraw records.
        Withdraw = 3, "withdraw", "withdraw records";
        /// Pass content on to another person.
        Disclose = 4, "disclose", "pass content on to another person";
        /// Use content for something other than reading it, such as statistics.
        Use = 5, "use", "use content for something other than reading it, such as statistics";
    }
}

bit_set! {
    /// A set of permissions, one bit each: 1 read, 2 create, 4 amend, 8 withdraw, 16 disclose, 32 use.
    Permissions of Permission
}
