// SPDX-License-Identifier: Apache-2.0

//! The mail of one connection: how a server takes and keeps it.

use mailin::{
    response::{AUTHENTICATION_REQUIRED, AUTH_OK, INVALID_CREDENTIALS, NO_MAILBOX, OK},
    Handler, Response,
};
use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A mail, as it came over the wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceivedMail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Head and body.
    pub text: String,
    /// The name of the user who sent it; none where the server asks for none.
    pub user: Option<String>,
    /// Whether it came over TLS.
    pub is_encrypted: bool,
}

impl ReceivedMail {
    /// The value of a header in one line.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.text.split_once("\r\n\r\n")?;
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The text under the head.
    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default()
    }
}

/// The facts that a server keeps, also while it does not run.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) mails: Vec<ReceivedMail>,
    /// After so many further mails the connection ends, when the mail is kept and before the client knows.
    pub(crate) break_after: Option<usize>,
    /// The addresses that the server does not know.
    pub(crate) unknown: Vec<String>,
}

pub(crate) type Shared = Arc<Mutex<Kept>>;

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, Kept> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The receiver of one connection.
pub(crate) struct Receiver {
    shared: Shared,
    /// The user and the password that a client has to have.
    account: Option<(String, String)>,
    is_encrypted: bool,
    user: Option<String>,
    from: String,
    to: Vec<String>,
    text: Vec<u8>,
}

impl Receiver {
    pub(crate) fn new(shared: Shared, account: Option<(String, String)>, is_encrypted: bool) -> Self {
        let (user, from, to, text) = (None, String::new(), Vec::new(), Vec::new());
        Self { shared, account, is_encrypted, user, from, to, text }
    }

    fn enter(&mut self, name: &str, password: &str) -> Response {
        match &self.account {
            Some((user, secret)) if user == name && secret == password => {
                self.user = Some(name.to_owned());
                AUTH_OK
            }
            _ => INVALID_CREDENTIALS,
        }
    }
}

impl Handler for Receiver {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        if self.account.is_some() && self.user.is_none() {
            return AUTHENTICATION_REQUIRED;
        }
        (self.from, self.to) = (from.to_owned(), Vec::new());
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if lock(&self.shared).unknown.iter().any(|unknown| unknown == to) {
            return NO_MAILBOX;
        }
        self.to.push(to.to_owned());
        OK
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, _: &[String]) -> Response {
        self.text.clear();
        OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let (from, to, user) = (self.from.clone(), self.to.clone(), self.user.clone());
        lock(&self.shared).mails.push(ReceivedMail { from, to, text, user, is_encrypted: self.is_encrypted });
        OK
    }

    fn auth_plain(&mut self, _: &str, name: &str, password: &str) -> Response {
        self.enter(name, password)
    }

    fn auth_login(&mut self, name: &str, password: &str) -> Response {
        self.enter(name, password)
    }
}
