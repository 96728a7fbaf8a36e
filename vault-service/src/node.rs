// SPDX-License-Identifier: Apache-2.0

//! The connection to the hospital's own node. It is made again when the node restarts.

use crate::{copies::ExpectedObjects, staging::NamedObjects};
use salus_chain::{Chain, ConnectError, NamedObject, QueryError};
use salus_gate::{ChainView, Head, HEAD_LIFE};
use salus_primitives::{
    access::{Grant, Request},
    audit::Entry,
    charts::{Chart, Compartment, Epoch},
    decision::{Ask, Decision},
    membership::{Institution, Member, NumberedInstitution},
    records::{Record, Session, Version},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, Moment, ReadingSessionId, RecordId, RequestId,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use thiserror::Error;
use tokio::sync::Mutex;

/// A node, and the connection to it that was good last.
#[derive(Clone)]
pub struct Node {
    url: String,
    genesis: Digest,
    chain: Arc<RwLock<Chain>>,
    /// When a lost connection was last tried again. One request at a time tries, and not more often than [`PAUSE`] says.
    tried: Arc<Mutex<Option<Instant>>>,
}

/// The least time between two attempts to connect again.
const PAUSE: Duration = Duration::from_secs(1);

/// The node cannot be asked.
#[derive(Debug, Error)]
pub enum NodeError {
    /// It does not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// It cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The node at this address is one of another chain by now.
    #[error("the node is one of another chain, whose genesis hash is `{0}`")]
    AnotherChain(Digest),
}

impl Node {
    /// Connects to the node at `url`.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let chain = Chain::connect(url).await?;
        let genesis = chain.genesis();
        Ok(Self { url: url.to_owned(), genesis, chain: Arc::new(RwLock::new(chain)), tried: Arc::default() })
    }

    /// The connection that was good last.
    pub fn chain(&self) -> Chain {
        self.chain.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the finalized head is young: a node that lags behind may not know yet what the chain names.
    pub async fn is_alive(&self, now: Moment) -> bool {
        let head = self.finalized_head().await;
        head.is_ok_and(|head| now.saturating_sub(head.time) <= HEAD_LIFE)
    }

    /// Connects again, unless another request did so while this one waited for its turn.
    async fn reconnect(&self) -> Result<Chain, NodeError> {
        let mut tried = self.tried.lock().await;
        if tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
            return Ok(self.chain());
        }
        *tried = Some(Instant::now());
        let chain = Chain::connect(&self.url).await?;
        if chain.genesis() != self.genesis {
            return Err(NodeError::AnotherChain(chain.genesis()));
        }
        *self.chain.write().unwrap_or_else(PoisonError::into_inner) = chain.clone();
        Ok(chain)
    }
}

impl NamedObjects for Node {
    type Error = NodeError;

    async fn by_chart(&self, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, NodeError> {
        Ok(NamedObjects::by_chart(&self.chain(), chart, since).await?)
    }

    async fn by_record(&self, record: RecordId) -> Result<BTreeSet<Digest>, NodeError> {
        Ok(NamedObjects::by_record(&self.chain(), record).await?)
    }
}

impl ExpectedObjects for Node {
    type Error = NodeError;

    async fn institutions(&self) -> Result<Vec<NumberedInstitution>, NodeError> {
        Ok(ExpectedObjects::institutions(&self.chain()).await?)
    }

    async fn changes(&self, chart: ChartId) -> Result<Option<u64>, NodeError> {
        Ok(ExpectedObjects::changes(&self.chain(), chart).await?)
    }

    async fn objects(&self, chart: ChartId) -> Result<BTreeMap<Digest, NamedObject>, NodeError> {
        Ok(ExpectedObjects::objects(&self.chain(), chart).await?)
    }
}

impl ChainView for Node {
    type Error = NodeError;

    fn genesis(&self) -> Digest {
        self.genesis
    }

    /// A gate asks this first, so it is here that a lost connection is noticed and made again.
    async fn finalized_head(&self) -> Result<Head, NodeError> {
        match ChainView::finalized_head(&self.chain()).await {
            Ok(head) => Ok(head),
            Err(_) => Ok(ChainView::finalized_head(&self.reconnect().await?).await?),
        }
    }

    async fn best_head(&self) -> Result<Head, NodeError> {
        Ok(ChainView::best_head(&self.chain()).await?)
    }

    async fn member(&self, at: &Head, member: MemberId) -> Result<Option<Member>, NodeError> {
        Ok(ChainView::member(&self.chain(), at, member).await?)
    }

    async fn institution(&self, at: &Head, id: InstitutionId) -> Result<Option<Institution>, NodeError> {
        Ok(ChainView::institution(&self.chain(), at, id).await?)
    }

    async fn chart(&self, at: &Head, chart: ChartId) -> Result<Option<Chart>, NodeError> {
        Ok(ChainView::chart(&self.chain(), at, chart).await?)
    }

    async fn compartment(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<Option<Compartment>, NodeError> {
        Ok(ChainView::compartment(&self.chain(), at, chart, compartment).await?)
    }

    async fn epoch(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
        epoch: u32,
    ) -> Result<Option<Epoch>, NodeError> {
        Ok(ChainView::epoch(&self.chain(), at, chart, compartment, epoch).await?)
    }

    async fn grant(&self, at: &Head, chart: ChartId, grant: GrantId) -> Result<Option<Grant>, NodeError> {
        Ok(ChainView::grant(&self.chain(), at, chart, grant).await?)
    }

    async fn request(&self, at: &Head, chart: ChartId, id: RequestId) -> Result<Option<Request>, NodeError> {
        Ok(ChainView::request(&self.chain(), at, chart, id).await?)
    }

    async fn entry(&self, at: &Head, chart: ChartId, place: u64) -> Result<Option<Entry>, NodeError> {
        Ok(ChainView::entry(&self.chain(), at, chart, place).await?)
    }

    async fn record(&self, at: &Head, record: RecordId) -> Result<Option<Record>, NodeError> {
        Ok(ChainView::record(&self.chain(), at, record).await?)
    }

    async fn version(&self, at: &Head, record: RecordId, version: u32) -> Result<Option<Version>, NodeError> {
        Ok(ChainView::version(&self.chain(), at, record, version).await?)
    }

    async fn session(
        &self,
        at: &Head,
        reader: MemberId,
        session: ReadingSessionId,
    ) -> Result<Option<Session>, NodeError> {
        Ok(ChainView::session(&self.chain(), at, reader, session).await?)
    }

    async fn decide(&self, at: &Head, member: MemberId, chart: ChartId, ask: &Ask) -> Result<Decision, NodeError> {
        Ok(ChainView::decide(&self.chain(), at, member, chart, ask).await?)
    }
}
