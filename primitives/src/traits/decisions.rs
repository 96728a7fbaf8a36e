// SPDX-License-Identifier: Apache-2.0

//! The question whether a member may do something.

use crate::{
    decide::RecordFacts,
    decision::{Ask, Decision, Denial},
    membership::Standing,
    ChartId,
};

/// A question for [`Decisions`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question<'a> {
    /// The asker's standing; none for an asker who is not a member.
    pub asker: Option<&'a Standing>,
    /// The chart that the question is about.
    pub chart: ChartId,
    /// The asking pallet's facts about the record; none for a compartment, or when there is no such record.
    pub record: Option<RecordFacts>,
    /// The operation that the asker asks for.
    pub ask: Ask,
}

/// Decides on access.
pub trait Decisions {
    /// Decides whether the asker may do what it asks.
    fn decide(question: &Question) -> Decision;
}

impl Decisions for () {
    fn decide(_: &Question) -> Decision {
        Decision::Denied(Denial::NotFound)
    }
}
