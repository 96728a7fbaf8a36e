// SPDX-License-Identifier: Apache-2.0

//! The vault over each kind of store: what goes in comes out, and nothing else ever does.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod common;
mod folder;
mod ipfs;
mod power;
mod previous;
mod s3;

use salus_primitives::Digest;
use salus_vault::Vault;
use salus_vault_testing::{IpfsNode, S3Server};
use std::{
    fs, io,
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll},
};
use tempfile::TempDir;
use tokio::io::{AsyncRead, ReadBuf};

/// The server of a vault that is not in a folder.
enum Server {
    S3(#[expect(dead_code, reason = "it serves until it is dropped")] S3Server),
    Ipfs(#[expect(dead_code, reason = "it serves until it is dropped")] IpfsNode),
}

/// A vault of some kind, and where its objects lie on this machine's disk.
struct Place {
    vault: Vault,
    objects: PathBuf,
    scratch: TempDir,
    _server: Option<Server>,
}

impl Place {
    /// A vault in a folder.
    async fn folder() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(scratch.path().join("vault")).await.unwrap();
        Self { objects: vault.folder().to_owned(), vault, scratch, _server: None }
    }

    /// A vault in a bucket of a server.
    async fn s3() -> Self {
        let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
        let vault = Vault::open_s3(&server.settings(), scratch.path().join("spool")).await.unwrap();
        Self { objects: server.objects(), vault, scratch, _server: Some(Server::S3(server)) }
    }

    /// A vault in an IPFS node.
    async fn ipfs() -> Self {
        let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
        let vault = Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await.unwrap();
        Self { objects: node.objects(), vault, scratch, _server: Some(Server::Ipfs(node)) }
    }

    fn file_of(&self, id: &Digest) -> PathBuf {
        file_in(&self.objects, id)
    }

    /// How many objects are on their way in or out.
    fn on_their_way(&self) -> usize {
        fs::read_dir(self.vault.folder().join("incoming")).unwrap().count()
    }
}

fn file_in(objects: &Path, id: &Digest) -> PathBuf {
    let text = id.to_string();
    objects.join(&text[2..4]).join(&text[4..])
}

fn files_under(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_under(&path) } else { 1 }).sum()
}

/// Yields some bytes, then fails, as a broken connection does.
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
