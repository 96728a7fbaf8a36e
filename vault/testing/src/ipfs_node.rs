// SPDX-License-Identifier: Apache-2.0

//! The questions of a vault to an IPFS node, answered in this process: files of a folder under the RPC of Kubo. It has no blocks and no
//! peers. The tests of `e2e/ipfs` have a real node.

use crate::way::{Front, Way};
use salus_vault::{object_id, IpfsSettings};
use serde_json::{json, Value};
use std::{
    collections::BTreeSet,
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const PREFIX: &str = "hospital/vault";
/// The words of a node about a name that it does not have.
const MISSING: &str = "file does not exist";

/// An imitation of a node, on a port of its own.
pub struct IpfsNode {
    inner: Arc<Inner>,
    front: Front,
    serving: JoinHandle<()>,
}

struct Inner {
    root: TempDir,
    configuration: Mutex<Value>,
    /// Identifiers of files whose blocks are damaged, whatever name they have.
    damaged: Mutex<BTreeSet<String>>,
    /// One request at a time changes names.
    names: Mutex<()>,
}

impl IpfsNode {
    /// Starts a private node without files.
    pub async fn start() -> Self {
        let configuration = json!({
            "Routing": { "Type": "none" },
            "Provide": { "Enabled": false },
            "Bootstrap": [],
            "Discovery": { "MDNS": { "Enabled": false } },
        });
        let (root, configuration) = (tempfile::tempdir().unwrap(), Mutex::new(configuration));
        let inner = Arc::new(Inner { root, configuration, damaged: Mutex::default(), names: Mutex::new(()) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Front::before(listener.local_addr().unwrap()).await;
        let serving = tokio::spawn({
            let inner = inner.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, inner.clone()));
                }
            }
        });
        Self { inner, front, serving }
    }

    /// The settings of a vault in this node.
    pub fn settings(&self) -> IpfsSettings {
        IpfsSettings {
            endpoint: format!("http://{}", self.front.address()),
            prefix: PREFIX.to_owned(),
            token: Some("node-secret".to_owned().into()),
            timeout: Duration::from_secs(5),
        }
    }

    /// The folder in which the node keeps the vault's objects.
    pub fn objects(&self) -> PathBuf {
        self.inner.root.path().join(PREFIX)
    }

    /// Changes what happens to connections. Earlier ones end.
    pub fn set_way(&self, way: Way) {
        self.front.set_way(way);
    }

    /// Damages the blocks of a file with these bytes, if there is one and if there will be one.
    pub fn damage(&self, bytes: &[u8]) {
        self.inner.damaged.lock().unwrap().insert(object_id(bytes).to_string());
    }

    /// Changes a setting of the node's configuration; `pointer` is as in `/Routing/Type`.
    pub fn configure(&self, pointer: &str, value: impl Into<Value>) {
        *self.inner.configuration.lock().unwrap().pointer_mut(pointer).unwrap() = value.into();
    }
}

