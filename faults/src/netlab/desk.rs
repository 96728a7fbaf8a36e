// SPDX-License-Identifier: Apache-2.0

//! The way to a port of a host's loopback.

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

/// No head of a request is longer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// See [`Host::desk`](super::Host::desk). It closes when dropped, with the connections that pass through it.
#[derive(Debug)]
pub struct Desk {
    address: SocketAddr,
    _open: oneshot::Sender<()>,
}

impl Desk {
    /// Where to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A desk for `port`; `start` gives its work to a thread of the host.
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
            // The listener keeps the namespace that it was made in; what is connected from here is the host's.
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

/// Passes each visitor's bytes to `port` of this thread's loopback.
async fn pass(listener: TcpListener, port: u16) {
    while let Ok((mut visitor, _)) = listener.accept().await {
        tokio::spawn(async move {
            // A node that is not there refuses; the visitor sees its connection close.
            let Ok(head) = head_for(&mut visitor, port).await else { return };
            let Ok(mut node) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
            if node.write_all(&head).await.is_ok() {
                let _ = copy_bidirectional(&mut visitor, &mut node).await;
            }
        });
    }
}

/// Reads the head of a request, made out to `port` of the loopback instead of the desk's, with what follows it already.
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
