// SPDX-License-Identifier: Apache-2.0

//! The bytes of a blob. Where an answer is cut off, the next one goes on.

use super::{Agent, AgentError};
use bytes::Bytes;
use futures::{stream, stream::BoxStream, StreamExt};
use salus_gate::{
    protocol::{ReleaseRequest, RestRequest},
    BoxedBytes, Released, ReleasedBlob,
};
use salus_primitives::{records::Version, InstitutionId};
use salus_sealing::blob::Bindings;
use std::{io, sync::Arc, time::Duration};
use tokio::{io::AsyncReadExt, time::sleep};
use tokio_util::io::StreamReader;

/// Attempts to go on without any byte arriving.
const ATTEMPTS: u32 = 3;
/// Bytes of one read.
const PIECE: usize = 256 * 1024;

/// The bytes of a blob, from as many answers as it takes.
pub(super) type ResumedBlob<'a> = StreamReader<BoxStream<'a, io::Result<Bytes>>, Bytes>;

/// A version as the chain names it, and the request for it.
pub(super) struct Wanted {
    pub(super) request: ReleaseRequest,
    pub(super) bindings: Bindings,
    pub(super) named: Version,
}

impl Wanted {
    /// Holds an answer against the chain.
    pub(super) fn check<B>(&self, released: &Released<B>) -> Result<(), AgentError> {
        let Self { bindings, named, .. } = self;
        let is_it =
            released.bindings == *bindings && released.content == named.content && released.blob.size() == named.size;
        match is_it {
            true => Ok(()),
            false => Err(AgentError::FalseAnswer("version")),
        }
    }
}

/// A blob on its way in.
struct Arriving<'a> {
    agent: &'a Agent,
    holder: InstitutionId,
    wanted: Arc<Wanted>,
    bytes: ReleasedBlob<BoxedBytes>,
    arrived: u64,
    attempts: u32,
}

impl Agent {
    /// The bytes of `blob`, which `holder` gave out when it was asked for what is `wanted`.
    pub(super) fn resumed(
        &self,
        holder: InstitutionId,
        wanted: Arc<Wanted>,
        blob: ReleasedBlob<BoxedBytes>,
    ) -> ResumedBlob<'_> {
        let arriving = Arriving { agent: self, holder, wanted, bytes: blob, arrived: 0, attempts: 0 };
        let pieces = stream::try_unfold(arriving, |mut arriving| async move {
            Ok(arriving.next().await?.map(|piece| (piece, arriving)))
        });
        StreamReader::new(pieces.boxed())
    }
}

impl Arriving<'_> {
    /// The next bytes; none at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut self.bytes).take(PIECE as u64).read_buf(&mut piece).await;
            match read {
                Ok(0) if self.arrived >= self.wanted.named.size => return Ok(None),
                Ok(0) => self.go_on(io::ErrorKind::UnexpectedEof.into()).await?,
                Ok(read) => {
                    self.arrived = self.arrived.saturating_add(read as u64);
                    self.attempts = 0;
                    return Ok(Some(piece.into()));
                }
                Err(fault) => self.go_on(fault).await?,
            }
        }
    }

    /// Asks for the rest, after `fault`. The gate decides again, and what it refuses now does not come.
    async fn go_on(&mut self, mut fault: io::Error) -> io::Result<()> {
        while self.attempts < ATTEMPTS {
            self.attempts = self.attempts.saturating_add(1);
            sleep(Duration::from_secs(1 << self.attempts.saturating_sub(1).min(4))).await;
            let request = RestRequest { release: self.wanted.request.clone(), from: self.arrived };
            match self.agent.ask(self.holder, request).await.map_err(AgentError::from) {
                Ok(rest) => {
                    self.wanted.check(&rest).map_err(io::Error::other)?;
                    self.bytes = rest.blob;
                    return Ok(());
                }
                Err(refused @ AgentError::Gate(_)) if !refused.is_passing() => return Err(io::Error::other(refused)),
                Err(error) => fault = io::Error::other(error),
            }
        }
        Err(fault)
    }
}
