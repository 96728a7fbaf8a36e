// SPDX-License-Identifier: Apache-2.0

//! A proxy to a port of a host's loopback.

use anyhow::{Context, Result};
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    thread::JoinHandle,
};
use tokio::{
    io::{copy_bidirectional, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// The maximum length of a request's head, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// An open proxy, from [`Host::desk`](super::Host::desk). Dropping it closes it and its connections.
#[derive(Debug)]
pub struct Desk {
    address: SocketAddr,
    _open: oneshot::Sender<()>,
}

impl Desk {
    /// Returns the address to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Opens a proxy to `port`. `start` runs the given work on a thread of the host.
pub(super) fn open(
    port: u16,
    start: impl FnOnce(Box<dyn FnOnce() -> Result<()> + Send>) -> Result<JoinHandle<Result<()>>>,
) -> Result<Desk> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for a desk")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let (open, closed) = oneshot::channel::<()>();
    start(Box::new(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            // The listener stays in the namespace where it was bound. New connections from this thread are the host's.
            let listener = TcpListener::from_std(listener)?;
            tokio::select! {
                () = pass(listener, port) => (),
                _ = closed => (),
            }
            Ok(())
        })
    }))?;
    Ok(Desk { address, _open: open })
}

/// Forwards each visitor's bytes to `port` of this thread's loopback.
async fn pass(listener: TcpListener, port: u16) {
    while let Ok((mut visitor, _)) = listener.accept().await {
        tokio::spawn(async move {
            // If no node listens, the visitor's connection closes.
            let Ok(head) = head_for(&mut visitor, port).await else { return };
            let Ok(mut node) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
            if node.write_all(&head).await.is_ok() {
                let _ = copy_bidirectional(&mut visitor, &mut node).await;
            }
        });
    }
}

/// Reads the head of a request, with any bytes already read after it, and sets its `Host` to `localhost` and `port`.
async fn head_for(visitor: &mut TcpStream, port: u16) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        if read.len() > LONGEST_HEAD || visitor.read_buf(&mut read).await? == 0 {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    let mut head = Vec::with_capacity(read.len());
    for line in read.split_inclusive(|byte| *byte == b'\n') {
        match line.get(..5) {
            Some(name) if name.eq_ignore_ascii_case(b"host:") => {
                head.extend_from_slice(format!("Host: localhost:{port}\r\n").as_bytes());
            }
            _ => head.extend_from_slice(line),
        }
    }
    Ok(head)
}
