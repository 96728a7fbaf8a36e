// SPDX-License-Identifier: Apache-2.0

//! A line: a relay through which everything passes between a vault service and its clients.
//!
//! A run can cut it, slow it and break it in the midst of a message, and it counts. A line to a service reads HTTP: it knows each
//! request's subject, carries one request on each connection, and can answer falsely in the service's place ([`Liar`]).

use super::asks::Asks;
use super::lies::{chunked_to_the_end, length_of, Liar, Lie};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// The maximum length of a message's head, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// The longest piece that passes at once, in bytes.
const PIECE: usize = 8 * 1024;
/// The least time that a piece takes on a slow line.
const LATENCY: Duration = Duration::from_millis(40);

/// The state of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Everything passes at once.
    #[default]
    Whole,
    /// Connections end at once, and those under way break.
    Cut,
    /// So many bytes a second pass.
    Slow(u64),
    /// Each connection breaks when so many bytes have passed.
    Breaks(u64),
}

/// The counts of a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Bytes that passed, both ways.
    pub bytes: u64,
    /// Connections that were turned away or broken, because the line was cut.
    pub cut: u64,
    /// Connections that broke in the midst.
    pub broken: u64,
    /// Pieces that had to wait, because the line was slow.
    pub waited: u64,
    /// Requests under way, by what they ask for.
    pub under_way: BTreeMap<Asks, u64>,
    /// Lies that were told, by their names.
    pub lies: BTreeMap<Lie, u64>,
}

/// A line. Dropping it cuts it for good.
pub struct Line {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    to: SocketAddr,
    is_http: bool,
    state: watch::Sender<State>,
    tally: Mutex<Tally>,
    liar: Mutex<Liar>,
}

impl Line {
    /// A line from a port of the loopback to `to`, for any bytes.
    pub async fn raw(port: u16, to: SocketAddr) -> Result<Self> {
        Self::open(port, to, false, 0).await
    }

    /// A line from a port of the loopback to an HTTP service at `to`.
    pub async fn http(port: u16, to: SocketAddr, seed: u64) -> Result<Self> {
        Self::open(port, to, true, seed).await
    }

    async fn open(port: u16, to: SocketAddr, is_http: bool, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let shared = Arc::new(Shared {
            to,
            is_http,
            state: watch::Sender::new(State::Whole),
            tally: Mutex::default(),
            liar: Mutex::new(Liar::new(seed)),
        });
        let task = tokio::spawn(take(listener, shared.clone()));
        Ok(Self { shared, task })
    }

    /// Changes its state.
    pub fn turn(&self, state: State) {
        self.shared.state.send_replace(state);
    }

    /// From now on it remembers answers, to have some to lie with.
    pub fn listen(&self) {
        self.shared.liar().listen();
    }

    /// From now on it tells lies of these kinds; none ends it.
    pub fn lie(&self, lies: &[Lie]) {
        self.shared.liar().tell(lies);
    }

    /// Returns the counts so far.
    pub fn tally(&self) -> Tally {
        self.shared.tally().clone()
    }

    /// Returns how many requests of this kind are under way.
    pub fn under_way(&self, asks: Asks) -> u64 {
        self.shared.tally().under_way.get(&asks).copied().unwrap_or_default()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
        self.turn(State::Cut);
    }
}

impl Shared {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        // Counts are changed one by one, so they are consistent even after a panic.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn liar(&self) -> MutexGuard<'_, Liar> {
        self.liar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, count: impl FnOnce(&mut Tally) -> &mut u64) {
        let mut tally = self.tally();
        let count = count(&mut tally);
        *count = count.saturating_add(1);
    }

    fn state(&self) -> State {
        *self.state.borrow()
    }
}

/// A request under way, counted as long as it lives.
struct UnderWay<'a>(&'a Shared, Asks);

impl<'a> UnderWay<'a> {
    fn begin(shared: &'a Shared, asks: Asks) -> Self {
        shared.count(|tally| tally.under_way.entry(asks).or_default());
        Self(shared, asks)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0.tally().under_way.get_mut(&self.1) {
            *count = count.saturating_sub(1);
        }
    }
}

async fn take(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((visitor, _)) = listener.accept().await {
        let shared = shared.clone();
        tokio::spawn(async move {
            if shared.state() == State::Cut {
                shared.count(|tally| &mut tally.cut);
                return;
            }
            let mut changes = shared.state.subscribe();
            tokio::select! {
                _ = changes.wait_for(|state| *state == State::Cut) => shared.count(|tally| &mut tally.cut),
                // A visitor whose connection breaks is told by that.
                _ = carry(visitor, &shared) => {}
            }
        });
    }
}

