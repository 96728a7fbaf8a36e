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

/// How long to wait for an allowance to refill, or for room in the pool.
const REFILLS: Duration = Duration::from_secs(120);

/// Sends transactions one after the other without waiting until each is final.
pub struct Pipeline<'a> {
    chain: &'a Chain,
    signer: &'a dyn Signer,
    queue: Queue<Outcome>,
}

impl Chain {
    /// A way to send many transactions of one account quickly.
    pub fn pipeline<'a>(&'a self, signer: &'a dyn Signer) -> Pipeline<'a> {
        Pipeline { chain: self, signer, queue: Queue::default() }
    }
}

impl Pipeline<'_> {
    /// Signs and sends `call`.
    ///
    /// When sixteen are on their way, it waits for the oldest. When an allowance is spent or the node's pool is full, it
    /// tries again for two minutes, and waits for the oldest in between. It fails without sending if an earlier transaction
    /// is known to have failed. After an error, what was sent may still take effect: [`Self::finish`] waits for it.
    pub async fn send(&mut self, call: &Call) -> Result<(), SubmitError> {
        let (chain, signer) = (self.chain, self.signer);
        self.queue.send(|nonce| sign_and_submit(chain, signer, call, nonce).boxed()).await
    }

    /// Returns the outcomes that became final since the last time, each with the number of its transaction from 0 on.
    pub fn take_final(&mut self) -> Vec<(usize, Outcome)> {
        std::mem::take(&mut self.queue.sent.done)
    }

    /// Waits for everything that was sent, and returns the first error.
    pub async fn finish(&mut self) -> Result<(), SubmitError> {
        self.queue.sent.rest().await
    }
}

/// A transaction that the pool took.
struct Taken<T> {
    nonce: u64,
    /// The outcome, once it is final.
    outcome: BoxFuture<'static, Result<T, SubmitError>>,
}

/// Signs `call` with this nonce, or with the one that the node says, and hands it to the pool.
async fn sign_and_submit(
    chain: &Chain,
    signer: &dyn Signer,
    call: &Call,
    nonce: Option<u64>,
) -> Result<Taken<Outcome>, NotTaken> {
    let nonce = match nonce {
        Some(nonce) => nonce,
        None => chain.next_nonce(signer.account()).await.map_err(SubmitError::from)?,
    };
    let transaction = chain.signed(call, signer, nonce).await?;
    let watch = pool::take(&transaction).await?;
    let (chain, hash) = (chain.clone(), transaction.hash());
    let outcome = async move {
        let block = chain.inclusion(hash, watch, Until::Final).await?;
        chain.outcome(block, hash).await
    };
    Ok(Taken { nonce, outcome: outcome.boxed() })
}

/// The transactions of one account, and the nonce that comes next, if it is known.
struct Queue<T> {
    next: Option<u64>,
    sent: Sent<T, SubmitError>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { next: None, sent: Sent::default() }
    }
}

impl<T: Send + 'static> Queue<T> {
    /// Has `submit` sign and submit a transaction with the next nonce, again and again as long as it makes sense.
    async fn send<'s>(
        &mut self,
        mut submit: impl FnMut(Option<u64>) -> BoxFuture<'s, Result<Taken<T>, NotTaken>> + Send,
    ) -> Result<(), SubmitError> {
        self.sent.room().await?;
        let (began, mut attempts) = (Instant::now(), 0u32);
        loop {
            attempts = attempts.saturating_add(1);
            let not_taken = match submit(self.next).await {
                Ok(Taken { nonce, outcome }) => {
                    self.next = nonce.checked_add(1);
                    self.sent.push(outcome);
                    return Ok(());
                }
                Err(not_taken) => not_taken,
            };
            let when = again(not_taken, began.elapsed(), attempts)?;
            // The node is asked for the next nonce: another program may sign with this account.
            self.next = None;
            if when == Again::AfterTheOldest {
                self.sent.oldest().await?;
            }
            pause().await;
        }
    }
}

/// When to try again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Again {
    /// In a moment.
    Soon,
    /// Once the oldest transaction that is on its way is final.
    AfterTheOldest,
}

