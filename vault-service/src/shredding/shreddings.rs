// SPDX-License-Identifier: Apache-2.0

//! The finalized chain, as a shredder reads it.

use crate::{
    copies::ExpectedObjects,
    node::{Node, NodeError},
};
use salus_chain::At;
use salus_gate::{ChainView, Head};
use salus_primitives::{
    shredding::{Absence, NumberedShredding},
    Digest, InstitutionId, RecordId,
};
use std::{collections::BTreeSet, future::Future};

/// The questions of a shredder to the chain, all about the finalized state.
pub trait Shreddings: ExpectedObjects {
    /// The chain's genesis hash, which is in the header of each blob.
    fn genesis(&self) -> Digest;

    /// The finalized block.
    fn finalized(&self) -> impl Future<Output = Result<Head, Self::Error>> + Send;

    /// The shreddings from the number `from` on, as many as the chain tells at one time; none at the end.
    fn shreddings(&self, from: u64) -> impl Future<Output = Result<Vec<NumberedShredding>, Self::Error>> + Send;

    /// The objects of a shredded record; none while it is not shredded.
    fn objects_of_shredded(
        &self,
        record: RecordId,
    ) -> impl Future<Output = Result<BTreeSet<Digest>, Self::Error>> + Send;

    /// The word of an institution about a shredding, if it gave one.
    fn attested(
        &self,
        shredding: u64,
        institution: InstitutionId,
    ) -> impl Future<Output = Result<Option<Absence>, Self::Error>> + Send;
}

impl Shreddings for Node {
    fn genesis(&self) -> Digest {
        ChainView::genesis(self)
    }

    async fn finalized(&self) -> Result<Head, NodeError> {
        ChainView::finalized_head(self).await
    }

    async fn shreddings(&self, from: u64) -> Result<Vec<NumberedShredding>, NodeError> {
        Ok(self.chain().shreddings_from(At::Finalized, from).await?)
    }

    async fn objects_of_shredded(&self, record: RecordId) -> Result<BTreeSet<Digest>, NodeError> {
        Ok(self.chain().objects_of_shredded(At::Finalized, record).await?)
    }

    async fn attested(&self, shredding: u64, institution: InstitutionId) -> Result<Option<Absence>, NodeError> {
        let attested = self.chain().attestations(At::Finalized, shredding).await?;
        Ok(attested.into_iter().find(|it| it.institution == institution).map(|it| it.attestation.absence))
    }
}
