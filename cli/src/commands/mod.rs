// SPDX-License-Identifier: Apache-2.0

//! The commands: one file each.

pub(crate) mod approve;
pub(crate) mod authority;
pub(crate) mod backup;
pub(crate) mod bundles;
pub(crate) mod chart;
pub(crate) mod compartment;
pub(crate) mod completions;
pub(crate) mod council;
pub(crate) mod deny;
pub(crate) mod doctor;
pub(crate) mod envelope;
pub(crate) mod explain;
pub(crate) mod grant;
pub(crate) mod institution;
pub(crate) mod join;
pub(crate) mod key;
pub(crate) mod lab_grant;
pub(crate) mod log;
pub(crate) mod member;
pub(crate) mod network;
pub(crate) mod note;
pub(crate) mod notices;
pub(crate) mod receipts;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod revoke;
pub(crate) mod rotate;
pub(crate) mod search;
pub(crate) mod states;
pub(crate) mod status;
pub(crate) mod summary;
pub(crate) mod verify;
pub(crate) mod voucher;
