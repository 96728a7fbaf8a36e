// SPDX-License-Identifier: Apache-2.0

//! What a reader asks of a gate, and signs.

use codec::{Decode, Encode};
use salus_primitives::time::MINUTE;
use salus_primitives::{ChartId, CompartmentId, Digest, MemberId, Moment, RecordId, SessionKey, SigningKey};
use salus_sealing::keys::SigningPair;

/// How old a request may be, or how far ahead of the gate's clock.
pub const REQUEST_LIFE: Moment = 2 * MINUTE;

/// Asks for a version of a record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ReleaseRequest {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The session in which the record was opened; the chart's controller needs none.
    pub session: Option<SessionKey>,
    /// Who asks.
    pub reader: MemberId,
    /// When.
    pub at: Moment,
}

/// Asks for a compartment's secret and profile: what a controller or reader needs before any record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct CompartmentRequest {
    /// The chart.
    pub chart: ChartId,
    /// The compartment.
    pub compartment: CompartmentId,
    /// Who asks.
    pub reader: MemberId,
    /// When.
    pub at: Moment,
}

/// What can be asked of a gate.
pub trait Request {
    /// What the reader signs.
    fn payload(&self, genesis: &Digest) -> Vec<u8>;
    /// Who asks.
    fn reader(&self) -> MemberId;
    /// When.
    fn at(&self) -> Moment;

    /// Signs the request with a transaction key of the reader.
    fn sign(self, genesis: &Digest, key: &SigningPair) -> Signed<Self>
    where
        Self: Sized,
    {
        let signature = key.sign(&self.payload(genesis));
        Signed { request: self, key: key.public(), signature }
    }
}

impl Request for ReleaseRequest {
    fn payload(&self, genesis: &Digest) -> Vec<u8> {
        (b"salus/release/1", genesis, self).encode()
    }
    fn reader(&self) -> MemberId {
        self.reader
    }
    fn at(&self) -> Moment {
        self.at
    }
}

impl Request for CompartmentRequest {
    fn payload(&self, genesis: &Digest) -> Vec<u8> {
        (b"salus/release-compartment/1", genesis, self).encode()
    }
    fn reader(&self) -> MemberId {
        self.reader
    }
    fn at(&self) -> Moment {
        self.at
    }
}

/// A request with the signature of one of the reader's transaction keys.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Signed<R> {
    /// The request.
    pub request: R,
    /// The transaction key that signed it.
    pub key: SigningKey,
    /// Its signature.
    pub signature: [u8; 64],
}
