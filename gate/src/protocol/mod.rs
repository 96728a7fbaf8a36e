// SPDX-License-Identifier: Apache-2.0

//! The release protocol: requests, refusals, and what a reader makes of an answer.
//!
//! It needs rules and secrets only, no store and no network, so the browser can speak it as well.

mod answer;
mod content_digest;
mod key_path;
mod message_signature;
mod refusal;
mod request;

pub use answer::{InvalidHead, Problem, ReleaseHead, MAX_HEAD, PROBLEM, RELEASE};
pub use content_digest::{content_digest, CONTENT_DIGEST};
pub use key_path::{KeyPath, ReleasedCompartment, ReleasedKey, SealedSecret};
pub use message_signature::{MessageSignature, SignatureFault, SignatureFields};
pub use refusal::GateRefusal;
pub use request::{
    CompartmentRequest, GateRequest, KeyRequest, ReleaseRequest, RequestFault, RequestNumber, Signed, GENESIS,
    MAX_REQUEST_AGE, METHOD, TAG,
};
