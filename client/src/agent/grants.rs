// SPDX-License-Identifier: Apache-2.0

//! Granting and revoking.

use super::{storing::ForVault, Agent, AgentError};
use salus_chain::{events::AccessGranted, At, Call, Outcome};
use salus_primitives::{
    access::{Grant, GrantScope, GrantTerms, Grantee, NumberedGrant, Permission, Permissions, Purposes, Scope},
    charts::Chart,
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, Interval, ReadingSessionId, RecordId,
};
use salus_sealing::envelope::Recipient;

/// A grant that a patient wants to make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GrantWish {
    /// To whom.
    pub grantee: Grantee,
    /// Its scope.
    pub scope: Scope,
    /// The permissions.
    pub permissions: Permissions,
    /// For which purposes they may read.
    pub purposes: Purposes,
    /// From when until when.
    pub interval: Interval,
    /// Why, in words; sealed to the grantee.
    pub text: Option<String>,
}

/// The objects that a grant to read needs, sealed and in the chart's home vault.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct SealedGrant {
    /// The scope of the grant.
    pub scope: Scope,
    /// SHA-256 of the sealed reason, which also holds a compartment's name; none for a record without a reason.
    pub reason: Option<Digest>,
    /// SHA-256 of the sealed key.
    pub envelope: Digest,
}

/// The outcome of a revocation.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Revoked {
    /// The grant.
    pub grant: GrantId,
    /// The compartment whose rotation is due now, because the grantee holds its secret.
    pub rotation_due: Option<CompartmentId>,
    /// Further grants of the chart that are not over: to the same grantee, or to the institution of which it is a member.
    pub others: Vec<GrantId>,
    /// The transaction.
    pub transaction: Digest,
}

impl Agent {
    /// Grants what `wishes` say, all or nothing.
    pub async fn grant(&self, chart: ChartId, wishes: &[GrantWish]) -> Result<(Vec<GrantId>, Outcome), AgentError> {
        let mut calls = Vec::new();
        for wish in wishes {
            calls.push(Call::grant_access(chart, wish.grantee, &self.prepare(chart, wish).await?));
        }
        let outcome = self.submit(&Call::all_or_none(calls).ok_or(AgentError::NotInMetadata)?).await?;
        let granted: Vec<AccessGranted> = outcome.events()?;
        Ok((granted.into_iter().map(|event| event.grant).collect(), outcome))
    }

    /// Seals what a grant to read needs and puts it into the chart's home vault, but grants nothing.
    ///
    /// For wallets that submit the grant themselves and know nothing of envelopes.
    pub async fn seal_grant(
        &self,
        chart: ChartId,
        grantee: Grantee,
        scope: Scope,
        text: Option<&str>,
    ) -> Result<SealedGrant, AgentError> {
        let stored = self.chart(chart).await?;
        if stored.controller != self.id {
            return Err(AgentError::NotController(chart));
        }
        let compartment = self.named(chart, scope).await?.compartment();
        if text.is_none() && self.is_sensitive(chart, compartment).await? {
            return Err(AgentError::NoConsent(compartment));
        }
        let key = self.key_to_grant(grantee).await?;
        let recipient = Recipient::from(grantee);
        let mut objects = ForVault::of_chart(chart);
        let reason = self.seal_reason_for(chart, &stored, recipient, &key, scope, text).await?;
        let reason = reason.map(|reason| objects.add(reason));
        let envelope = objects.add(self.seal_grant_envelope(chart, &stored, scope, recipient, &key, None).await?);
        self.store_at_home(&stored, objects).await?;
        Ok(SealedGrant { scope, reason, envelope })
    }

