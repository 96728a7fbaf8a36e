// SPDX-License-Identifier: Apache-2.0

//! The questions of `SalusApi`, typed. Lists are fetched page by page until they end.

use super::{At, Chain, QueryError};
use codec::{Decode, DecodeAll, Encode};
use salus_primitives::{api::*, charts::Epoch, records::Version, Digest};

/// Declares a function for each question. A list has no place and no limit: the function fetches every page.
macro_rules! declare {
    ($(
        $(#[$doc:meta])*
        $method:literal => $name:ident($($parameter:ident: $type:ty),*) $(page[$place:ident: $at:ty])? -> $answer:ty;
    )*) => {
        impl Chain {
            $(
                $(#[$doc])*
                pub async fn $name(&self, at: At $(, $parameter: $type)*) -> Result<$answer, QueryError> {
                    let question = concat!("SalusApi_", stringify!($name));
                    let key = ($($parameter,)*).encode();
                    fetch!(self, at, question, key $(, $at)?)
                }
            )*
        }
    };
}

/// Asks once, or page by page where the place is named.
macro_rules! fetch {
    ($chain:expr, $at:expr, $question:expr, $key:expr) => {
        $chain.ask($at, $question, $key).await
    };
    ($chain:expr, $at:expr, $question:expr, $key:expr, $place:ty) => {
        $chain.pages($at, $question, &$key, <$place>::default()).await
    };
}

salus_primitives::salus_api!(declare);

/// An item of a list, which says where the next page begins.
trait Item: Decode {
    /// A position in the list.
    type Position: Encode;

    /// The position after the item.
    fn next(&self) -> Self::Position;
}

macro_rules! items {
    ($($item:ty, $place:ty: |$last:ident| $next:expr;)*) => {
        $(
            impl Item for $item {
                type Position = $place;

                fn next(&self) -> $place {
                    let $last = self;
                    $next
                }
            }
        )*
    };
}

items! {
    NumberedInstitution, InstitutionId: |last| InstitutionId(last.number.0.saturating_add(1));
    NumberedEpoch, u32: |last| last.number.saturating_add(1);
    NumberedGrant, GrantId: |last| GrantId(last.number.0.saturating_add(1));
    GrantInChart, Option<GrantRef>: |last| Some(GrantRef { chart: last.chart, number: last.number });
    NumberedRequest, RequestId: |last| RequestId(last.number.0.saturating_add(1));
    KeyedRecord, Option<RecordKey>: |last| Some(last.key);
    KeyedCorrection, Option<RecordKey>: |last| Some(last.key);
    NumberedVersion, u32: |last| last.number.saturating_add(1);
    NumberedShredding, u64: |last| last.number.saturating_add(1);
    AttestationOf, Option<InstitutionId>: |last| Some(last.institution);
    Entry, u64: |last| last.sequence.saturating_add(1);
}

impl Chain {
    /// One epoch of a compartment.
    pub async fn epoch(
        &self,
        at: At,
        chart: ChartId,
        compartment: CompartmentId,
        number: u32,
    ) -> Result<Option<Epoch>, QueryError> {
        let arguments = (chart, compartment, number, 1u32).encode();
        let page: Vec<NumberedEpoch> = self.ask(at, "SalusApi_epochs", arguments).await?;
        Ok(page.into_iter().find_map(|it| (it.number == number).then_some(it.epoch)))
    }

    /// One version of a record.
    pub async fn version(&self, at: At, record: RecordId, number: u32) -> Result<Option<Version>, QueryError> {
        let page: Vec<NumberedVersion> = self.ask(at, "SalusApi_versions", (record, number, 1u32).encode()).await?;
        Ok(page.into_iter().find_map(|it| (it.number == number).then_some(it.version)))
    }

    /// Shreddings from the number `from` on, as many as the node tells at one time; none at the end.
    pub async fn shreddings_from(&self, at: At, from: u64) -> Result<Vec<NumberedShredding>, QueryError> {
        self.ask(at, "SalusApi_shreddings", (from, MAX_PAGE).encode()).await
    }

    /// The entries of a log from the place `first` on, as far as the state still holds them.
    pub async fn log_from(&self, at: At, log: LogId, first: u64) -> Result<Vec<Entry>, QueryError> {
        self.pages(at, "SalusApi_log", &log.encode(), first).await
    }

    /// Asks page by page, all of one block, from `place` on.
    async fn pages<One: Item>(
        &self,
        at: At,
        question: &'static str,
        key: &[u8],
        mut place: One::Position,
    ) -> Result<Vec<One>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let mut items = Vec::new();
        loop {
            let arguments = [key, &place.encode(), &MAX_PAGE.encode()].concat();
            let page: Vec<One> = self.ask(at, question, arguments).await?;
            let Some(last) = page.last() else { return Ok(items) };
            place = last.next();
            items.extend(page);
        }
    }

    pub(super) async fn ask<Answer: Decode>(
        &self,
        at: At,
        question: &'static str,
        arguments: Vec<u8>,
    ) -> Result<Answer, QueryError> {
        let hash = self.hash(at).await?;
        let answer = self.rpc.state_call(question, Some(&arguments), Some(hash)).await?;
        Answer::decode_all(&mut answer.as_slice()).map_err(|_| QueryError::Unreadable(question))
    }
}
