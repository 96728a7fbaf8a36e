// SPDX-License-Identifier: Apache-2.0

//! The bytes of a copy as they arrive, and a copy that was cut off.

use super::pace::{Clock, Fault};
use salus_primitives::{ChartId, Digest, InstitutionId};
use salus_vault::{Incoming, VaultError};
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of an object in memory at one time.
const PIECE: usize = 64 * 1024;
/// How long a copy that was cut off is kept.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// A copy that was cut off. It goes on with the same partner only: another one would answer for the first one's bytes.
pub(super) struct Begun {
    pub(super) partner: InstitutionId,
    pub(super) incoming: Incoming,
    chart: ChartId,
    id: Digest,
    at: Instant,
}

impl Begun {
    /// A copy whose `incoming` bytes have come from `partner`. It is missing in `chart`.
    pub(super) fn of(partner: InstitutionId, chart: ChartId, id: Digest, incoming: Incoming) -> Self {
        Self { partner, incoming, chart, id, at: Instant::now() }
    }

    /// Whether it is of an object of `chart` that is not among those which are missing there now.
    pub(super) fn is_over(&self, chart: ChartId, is_missing: impl FnOnce(&Digest) -> bool) -> bool {
        self.chart == chart && !is_missing(&self.id)
    }

    pub(super) fn is_of(&self, partner: InstitutionId, id: &Digest) -> bool {
        self.partner == partner && self.id == *id
    }

    pub(super) fn is_old(&self) -> bool {
        self.at.elapsed() >= LIFE
    }
}

/// Why not all bytes of a copy were written.
pub(super) enum Interruption {
    /// The partner's answer was cut off, or came too slowly.
    Partner(Fault),
    /// This side cannot store them.
    Store(VaultError),
}

/// Writes the bytes that are still missing of an object of `size` bytes.
pub(super) async fn receive(
    bytes: &mut (dyn AsyncRead + Unpin + Send),
    size: u64,
    incoming: &mut Incoming,
    clock: &mut Clock,
) -> Result<(), Interruption> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = clock.wait(bytes.read(&mut piece)).await.map_err(Interruption::Partner)?;
        clock.count(read);
        match read {
            0 if incoming.size() < size => {
                let cut_off = io::Error::from(io::ErrorKind::UnexpectedEof);
                return Err(Interruption::Partner(cut_off.into()));
            }
            0 => return Ok(()),
            _ => {
                let piece = piece.get(..read).unwrap_or_default().to_vec();
                incoming.write(piece).await.map_err(Interruption::Store)?;
            }
        }
    }
}
