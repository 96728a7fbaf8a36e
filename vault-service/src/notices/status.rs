// SPDX-License-Identifier: Apache-2.0

//! How it stands with letters, in numbers.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How it stands with letters. No part of it tells of a member or a notice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct NoticesStatus {
    /// How many members the service tells of their notices.
    pub addressees: u64,
    /// Letters that wait for the mail server.
    pub mail_waiting: u64,
    /// Letters that wait for webhooks.
    pub webhook_waiting: u64,
    /// Letters that arrived since the service started.
    pub sent: u64,
    /// Attempts that failed since then.
    pub failed: u64,
    /// Letters that were given up since then.
    pub given_up: u64,
    /// The complaints that the service made last, by what it did.
    pub complaints: Vec<String>,
}

impl fmt::Display for NoticesStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "addressees       {}", self.addressees)?;
        writeln!(out, "letters waiting  {} by mail, {} to webhooks", self.mail_waiting, self.webhook_waiting)?;
        writeln!(
            out,
            "letters sent     {} since the start; {} attempts failed, {} letters were given up",
            self.sent, self.failed, self.given_up
        )?;
        self.complaints.iter().try_for_each(|complaint| writeln!(out, "complaint        {complaint}"))
    }
}
