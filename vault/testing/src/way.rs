// SPDX-License-Identifier: Apache-2.0

//! Connections to a server in this process that fail as networks do.

use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{copy, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// The way from a client to the server.
#[derive(Clone, Copy)]
pub enum Way {
    /// Open.
    Open,
    /// Each connection ends after so many bytes that the client sent.
    CutAfter(u64),
    /// Each connection ends after so many bytes that the server sent.
    AnswerCutAfter(u64),
    /// Connections are made, and no byte passes.
    Silent,
    /// Each connection gets this answer.
    Answers(&'static str),
}

/// A port before a server's own.
pub(crate) struct Front {
    address: SocketAddr,
    way: watch::Sender<Way>,
    connecting: JoinHandle<()>,
}

impl Front {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, ways) = watch::channel(Way::Open);
        let connecting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, ways.clone()));
            }
        });
        Self { address, way, connecting }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens to connections. Earlier ones end.
    pub(crate) fn set_way(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.connecting.abort();
    }
}

async fn pass(client: TcpStream, server: SocketAddr, mut ways: watch::Receiver<Way>) {
    let way = *ways.borrow_and_update();
    tokio::select! {
        _ = connect(client, server, way) => {}
        _ = ways.changed() => {}
    }
}

async fn connect(mut client: TcpStream, server: SocketAddr, way: Way) {
    let (limit, answer_limit) = match way {
        Way::Open => (u64::MAX, u64::MAX),
        Way::CutAfter(limit) => (limit, u64::MAX),
        Way::AnswerCutAfter(limit) => (u64::MAX, limit),
        Way::Silent => return tokio::time::sleep(Duration::from_secs(60)).await,
        Way::Answers(answer) => {
            let _ = client.read(&mut [0; 4096]).await;
            let _ = client.write_all(answer.as_bytes()).await;
            return;
        }
    };
    let mut server = TcpStream::connect(server).await.unwrap();
    let ((from_client, mut to_client), (from_server, mut to_server)) = (client.split(), server.split());
    let (mut sent, mut answered) = (from_client.take(limit), from_server.take(answer_limit));
    // Whichever ends first ends the connection.
    tokio::select! {
        _ = copy(&mut sent, &mut to_server) => {}
        _ = copy(&mut answered, &mut to_client) => {}
    }
}
