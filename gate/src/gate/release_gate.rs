// SPDX-License-Identifier: Apache-2.0

//! The release gate: the only way through which a reader reaches what a vault holds.
//!
//! A keeper of sealed objects asks a [`ReleaseGate`] before giving any out. The gate wants a fresh request, signed by a
//! transaction key of the reader, and a finalized head that is younger than two minutes. From all but the chart's
//! controller it wants a finalized, permitted opening (*log before read*). It decides again, both in the finalized state
//! and in the best block's. Grants, openings and keys therefore count once they are final, revocations as soon as they are
//! in a block. It gives out ciphertext only: the blob, and the envelopes through which the reader's own key comes to
//! the content key. It holds no key, and neither do those who run it.
//!
//! The gate that a signed request names answers it once, within two minutes, because it remembers the request's number. A
//! gate that has just started remembers none, and refuses requests from before its start. The gate decides before it gives
//! the first byte out: a revocation that arrives while a large blob is under way stops the next release. A refusal before
//! or by the decision uses no number up, so only those who may read fill the memory.
//!
//! A gate that speaks for its institution keeps a receipt of each release under an opening. The receipt is on its disk
//! before the first byte leaves.

use std::future::Future;
use std::sync::Arc;

use salus_primitives::time::MINUTE;
use salus_primitives::Moment;

use super::clock::system_now;
use super::error::GateError;
use super::numbers::UsedNumbers;
use super::receipts::ReceiptBook;
use super::view::{ChainView, Head};
use crate::protocol::{GateRefusal, GateRequest, Signed, MAX_REQUEST_AGE};

/// How old the finalized head may be.
pub const HEAD_LIFE: Moment = 2 * MINUTE;

/// Gives out sealed objects to those who may have them, and to no other.
pub struct ReleaseGate<C, S> {
    authority: String,
    pub(super) chain: C,
    pub(super) vault: S,
    numbers: Arc<UsedNumbers>,
    pub(super) receipts: Option<Arc<ReceiptBook>>,
    now: Box<dyn Fn() -> Moment + Send + Sync>,
}

impl<C: ChainView, S> ReleaseGate<C, S> {
    /// The gate at `authority` before the store `vault`, which asks `chain`, with the system's clock.
    ///
    /// `authority` is host and port of the address at which readers know the gate, in lower case. The gate has just started, by
    /// that clock: it refuses requests from before.
    pub fn new(authority: impl Into<String>, chain: C, vault: S) -> Self {
        Self::with_clock(authority, chain, vault, system_now)
    }

    /// A gate with a clock of one's own.
    pub fn with_clock(
        authority: impl Into<String>,
        chain: C,
        vault: S,
        now: impl Fn() -> Moment + Send + Sync + 'static,
    ) -> Self {
        let numbers = Arc::new(UsedNumbers::since(now()));
        Self { authority: authority.into(), chain, vault, numbers, receipts: None, now: Box::new(now) }
    }

    /// The same gate, with the memory of an earlier one: all that stand before one vault have to share it. The gate then
    /// answers requests from the start of that memory on.
    pub fn with_numbers(self, numbers: Arc<UsedNumbers>) -> Self {
        Self { numbers, ..self }
    }

    /// The same gate, which keeps a receipt of each release under an opening, and gives nothing out without.
    ///
    /// A gate in the reader's own program keeps none: it could not speak for the institution.
    pub fn with_receipts(self, receipts: Arc<ReceiptBook>) -> Self {
        Self { receipts: Some(receipts), ..self }
    }

    /// Host and port at which readers know the gate.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The chain that the gate asks.
    pub fn chain(&self) -> &C {
        &self.chain
    }

    /// The checks of every request: it is for this gate, fresh and signed; the chain is alive; the key is the asker's.
    /// The gate asks the chain last.
    pub(super) async fn admit<R: GateRequest>(&self, signed: &Signed<R>) -> Result<DecisionTime, GateError<C::Error>> {
        if signed.authority() != self.authority {
            return Err(GateRefusal::AnotherGate.into());
        }
        let (clock, asker) = ((self.now)(), signed.request().asker());
        if clock.abs_diff(signed.at()) > MAX_REQUEST_AGE {
            return Err(GateRefusal::RequestNotFresh.into());
        }
        let not_the_member = GateRefusal::NotTheMember(asker);
        if !signed.is_signed(&self.chain.genesis()) {
            return Err(not_the_member.into());
        }
        let finalized = self.ask(self.chain.finalized_head()).await?;
        let best = self.ask(self.chain.best_head()).await?;
        let moment = DecisionTime::new(clock, finalized, best);
        if moment.latest.saturating_sub(finalized.time) > HEAD_LIFE {
            return Err(GateRefusal::StaleHead(finalized.number).into());
        }
        if signed.request().not_before().is_some_and(|number| finalized.number < number) {
            return Err(GateRefusal::Behind(finalized.number).into());
        }
        for head in [&finalized, &best] {
            let member = self.ask(self.chain.member(head, asker)).await?.ok_or(not_the_member)?;
            if !member.transaction_keys.contains(signed.key()) {
                return Err(not_the_member.into());
            }
        }
        Ok(moment)
    }

    /// Uses up the number of a request that is about to be answered.
    pub(super) fn use_up<R: GateRequest>(&self, signed: &Signed<R>, moment: &DecisionTime) -> Result<(), GateRefusal> {
        self.numbers.take(signed.request().asker(), signed.number(), signed.at(), moment.clock)
    }

    pub(super) async fn ask<T>(
        &self,
        answer: impl Future<Output = Result<T, C::Error>>,
    ) -> Result<T, GateError<C::Error>> {
        answer.await.map_err(GateError::Chain)
    }
}

/// The moment of a decision: one finalized and one best block for all questions.
///
/// A gate whose clock is behind must not prolong anything, so the chain's time counts where it is later.
pub(super) struct DecisionTime {
    /// The gate's clock, by which requests are fresh.
    pub(super) clock: Moment,
    /// The gate's clock, or the finalized block's time: when the finalized state is asked.
    pub(super) now: Moment,
    /// The same, or the best block's time: when the best state is asked. A revocation in that block has its time.
    pub(super) latest: Moment,
    /// The finalized block.
    pub(super) finalized: Head,
    /// The best block.
    pub(super) best: Head,
}

impl DecisionTime {
    fn new(clock: Moment, finalized: Head, best: Head) -> Self {
        let now = clock.max(finalized.time);
        Self { clock, now, latest: now.max(best.time), finalized, best }
    }
}
