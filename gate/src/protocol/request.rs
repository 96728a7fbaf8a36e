// SPDX-License-Identifier: Apache-2.0

//! The requests of a member to a gate: HTTP messages, signed with a transaction key of the member.
//!
//! A request is `POST` to the path of its kind, with a JSON body. Its signature (RFC 9421) covers the method, the path, the
//! gate's authority, the digest of the body and the chain's genesis hash. It covers nothing else, in whatever order. It has
//! these parameters, in any order, and no others:
//!
//! | parameter | value |
//! |---|---|
//! | `created` | when, in Unix seconds |
//! | `keyid` | the transaction key, as `sr25519:0x…` or `ed25519:0x…`; `alg` is left out, for RFC 9421 names no sr25519 |
//! | `nonce` | the request's number, 32 hexadecimal digits: a gate answers each once |
//! | `tag` | `salus` |
//!
//! The signed bytes begin with a quotation mark, and no call of the runtime does. So none is taken for a transaction.

use salus_primitives::{
    access::Scope,
    time::{MINUTE, SECOND},
    ChartId, CompartmentId, Digest, GrantId, MemberId, Moment, ReadingSessionId, RecordId, RecordKey, RequestId,
    SigningKey,
};
use salus_sealing::{
    keys::{SignatureScheme, SigningPair},
    secret::random,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_with::{base64::Base64, serde_as};
use thiserror::Error;

use super::{
    content_digest::{content_digest, CONTENT_DIGEST},
    key_path::{KeyPath, ReleasedCompartment},
    message_signature::{integer, text, MessageSignature, SignatureFault, SignatureFields},
};

/// How old a request may be, or how far ahead of the gate's clock.
pub const MAX_REQUEST_AGE: Moment = 2 * MINUTE;
/// The method of every request.
pub const METHOD: &str = "POST";
/// The header field that names the chain: its genesis hash, in hexadecimal after `0x`.
pub const GENESIS: &str = "salus-genesis";
/// Tells the signature of a request from others that the same message may have.
pub const TAG: &str = "salus";

/// The components that a signature covers.
const COMPONENTS: [&str; 5] = ["@method", "@authority", "@path", CONTENT_DIGEST, GENESIS];
/// The parameters of a signature.
const PARAMETERS: [&str; 4] = ["created", "keyid", "nonce", "tag"];
/// The label of a signature that this code makes.
const LABEL: &str = "sig";

/// Asks for a version of a record: the sealed blob and, if it needs one, its key envelope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The session in which the record was opened; the chart's controller needs none.
    pub session: Option<ReadingSessionId>,
    /// Who asks.
    pub reader: MemberId,
    /// A block that the reader knows of. A gate whose node has not finalized so many refuses, and decides by no older state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<u32>,
}

/// Asks for the rest of a blob whose beginning the reader has: an answer was cut off.
///
/// The gate decides again, so a revocation meanwhile stops the rest. It hashes the whole blob again as well.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestRequest {
    /// The version, as in the first request.
    pub release: ReleaseRequest,
    /// The first byte of the blob that is asked for: at most its size.
    pub from: u64,
}

/// Asks for the way from the reader's own key to the content key of a version. It lies where the chart's own objects lie
/// (docs/adr/0007-home-vault-and-notes.md), and the record perhaps elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyRequest(pub ReleaseRequest);

/// Asks for a compartment's secret and profile: what a controller or reader needs before any record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompartmentRequest {
    /// The chart.
    pub chart: ChartId,
    /// The compartment.
    pub compartment: CompartmentId,
    /// Who asks.
    pub reader: MemberId,
    /// A block that the reader knows of, as in [`ReleaseRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<u32>,
}

/// Asks for the sealed note that came with a grant or a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// The chart.
    pub chart: ChartId,
    /// The grant, request or entry with which the note came.
    pub of: NoteOf,
    /// Who asks.
    pub reader: MemberId,
}

/// The grant, request or entry with which a note came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteOf {
    /// A grant.
    Grant(GrantId),
    /// A request for access.
    Request(RequestId),
    /// An entry of the chart's log, by its place: the reason for a revocation, or for a denial.
    Entry(u64),
}

/// Asks for leave to put objects into the vault. The chain does not name them yet, so they are staged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRequest {
    /// The chart that will name them.
    pub chart: ChartId,
    /// The part of that chart that the writer may add to or amend. A vault has room for other members' notes only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Who asks.
    pub writer: MemberId,
    /// The objects, in the order in which their bytes will come.
    pub objects: Vec<AnnouncedObject>,
}

/// An object that is to be staged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedObject {
    /// SHA-256 of its bytes.
    pub id: Digest,
    /// How many bytes it has.
    pub size: u64,
    /// The record whose versions will name it; none for what the chart itself or its grants name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordKey>,
}

/// Objects in one request to stage, to copy or about copies, at most.
pub const MAX_OBJECTS: usize = 256;

