// SPDX-License-Identifier: Apache-2.0

//! The answers of a gate as HTTP carries them.
//!
//! A compartment, the way to a content key, a note and leave to upload are JSON. A version is a frame: the length of its head as a big-endian `u32`,
//! the head as JSON, and the sealed blob as it lies in the vault. Bytes in JSON are base64. A refusal is a [`Problem`].

use salus_primitives::{decision::Basis, Digest, Moment};
use salus_sealing::blob::Bindings;
use serde::{Deserialize, Deserializer, Serialize};
use serde_with::{base64::Base64, serde_as, DeserializeFromStr, SerializeDisplay};
use std::{fmt, str::FromStr};
use thiserror::Error;

use super::refusal::GateRefusal;

/// The media type of a released version.
pub const RELEASE: &str = "application/vnd.salus.release";
/// The media type of a refusal (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";
/// Bytes of a head, at most: a key envelope has at most 2 KiB.
pub const MAX_HEAD: usize = 8 * 1024;

/// The head of a released version, which stands before the blob.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseHead {
    /// The version, and the epoch that it was sealed for.
    pub bindings: Bindings,
    /// The content id.
    pub content: Digest,
    /// The basis of the permission.
    pub basis: Basis,
    /// The content key, sealed to that epoch, if the reader needs it.
    #[serde_as(as = "Option<Base64>")]
    pub key_envelope: Option<Vec<u8>>,
    /// Bytes of the blob.
    pub size: u64,
}

/// The bytes are not the head of a released version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("the gate's answer has no head of a released version")]
pub struct InvalidHead;

impl ReleaseHead {
    /// The frame up to the blob.
    #[expect(clippy::expect_used, reason = "a head is JSON, and its envelope is bounded by the gate")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = serde_json::to_vec(self).expect("a head is JSON");
        let length = u32::try_from(head.len()).expect("a short head");
        [&length.to_be_bytes(), head.as_slice()].concat()
    }

    /// The length of a head, from the first bytes of a frame.
    pub fn length(frame: [u8; 4]) -> Result<usize, InvalidHead> {
        usize::try_from(u32::from_be_bytes(frame)).ok().filter(|length| *length <= MAX_HEAD).ok_or(InvalidHead)
    }

    /// The head, without its length.
    pub fn from_bytes(head: &[u8]) -> Result<Self, InvalidHead> {
        serde_json::from_slice(head).map_err(|_| InvalidHead)
    }
}

/// A sealed note, given out.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedNote {
    /// The sealed bytes.
    #[serde_as(as = "Base64")]
    pub sealed: Vec<u8>,
}

/// A content key that an institution opened and sealed to one of its members.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealedKey {
    /// The content key, sealed to the reader.
    #[serde_as(as = "Base64")]
    pub envelope: Vec<u8>,
}

/// A compartment's name and meaning that an institution opened and sealed to one of its members.
#[serde_as]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealedProfile {
    /// The profile, sealed to the reader.
    #[serde_as(as = "Base64")]
    pub envelope: Vec<u8>,
}

/// Bytes of the length before each object of an answer with copies: a big-endian `u64`.
pub const COPY_LENGTH: usize = 8;
/// Stands in place of the length of an object that the vault does not have.
pub const COPY_MISSING: u64 = u64::MAX;

/// The path below which uploads lie.
pub const UPLOADS: &str = "/v1/uploads";
/// The header field that says how many bytes of an upload have arrived (draft-ietf-httpbis-resumable-upload).
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// The media type of a part of an upload.
pub const PARTIAL_UPLOAD: &str = "application/partial-upload";

/// Leave to upload objects, in the order of the request, one after the other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staged {
    /// The upload, at [`UPLOADS`] and a slash. A program that has its number may send the objects' bytes and nothing else.
    pub upload: UploadId,
    /// When the vault deletes objects that the chain does not name by then, in Unix milliseconds.
    pub expires_at: Moment,
}

/// Which objects a vault keeps copies of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Whether it keeps each object of the request, in their order. An object of another institution than the asker's counts as none.
    pub held: Vec<bool>,
}

/// The number of an upload, chosen by chance: 32 hexadecimal digits. It admits bytes, so it has no `Debug`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct UploadId(pub [u8; 16]);

impl fmt::Display for UploadId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl FromStr for UploadId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut number = [0; 16];
        hex::decode_to_slice(text, &mut number)?;
        Ok(Self(number))
    }
}

