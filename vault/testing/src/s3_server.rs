// SPDX-License-Identifier: Apache-2.0

//! An S3-compatible server in this process.

use crate::way::{Front, Way};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use salus_vault::{S3Credentials, S3Settings};
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

const BUCKET: &str = "salus";
const PREFIX: &str = "hospital/vault";

/// A server with a bucket, on a port of its own.
pub struct S3Server {
    root: TempDir,
    front: Front,
    serving: JoinHandle<()>,
}

impl S3Server {
    /// Starts a server with an empty bucket.
    pub async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("hospital", "secret"));
        let service = service.build();
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Front::before(inner.local_addr().unwrap()).await;
        let serving = tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            while let Ok((stream, _)) = inner.accept().await {
                let connection = server.serve_connection(TokioIo::new(stream), service.clone()).into_owned();
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { root, front, serving }
    }

    /// The settings of a vault whose credentials are right.
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: format!("http://{}", self.front.address()),
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
        self.front.set_way(way);
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
