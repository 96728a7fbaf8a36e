// SPDX-License-Identifier: Apache-2.0

//! New epochs, and renewed envelopes for the readers that remain.
//!
//! Rotating and renewing are two steps, and renewing can be repeated: what is cut off half-way goes on where it stopped.

use super::{storing::ForVault, Agent, AgentError};
use salus_chain::{At, Call};
use salus_primitives::{
    access::{Scope, SealedKey, MAX_READERS},
    charts::Epoch,
    ChartId, CompartmentId,
};
use salus_sealing::envelope::Recipient;

impl Agent {
    /// Begins a new epoch of a compartment, with a new random secret; its number.
    pub async fn rotate(&self, chart: ChartId, compartment: CompartmentId) -> Result<u32, AgentError> {
        let stored = self.chart(chart).await?;
        let mut objects = ForVault::of_chart(chart);
        let (next, link) = self.newest_secret(chart, &stored, compartment).await?.rotate()?;
        let own = next.seal_to(Recipient::Member(self.id), &self.identity.encryption().public())?;
        let epoch =
            Epoch { public_key: next.public_key(), secret_envelope: objects.add(own), link: Some(objects.add(link)) };
        self.store_at_home(&stored, objects).await?;
        self.submit(&Call::rotate_compartment(chart, compartment, next.epoch(), &epoch)).await?;
        Ok(next.epoch())
    }

    /// Seals the current secret to every grantee who may read now and whose envelope is older; the current epoch,
    /// and how many envelopes were renewed.
    pub async fn renew_envelopes(&self, chart: ChartId, compartment: CompartmentId) -> Result<(u32, u32), AgentError> {
        let stored = self.chart(chart).await?;
        let mut objects = ForVault::of_chart(chart);
        let secret = self.newest_secret(chart, &stored, compartment).await?;
        let mut envelopes = Vec::new();
        for reader in self.chain.readers(At::Best, chart, Scope::Compartment(compartment)).await? {
            if reader.edition < secret.epoch() {
                let key = self.encryption_key_of(reader.grantee).await?;
                let envelope = secret.seal_to(Recipient::from(reader.grantee), &key)?;
                envelopes.push(SealedKey { grant: reader.grant, envelope: objects.add(envelope) });
            }
        }
        self.store_at_home(&stored, objects).await?;
        for part in envelopes.chunks(MAX_READERS as usize) {
            self.submit(&Call::renew_envelopes(chart, compartment, secret.epoch(), part)).await?;
        }
        Ok((secret.epoch(), u32::try_from(envelopes.len()).unwrap_or(u32::MAX)))
    }
}
