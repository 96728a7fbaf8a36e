// SPDX-License-Identifier: Apache-2.0

//! The requests of a reader to a gate, and their signatures.

use codec::{Decode, Encode};
use salus_primitives::time::MINUTE;
use salus_primitives::{
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, Moment, ReadingSessionId, RecordId, SigningKey,
};
use salus_sealing::keys::SigningPair;
use salus_sealing::secret::random;

/// How old a request may be, or how far ahead of the gate's clock.
pub const MAX_REQUEST_AGE: Moment = 2 * MINUTE;

/// Asks for a version of a record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ReleaseRequest {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The session in which the record was opened; the chart's controller needs none.
    pub session: Option<ReadingSessionId>,
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

/// The number of a request, chosen by chance: a gate answers each number once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct RequestNumber(pub [u8; 16]);

/// A request that a gate can answer.
pub trait GateRequest: Encode {
    /// Tells the kinds of requests apart in what is signed.
    const DOMAIN: &'static [u8];

    /// Who asks.
    fn reader(&self) -> MemberId;
    /// When.
    fn at(&self) -> Moment;

    /// Signs the request to the gate of `gate`, with a fresh number and a transaction key of the reader.
    fn sign(self, genesis: &Digest, gate: InstitutionId, key: &SigningPair) -> Signed<Self>
    where
        Self: Sized,
    {
        let mut signed =
            Signed { request: self, gate, number: RequestNumber(random()), key: key.public(), signature: [0; 64] };
        signed.signature = key.sign(&signed.payload(genesis));
        signed
    }
}

impl GateRequest for ReleaseRequest {
    const DOMAIN: &'static [u8] = b"salus/release/2";

    fn reader(&self) -> MemberId {
        self.reader
    }
    fn at(&self) -> Moment {
        self.at
    }
}

impl GateRequest for CompartmentRequest {
    const DOMAIN: &'static [u8] = b"salus/release-compartment/2";

    fn reader(&self) -> MemberId {
        self.reader
    }
    fn at(&self) -> Moment {
        self.at
    }
}

/// A request with the signature of one of the reader's transaction keys. It is good at one gate of one chain, once.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Signed<R> {
    /// The request.
    pub request: R,
    /// The institution whose gate is asked, before its own vault.
    pub gate: InstitutionId,
    /// The request's number.
    pub number: RequestNumber,
    /// The transaction key that signed it.
    pub key: SigningKey,
    /// Its signature.
    pub signature: [u8; 64],
}

impl<R: GateRequest> Signed<R> {
    /// The bytes that the reader signs: the kind of request, the chain, the gate, the number, and the request itself.
    pub fn payload(&self, genesis: &Digest) -> Vec<u8> {
        (R::DOMAIN, genesis, self.gate, self.number, &self.request).encode()
    }
}
