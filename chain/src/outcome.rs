// SPDX-License-Identifier: Apache-2.0

//! The effect of a finalized transaction: the events that it left.

use super::{events::Event, Head};
use salus_primitives::Digest;
use thiserror::Error;

/// A transaction that was finalized and succeeded.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The block that holds it.
    pub block: Head,
    /// The transaction's hash.
    pub transaction: Digest,
    pub(super) events: Vec<EventBytes>,
    /// The outcome of the call that the council agreed upon, if the transaction closed or executed one.
    pub(super) executed: Option<Result<(), String>>,
}

/// An event that is not read yet.
#[derive(Clone, Debug)]
pub(super) struct EventBytes {
    pub(super) pallet: String,
    pub(super) name: String,
    pub(super) fields: Vec<u8>,
}

/// An event that should be there is not, or cannot be read.
#[derive(Debug, Error)]
#[error("the transaction left no readable `{pallet}.{name}`")]
pub struct OutcomeError {
    /// The pallet.
    pub pallet: &'static str,
    /// The event.
    pub name: &'static str,
}

impl Outcome {
    /// The outcome of the call that the council agreed upon: why it failed, if it did. None when the transaction carried out
    /// no decision.
    pub fn executed(&self) -> Option<Result<(), &str>> {
        self.executed.as_ref().map(|result| result.as_ref().copied().map_err(String::as_str))
    }

    /// The first event of this type.
    pub fn event<One: Event>(&self) -> Result<One, OutcomeError> {
        self.find()?.ok_or(OutcomeError { pallet: One::PALLET, name: One::NAME })
    }

    /// Every event of this type, in order.
    pub fn events<One: Event>(&self) -> Result<Vec<One>, OutcomeError> {
        let mine = self.events.iter().filter(|event| event.pallet == One::PALLET && event.name == One::NAME);
        let unreadable = OutcomeError { pallet: One::PALLET, name: One::NAME };
        mine.map(|event| One::decode(&mut event.fields.as_slice())).collect::<Result<_, _>>().map_err(|_| unreadable)
    }

    /// Like [`Outcome::event`], for an event that need not be there.
    pub fn find<One: Event>(&self) -> Result<Option<One>, OutcomeError> {
        Ok(self.events()?.into_iter().next())
    }
}
