// SPDX-License-Identifier: Apache-2.0

//! A wire that keeps what goes over it: a relay before a service, as a curious operator or an attacker has it.

use anyhow::Result;
use std::{
    fs::File,
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Bytes that the relay carries at a time.
const PIECE: usize = 64 * 1024;

/// A relay on an address of its own. It writes both directions of each connection to files.
pub struct Recorder {
    address: SocketAddr,
    folder: PathBuf,
    work: JoinHandle<()>,
}

impl Recorder {
    /// Starts a relay that keeps its recordings in `folder`. It carries connections to `to`, where no service has to listen yet.
    pub async fn start(folder: &Path, to: &str) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (kept, to) = (folder.to_owned(), to.to_owned());
        let work = tokio::spawn(async move {
            let mut number = 0_u64;
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, to.clone(), kept.clone(), number));
                number = number.saturating_add(1);
            }
        });
        Ok(Self { address, folder: folder.to_owned(), work })
    }

    /// Host and port at which clients reach the service through the relay.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The requests that came so far, whole: head and body, in the order of their connections.
    pub fn requests(&self) -> Result<Vec<Vec<u8>>> {
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let number = path.file_stem().and_then(|name| name.to_str()?.parse::<u64>().ok());
            numbers.extend(number.filter(|_| path.extension().is_some_and(|kind| kind == "requests")));
        }
        numbers.sort_unstable();
        let mut requests = Vec::new();
        for number in numbers {
            requests.extend(split(&std::fs::read(self.folder.join(format!("{number}.requests")))?));
        }
        Ok(requests)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.work.abort();
    }
}

async fn carry(client: TcpStream, to: String, folder: PathBuf, number: u64) -> Result<()> {
    let service = TcpStream::connect(to).await?;
    let (from_client, to_client) = client.into_split();
    let (from_service, to_service) = service.into_split();
    let file = |kind| File::create(folder.join(format!("{number}.{kind}")));
    let (requests, answers) = (file("requests")?, file("answers")?);
    tokio::try_join!(record(from_client, to_service, requests), record(from_service, to_client, answers))?;
    Ok(())
}

/// Carries bytes until there are no more; each is in the file before it goes on.
async fn record(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut file: File) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).await?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(to.shutdown().await?);
        };
        file.write_all(bytes)?;
        to.write_all(bytes).await?;
    }
}

/// The requests of one connection. Each has a `content-length`, or no body.
fn split(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut requests = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head_length = end.saturating_add(4);
        let head = String::from_utf8_lossy(bytes.get(..head_length).unwrap_or_default()).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let Some(request) = bytes.get(..head_length.saturating_add(length.unwrap_or(0))) else { break };
        requests.push(request.to_vec());
        bytes = bytes.get(request.len()..).unwrap_or_default();
    }
    requests
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_connection_is_split_into_its_requests() {
        let one = b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        let two = b"GET /b HTTP/1.1\r\n\r\n";
        assert_eq!(split(&[&one[..], two, one].concat()), [one.to_vec(), two.to_vec(), one.to_vec()]);
        assert_eq!(split(&one[..one.len() - 1]), Vec::<Vec<u8>>::new());
        assert_eq!(split(b""), Vec::<Vec<u8>>::new());
    }
}
