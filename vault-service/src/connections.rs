// SPDX-License-Identifier: Apache-2.0

//! Connections: counted and bounded before anything comes over them, and closed when the other side takes no more bytes.
//!
//! A reader who stops reading fills the buffers of both machines, and then each write waits. An answer is only asked for its next
//! piece when there is room, so no timer in the answer would notice. Here, below TLS, each write that waits is seen.

use super::{limits::ServiceLimits, metrics::Metrics};
use axum_server::accept::Accept;
use std::{
    future::{ready, Future, Ready},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, Sleep},
};

/// Takes as many connections as there are places.
#[derive(Clone)]
pub struct Connections {
    places: Arc<Semaphore>,
    longest_stall: Duration,
    metrics: Metrics,
}

/// A connection that has a place. It ends when it took no byte for too long.
pub struct Connection<I> {
    stream: I,
    longest_stall: Duration,
    /// Runs while a write waits.
    stall: Option<Pin<Box<Sleep>>>,
    metrics: Metrics,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    /// Places for connections. The metrics tell how many are taken.
    pub fn new(limits: &ServiceLimits, metrics: Metrics) -> Self {
        let places = usize::try_from(limits.connections.get()).unwrap_or(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self { places, longest_stall: limits.longest_stall(), metrics }
    }

    fn take<I>(&self, stream: I) -> io::Result<Connection<I>> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            self.metrics.count_turned_away();
            return Err(io::Error::other("the service has as many connections as it takes"));
        };
        self.metrics.count_connection(true);
        let (longest_stall, metrics) = (self.longest_stall, self.metrics.clone());
        Ok(Connection { stream, longest_stall, stall: None, metrics, _place: place })
    }
}

impl<I, S> Accept<I, S> for Connections {
    type Stream = Connection<I>;
    type Service = S;
    type Future = Ready<io::Result<(Connection<I>, S)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        ready(self.take(stream).map(|connection| (connection, service)))
    }
}

impl<I> Drop for Connection<I> {
    fn drop(&mut self) {
        self.metrics.count_connection(false);
    }
}

impl<I> Connection<I> {
    /// The outcome of a write. When it waited for too long, it failed.
    fn watched<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let longest = self.longest_stall;
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(longest)));
        match stall.as_mut().poll(context) {
            Poll::Ready(()) => {
                self.metrics.count_stalled();
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Connection<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, out)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Connection<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watched(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing waits in a socket to be flushed, and its answer tells of no byte that was taken.
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
