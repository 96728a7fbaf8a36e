// SPDX-License-Identifier: Apache-2.0

//! The receipt that comes before the first byte.

use std::io;
use std::sync::Arc;

use salus_primitives::receipts::{Given, Opening, Receipt};

use super::error::GateError;
use super::receipts::ReceiptFault;
use super::release::Permitted;
use super::release_gate::ReleaseGate;
use super::view::ChainView;
use crate::protocol::{GateRefusal, ReleaseRequest};

impl<C: ChainView, S> ReleaseGate<C, S> {
    /// Writes the receipt of what is about to be given out under an opening. A patient reads the own chart without one.
    pub(super) async fn keep_receipt(
        &self,
        request: &ReleaseRequest,
        permitted: &Permitted,
        given: Given,
    ) -> Result<(), GateError<C::Error>> {
        let (Some(book), Some(session)) = (&self.receipts, &permitted.session) else { return Ok(()) };
        let opening = Opening { chart: session.chart, entry: session.entry };
        let ReleaseRequest { record, version, reader, .. } = *request;
        let at = permitted.moment.latest;
        let receipt = Receipt { record: record.key, version, given, reader, at };
        let (book, expires_at) = (Arc::clone(book), session.expires_at);
        let written = tokio::task::spawn_blocking(move || book.append(opening, expires_at, &receipt)).await;
        match written.map_err(|error| GateError::Receipt(io::Error::other(error)))? {
            Ok(()) => Ok(()),
            Err(ReceiptFault::Closed) => Err(GateRefusal::SessionExpired.into()),
            Err(ReceiptFault::Full) => Err(GateRefusal::TooManyReceipts.into()),
            Err(fault) if fault.is_full_disk() => Err(GateRefusal::VaultFull.into()),
            Err(ReceiptFault::Io(error)) => Err(GateError::Receipt(error)),
        }
    }
}
