// SPDX-License-Identifier: Apache-2.0

//! How slow the answers of partners may be: one that lets bytes trickle holds up no other.

use salus_primitives::InstitutionId;
use std::{
    collections::BTreeSet,
    future::Future,
    time::{Duration, Instant},
};
use thiserror::Error;
use tokio::time::timeout;

/// Why a partner's answer did not come whole.
pub(super) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// How slow an answer may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// How long it may take beside what its bytes take. A gate may have to hash gigabytes before it gives out the first byte.
    pub patience: Duration,
    /// Bytes that it has to bring each second, on the average.
    pub rate: u64,
}

impl Default for Pace {
    /// A line of 128 kbit/s is fast enough.
    fn default() -> Self {
        Self { patience: Duration::from_secs(300), rate: 16 * 1024 }
    }
}

/// An answer came too slowly.
#[derive(Debug, Error)]
#[error("its answer comes too slowly")]
pub(super) struct TooSlow;

/// The patience of a round with each partner. Where it is over, the partner is asked nothing more in this round.
#[derive(Default)]
pub(super) struct Patience {
    pace: Pace,
    over: BTreeSet<InstitutionId>,
}

impl Patience {
    pub(super) fn with(pace: Pace) -> Self {
        Self { pace, over: BTreeSet::new() }
    }

    /// Begins a round.
    pub(super) fn begin(&mut self) {
        self.over.clear();
    }

    pub(super) fn is_over(&self, partner: InstitutionId) -> bool {
        self.over.contains(&partner)
    }

    /// Ends the patience with a partner if it was too slow.
    pub(super) fn end(&mut self, partner: InstitutionId, fault: &Fault) {
        if fault.is::<TooSlow>() {
            self.over.insert(partner);
        }
    }

    /// The clock of an answer that begins.
    pub(super) fn clock(&self) -> Clock {
        Clock { pace: self.pace, waited: Duration::ZERO, bytes: 0 }
    }
}

/// How long an answer has been waited for. Time that this side takes is not counted.
pub(super) struct Clock {
    pace: Pace,
    waited: Duration,
    bytes: u64,
}

impl Clock {
    /// Waits for a part of the answer.
    pub(super) async fn wait<T, E: Into<Fault>>(
        &mut self,
        part: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Fault> {
        let for_bytes = Duration::from_secs(self.bytes.checked_div(self.pace.rate).unwrap_or_default());
        let left = self.pace.patience.saturating_add(for_bytes).saturating_sub(self.waited);
        let began = Instant::now();
        let came = timeout(left, part).await;
        self.waited = self.waited.saturating_add(began.elapsed());
        came.map_err(|_| TooSlow)?.map_err(Into::into)
    }

    /// Counts bytes that came.
    pub(super) fn count(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{convert::Infallible, future::pending};
    use tokio::time::sleep;

    async fn pause(milliseconds: u64) -> Result<(), Infallible> {
        sleep(Duration::from_millis(milliseconds)).await;
        Ok(())
    }

    fn patience(milliseconds: u64) -> Patience {
        Patience::with(Pace { patience: Duration::from_millis(milliseconds), rate: 1_000 })
    }

    #[tokio::test]
    async fn an_answer_has_the_more_time_the_more_bytes_came() {
        let mut clock = patience(20).clock();
        clock.count(999);
        let fault = clock.wait(pause(60_000)).await.unwrap_err();
        assert_eq!(fault.to_string(), "its answer comes too slowly");
        clock.count(3_600_001);
        clock.wait(pause(40)).await.unwrap();
    }

    #[tokio::test]
    async fn waits_add_up_and_what_this_side_does_between_them_does_not_count() {
        let mut clock = patience(200).clock();
        clock.wait(pause(20)).await.unwrap();
        let waited = clock.waited;
        pause(20).await.unwrap();
        assert!(clock.waited == waited && waited >= Duration::from_millis(20));
        assert!(clock.wait(pending::<Result<(), Infallible>>()).await.is_err());
        assert!(clock.waited >= Duration::from_millis(200) && clock.wait(pause(60_000)).await.is_err());
    }

    #[tokio::test]
    async fn patience_with_one_who_is_too_slow_is_over_until_the_next_round() {
        let (mut patience, one, other) = (patience(1), InstitutionId(1), InstitutionId(2));
        let fault = patience.clock().wait(pause(60_000)).await.unwrap_err();
        patience.end(one, &fault);
        patience.end(other, &"it is away".into());
        assert_eq!((patience.is_over(one), patience.is_over(other)), (true, false));
        patience.begin();
        assert!(!patience.is_over(one));
    }
}
