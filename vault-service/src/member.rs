// SPDX-License-Identifier: Apache-2.0

//! The member with the role service in whose name a vault service acts.

use crate::node::Node;
use salus_chain::At;
use salus_primitives::{membership::Role, InstitutionId, MemberId};
use salus_sealing::keys::SigningPair;
use std::{error::Error, sync::Arc};

/// A member with the role service, and its transaction key.
#[derive(Clone)]
pub struct ServiceMember {
    member: MemberId,
    key: Arc<SigningPair>,
}

impl ServiceMember {
    /// The member whose transaction key is `key`, which has to be a service of `institution`.
    pub async fn find(node: &Node, institution: InstitutionId, key: SigningPair) -> Result<Self, Box<dyn Error>> {
        let chain = node.chain();
        let found = chain.member_of_account(At::Finalized, key.public()).await?;
        let number = found.ok_or("the member's key belongs to no member")?;
        let member = chain.member(At::Finalized, number).await?.ok_or("the member's key belongs to no member")?;
        if member.role != Role::Service || member.admitted_by != institution {
            let wanted =
                format!("member {number}, whose key the service has, is not a service of institution {institution}");
            return Err(wanted.into());
        }
        Ok(Self { member: number, key: Arc::new(key) })
    }

    /// The member.
    pub fn member(&self) -> MemberId {
        self.member
    }

    /// The transaction key, to sign with.
    pub fn key(&self) -> &SigningPair {
        &self.key
    }
}
