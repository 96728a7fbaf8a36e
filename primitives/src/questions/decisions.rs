// SPDX-License-Identifier: Apache-2.0

//! The question who may do what.

use crate::{
    access::{Ask, Decision, Denial},
    decision::RecordFacts,
    membership::Standing,
    ChartId,
};

/// What is asked of [`Decisions`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question<'a> {
    /// The asker's standing; none for an asker who is not a member.
    pub asker: Option<&'a Standing>,
    /// Of which chart.
    pub chart: ChartId,
    /// What the asking pallet knows of the record, when the scope is one; none when there is no such record.
    pub record: Option<RecordFacts>,
    /// What is asked.
    pub ask: Ask,
}

/// Decides about access.
pub trait Decisions {
    /// Whether the asker may do what is asked.
    fn decide(question: &Question) -> Decision;
}

impl Decisions for () {
    fn decide(_: &Question) -> Decision {
        Decision::Denied(Denial::NotFound)
    }
}
