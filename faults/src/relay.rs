// SPDX-License-Identifier: Apache-2.0

//! A relay between one hospital's node and the others. It delays data, stalls as after a lost packet, and breaks
//! connections. It needs only TCP, while many kernels lack their own emulation (`netem`).
//!
//! The host's packet filter redirects connections to and from the node's port to the relay, which has a thread on that
//! host. Nodes do not notice it, because they know their peers by keys, not by addresses. The relay connects from its
//! own ports, which the filter accepts.

use super::{network::PEER_PORT, seeded::Seeded};
use crate::netlab::Host;
use anyhow::Result;
use std::{
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        tcp::{OwnedReadHalf, OwnedWriteHalf},
        TcpListener, TcpSocket, TcpStream,
    },
    sync::{mpsc, oneshot},
    time::{sleep_until, Instant},
};

/// The relay's port for connections to the node. The ports for connections to other hosts follow it.
const TAKES: u16 = 41_000;
/// The ports from which the relay connects.
const CONNECTS: std::ops::RangeInclusive<u16> = 45_000..=45_999;
/// The length of a stall: about the time that a lost packet costs a TCP connection.
const STALL: Duration = Duration::from_secs(1);
/// The number of waiting pieces at which the relay stops reading.
const QUEUE: usize = 64;

/// The disturbances that the relay causes.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The least delay of each piece, in milliseconds.
    pub delay: u64,
    /// The most that chance adds to the delay, in milliseconds.
    pub jitter: u64,
    /// The number of pieces in a thousand that stall.
    pub stalls: u64,
    /// The number of pieces in a thousand that break the connection.
    pub breaks: u64,
}

/// The counts of a relay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Connections that it accepted.
    pub connections: u64,
    /// Bytes that it delayed.
    pub delayed: u64,
    /// Stalls.
    pub stalls: u64,
    /// Connections that it broke.
    pub broken: u64,
}

/// A running relay; dropping it ends it.
pub struct Relay {
    shared: Arc<Shared>,
    _open: oneshot::Sender<()>,
}

struct Shared {
    weather: Weather,
    active: AtomicBool,
    seed: u64,
    connections: AtomicU64,
    delayed: AtomicU64,
    stalls: AtomicU64,
    broken: AtomicU64,
}

impl Relay {
    /// Puts a relay between `host` and `others`. It forwards data undisturbed until [`Relay::turn`] switches it on.
    pub fn between(host: &Host, others: &[Ipv4Addr], weather: Weather, seed: u64) -> Result<Self> {
        let zero = || AtomicU64::new(0);
        let shared = Arc::new(Shared {
            weather,
            active: AtomicBool::new(false),
            seed,
            connections: zero(),
            delayed: zero(),
            stalls: zero(),
            broken: zero(),
        });
        // One target for the node itself, and one for each of the others.
        let mut targets = vec![(TAKES, Ipv4Addr::LOCALHOST)];
        targets.extend((TAKES.saturating_add(1)..).zip(others.iter().copied()));
        host.filter(&rules(&targets))?;
        let (open, mut closed) = oneshot::channel::<()>();
        let (ready, listening) = std::sync::mpsc::channel();
        let state = shared.clone();
        host.inside(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                for (port, address) in targets {
                    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
                    tokio::spawn(take(listener, SocketAddrV4::new(address, PEER_PORT), state.clone()));
                }
                // Sending fails only if the caller has stopped waiting.
                let _ = ready.send(());
                let _ = (&mut closed).await;
                Ok(())
            })
        })?;
        listening.recv_timeout(Duration::from_secs(10))?;
        Ok(Self { shared, _open: open })
    }

    /// Switches the disturbances on or off.
    pub fn turn(&self, on: bool) {
        self.shared.active.store(on, Ordering::Relaxed);
    }

    /// Returns the counts so far.
    pub fn tally(&self) -> Tally {
        let Shared { connections, delayed, stalls, broken, .. } = &*self.shared;
        let [connections, delayed, stalls, broken] =
            [connections, delayed, stalls, broken].map(|count| count.load(Ordering::Relaxed));
        Tally { connections, delayed, stalls, broken }
    }
}

fn rules(targets: &[(u16, Ipv4Addr)]) -> String {
    let own = format!("tcp sport {}-{} accept", CONNECTS.start(), CONNECTS.end());
    let outward: String = targets
        .iter()
        .skip(1)
        .map(|(port, address)| format!("        ip daddr {address} tcp dport {PEER_PORT} redirect to :{port}\n"))
        .collect();
    format!(
        "table ip relay {{\n    chain outward {{\n        type nat hook output priority -100; policy accept;\n        {own}\n\
         {outward}    }}\n    chain inward {{\n        type nat hook prerouting priority -100; policy accept;\n        \
         iifname != \"lo\" tcp dport {PEER_PORT} redirect to :{TAKES}\n    }}\n}}\n\
         insert rule inet salus arriving iifname \"lo\" tcp dport {PEER_PORT} accept\n"
    )
}

async fn take(listener: TcpListener, target: SocketAddrV4, shared: Arc<Shared>) {
    while let Ok((visitor, _)) = listener.accept().await {
        let shared = shared.clone();
        let number = shared.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let Some(host) = connect(target, number).await else { return };
            let (from_visitor, to_visitor) = visitor.into_split();
            let (from_host, to_host) = host.into_split();
            let chance = |way| Seeded::new(shared.seed.wrapping_add(number), way);
            // The end of one direction ends both, as on a broken line.
            tokio::select! {
                () = pass(from_visitor, to_host, &shared, chance("there")) => (),
                () = pass(from_host, to_visitor, &shared, chance("back")) => (),
            }
        });
    }
}

async fn connect(target: SocketAddrV4, number: u64) -> Option<TcpStream> {
    for attempt in 0..32u64 {
        let span = u64::from(CONNECTS.end().saturating_sub(*CONNECTS.start()));
        let step = number.saturating_mul(7).saturating_add(attempt).checked_rem(span)?;
        let port = CONNECTS.start().saturating_add(u16::try_from(step).ok()?);
        let socket = TcpSocket::new_v4().ok()?;
        socket.set_reuseaddr(true).ok()?;
        if socket.bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))).is_err() {
            continue;
        }
        match socket.connect(SocketAddr::V4(target)).await {
            Ok(stream) => return Some(stream),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(_) => return None,
        }
    }
    None
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, mut chance: Seeded) {
    let (queue, mut waiting) = mpsc::channel::<(Instant, Vec<u8>)>(QUEUE);
    let reading = async move {
        let mut due = Instant::now();
        let mut piece = vec![0; 4096];
        while let Ok(length @ 1..) = from.read(&mut piece).await {
            let mut wait = Duration::ZERO;
            if shared.active.load(Ordering::Relaxed) {
                let Weather { delay, jitter, stalls, breaks } = shared.weather;
                if chance.between(1, 1000) <= breaks {
                    shared.broken.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                wait = Duration::from_millis(delay.saturating_add(chance.between(0, jitter)));
                if chance.between(1, 1000) <= stalls {
                    shared.stalls.fetch_add(1, Ordering::Relaxed);
                    wait = wait.saturating_add(STALL);
                }
                shared.delayed.fetch_add(length as u64, Ordering::Relaxed);
            }
            // Keep the order: no piece overtakes an earlier one.
            due = due.max(Instant::now().checked_add(wait).unwrap_or(due));
            let bytes = piece.get(..length).unwrap_or_default().to_vec();
            if queue.send((due, bytes)).await.is_err() {
                return;
            }
        }
    };
    let writing = async {
        while let Some((due, bytes)) = waiting.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}
