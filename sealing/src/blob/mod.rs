// SPDX-License-Identifier: Apache-2.0

//! Sealed blobs: how a record's content lies in a vault (docs/adr/0002-blob-format.md).
//!
//! A blob is a header in the clear and then segments, each authenticated alone:
//!
//! | bytes | field |
//! |---|---|
//! | 6 | magic `SALUS` and the format's number, 1 |
//! | 1 | suite, 1: AES-256-GCM, HKDF-SHA256, SHA-256 |
//! | 65 | bindings: genesis hash, chart, record key, version, compartment, epoch; fixed-length SCALE |
//! | 32 | salt, random |
//! | 32 | key commitment |
//! | … | segments of 64 KiB and a 16-byte tag each; the last may be shorter |
//!
//! With `hash` the SHA-256 of the first 104 bytes and `key` the version's content key, `HKDF-SHA256(hash, key, …)` gives
//! three values: the AES key (`salus/blob/1/key`), the 7-byte nonce prefix (`salus/blob/1/nonce`) and the commitment
//! (`salus/blob/1/commitment`). So a changed header means other keys, and a blob opens under one key only. Even a content
//! key used twice would never repeat a nonce. Segments follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár
//! 2015). The nonce is prefix ‖ big-endian counter (4) ‖ last flag (1). So segments can be neither reordered nor repeated,
//! left out, nor cut off at the end.
//!
//! The sealed part begins with the length of the metadata (u32, little-endian) and the metadata in JSON. The length of the
//! content (u64, little-endian), the content, and zeros up to the padded length follow (Padmé, and 4 KiB at least). The size
//! of a blob tells the size of its content to some 12 per cent and no better.
//!
//! Sealing and opening stream: however large the content, a few segments are in memory. Segments are released one by
//! one, each authenticated; a program that takes them from [`open`] must discard everything when it ends in an error.

mod bytes;
mod header;
mod metadata;
mod padding;
mod stream;

pub use bytes::{open_bytes, seal_bytes};
pub use header::{Bindings, Header, HeaderError, HEADER_LENGTH};
pub use metadata::{Metadata, MAX_METADATA};
pub use padding::padded_length;
pub use stream::{open, seal, ContentKey, OpenError, Opener, SealError, Sealer, SEALED_SEGMENT};