async fn carry(mut visitor: TcpStream, shared: &Shared) -> std::io::Result<()> {
    if !shared.is_http {
        let mut service = TcpStream::connect(shared.to).await?;
        let ((mut from_visitor, mut to_visitor), (mut from_service, mut to_service)) =
            (visitor.split(), service.split());
        tokio::select! {
            passed = pass(&mut from_visitor, &mut to_service, shared) => passed?,
            passed = pass(&mut from_service, &mut to_visitor, shared) => passed?,
        }
        return Ok(());
    }
    let Some((head, rest)) = head_of(&mut visitor).await? else { return Ok(()) };
    let asks = Asks::of(&head);
    let _under_way = UnderWay::begin(shared, asks);
    let lie = shared.liar().choose(asks);
    if let (Asks::Put, Some(Lie::Claims)) = (asks, lie) {
        let sent = chunked_to_the_end(&mut visitor, &head, rest).await?;
        shared.count(|tally| tally.lies.entry(Lie::Claims).or_default());
        let offset = super::lies::offset_of(&head).saturating_add(sent);
        let answer = format!(
            "HTTP/1.1 201 Created\r\nUpload-Offset: {offset}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        return visitor.write_all(answer.as_bytes()).await;
    }
    let mut service = TcpStream::connect(shared.to).await?;
    service.write_all(closing(&head).as_bytes()).await?;
    let knows_body = matches!(asks, Asks::Read | Asks::Key | Asks::Copy) && shared.liar().listens();
    if !knows_body {
        service.write_all(&rest).await?;
        let ((mut from_visitor, mut to_visitor), (mut from_service, mut to_service)) =
            (visitor.split(), service.split());
        // The service's answer ends the message; a visitor may have nothing more to send long before.
        let (there, back) =
            (pass(&mut from_visitor, &mut to_service, shared), pass(&mut from_service, &mut to_visitor, shared));
        tokio::pin!(back);
        return tokio::select! {
            back = &mut back => back,
            there = there => match there {
                Ok(()) => back.await,
                broken => broken,
            },
        };
    }
    let mut body = rest;
    let length = length_of(&head);
    while body.len() < length && visitor.read_buf(&mut body).await? > 0 {}
    service.write_all(&body).await?;
    let mut answer = Vec::new();
    service.read_to_end(&mut answer).await?;
    let (answer, told) = shared.liar().answer(asks, &body, answer, lie);
    if let Some(told) = told {
        shared.count(|tally| tally.lies.entry(told).or_default());
    }
    let mut answer = answer.as_slice();
    pass(&mut answer, &mut visitor, shared).await
}

/// Reads the head of a message, and what came with it; none if the visitor leaves.
async fn head_of(visitor: &mut TcpStream) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = read.split_off(end.saturating_add(4));
            return Ok(Some((String::from_utf8_lossy(&read).into_owned(), rest)));
        }
        if read.len() > LONGEST_HEAD || visitor.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    }
}

/// The same head, after whose message the connection ends. No signature covers that.
fn closing(head: &str) -> String {
    let lines = head.trim_end().split("\r\n");
    let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    kept.chain(["Connection: close", "", ""]).collect::<Vec<_>>().join("\r\n")
}

/// Passes bytes on until their end, as the line's state lets them.
async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    shared: &Shared,
) -> std::io::Result<()> {
    let (mut piece, mut passed) = (vec![0; PIECE], 0u64);
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        let bytes = length as u64;
        match shared.state() {
            State::Slow(rate) => {
                shared.count(|tally| &mut tally.waited);
                let wait = bytes.saturating_mul(1000).checked_div(rate).unwrap_or_default();
                sleep(Duration::from_millis(wait).max(LATENCY)).await;
            }
            State::Breaks(after) if passed.saturating_add(bytes) > after => {
                shared.count(|tally| &mut tally.broken);
                let rest = usize::try_from(after.saturating_sub(passed)).unwrap_or_default();
                to.write_all(piece.get(..rest).unwrap_or_default()).await?;
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
            _ => {}
        }
        passed = passed.saturating_add(bytes);
        to.write_all(piece.get(..length).unwrap_or_default()).await?;
        let mut tally = shared.tally();
        tally.bytes = tally.bytes.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that answers each request with its own bytes, and its line.
    async fn line(is_http: bool) -> (Line, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut read = vec![0; 1024];
                    let length = visitor.read(&mut read).await.unwrap();
                    visitor.write_all(&read[..length]).await.unwrap();
                });
            }
        });
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        (Line::open(free.port(), to, is_http, 1).await.unwrap(), free)
    }

    async fn ask(address: SocketAddr, message: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(message).await.unwrap();
        let mut answer = Vec::new();
        // A line that breaks resets the connection, which is an error here.
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }

    #[tokio::test]
    async fn a_line_carries_cuts_and_breaks() {
        let (line, address) = line(false).await;
        assert_eq!(ask(address, b"hello").await, b"hello");
        assert_eq!(line.tally().bytes, 10);
        line.turn(State::Breaks(3));
        assert!(ask(address, b"hello").await.len() <= 3);
        assert!(line.tally().broken > 0);
        line.turn(State::Cut);
        assert_eq!(ask(address, b"hello").await, b"");
        assert!(line.tally().cut > 0);
        line.turn(State::Slow(1000));
        assert_eq!(ask(address, b"hello").await, b"hello");
        assert!(line.tally().waited >= 2);
    }

    #[tokio::test]
    async fn each_connection_has_one_request_and_is_known_by_it() {
        let (line, address) = line(true).await;
        let answer = ask(address, b"POST /v1/unseal HTTP/1.1\r\nConnection: keep-alive\r\nHost: x\r\n\r\n").await;
        assert_eq!(answer, b"POST /v1/unseal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!(line.under_way(Asks::Unseal), 0, "it is over");
        for (head, asks) in [
            ("PATCH /v1/uploads/1 HTTP/1.1", Asks::Put),
            ("HEAD /v1/uploads/1 HTTP/1.1", Asks::Other),
            ("POST /v1/release HTTP/1.1", Asks::Read),
            ("POST /v1/copy HTTP/1.1", Asks::Copy),
        ] {
            assert_eq!(Asks::of(head), asks);
        }
    }
}
