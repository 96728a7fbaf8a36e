// SPDX-License-Identifier: Apache-2.0

//! Whether the service is ready, for all who ask: the node is asked once in a while, however often that is.

use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// How long an answer counts.
const AGE: Duration = Duration::from_secs(1);

/// The last answer.
#[derive(Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, Result<(), &'static str>)>>);

impl Readiness {
    /// The last answer while it is young, else that of `ask`. Who asks meanwhile waits for it.
    pub(super) async fn of(&self, ask: impl Future<Output = Result<(), &'static str>>) -> Result<(), &'static str> {
        let mut last = self.0.lock().await;
        if let Some((_, ready)) = last.filter(|(asked, _)| asked.elapsed() < AGE) {
            return ready;
        }
        let ready = ask.await;
        *last = Some((Instant::now(), ready));
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn the_node_is_asked_once_a_second() {
        let (readiness, asked) = (Readiness::default(), AtomicU32::new(0));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            Err("why")
        };
        for _ in 0..10 {
            assert_eq!(readiness.of(ask()).await, Err("why"));
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        tokio::time::sleep(AGE).await;
        assert_eq!(readiness.of(async { Ok(()) }).await, Ok(()));
    }
}