    /// Grants a laboratory reading, adding, and amending its own results in one compartment.
    pub async fn grant_to_lab(
        &self,
        chart: ChartId,
        laboratory: Grantee,
        compartment: CompartmentId,
        interval: Interval,
        text: Option<&str>,
    ) -> Result<(GrantId, Outcome), AgentError> {
        let wish = GrantWish {
            grantee: laboratory,
            scope: Scope::Compartment(compartment),
            permissions: Permissions::of(&[Permission::Read, Permission::Create, Permission::Amend]),
            purposes: Purposes::of(&[salus_primitives::access::Purpose::Laboratory]),
            interval,
            text: text.map(str::to_owned),
        };
        let GrantTerms { reason, envelope, .. } = self.prepare(chart, &wish).await?;
        let envelope = envelope.ok_or(AgentError::NoSecret(compartment))?;
        let call = Call::grant_access_to_lab(chart, laboratory, compartment, interval, reason, envelope);
        let outcome = self.submit(&call).await?;
        let AccessGranted { grant, .. } = outcome.event()?;
        Ok((grant, outcome))
    }

    /// Revokes a grant, whichever form gave it.
    pub async fn revoke(&self, chart: ChartId, grant: GrantId, text: Option<&str>) -> Result<Revoked, AgentError> {
        self.chart(chart).await?;
        let grants = self.chain.grants(At::Finalized, chart).await?;
        let same = grants.iter().find(|it| it.number == grant);
        let ending = same.ok_or(AgentError::NoGrant(grant))?.grant.clone();
        let reason = self.put_note_if_any(chart, self.id, text).await?;
        let outcome = self.submit(&Call::revoke_access(chart, grant, ending.laboratory, reason)).await?;
        let rotation_due = match ending.scope {
            Scope::Compartment(compartment) if ending.permissions.contains(Permission::Read) => Some(compartment),
            _ => None,
        };
        let others = self.further_grants(&grants, grant, ending.grantee).await?;
        Ok(Revoked { grant, rotation_due, others, transaction: outcome.transaction })
    }

    /// The grants but `revoked` that are not over and serve `grantee`, who may read by them still.
    async fn further_grants(
        &self,
        grants: &[NumberedGrant],
        revoked: GrantId,
        grantee: Grantee,
    ) -> Result<Vec<GrantId>, AgentError> {
        let institution = match grantee {
            Grantee::Member(member) => self.chain.member(At::Finalized, member).await?.and_then(|it| it.institution()),
            Grantee::Institution(_) => None,
        };
        let now = self.chain.now(At::Finalized).await?;
        let serves = |to: Grantee| to == grantee || institution.is_some_and(|it| to == Grantee::Institution(it));
        let others =
            grants.iter().filter(|it| it.number != revoked && serves(it.grant.grantee) && !it.grant.is_over(now));
        Ok(others.map(|it| it.number).collect())
    }

    /// The chart's grants to `grantee` and their numbers, whatever became of them.
    pub(super) async fn own_grants(
        &self,
        chart: ChartId,
        grantee: Grantee,
    ) -> Result<Vec<(GrantId, Grant)>, AgentError> {
        let grants = self.chain.grants_to(At::Finalized, grantee).await?;
        Ok(grants.into_iter().filter(|it| it.chart == chart).map(|it| (it.number, it.grant)).collect())
    }

    /// Seals what the grantee will need, and says what the chain is to be told.
    pub(super) async fn prepare(&self, chart: ChartId, wish: &GrantWish) -> Result<GrantTerms, AgentError> {
        let stored = self.chart(chart).await?;
        let scope = self.named(chart, wish.scope).await?;
        if wish.text.is_none() && self.is_sensitive(chart, scope.compartment()).await? {
            return Err(AgentError::NoConsent(scope.compartment()));
        }
        let key = self.key_to_grant(wish.grantee).await?;
        let recipient = Recipient::from(wish.grantee);
        let mut objects = ForVault::of_chart(chart);
        let reason = self.seal_reason_for(chart, &stored, recipient, &key, wish.scope, wish.text.as_deref()).await?;
        let reason = reason.map(|reason| objects.add(reason));
        let envelope = match wish.permissions.contains(Permission::Read) {
            true => {
                Some(objects.add(self.seal_grant_envelope(chart, &stored, wish.scope, recipient, &key, None).await?))
            }
            false => None,
        };
        self.store_at_home(&stored, objects).await?;
        let GrantWish { permissions, purposes, interval, .. } = *wish;
        Ok(GrantTerms { scope, permissions, purposes, interval, reason, envelope })
    }

