// SPDX-License-Identifier: Apache-2.0

//! What pallets ask of each other: one trait for each question or effect, a file each. The runtime wires them.
//!
//! `()` answers like an empty chain: it knows no member and no chart, and permits nothing.

mod audit_log;
mod authorities;
mod benchmark_helper;
mod compartments;
mod controllers;
mod decisions;
mod membership;
mod record_readers;

pub use audit_log::AuditLog;
pub use authorities::Authorities;
pub use benchmark_helper::{ChartHelper, GrantHelper, MemberHelper};
pub use compartments::Compartments;
pub use controllers::Controllers;
pub use decisions::{Decisions, Question};
pub use membership::Membership;
pub use record_readers::RecordReaders;
