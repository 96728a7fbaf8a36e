// SPDX-License-Identifier: Apache-2.0

//! The consent of its own that sharing a sensitive compartment needs (S4-09, PIPA Art. 23).

use crate::{confirm::confirm, failure::Failure};
use salus_client::agent::{Agent, AgentError};
use salus_primitives::{access::Scope, ChartId, CompartmentId};
use std::collections::BTreeSet;

/// The patient's consent to sharing what is sensitive (S4-09).
pub(crate) struct Consent<'a> {
    /// The patient's words to the grantee.
    pub(crate) text: Option<&'a str>,
    /// Whether the patient consented on the command line.
    pub(crate) given: bool,
}

impl Consent<'_> {
    /// Asks the patient about each sensitive compartment of `scopes`, one after the other.
    pub(crate) async fn ensure(&self, agent: &Agent, chart: ChartId, scopes: &[Scope]) -> Result<(), Failure> {
        for compartment in sensitive(agent, chart, scopes).await? {
            let text = self.text.ok_or(AgentError::NoConsent(compartment))?;
            let shown =
                format!("compartment {compartment} is sensitive, such as one for mental health\nyou say: {text}");
            confirm(&shown, "Do you consent to sharing it?", self.given)?;
        }
        Ok(())
    }

    /// The same for one approval, which covers a sensitive compartment alone.
    pub(crate) async fn ensure_alone(&self, agent: &Agent, chart: ChartId, scopes: &[Scope]) -> Result<(), Failure> {
        match sensitive(agent, chart, scopes).await?.first() {
            Some(compartment) if scopes.len() > 1 => Err(Failure::input(format!(
                "compartment `{compartment}` is sensitive, so it needs an approval of its own\nhint: approve it alone; or grant \
                 the others by `salus grant`"
            ))),
            _ => self.ensure(agent, chart, scopes).await,
        }
    }
}

/// The sensitive compartments in which `scopes` lie.
async fn sensitive(agent: &Agent, chart: ChartId, scopes: &[Scope]) -> Result<BTreeSet<CompartmentId>, Failure> {
    let mut sensitive = BTreeSet::new();
    for scope in scopes {
        let compartment = agent.compartment_of(chart, *scope).await?;
        if agent.is_sensitive(chart, compartment).await? {
            sensitive.insert(compartment);
        }
    }
    Ok(sensitive)
}
