// SPDX-License-Identifier: Apache-2.0

//! The vault services of partners, at the addresses that the chain has.

use crate::{copies::Partners, member::ServiceMember, node::Node};
use salus_chain::At;
use salus_gate::{
    protocol::{CopyRequest, GateRequest, Held, HeldRequest, Signed},
    system_now,
};
use salus_primitives::{Digest, InstitutionId};
use salus_vault_client::{Address, Copies, VaultClient};
use std::error::Error;

/// Asks partners' services in the name of a member with the role service.
pub struct PartnerServices {
    node: Node,
    client: VaultClient,
    member: ServiceMember,
}

impl PartnerServices {
    /// Asks as this member.
    pub fn new(node: Node, member: ServiceMember) -> Result<Self, Box<dyn Error>> {
        let client = VaultClient::new(node.chain().genesis())?;
        Ok(Self { node, client, member })
    }

    /// The address of a partner's service, and a request that is signed to it.
    async fn signed<R: GateRequest>(
        &self,
        partner: InstitutionId,
        request: R,
    ) -> Result<(Address, Signed<R>), Box<dyn Error + Send + Sync>> {
        let chain = self.node.chain();
        let found = chain.institution(At::Best, partner).await?.ok_or("the chain does not have it")?;
        let address = String::from_utf8_lossy(&found.profile.vault_address).into_owned();
        let address = Address::parse(&address).ok_or("its vault address is neither https nor on this machine")?;
        let signed = request.sign(&chain.genesis(), address.authority(), self.member.key(), system_now());
        Ok((address, signed))
    }
}

impl Partners for PartnerServices {
    async fn copies(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
        from: u64,
    ) -> Result<Copies, Box<dyn Error + Send + Sync>> {
        let request = CopyRequest { objects, from, service: self.member.member() };
        let (address, signed) = self.signed(partner, request).await?;
        Ok(self.client.copy(&address, &signed).await?)
    }

    async fn held(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
    ) -> Result<Vec<bool>, Box<dyn Error + Send + Sync>> {
        let (address, signed) = self.signed(partner, HeldRequest { objects, service: self.member.member() }).await?;
        let Held { held } = self.client.json(&address, &signed).await?;
        Ok(held)
    }
}
