// SPDX-License-Identifier: Apache-2.0

//! An S3-compatible server in this process, and a connection to it that fails as networks do.

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use salus_vault::{S3Credentials, S3Settings};
use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{copy, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

const BUCKET: &str = "salus";
const PREFIX: &str = "hospital/vault";

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

/// A server with a bucket, on a port of its own.
pub struct S3Server {
    root: TempDir,
    address: SocketAddr,
    way: watch::Sender<Way>,
    tasks: Vec<JoinHandle<()>>,
}

impl S3Server {
    /// Starts a server with an empty bucket.
    pub async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("hospital", "secret"));
        let service = service.build();
        let (inner, outer) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (behind, address) = (inner.local_addr().unwrap(), outer.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            while let Ok((stream, _)) = inner.accept().await {
                let connection = server.serve_connection(TokioIo::new(stream), service.clone()).into_owned();
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        let (way, ways) = watch::channel(Way::Open);
        let connecting = tokio::spawn(async move {
            while let Ok((client, _)) = outer.accept().await {
                tokio::spawn(pass(client, behind, ways.clone()));
            }
        });
        Self { root, address, way, tasks: vec![serving, connecting] }
    }

    /// The settings of a vault whose credentials are right.
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: format!("http://{}", self.address),
            bucket: BUCKET.to_owned(),
            prefix: PREFIX.to_owned(),
            region: "us-east-1".to_owned(),
            timeout: Duration::from_secs(5),
            credentials: S3Credentials {
                id: "hospital".to_owned().into(),
                secret: "secret".to_owned().into(),
                token: None,
            },
        }
    }

    /// The folder in which the server keeps the vault's objects.
    pub fn objects(&self) -> PathBuf {
        self.root.path().join(BUCKET).join(PREFIX)
    }

    /// Changes what happens to connections. Earlier ones end.
    pub fn set_way(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
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
