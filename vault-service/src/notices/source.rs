// SPDX-License-Identifier: Apache-2.0

//! The notices of members, as the finalized chain has them.

use crate::node::{Node, NodeError};
use salus_chain::{At, Notices, NoticesError, QueryError, ReadMarks};
use salus_gate::ChainView;
use salus_primitives::{membership::MemberStatus, notices::NoticeKind, Digest, InstitutionId, MemberId, Moment};
use std::future::Future;
use thiserror::Error;

/// The chain's answer about one addressee.
pub enum Found {
    /// Another institution admitted the member, or there is no such member.
    Elsewhere,
    /// The member is not active: nothing is told to it, until it is.
    Inactive,
    /// The notices since the marks.
    Notices {
        /// The kind of each.
        kinds: Vec<NoticeKind>,
        /// The marks after all of them.
        marks: ReadMarks,
        /// The finalized block of which all of it is.
        block: Digest,
        /// The time of that block, in Unix milliseconds.
        at: Moment,
    },
}

/// The finalized chain, as it is asked for notices.
pub trait NoticeSource: Sync {
    /// A fault between here and the node.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The notices of `member` since `marks`.
    fn since(&self, member: MemberId, marks: &ReadMarks) -> impl Future<Output = Result<Found, Self::Error>> + Send;
}

/// The chain, for the members of one institution: its staff, and the patients whom it admitted.
#[derive(Clone)]
pub struct HomeChain {
    /// The institution's own node.
    pub node: Node,
    /// The institution.
    pub institution: InstitutionId,
}

/// The node does not say which notices there are.
#[derive(Debug, Error)]
pub enum SourceError {
    /// It cannot be asked.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// It cannot be asked for a member.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// It has no notices of the member.
    #[error("the node's answers about a member's notices do not fit each other")]
    Notices(#[source] NoticesError),
}

impl NoticeSource for HomeChain {
    type Error = SourceError;

    async fn since(&self, member: MemberId, marks: &ReadMarks) -> Result<Found, SourceError> {
        // This connects again where the node was restarted.
        let now = ChainView::finalized_head(&self.node).await?.time;
        let chain = self.node.chain();
        let Some(found) = chain.member(At::Finalized, member).await? else { return Ok(Found::Elsewhere) };
        if found.admitted_by != self.institution {
            return Ok(Found::Elsewhere);
        }
        if found.status != MemberStatus::Active || found.valid_until.is_some_and(|until| until <= now) {
            return Ok(Found::Inactive);
        }
        match Notices::fetch(&chain, member, marks).await {
            Ok(Notices { notices, marks, block, at }) => {
                Ok(Found::Notices { kinds: notices.into_iter().map(|notice| notice.kind).collect(), marks, block, at })
            }
            Err(NoticesError::Query(error)) => Err(error.into()),
            Err(error) => Err(SourceError::Notices(error)),
        }
    }
}
