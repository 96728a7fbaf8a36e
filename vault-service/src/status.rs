// SPDX-License-Identifier: Apache-2.0

//! How a vault is, in few words: what `salus-vault status` shows.

use super::{copies::Copied, notices::NoticesStatus};
use salus_primitives::InstitutionId;
use serde::{Deserialize, Serialize};
use std::{fmt, io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Where the hospital's own monitoring asks how the vault is.
pub(super) const STATUS_PATH: &str = "/status";

/// How long the service may take to answer.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Bytes of an answer, at most.
const LONGEST: u64 = 1024 * 1024;

/// How a vault is. No part of it tells of a reader or a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The institution.
    pub institution: InstitutionId,
    /// Objects that the chain does not name yet.
    pub staged_objects: u64,
    /// Their bytes.
    pub staged_bytes: u64,
    /// Shreddings of which an object cannot be deleted yet, or which the institution has not attested.
    #[serde(default)]
    pub shreddings_waiting: u64,
    /// The findings of the last round of copying; none without `[copies]`, and before the first round.
    pub copies: Option<Copied>,
    /// How it stands with letters about notices; none without `[notices]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notices: Option<NoticesStatus>,
}

impl Status {
    /// Asks the service whose monitoring is at `address`.
    pub async fn ask(address: SocketAddr) -> io::Result<Self> {
        let asked = async {
            let mut stream = TcpStream::connect(address).await?;
            let message = format!("GET {STATUS_PATH} HTTP/1.0\r\nHost: {address}\r\n\r\n");
            stream.write_all(message.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.take(LONGEST).read_to_end(&mut answer).await?;
            io::Result::Ok(answer)
        };
        let answer = timeout(LONGEST_WAIT, asked).await.map_err(|_| io::ErrorKind::TimedOut)??;
        let other = || io::Error::other("another program answers there");
        let answer = String::from_utf8(answer).map_err(|_| other())?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(other)?;
        if head.split(' ').nth(1) != Some("200") {
            return Err(other());
        }
        serde_json::from_str(body).map_err(|_| other())
    }

    /// Whether every own object has as many copies as it should, and none is lost.
    pub fn is_well(&self) -> bool {
        self.copies.as_ref().is_none_or(|copies| copies.under_replicated == 0 && copies.missing.is_empty())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "institution      {}", self.institution)?;
        writeln!(out, "staged           {} objects, {} bytes", self.staged_objects, self.staged_bytes)?;
        if self.shreddings_waiting > 0 {
            writeln!(out, "shreddings       {} wait", self.shreddings_waiting)?;
        }
        if let Some(notices) = &self.notices {
            write!(out, "{notices}")?;
        }
        let Some(copies) = &self.copies else {
            return writeln!(out, "copies           no round of copying yet, or no `[copies]` in the configuration");
        };
        writeln!(out, "copies wanted    {}", copies.wanted)?;
        for (number, objects) in &copies.copies {
            writeln!(out, "with {number:<3} copies  {objects} objects")?;
        }
        writeln!(out, "too few copies   {} objects", copies.under_replicated)?;
        for (institution, objects) in &copies.missing {
            writeln!(out, "missing          {objects} objects of institution {institution}")?;
        }
        for (institution, objects) in &copies.never_came {
            writeln!(out, "never came       {objects} objects of institution {institution}")?;
        }
        for complaint in &copies.complaints {
            writeln!(out, "complaint        {complaint}")?;
        }
        Ok(())
    }
}
