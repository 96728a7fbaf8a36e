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
use std::time::{Duration, Instant};

/// Transactions of one account that may be on their way: the chain looks no further ahead.
const MOST_IN_FLIGHT: usize = 16;

/// How long to wait for an allowance to refill.
const REFILLS: Duration = Duration::from_secs(120);

/// Sends transactions one after the other without waiting until each is final.
pub struct Pipeline<'a> {
    chain: &'a Chain,
    signer: &'a dyn Signer,
    next: Option<u64>,
    sent: FuturesOrdered<BoxFuture<'static, Result<Outcome, SubmitError>>>,
}

impl Chain {
    /// A way to send many transactions of one account quickly.
    pub fn pipeline<'a>(&'a self, signer: &'a dyn Signer) -> Pipeline<'a> {
        Pipeline { chain: self, signer, next: None, sent: FuturesOrdered::new() }
    }
}

impl Pipeline<'_> {
    /// Signs and sends `call`; what became of earlier calls meanwhile, in their order.
    ///
    /// When sixteen are on their way, it waits for the oldest. When the member's allowance is spent, it waits until some
    /// is there again. After an error, what was sent may still take effect.
    pub async fn send(&mut self, call: &Call) -> Result<Vec<Outcome>, SubmitError> {
        let mut settled = Vec::new();
        while self.sent.len() >= MOST_IN_FLIGHT {
            settled.extend(self.settle().await?);
        }
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
                    let sent = async move {
                        let block = chain.inclusion(hash, watch, Until::Final).await?;
                        chain.outcome(block, hash).await
                    };
                    self.sent.push_back(sent.boxed());
                    return Ok(settled);
                }
                // The node is asked for the next nonce: another program may sign with this account.
                Err(NotTaken::Behind(_)) if began.elapsed() < CATCHES_UP => self.next = None,
                Err(NotTaken::Overtaken(_)) if began.elapsed() < CATCHES_UP => self.next = None,
                Err(NotTaken::Overtaken(SubmitError::Banned)) => return Err(SubmitError::Banned),
                Err(NotTaken::Overtaken(_)) => return Err(SubmitError::AccountBusy { attempts }),
                Err(NotTaken::Later(_)) if began.elapsed() < REFILLS => {
                    self.next = None;
                    settled.extend(self.settle().await?);
                }
                Err(other) => return Err(other.into()),
            }
            pause().await;
        }
    }

    /// Waits for everything that was sent; what became of it, in order.
    pub async fn finish(mut self) -> Result<Vec<Outcome>, SubmitError> {
        let mut settled = Vec::new();
        while let Some(outcome) = self.settle().await? {
            settled.push(outcome);
        }
        Ok(settled)
    }

    /// Waits for the oldest, if there is one.
    async fn settle(&mut self) -> Result<Option<Outcome>, SubmitError> {
        self.sent.next().await.transpose()
    }
}
