// SPDX-License-Identifier: Apache-2.0

//! Questions and effects between pallets: one trait for each, a file each. The runtime wires them.
//!
//! `()` answers like an empty chain: it has no members and no charts, and permits nothing.

mod audit_log;
mod authorities;
mod benchmark_helper;
mod compartments;
mod controllers;
mod decisions;
mod membership;
mod record_readers;
mod shreddable_records;

pub use audit_log::AuditLog;
pub use authorities::Authorities;
pub use benchmark_helper::{ChartHelper, GrantHelper, MemberHelper, RecordHelper, SeatHelper, TimeHelper};
pub use compartments::Compartments;
pub use controllers::Controllers;
pub use decisions::{Decisions, Question};
pub use membership::Membership;
pub use record_readers::RecordReaders;
pub use shreddable_records::ShreddableRecords;