/// Asks the service of the reader's own institution for the content key of a version that was granted to the institution.
///
/// The reader sends along what the gates before home vault and custodian gave out, which only the institution's key opens.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealRequest {
    /// The version, and the session in which the reader opened it.
    pub release: ReleaseRequest,
    /// The way to the content key, sealed to the institution.
    pub path: KeyPath,
    /// The content key, sealed to the compartment's epoch, if the way leads there.
    #[serde_as(as = "Option<Base64>")]
    pub key_envelope: Option<Vec<u8>>,
}

/// Asks the service of the reader's own institution for the name of a compartment that was granted to the institution.
///
/// The reader sends along what the gate before the home vault gave out, which only the institution's key opens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealProfileRequest {
    /// The compartment.
    pub compartment: CompartmentRequest,
    /// The compartment's secret and profile as they were given out, the secret sealed to the institution.
    pub released: ReleasedCompartment,
}

/// Asks for copies of objects, for a vault that keeps them: of an institution that agreed to it with this one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyRequest {
    /// The objects.
    pub objects: Vec<Digest>,
    /// Bytes of the first object that the asker has from an answer that was cut off. They do not come again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from: u64,
    /// Who asks: a member of that institution with the role service.
    pub service: MemberId,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Asks which of the asker's own objects a vault keeps copies of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldRequest {
    /// The objects.
    pub objects: Vec<Digest>,
    /// Who asks: a member with the role service, of the institution in whose vault they belong.
    pub service: MemberId,
}

/// The number of a request, chosen by chance: a gate answers each number once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RequestNumber(pub [u8; 16]);

/// A request that a gate can answer.
pub trait GateRequest: Serialize + DeserializeOwned {
    /// The path to which it is posted, which tells the kinds of requests apart.
    const PATH: &'static str;
    /// Bytes of its JSON, at most.
    const MAX_BODY: usize = 4 * 1024;

    /// Who asks.
    fn asker(&self) -> MemberId;

    /// A block that the asker knows of, and the gate has to know of as well.
    fn not_before(&self) -> Option<u32> {
        None
    }

    /// Signs the request to the gate at `authority`, made at `at`, with a fresh number and a transaction key of the asker.
    ///
    /// `at` is rounded down to a second.
    fn sign(self, genesis: &Digest, authority: &str, key: &SigningPair, at: Moment) -> Signed<Self> {
        Signed::new(self, genesis, authority, key, at)
    }
}

impl GateRequest for ReleaseRequest {
    const PATH: &'static str = "/v1/release";

    fn asker(&self) -> MemberId {
        self.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.not_before
    }
}

impl GateRequest for RestRequest {
    const PATH: &'static str = "/v1/release-rest";

    fn asker(&self) -> MemberId {
        self.release.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.release.not_before
    }
}

impl GateRequest for KeyRequest {
    const PATH: &'static str = "/v1/release-key";

    fn asker(&self) -> MemberId {
        self.0.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.0.not_before
    }
}

impl GateRequest for CompartmentRequest {
    const PATH: &'static str = "/v1/release-compartment";

    fn asker(&self) -> MemberId {
        self.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.not_before
    }
}

impl GateRequest for NoteRequest {
    const PATH: &'static str = "/v1/release-note";

    fn asker(&self) -> MemberId {
        self.reader
    }
}

impl GateRequest for UnsealRequest {
    const PATH: &'static str = "/v1/unseal";
    // 1,024 links of 88 bytes in base64.
    const MAX_BODY: usize = 256 * 1024;

    fn asker(&self) -> MemberId {
        self.release.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.release.not_before
    }
}

impl GateRequest for UnsealProfileRequest {
    const PATH: &'static str = "/v1/unseal-profile";
    const MAX_BODY: usize = UnsealRequest::MAX_BODY;

    fn asker(&self) -> MemberId {
        self.compartment.reader
    }

    fn not_before(&self) -> Option<u32> {
        self.compartment.not_before
    }
}

impl GateRequest for CopyRequest {
    const PATH: &'static str = "/v1/copy";
    const MAX_BODY: usize = 64 * 1024;

    fn asker(&self) -> MemberId {
        self.service
    }
}

impl GateRequest for HeldRequest {
    const PATH: &'static str = "/v1/held";
    const MAX_BODY: usize = 64 * 1024;

    fn asker(&self) -> MemberId {
        self.service
    }
}

impl GateRequest for StageRequest {
    const PATH: &'static str = "/v1/stage";
    const MAX_BODY: usize = 64 * 1024;

    fn asker(&self) -> MemberId {
        self.writer
    }
}

/// The message is not a request that a gate can judge.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RequestFault {
    /// Its signature cannot be judged.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// Its body is not the JSON of such a request.
    #[error("the body is not a request: an error at line {line}, column {column}")]
    Body {
        /// The line of the body, from one.
        line: usize,
        /// The column in it, from one.
        column: usize,
    },
}

