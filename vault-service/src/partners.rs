// SPDX-License-Identifier: Apache-2.0

//! The vault services of partners, at the addresses that the chain has.

use crate::{copies::Partners, node::Node};
use salus_chain::At;
use salus_gate::{
    protocol::{CopyRequest, GateRequest},
    system_now,
};
use salus_primitives::{membership::Role, Digest, InstitutionId, MemberId};
use salus_sealing::keys::SigningPair;
use salus_vault_client::{Address, Copies, VaultClient};
use std::error::Error;

/// Asks partners' services in the name of a member with the role service.
pub struct PartnerServices {
    node: Node,
    client: VaultClient,
    key: SigningPair,
    service: MemberId,
}

impl PartnerServices {
    /// Asks as the member whose transaction key is `key`: a service of `institution`.
    pub async fn new(node: Node, institution: InstitutionId, key: SigningPair) -> Result<Self, Box<dyn Error>> {
        let chain = node.chain();
        let service = chain.member_of_account(At::Finalized, key.public()).await?;
        let service = service.ok_or("the key for copies belongs to no member")?;
        let member = chain.member(At::Finalized, service).await?.ok_or("the key for copies belongs to no member")?;
        if member.role != Role::Service || member.admitted_by != institution {
            let wanted = format!(
                "member {service}, whose key is that for copies, is not a service of institution {institution}"
            );
            return Err(wanted.into());
        }
        let client = VaultClient::new(chain.genesis())?;
        Ok(Self { node, client, key, service })
    }
}

impl Partners for PartnerServices {
    async fn copies(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
    ) -> Result<Copies, Box<dyn Error + Send + Sync>> {
        let chain = self.node.chain();
        let found = chain.institution(At::Best, partner).await?.ok_or("the chain does not have it")?;
        let address = String::from_utf8_lossy(&found.profile.vault_address).into_owned();
        let address = Address::parse(&address).ok_or("its vault address is neither https nor on this machine")?;
        let request = CopyRequest { objects, service: self.service };
        let signed = request.sign(&chain.genesis(), address.authority(), &self.key, system_now());
        Ok(self.client.copy(&address, &signed).await?)
    }
}
