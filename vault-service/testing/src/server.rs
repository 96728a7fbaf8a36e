// SPDX-License-Identifier: Apache-2.0

//! The server on its port: a thread for each connection.

use crate::{
    certificates::Certificates,
    receiver::{lock, ReceivedMail, Receiver, Shared},
};
use mailin::{Action, AuthMechanism, Session, SessionBuilder};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, PoisonError,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long a client may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// Not at all.
    None,
    /// By TLS, after the client asked for it. Users are let in only then.
    StartTls,
    /// By TLS from its beginning.
    Implicit,
}

/// Where a mail server is, and the mail that came, also while it does not run.
#[derive(Clone)]
pub struct MailPlace {
    address: SocketAddr,
    security: Security,
    tls: Arc<ServerConfig>,
    authority: String,
    account: Option<(String, String)>,
    kept: Shared,
}

/// A server that runs until it is dropped. It ends as by a power failure: connections end at once.
pub struct MailServer {
    address: SocketAddr,
    has_ended: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    accepting: Option<JoinHandle<()>>,
}

impl MailPlace {
    /// A place at a free port of the loopback interface, for users with this name and password, or for all.
    pub fn prepare(security: Security, certificates: &Certificates, account: Option<(&str, &str)>) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let account = account.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let (address, tls) = (free.local_addr().unwrap(), certificates.server());
        let authority = certificates.authority().to_owned();
        Self { address, security, tls, authority, account, kept: Shared::default() }
    }

    /// The certificate, in PEM, of the authority that a client has to trust.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Where the server listens while it runs.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mail that came so far, in its order.
    pub fn received(&self) -> Vec<ReceivedMail> {
        lock(&self.kept).mails.clone()
    }

    /// Has the connection end that brings the mail after `further` others, when the server has kept it and before it says so.
    pub fn break_after(&self, further: usize) {
        lock(&self.kept).break_after = Some(further);
    }

    /// Has the server refuse mail to this address, or take it again.
    pub fn know(&self, address: &str, is_known: bool) {
        let mut kept = lock(&self.kept);
        kept.unknown.retain(|unknown| unknown != address);
        if !is_known {
            kept.unknown.push(address.to_owned());
        }
    }

    /// Starts the server.
    pub fn start(&self) -> MailServer {
        let listener = TcpListener::bind(self.address).unwrap();
        let (has_ended, connections) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Vec<TcpStream>>>::default());
        let (place, ended, open) = (self.clone(), has_ended.clone(), connections.clone());
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (Ok(kept), Ok(ended)) = (stream.try_clone(), stream.try_clone()) else { continue };
                open.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
                let place = place.clone();
                thread::spawn(move || {
                    // An error is the end of a connection. It ends at once, also while the server keeps the stream.
                    let _ = place.serve(stream);
                    let _ = ended.shutdown(Shutdown::Both);
                });
            }
        });
        MailServer { address: self.address, has_ended, connections, accepting: Some(accepting) }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        let remote = stream.peer_addr()?.ip();
        let mut builder = SessionBuilder::new("mail.test");
        if self.security == Security::StartTls {
            builder.enable_start_tls();
        }
        if self.account.is_some() {
            builder.enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
            if self.security == Security::None {
                builder.insecure_enable_plaintext_auth();
            }
        }
        if self.security == Security::Implicit {
            let mut session = self.session(&builder, remote, true);
            session.tls_active();
            let mut stream = self.encrypted(stream)?;
            write(&session.greeting().buffer()?, stream.get_mut())?;
            return self.talk(&mut session, &mut stream).map(|_| ());
        }
        let mut session = self.session(&builder, remote, false);
        let mut stream = BufReader::new(stream);
        write(&session.greeting().buffer()?, stream.get_mut())?;
        if self.talk(&mut session, &mut stream)? {
            // A new session: the client says hello again.
            let mut session = self.session(&builder, remote, true);
            session.tls_active();
            self.talk(&mut session, &mut self.encrypted(stream.into_inner())?)?;
        }
        Ok(())
    }

    fn session(&self, builder: &SessionBuilder, remote: IpAddr, is_encrypted: bool) -> Session<Receiver> {
        builder.build(remote, Receiver::new(self.kept.clone(), self.account.clone(), is_encrypted))
    }

    fn encrypted(&self, stream: TcpStream) -> io::Result<BufReader<StreamOwned<ServerConnection, TcpStream>>> {
        let connection = ServerConnection::new(self.tls.clone()).map_err(io::Error::other)?;
        Ok(BufReader::new(StreamOwned::new(connection, stream)))
    }

    /// Answers line by line. Whether the client asked for TLS.
    fn talk<S: Read + Write>(&self, session: &mut Session<Receiver>, stream: &mut BufReader<S>) -> io::Result<bool> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let before = lock(&self.kept).mails.len();
            if stream.read_until(b'\n', &mut line)? == 0 {
                return Ok(false);
            }
            let answer = session.process(&line);
            if lock(&self.kept).mails.len() > before && self.breaks() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            if answer.action == Action::NoReply {
                continue;
            }
            write(&answer.buffer()?, stream.get_mut())?;
            match answer.action {
                Action::Close => return Ok(false),
                Action::UpgradeTls => return Ok(true),
                Action::Reply | Action::NoReply => {}
            }
        }
    }

    /// Whether the connection ends here. It counts the mail.
    fn breaks(&self) -> bool {
        let mut kept = lock(&self.kept);
        match kept.break_after {
            Some(0) => {
                kept.break_after = None;
                true
            }
            further => {
                kept.break_after = further.map(|further| further.saturating_sub(1));
                false
            }
        }
    }
}

fn write(answer: &[u8], stream: &mut impl Write) -> io::Result<()> {
    stream.write_all(answer)?;
    stream.flush()
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::SeqCst);
        for stream in self.connections.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // So that the thread that waits for connections sees the end.
        let _ = TcpStream::connect(self.address);
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}