/// Decides whether to try again, `waited` after the first of so many attempts; why not, if not.
fn again(not_taken: NotTaken, waited: Duration, attempts: u32) -> Result<Again, SubmitError> {
    match not_taken {
        NotTaken::Behind(_) | NotTaken::Overtaken(_) if waited < CATCHES_UP => Ok(Again::Soon),
        NotTaken::Later(_) if waited < REFILLS => Ok(Again::AfterTheOldest),
        NotTaken::Overtaken(SubmitError::Banned) => Err(SubmitError::Banned),
        NotTaken::Overtaken(_) => Err(SubmitError::AccountBusy { attempts }),
        other => Err(other.into()),
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
    use crate::inclusion::{told, Told};
    use futures::{
        channel::{mpsc, oneshot},
        future::ready,
    };
    use salus_primitives::refusal::Refusal;
    use subxt::{error::TransactionProgressError, utils::H256};

    type Answer = Result<Taken<usize>, NotTaken>;

    fn taken(nonce: u64, outcome: usize) -> Answer {
        Ok(Taken { nonce, outcome: ready(Ok(outcome)).boxed() })
    }

    fn spent() -> NotTaken {
        NotTaken::Later(SubmitError::Refused(Refusal::MemberAllowanceSpent))
    }

    fn full() -> NotTaken {
        NotTaken::Later(SubmitError::Invalid("Immediately Dropped".to_owned()))
    }

    /// Sends a transaction to a pool that gives these answers. Returns the outcome, and the nonces that the pipeline knew.
    async fn send(queue: &mut Queue<usize>, answers: Vec<Answer>) -> (Result<(), SubmitError>, Vec<Option<u64>>) {
        let (mut answers, mut known) = (answers.into_iter(), Vec::new());
        let sent = queue
            .send(|nonce| {
                known.push(nonce);
                let answer = answers.next().unwrap();
                async move { answer }.boxed()
            })
            .await;
        (sent, known)
    }

    #[tokio::test]
    async fn a_transaction_that_the_pool_refuses_twice_is_taken_the_third_time() {
        let mut queue = Queue::default();
        let (sent, known) = send(&mut queue, vec![taken(7, 10)]).await;
        assert!(sent.is_ok());
        assert_eq!(known, [None]);
        // The allowance is spent, and then the pool is full.
        let (sent, known) = send(&mut queue, vec![Err(spent()), Err(full()), taken(8, 11)]).await;
        assert!(sent.is_ok());
        assert_eq!((known, queue.next), (vec![Some(8), None, None], Some(9)));
        assert!(queue.sent.rest().await.is_ok());
        assert_eq!(queue.sent.done, [(0, 10), (1, 11)]);
    }

    #[tokio::test]
    async fn a_refusal_that_stays_is_told_at_once() {
        let paused = || Err(NotTaken::Other(SubmitError::Refused(Refusal::CallPaused)));
        let (sent, known) = send(&mut Queue::default(), vec![paused(), paused()]).await;
        assert!(matches!(sent, Err(SubmitError::Refused(Refusal::CallPaused))));
        assert_eq!(known, [None]);
    }

    #[test]
    fn waiting_has_an_end() {
        for refused in [spent, full] {
            assert_eq!(again(refused(), Duration::ZERO, 1).unwrap(), Again::AfterTheOldest);
            assert!(again(refused(), REFILLS, 300).is_err_and(|error| error.is_refusal()));
        }
        let overtaken = || NotTaken::Overtaken(SubmitError::Invalid("Transaction is outdated".to_owned()));
        assert_eq!(again(overtaken(), Duration::ZERO, 1).unwrap(), Again::Soon);
        assert!(matches!(again(overtaken(), CATCHES_UP, 40), Err(SubmitError::AccountBusy { attempts: 40 })));
    }

    #[tokio::test]
    async fn a_transaction_whose_block_is_retracted_counts_once() {
        let (pool, statuses) = mpsc::unbounded();
        let mut sent: Sent<H256, TransactionProgressError> = Sent::default();
        sent.push(told(statuses, Until::Final));
        let [retracted, other] = [1, 2].map(H256::repeat_byte);
        for status in [Told::Best(retracted), Told::Waiting, Told::Best(other)] {
            pool.unbounded_send(Ok(status)).unwrap();
            assert!(sent.room().await.is_ok());
            assert!(sent.done.is_empty(), "no block with it is final");
        }
        pool.unbounded_send(Ok(Told::Final(other))).unwrap();
        assert!(sent.room().await.is_ok());
        assert_eq!(sent.done, [(0, other)]);
        assert!(sent.rest().await.is_ok());
        assert_eq!(sent.done.len(), 1);
    }

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
