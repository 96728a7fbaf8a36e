// SPDX-License-Identifier: Apache-2.0

//! Checks the netlab on this machine: makes each fault, sees its effect on a connection and its count, and undoes it.

use super::{Host, Lab, Lost, Slowed};
use anyhow::{anyhow, ensure, Context, Result};
use serde::Serialize;
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

/// The port at which the second host echoes.
const PORT: u16 = 7_000;
/// The time limit of a connection, which takes less than a millisecond on one switch.
const KNOCK: Duration = Duration::from_millis(700);
/// The data sent over a slow line, and the line's rate. The data take about a second, less the burst.
const PARTS: usize = 25;
const PART: usize = 10_000;
const KILOBITS: u32 = 2_000;

/// The results of the check.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Milliseconds until the hosts were ready.
    pub built: u128,
    /// Frames that the switch lost of the second host.
    pub lost: Lost,
    /// Packets that the second host's filter dropped.
    pub filtered: u64,
    /// The work of its line while it was slow, to it and from it.
    pub slowed: [Option<Slowed>; 2],
    /// Milliseconds in which the load passed, at full speed and when the line was slow.
    pub passed: [u128; 2],
}

/// Tries every fault once. Call it only after [`super::enter`].
pub fn run() -> Result<Checked> {
    let began = Instant::now();
    let lab = Lab::new(&["one", "two", "three"])?;
    let built = began.elapsed().as_millis();
    let [one, two, three] = lab.hosts() else { return Err(anyhow!("a laboratory without hosts")) };
    two.inside(|| echo(TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT))?))?;
    let reach = |from: &Host, heard: bool| -> Result<()> {
        let answer = reaches(from, two)?;
        ensure!(answer == heard, "`{}` {} reach `two`", from.name(), if heard { "does not" } else { "does" });
        Ok(())
    };
    let began = Instant::now();
    while !reaches(one, two)? {
        ensure!(began.elapsed() < KNOCK.saturating_mul(10), "hosts on one switch do not reach each other");
    }

    lab.separate(&[&[one, three], &[two]]).context("separating")?;
    reach(one, false)?;
    lab.reunite()?;
    reach(one, true)?;
    two.cut().context("cutting off")?;
    two.cut().context("cutting off what is cut off")?;
    reach(three, false)?;
    desk(two).context("the desk of a host that is cut off")?;
    two.join()?;
    two.join().context("joining what is joined")?;
    reach(three, true)?;
    let lost = two.lost()?;
    ensure!(lost.to > 0 && one.lost()?.from > 0 && three.lost()?.from > 0, "the switch lost nothing: {lost:?}");

    let accept = format!("tcp dport {PORT} ip saddr {} accept", three.address());
    let chain = format!("type filter hook input priority 0; {accept}; tcp dport {PORT} counter drop;");
    two.filter(&format!("table inet check {{ chain input {{ {chain} }}; }}\n"))?;
    reach(one, false)?;
    reach(three, true)?;
    let filtered = two.filtered()?;
    ensure!(filtered > 0, "the host's filter dropped nothing");
    two.clear_filter()?;
    reach(one, true)?;

    // The quickest of three: a busy machine may keep one of them waiting.
    let fast = load(one, two)?.min(load(one, two)?).min(load(one, two)?);
    two.slow(KILOBITS).context("slowing")?;
    let slow = load(one, two)?;
    let slowed = two.slowed()?;
    two.hasten()?;
    two.hasten().context("hastening what is fast")?;
    ensure!(two.slowed()? == [None; 2], "the line stayed slow");
    ensure!(
        slow > fast.saturating_mul(4) && slow > Duration::from_millis(400),
        "{PARTS} parts of {PART} bytes took {fast:?}, then {slow:?}"
    );
    ensure!(slowed.iter().flatten().any(|line| line.waited > 0), "nothing waited: {slowed:?}");
    Ok(Checked { built, lost, filtered, slowed, passed: [fast.as_millis(), slow.as_millis()] })
}

fn reaches(from: &Host, to: &Host) -> Result<bool> {
    let address = (to.address(), PORT).into();
    let thread = from.inside(move || Ok(TcpStream::connect_timeout(&address, KNOCK).is_ok()))?;
    thread.join().map_err(|_| anyhow!("a thread panicked"))?
}

/// Sends back whatever comes, until the program ends.
fn echo(listener: TcpListener) -> Result<()> {
    for stream in listener.incoming() {
        let mut stream = stream?;
        std::thread::spawn(move || {
            let mut other = stream.try_clone()?;
            std::io::copy(&mut stream, &mut other)
        });
    }
    Ok(())
}

/// How long a load takes, there and back.
fn load(from: &Host, to: &Host) -> Result<Duration> {
    let address = (to.address(), PORT);
    let thread = from.inside(move || {
        let mut stream = TcpStream::connect(address)?;
        let began = Instant::now();
        let mut part = [0; PART];
        for _ in 0..PARTS {
            stream.write_all(&part)?;
            stream.read_exact(&mut part)?;
        }
        Ok(began.elapsed())
    })?;
    thread.join().map_err(|_| anyhow!("a thread panicked"))?
}

/// A request at the desk arrives at the host's loopback, made out to that.
fn desk(host: &Host) -> Result<()> {
    let desk = host.desk(PORT)?;
    let mut visitor = TcpStream::connect(desk.address())?;
    visitor.set_read_timeout(Some(Duration::from_secs(5)))?;
    visitor.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", desk.address()).as_bytes())?;
    let expected = format!("GET / HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n");
    let mut heard = vec![0; expected.len()];
    visitor.read_exact(&mut heard)?;
    ensure!(heard == expected.as_bytes(), "it said {:?}", String::from_utf8_lossy(&heard));
    Ok(())
}
