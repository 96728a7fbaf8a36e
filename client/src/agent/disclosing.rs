// SPDX-License-Identifier: Apache-2.0

//! Disclosing: a member with a grant lets another one, or an institution, read what it may read itself.

use super::{storing::ForVault, Agent, AgentError, GrantWish};
use salus_chain::{events::AccessGranted, At, Call, Outcome};
use salus_primitives::{
    access::{GrantTerms, Permission, Permissions, Scope},
    ChartId, CompartmentId, GrantId, Interval, ReadingSessionId,
};
use salus_sealing::envelope::Recipient;

impl Agent {
    /// Discloses what `wish` says under the grant `under`, which lets this member, or its institution, read and disclose.
    ///
    /// It lets read and no more, whatever the permissions of `wish` are. Without an end, it ends with `under`. For a record, `session`
    /// lets this member read it: the key comes from there.
    pub async fn disclose(
        &self,
        chart: ChartId,
        under: GrantId,
        wish: &GrantWish,
        session: Option<ReadingSessionId>,
    ) -> Result<(GrantId, Outcome), AgentError> {
        let stored = self.chart(chart).await?;
        let grants = self.chain.grants(At::Finalized, chart).await?;
        let above = grants.into_iter().find(|it| it.number == under).ok_or(AgentError::NoGrant(under))?.grant;
        let GrantWish { grantee, scope, purposes, interval, ref text, .. } = *wish;
        let (key, recipient) = (self.key_to_grant(grantee).await?, Recipient::from(grantee));
        if let Scope::Compartment(compartment) = scope {
            self.ensure_newest_secret(chart, compartment).await?;
        }
        let mut objects = ForVault::of_chart(chart);
        let reason = self.seal_reason_for(chart, &stored, recipient, &key, scope, text.as_deref()).await?;
        let reason = reason.map(|reason| objects.add(reason));
        let envelope = self.seal_grant_envelope(chart, &stored, scope, recipient, &key, session).await?;
        let envelope = Some(objects.add(envelope));
        self.store_at_home(&stored, objects).await?;
        let interval = Interval { end: interval.end.or(above.interval.end), ..interval };
        let (scope, permissions) = (self.named(chart, scope).await?, Permissions::of(&[Permission::Read]));
        let terms = GrantTerms { scope, permissions, purposes, interval, reason, envelope };
        let outcome = self.submit(&Call::disclose(chart, under, grantee, &terms)).await?;
        let AccessGranted { grant, .. } = outcome.event()?;
        Ok((grant, outcome))
    }

    /// Whether this member holds the secret of the current epoch, which the chain takes an envelope to be of.
    async fn ensure_newest_secret(&self, chart: ChartId, compartment: CompartmentId) -> Result<(), AgentError> {
        let stored = self.chart(chart).await?;
        let secret = self.newest_secret(chart, &stored, compartment).await?;
        let current = self.newest_epoch(At::Best, chart, compartment).await?;
        match current.epoch.public_key == secret.public_key() {
            true => Ok(()),
            false => Err(AgentError::OutdatedKey(compartment)),
        }
    }
}