/// Why a request was not answered (RFC 9457).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// The kind of problem: `about:blank`, as the refusal says more than an address could.
    #[serde(rename = "type")]
    pub kind: String,
    /// The meaning of the status.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// A sentence for people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// The gate's refusal, if the gate was asked.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "known_refusal")]
    pub refusal: Option<GateRefusal>,
}

/// The refusal; none when a newer gate has a code that this program does not know. Status and detail say enough then.
fn known_refusal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<GateRefusal>, D::Error> {
    let refusal = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(refusal).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{decision::Denial, ChartId, CompartmentId, GrantId, MemberId, RecordId, RecordKey};

    fn head() -> ReleaseHead {
        let record = RecordId { chart: ChartId(11), key: RecordKey([2; 16]) };
        let (genesis, compartment) = (Digest([1; 32]), CompartmentId(3));
        ReleaseHead {
            bindings: Bindings { genesis, record, version: 4, compartment, epoch: 5 },
            content: Digest([6; 32]),
            basis: Basis::Grant(GrantId(7)),
            key_envelope: Some(vec![1, 2, 3]),
            size: 8,
        }
    }

    #[test]
    fn a_head_is_read_back_from_its_frame() {
        for head in [head(), ReleaseHead { key_envelope: None, basis: Basis::Controller, ..head() }] {
            let frame = head.to_bytes();
            let (length, rest) = frame.split_first_chunk().unwrap();
            assert_eq!(ReleaseHead::length(*length), Ok(rest.len()));
            assert_eq!(ReleaseHead::from_bytes(rest), Ok(head));
        }
    }

    #[test]
    fn the_form_of_a_head_is_fixed() {
        assert_eq!(
            String::from_utf8(head().to_bytes().split_off(4)).unwrap(),
            format!(
                concat!(
                    r#"{{"bindings":{{"genesis":"0x{}","record":"11/02020202020202020202020202020202","version":4,"#,
                    r#""compartment":3,"epoch":5}},"content":"0x{}","basis":{{"grant":7}},"key_envelope":"AQID","size":8}}"#
                ),
                "01".repeat(32),
                "06".repeat(32)
            )
        );
    }

    #[test]
    fn a_head_of_another_form_or_length_is_refused() {
        assert_eq!(ReleaseHead::length([0, 0, 0x20, 1]), Err(InvalidHead));
        assert_eq!(ReleaseHead::length([0xff; 4]), Err(InvalidHead));
        let good = head().to_bytes().split_off(4);
        for length in 0..good.len() {
            assert_eq!(ReleaseHead::from_bytes(&good[..length]), Err(InvalidHead));
        }
        let more = String::from_utf8(good).unwrap().replace("\"size\"", "\"more\":1,\"size\"");
        assert_eq!(ReleaseHead::from_bytes(more.as_bytes()), Err(InvalidHead));
    }

    #[test]
    fn the_longest_envelope_fits_a_head() {
        let head = ReleaseHead { key_envelope: Some(vec![0xff; 2048]), ..head() };
        assert!(head.to_bytes().len() < MAX_HEAD);
    }

    #[test]
    fn refusals_travel_in_problems() {
        for (refusal, json) in [
            (GateRefusal::StaleHead(7), r#"{"code":"stale-head","about":7}"#),
            (GateRefusal::NoSession, r#"{"code":"no-session"}"#),
            (GateRefusal::NotTheMember(MemberId(3)), r#"{"code":"not-the-member","about":3}"#),
            (GateRefusal::Denied(Denial::NoGrant), r#"{"code":"denied","about":"no-grant"}"#),
            (
                GateRefusal::EnvelopeOutdated { grant: GrantId(1), edition: 2, epoch: 3 },
                r#"{"code":"envelope-outdated","about":{"grant":1,"edition":2,"epoch":3}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&refusal).unwrap(), json);
            let problem = Problem {
                kind: "about:blank".into(),
                title: "Forbidden".into(),
                status: 403,
                detail: Some(refusal.to_string()),
                refusal: Some(refusal),
            };
            let text = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
        }
    }

    #[test]
    fn a_problem_of_another_server_is_read_as_well() {
        let problem: Problem =
            serde_json::from_str(r#"{"type":"about:blank","title":"Bad Gateway","status":502,"instance":"/x"}"#)
                .unwrap();
        assert_eq!((problem.status, problem.refusal), (502, None));
        let newer = r#"{"type":"about:blank","title":"Forbidden","status":403,"refusal":{"code":"of-tomorrow"}}"#;
        let problem: Problem = serde_json::from_str(newer).unwrap();
        assert_eq!((problem.status, problem.refusal), (403, None));
    }
}