/// A request with the signature of one of the asker's transaction keys. It is good at one gate of one chain, once.
#[derive(Clone, PartialEq, Debug)]
pub struct Signed<R> {
    request: R,
    body: Vec<u8>,
    authority: String,
    signature: MessageSignature,
    scheme: SignatureScheme,
    key: SigningKey,
    number: RequestNumber,
    at: Moment,
}

impl<R: GateRequest> Signed<R> {
    #[expect(clippy::expect_used, reason = "what is written here can be written, and is read back")]
    fn new(request: R, genesis: &Digest, authority: &str, key: &SigningPair, at: Moment) -> Self {
        let body = serde_json::to_vec(&request).expect("a request is JSON");
        let keyid = format!("{}:{}", SignatureScheme::Sr25519, key.public());
        let nonce = hex::encode(random::<16>());
        let created = integer(at / SECOND).expect("a time before the year 30,000,000");
        let [keyid, nonce, tag] = [&keyid, &nonce, TAG].map(|value| text(value).expect("ASCII"));
        let parameters = [("created", created), ("keyid", keyid), ("nonce", nonce), ("tag", tag)];
        let signature = MessageSignature::begin(&COMPONENTS, &parameters).expect("names are ASCII");
        let unsigned = Self::read(authority, body, signature).expect("a request that was just written");
        let payload = unsigned.payload(genesis).expect("every component is known");
        let signature = unsigned.signature.clone().with_bytes(key.sign(payload.as_bytes()).to_vec());
        Self { signature, ..unsigned }
    }

    /// The request that a message to `authority` carries. Its signature is not judged yet: see [`Self::is_signed`].
    pub fn receive(authority: &str, body: Vec<u8>, fields: &SignatureFields) -> Result<Self, RequestFault> {
        Self::read(authority, body, MessageSignature::parse(fields, TAG)?)
    }

    fn read(authority: &str, body: Vec<u8>, signature: MessageSignature) -> Result<Self, RequestFault> {
        for wanted in COMPONENTS {
            if !signature.components().any(|name| name == wanted) {
                return Err(SignatureFault::NotCovered(wanted).into());
            }
        }
        if let Some(other) = signature.components().find(|name| !COMPONENTS.contains(name)) {
            return Err(SignatureFault::Component(other.to_owned()).into());
        }
        if let Some(other) = signature.parameters().find(|name| !PARAMETERS.contains(name)) {
            return Err(SignatureFault::ForeignParameter(other.to_owned()).into());
        }
        let created = signature.number("created")?;
        let at = created.checked_mul(SECOND).ok_or(SignatureFault::Parameter("created"))?;
        let (scheme, key) = key_of(signature.string("keyid")?).ok_or(SignatureFault::Parameter("keyid"))?;
        let number = number_of(signature.string("nonce")?).ok_or(SignatureFault::Parameter("nonce"))?;
        // A list of values would be read as the members of a request, in their order.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(RequestFault::Body { line: 1, column: 1 });
        }
        let request = serde_json::from_slice(&body)
            .map_err(|error| RequestFault::Body { line: error.line(), column: error.column() })?;
        Ok(Self { request, body, authority: authority.to_owned(), signature, scheme, key, number, at })
    }

    /// Whether the key signed the request, for this gate and the chain of `genesis`.
    pub fn is_signed(&self, genesis: &Digest) -> bool {
        let Ok(bytes) = <[u8; 64]>::try_from(self.signature.bytes()) else { return false };
        self.payload(genesis).is_ok_and(|payload| self.scheme.verify(&self.key, payload.as_bytes(), &bytes))
    }

    /// The bytes that are signed.
    fn payload(&self, genesis: &Digest) -> Result<String, SignatureFault> {
        self.signature.base(|component| match component {
            "@method" => Some(METHOD.to_owned()),
            "@authority" => Some(self.authority.clone()),
            "@path" => Some(R::PATH.to_owned()),
            CONTENT_DIGEST => Some(content_digest(&self.body)),
            GENESIS => Some(genesis.to_string()),
            _ => None,
        })
    }

    /// The request.
    pub fn request(&self) -> &R {
        &self.request
    }

    /// The message's body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The header fields that carry the signature.
    pub fn fields(&self) -> SignatureFields {
        self.signature.fields(LABEL)
    }

    /// The gate that is asked: host and port of its address.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The transaction key that signed it, as it says.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The request's number.
    pub fn number(&self) -> RequestNumber {
        self.number
    }

    /// When it was made, in Unix milliseconds, to a second.
    pub fn at(&self) -> Moment {
        self.at
    }
}

/// The key that `keyid` names.
fn key_of(keyid: &str) -> Option<(SignatureScheme, SigningKey)> {
    let (scheme, key) = keyid.split_once(':')?;
    Some((SignatureScheme::from_word(scheme)?, key.parse().ok()?))
}

fn number_of(nonce: &str) -> Option<RequestNumber> {
    let mut number = [0; 16];
    hex::decode_to_slice(nonce, &mut number).ok()?;
    Some(RequestNumber(number))
}