impl Drop for IpfsNode {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request, and closes.
async fn serve(stream: TcpStream, inner: Arc<Inner>) {
    let mut stream = BufReader::new(stream);
    let (mut head, mut line) = (Vec::new(), String::new());
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        head.push(std::mem::take(&mut line));
    }
    let field = |name: &str| {
        let mut lines = head.iter().filter_map(|line| line.split_once(':'));
        lines.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let mut body = vec![0; field("content-length").map_or(0, |length| length.parse().unwrap())];
    if head.is_empty() || stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let target = head[0].split(' ').nth(1).unwrap().to_owned();
    let (status, answer) = match field("authorization").as_deref() {
        Some("Bearer node-secret") => match inner.answer(&target, part_of(&body)) {
            Ok(answer) => ("200 OK", answer),
            Err(message) => {
                let text = json!({ "Message": message, "Code": 0, "Type": "error" });
                ("500 Internal Server Error", text.to_string().into_bytes())
            }
        },
        _ => ("403 Forbidden", b"403 - Forbidden".to_vec()),
    };
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", answer.len());
    let _ = stream.write_all(&[head.as_bytes(), &answer].concat()).await;
    let _ = stream.shutdown().await;
}

/// The content of a form with one field.
fn part_of(body: &[u8]) -> &[u8] {
    let Some(head) = body.windows(4).position(|four| four == b"\r\n\r\n") else { return &[] };
    let boundary = body.iter().position(|byte| *byte == b'\r').unwrap();
    &body[head + 4..body.len() - boundary - 6]
}

impl Inner {
    fn answer(&self, target: &str, part: &[u8]) -> Result<Vec<u8>, String> {
        let _names = self.names.lock().unwrap();
        let (command, query) = target.strip_prefix("/api/v0/").unwrap().split_once('?').unwrap();
        let fields: Vec<_> = query.split('&').filter_map(|field| field.split_once('=')).collect();
        let of =
            |name: &str| fields.iter().filter(|(field, _)| *field == name).map(|(_, value)| *value).collect::<Vec<_>>();
        let number = |name: &str| of(name).first().map(|value| value.parse::<u64>().unwrap());
        if command == "config/show" {
            return Ok(self.configuration.lock().unwrap().to_string().into_bytes());
        }
        if let "refs" | "block/rm" = command {
            let cid = of("arg")[0];
            if command == "block/rm" {
                self.damaged.lock().unwrap().remove(cid);
            }
            // Blocks below the first are left out here.
            return Ok(Vec::new());
        }
        let paths: Vec<_> = of("arg").iter().map(|path| self.root.path().join(path.trim_matches('/'))).collect();
        let path = &paths[0];
        let io = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => MISSING.to_owned(),
            _ => error.to_string(),
        };
        match command {
            "files/stat" => stat(path).map_err(io),
            "files/ls" => list(path, of("long") == ["true"]).map_err(io),
            "files/read" => {
                let mut bytes = fs::read(path).map_err(io)?;
                if self.damaged.lock().unwrap().contains(&object_id(&bytes).to_string()) {
                    bytes[0] ^= 1;
                }
                let from = number("offset").unwrap_or(0).min(bytes.len() as u64) as usize;
                let count = number("count").map_or(usize::MAX, |count| count as usize);
                Ok(bytes[from..].iter().copied().take(count).collect())
            }
            "files/write" => {
                if of("parents") == ["true"] {
                    fs::create_dir_all(path.parent().unwrap()).map_err(io)?;
                }
                let created = of("create") == ["true"];
                let mut file =
                    fs::OpenOptions::new().write(true).create(created).truncate(false).open(path).map_err(io)?;
                file.seek(SeekFrom::Start(number("offset").unwrap_or(0))).map_err(io)?;
                file.write_all(part).map(|()| Vec::new()).map_err(io)
            }
            "files/mkdir" => fs::create_dir_all(path).map(|()| Vec::new()).map_err(io),
            "files/mv" if paths[1].exists() => Err("directory already has entry by that name".to_owned()),
            "files/mv" => fs::rename(path, &paths[1]).map(|()| Vec::new()).map_err(io),
            "files/rm" => fs::remove_file(path).map(|()| Vec::new()).map_err(io),
            "files/flush" => stat(path).map_err(io),
            _ => Err(format!("no command {command}")),
        }
    }
}

/// The identifier is not that of IPFS: other bytes have another one, and that is all.
fn stat(path: &Path) -> std::io::Result<Vec<u8>> {
    let found = match fs::metadata(path)?.is_dir() {
        true => json!({ "Hash": "folder", "Size": 0, "Type": "directory" }),
        false => {
            let bytes = fs::read(path)?;
            json!({ "Hash": object_id(&bytes).to_string(), "Size": bytes.len(), "Type": "file" })
        }
    };
    Ok(found.to_string().into_bytes())
}

fn list(path: &Path, long: bool) -> std::io::Result<Vec<u8>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = u8::from(long && entry.path().is_dir());
        entries.push(json!({ "Name": entry.file_name().to_string_lossy(), "Type": kind, "Size": 0, "Hash": "" }));
    }
    let entries = if entries.is_empty() { Value::Null } else { entries.into() };
    Ok(json!({ "Entries": entries }).to_string().into_bytes())
}
