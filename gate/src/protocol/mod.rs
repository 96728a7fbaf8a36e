// SPDX-License-Identifier: Apache-2.0

//! The protocol of a vault service: requests, refusals, and what a member makes of an answer.
//!
//! It needs rules and secrets only, no store and no network, so the browser can speak it as well.

mod answer;
mod authority;
mod content_digest;
mod key_path;
mod message_signature;
mod refusal;
mod request;

pub use answer::{
    Held, InvalidHead, Problem, ReleaseHead, ReleasedNote, Staged, UnsealedKey, UnsealedProfile, UploadId, COPY_LENGTH,
    COPY_MISSING, MAX_HEAD, PARTIAL_UPLOAD, PROBLEM, RELEASE, UPLOADS, UPLOAD_OFFSET,
};
pub use authority::normal_authority;
pub use content_digest::{content_digest, CONTENT_DIGEST};
pub use key_path::{KeyPath, ReleasedCompartment, ReleasedKey, SealedSecret};
pub use message_signature::{MessageSignature, SignatureFault, SignatureFields};
pub use refusal::GateRefusal;
pub use request::{
    AnnouncedObject, CompartmentRequest, CopyRequest, GateRequest, HeldRequest, KeyRequest, NoteOf, NoteRequest,
    ReleaseRequest, RequestFault, RequestNumber, RestRequest, Signed, StageRequest, UnsealProfileRequest,
    UnsealRequest, GENESIS, MAX_OBJECTS, MAX_REQUEST_AGE, METHOD, TAG,
};
