// SPDX-License-Identifier: Apache-2.0

//! The effect of a finalized transaction: the events that it left.

use super::Head;
use codec::Decode;
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

    /// The first fields of the first event `pallet.name`, as far as `Fields` goes.
    pub fn event<Fields: Decode>(&self, pallet: &'static str, name: &'static str) -> Result<Fields, OutcomeError> {
        self.find(pallet, name)?.ok_or(OutcomeError { pallet, name })
    }

    /// The first fields of every event `pallet.name`, in order.
    pub fn events<Fields: Decode>(
        &self,
        pallet: &'static str,
        name: &'static str,
    ) -> Result<Vec<Fields>, OutcomeError> {
        let found = self.events.iter().filter(|event| event.pallet == pallet && event.name == name);
        found
            .map(|event| Fields::decode(&mut event.fields.as_slice()).map_err(|_| OutcomeError { pallet, name }))
            .collect()
    }

    /// Like [`Outcome::event`], for an event that need not be there.
    pub fn find<Fields: Decode>(
        &self,
        pallet: &'static str,
        name: &'static str,
    ) -> Result<Option<Fields>, OutcomeError> {
        let event = self.events.iter().find(|event| event.pallet == pallet && event.name == name);
        event
            .map(|event| Fields::decode(&mut event.fields.as_slice()))
            .transpose()
            .map_err(|_| OutcomeError { pallet, name })
    }
}
