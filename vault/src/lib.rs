// SPDX-License-Identifier: Apache-2.0

//! A content-addressed store of sealed objects: blobs, envelopes and profiles.
//!
//! An object's id is the SHA-256 of its bytes, so an id that the chain knows says exactly which bytes belong to it. No
//! process can put others in their place. A vault's content is sealed before it arrives; the vault has no key, knows no
//! name and reads nothing. It decides nothing either: who may have an object is for the release gate to say.
//!
//! [`Vault::open_folder`] keeps objects in a folder, [`Vault::open_s3`] in a bucket of an S3-compatible server, and
//! [`Vault::open_ipfs`] in an IPFS node, all by way of [OpenDAL](opendal). The users of a vault see no difference. Objects arrive on this machine's disk under a temporary
//! name, and get their own name only once they are complete, hashed and synced. A crash leaves no half object behind, and
//! every name in the store is that of a whole object. Memory stays bounded however large an object is, except in
//! [`Vault::get`], which returns the bytes.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! let vault = salus_vault::Vault::open_folder(folder.path()).await?;
//! let id = vault.put(&b"sealed bytes"[..]).await?;
//! assert_eq!(vault.get(&id).await?, &b"sealed bytes"[..]);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod folder;
mod hashed_file;
mod hashing;
mod incoming;
mod ipfs;
mod kubo;
mod layout;
mod reader;
mod remote;
mod s3;
mod server;
mod store;
mod vault;

pub use error::{OpenError, VaultError};
pub use hashed_file::HashedFile;
pub use hashing::object_id;
pub use incoming::Incoming;
pub use ipfs::IpfsSettings;
pub use reader::ObjectReader;
pub use s3::{S3Credentials, S3Settings};
pub use server::{check_endpoint, EndpointError};
pub use vault::Vault;
