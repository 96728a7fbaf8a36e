// SPDX-License-Identifier: Apache-2.0

//! Content into a sealed object, and out of one into a file: all of it or nothing.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use salus_client::sealed_files::{open_in_memory, open_metadata, open_to_file, seal};
use salus_primitives::{ChartId, CompartmentId, Digest, RecordId, RecordKey};
use salus_sealing::blob::{
    seal_bytes, Bindings, ContentKey, Metadata, OpenError, SealError, HEADER_LENGTH, SEALED_SEGMENT,
};
use salus_vault::object_id;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

fn bindings() -> Bindings {
    Bindings {
        genesis: Digest([1; 32]),
        record: RecordId { chart: ChartId(2), key: RecordKey([3; 16]) },
        version: 4,
        compartment: CompartmentId(5),
        epoch: 6,
    }
}

fn metadata() -> Metadata {
    Metadata {
        kind: "Observation".into(),
        title: "Haemoglobin".into(),
        date: Some("2026-11-21".into()),
        media_type: "application/fhir+json".into(),
        ..Metadata::default()
    }
}

fn sealed(content: &[u8], key: &ContentKey) -> Vec<u8> {
    seal_bytes(content, &metadata(), &bindings(), key).unwrap()
}

/// Content in which every segment differs.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 251 + place) as u8).collect()
}

/// Yields some bytes, then fails.
struct Broken(usize);

impl AsyncRead for Broken {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let length = self.0.min(out.remaining());
        out.put_slice(&vec![7; length]);
        self.0 -= length;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn seal_makes_a_whole_blob_or_none() {
    let key = ContentKey::generate();
    for length in [0, 500_000] {
        let sealed = seal(Broken(length), 1_000_000, &metadata(), &bindings(), &key).await;
        assert!(matches!(sealed, Err(SealError::Source(_))));
        let source = content(length);
        let sealed = seal(&source[..], 1_000_000, &metadata(), &bindings(), &key).await;
        assert!(matches!(sealed, Err(SealError::LengthMismatch(_))));
    }
    // In memory, and in a file.
    for length in [0, 1_000_000, 3_000_000] {
        let source = content(length);
        let blob = seal(&source[..], length as u64, &metadata(), &bindings(), &key).await.unwrap();
        let (mut bytes, mut end) = (Vec::new(), Vec::new());
        blob.bytes_from(0).read_to_end(&mut bytes).await.unwrap();
        assert_eq!((blob.id(), blob.size()), (object_id(&bytes), bytes.len() as u64));
        blob.bytes_from(blob.size() - 7).read_to_end(&mut end).await.unwrap();
        assert_eq!(end, bytes[bytes.len() - 7..]);
        let (found, opened) = open_in_memory(&bytes[..], &bindings(), &key).await.unwrap();
        assert!(found == metadata() && opened.expose() == source);
    }
}

#[tokio::test]
async fn open_to_file_makes_a_whole_file_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let (key, content, path) = (ContentKey::generate(), content(300_000), folder.path().join("opened"));
    let mut blob = sealed(&content, &key);
    let last = blob.len() - 1;
    blob[last] ^= 1;
    assert!(matches!(open_to_file(&blob[..], &bindings(), &key, &path).await, Err(OpenError::Altered)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    blob[last] ^= 1;
    assert!(open_to_file(&blob[..], &bindings(), &key, &path).await.unwrap() == metadata());
    assert!(fs::read(&path).unwrap() == content);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let nowhere = folder.path().join("none").join("opened");
    assert!(matches!(open_to_file(&blob[..], &bindings(), &key, &nowhere).await, Err(OpenError::Target(_))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn metadata_is_read_from_the_first_segment_alone() {
    for length in [0, 65_000, 65_536, 1_000_000] {
        let key = ContentKey::generate();
        let blob = sealed(&content(length), &key);
        let mut source = Counting { bytes: &blob, read: 0 };
        assert!(open_metadata(&mut source, &bindings(), &key).await.unwrap() == metadata(), "{length}");
        assert!(source.read <= HEADER_LENGTH + SEALED_SEGMENT + 1, "{length}: {}", source.read);
    }
    let key = ContentKey::generate();
    let mut altered = sealed(b"content", &key);
    altered[HEADER_LENGTH] ^= 1;
    assert!(matches!(open_metadata(&altered[..], &bindings(), &key).await, Err(OpenError::Altered)));
}

/// Counts what is read of it.
struct Counting<'a> {
    bytes: &'a [u8],
    read: usize,
}

impl AsyncRead for Counting<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let length = self.bytes.len().min(out.remaining());
        let (now, later) = self.bytes.split_at(length);
        out.put_slice(now);
        (self.bytes, self.read) = (later, self.read + length);
        Poll::Ready(Ok(()))
    }
}
