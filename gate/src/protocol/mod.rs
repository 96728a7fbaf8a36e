// SPDX-License-Identifier: Apache-2.0

//! The release protocol: requests, refusals, and what a reader makes of an answer.
//!
//! It needs rules and secrets only, no store and no network, so the browser can speak it as well.

mod key_path;
mod refusal;
mod request;

pub use key_path::{KeyPath, ReleasedCompartment, SealedSecret};
pub use refusal::GateRefusal;
pub use request::{CompartmentRequest, GateRequest, ReleaseRequest, RequestNumber, Signed, MAX_REQUEST_AGE};