    /// Whether the compartment is one for which the patient consents separately (S4-09).
    pub async fn is_sensitive(&self, chart: ChartId, compartment: CompartmentId) -> Result<bool, AgentError> {
        let compartments = self.chain.compartments(At::Finalized, chart).await?;
        Ok(compartments.iter().any(|it| it.number == compartment && it.compartment.flags.sensitive))
    }

    /// The compartment of a scope.
    pub async fn compartment_of(&self, chart: ChartId, scope: Scope) -> Result<CompartmentId, AgentError> {
        Ok(self.named(chart, scope).await?.compartment())
    }

    /// A scope as a giver names it: a record with its compartment and newest version.
    pub(super) async fn named(&self, chart: ChartId, scope: Scope) -> Result<GrantScope, AgentError> {
        match scope {
            Scope::Compartment(compartment) => Ok(GrantScope::Compartment(compartment)),
            Scope::Record(key) => {
                let record = RecordId { chart, key };
                let stored = self.chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
                let version = stored.versions.saturating_sub(1);
                Ok(GrantScope::Record { key, compartment: stored.compartment, version })
            }
        }
    }

    /// The key to which envelopes for `grantee` are sealed.
    pub(super) async fn encryption_key_of(&self, grantee: Grantee) -> Result<EncryptionKey, AgentError> {
        match grantee {
            Grantee::Member(member) => Ok(self.member_of(member).await?.encryption_key),
            Grantee::Institution(institution) => {
                let stored = self.chain.institution(At::Finalized, institution).await?;
                Ok(stored.ok_or(AgentError::NoInstitution(institution))?.profile.encryption_key)
            }
        }
    }

    /// The key to which envelopes for `grantee` are sealed, who has to be one who may read.
    pub(super) async fn key_to_grant(&self, grantee: Grantee) -> Result<EncryptionKey, AgentError> {
        let now = self.chain.now(At::Best).await?;
        self.reading_key_of(grantee, now).await?.ok_or(AgentError::GranteeNotActive(grantee))
    }

    /// Seals the secret behind `scope` to a grantee. All but the controller read a record in `session`.
    pub(super) async fn seal_grant_envelope(
        &self,
        chart: ChartId,
        stored: &Chart,
        scope: Scope,
        recipient: Recipient,
        key: &EncryptionKey,
        session: Option<ReadingSessionId>,
    ) -> Result<Vec<u8>, AgentError> {
        Ok(match scope {
            Scope::Compartment(compartment) => {
                self.newest_secret(chart, stored, compartment).await?.seal_to(recipient, key)?
            }
            Scope::Record(record) => {
                let record = RecordId { chart, key: record };
                let (content_key, version) = self.newest_content_key(stored, record, session).await?;
                content_key.seal_to(recipient, key, self.genesis(), record, version)?
            }
        })
    }

    /// Seals the reason for a grant to its grantee, with the name and meaning of the compartment that it covers.
    pub(super) async fn seal_reason_for(
        &self,
        chart: ChartId,
        stored: &Chart,
        recipient: Recipient,
        key: &EncryptionKey,
        scope: Scope,
        text: Option<&str>,
    ) -> Result<Option<Vec<u8>>, AgentError> {
        let compartment = match scope {
            Scope::Compartment(compartment) => Some((compartment, self.profile(chart, stored, compartment).await?)),
            Scope::Record(_) => None,
        };
        let text = text.unwrap_or_default();
        Ok(match compartment.is_some() || !text.is_empty() {
            true => Some(self.seal_note(chart, recipient, key, text, compartment)?),
            false => None,
        })
    }
}
