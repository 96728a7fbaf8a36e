// SPDX-License-Identifier: Apache-2.0

//! Several transactions of one account on their way at once.

use super::{
    pool::{self, NotTaken},
    submit::{pause, CATCHES_UP},
    Call, Chain, Outcome, Signer, SubmitError, Until,
};
use futures::{
    future::{BoxFuture, FutureExt},
    stream::{FuturesOrdered, StreamExt},
};
use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Transactions of one account that may be on their way: the chain looks no further ahead.
const MOST_IN_FLIGHT: usize = 16;

/// How long to wait for an allowance to refill.
const REFILLS: Duration = Duration::from_secs(120);

/// Sends transactions one after the other without waiting until each is final.
pub struct Pipeline<'a> {
    chain: &'a Chain,
    signer: &'a dyn Signer,
    next: Option<u64>,
    sent: Sent<Outcome, SubmitError>,
}

impl Chain {
    /// A way to send many transactions of one account quickly.
    pub fn pipeline<'a>(&'a self, signer: &'a dyn Signer) -> Pipeline<'a> {
        Pipeline { chain: self, signer, next: None, sent: Sent::default() }
    }
}

impl Pipeline<'_> {
    /// Signs and sends `call`.
    ///
    /// When sixteen are on their way, it waits for the oldest. When the member's allowance is spent, it waits until some
    /// is there again. It fails without sending if an earlier transaction is known to have failed. After an error, what
    /// was sent may still take effect: [`Self::finish`] waits for it.
    pub async fn send(&mut self, call: &Call) -> Result<(), SubmitError> {
        self.sent.room().await?;
        let (began, mut attempts) = (Instant::now(), 0u32);
        loop {
            attempts = attempts.saturating_add(1);
            let nonce = match self.next {
                Some(nonce) => nonce,
                None => self.chain.next_nonce(self.signer.account()).await?,
            };
            let transaction = self.chain.signed(call, self.signer, nonce).await?;
            match pool::take(&transaction).await {
                Ok(watch) => {
                    self.next = nonce.checked_add(1);
                    let chain = self.chain.clone();
                    let hash = transaction.hash();
                    self.sent.push(async move {
                        let block = chain.inclusion(hash, watch, Until::Final).await?;
                        chain.outcome(block, hash).await
                    });
                    return Ok(());
                }
                // The node is asked for the next nonce: another program may sign with this account.
                Err(NotTaken::Behind(_)) if began.elapsed() < CATCHES_UP => self.next = None,
                Err(NotTaken::Overtaken(_)) if began.elapsed() < CATCHES_UP => self.next = None,
                Err(NotTaken::Overtaken(SubmitError::Banned)) => return Err(SubmitError::Banned),
                Err(NotTaken::Overtaken(_)) => return Err(SubmitError::AccountBusy { attempts }),
                Err(NotTaken::Later(_)) if began.elapsed() < REFILLS => {
                    self.next = None;
                    self.sent.oldest().await?;
                }
                Err(other) => return Err(other.into()),
            }
            pause().await;
        }
    }

    /// Returns the outcomes that became final since the last time, each with the number of its transaction from 0 on.
    pub fn take_final(&mut self) -> Vec<(usize, Outcome)> {
        std::mem::take(&mut self.sent.done)
    }

    /// Waits for everything that was sent, and returns the first error.
    pub async fn finish(&mut self) -> Result<(), SubmitError> {
        self.sent.rest().await
    }
}

/// The transactions that are on their way, the oldest first, and the outcomes of those that arrived.
struct Sent<T, E> {
    count: usize,
    running: FuturesOrdered<BoxFuture<'static, (usize, Result<T, E>)>>,
    done: Vec<(usize, T)>,
}

impl<T, E> Default for Sent<T, E> {
    fn default() -> Self {
        Self { count: 0, running: FuturesOrdered::new(), done: Vec::new() }
    }
}

impl<T: Send + 'static, E: Send + 'static> Sent<T, E> {
    fn push(&mut self, outcome: impl Future<Output = Result<T, E>> + Send + 'static) {
        let number = self.count;
        self.count = self.count.saturating_add(1);
        self.running.push_back(outcome.map(move |outcome| (number, outcome)).boxed());
    }

    /// Takes the outcomes that are there, and waits until another transaction may be sent.
    async fn room(&mut self) -> Result<(), E> {
        while let Some(arrived) = self.oldest().now_or_never() {
            if !arrived? {
                break;
            }
        }
        while self.running.len() >= MOST_IN_FLIGHT {
            self.oldest().await?;
        }
        Ok(())
    }

    /// Waits for the oldest. Returns whether there was one.
    async fn oldest(&mut self) -> Result<bool, E> {
        let Some((number, outcome)) = self.running.next().await else { return Ok(false) };
        self.done.push((number, outcome?));
        Ok(true)
    }

    /// Waits for all, and returns the first error.
    async fn rest(&mut self) -> Result<(), E> {
        let mut first = Ok(());
        loop {
            match self.oldest().await {
                Ok(true) => {}
                Ok(false) => return first,
                Err(error) => first = first.and(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::channel::oneshot;

    type Decide = oneshot::Sender<Result<usize, &'static str>>;

    /// Sends transactions whose outcomes the test decides.
    fn sent(count: usize) -> (Sent<usize, &'static str>, Vec<Decide>) {
        let (mut sent, mut decide) = (Sent::default(), Vec::new());
        for _ in 0..count {
            let (sender, outcome) = oneshot::channel();
            sent.push(async move { outcome.await.unwrap_or(Err("undecided")) });
            decide.push(sender);
        }
        (sent, decide)
    }

    #[tokio::test]
    async fn outcomes_come_in_the_order_of_sending() {
        let (mut sent, decide) = sent(3);
        for (number, decide) in decide.into_iter().enumerate().rev() {
            decide.send(Ok(number * 10)).unwrap();
        }
        assert_eq!(sent.rest().await, Ok(()));
        assert_eq!(sent.done, [(0, 0), (1, 10), (2, 20)]);
    }

    #[tokio::test]
    async fn sixteen_are_on_their_way_at_most() {
        let (mut few, _undecided) = sent(MOST_IN_FLIGHT - 1);
        assert_eq!(few.room().now_or_never(), Some(Ok(())), "there is room for the sixteenth");

        let (mut full, mut decide) = sent(MOST_IN_FLIGHT);
        assert_eq!(full.room().now_or_never(), None);
        decide.remove(1).send(Ok(1)).unwrap();
        assert_eq!(full.room().now_or_never(), None, "the oldest is still on its way");
        decide.remove(0).send(Ok(0)).unwrap();
        assert_eq!(full.room().await, Ok(()));
        assert_eq!((full.running.len(), full.done), (MOST_IN_FLIGHT - 2, vec![(0, 0), (1, 1)]));
    }

    #[tokio::test]
    async fn a_failure_is_known_before_the_next_is_sent() {
        let (mut sent, mut decide) = sent(2);
        decide.remove(0).send(Err("failed")).unwrap();
        assert_eq!(sent.room().await, Err("failed"));
    }

    #[tokio::test]
    async fn what_was_sent_after_a_failure_is_waited_for() {
        let (mut sent, decide) = sent(4);
        let outcomes = [Ok(0), Err("first"), Ok(2), Err("second")];
        for (decide, outcome) in decide.into_iter().zip(outcomes) {
            decide.send(outcome).unwrap();
        }
        assert_eq!(sent.rest().await, Err("first"));
        assert_eq!(sent.done, [(0, 0), (2, 2)]);
        assert_eq!(sent.rest().await, Ok(()), "nothing is on its way any more");
    }
}
