// SPDX-License-Identifier: Apache-2.0

//! The consent of its own that sharing a sensitive compartment needs (S4-09, PIPA Art. 23).

use crate::{confirm::confirm, failure::Failure};
use salus_client::agent::{Agent, AgentError};
use salus_primitives::{access::Scope, ChartId};

/// The patient's consent to sharing what is sensitive (S4-09).
pub(crate) struct Consent<'a> {
    /// What the patient says to the grantee.
    pub(crate) text: Option<&'a str>,
    /// Whether the patient consented on the command line.
    pub(crate) given: bool,
}

impl Consent<'_> {
    /// Asks the patient, if one of `scopes` is in a sensitive compartment. Each such compartment has a consent of its own.
    pub(crate) async fn ensure(&self, agent: &Agent, chart: ChartId, scopes: &[Scope]) -> Result<(), Failure> {
        let mut sensitive = None;
        for scope in scopes {
            let compartment = agent.compartment_of(chart, *scope).await?;
            if agent.is_sensitive(chart, compartment).await? {
                sensitive = Some(compartment);
            }
        }
        let Some(compartment) = sensitive else { return Ok(()) };
        if scopes.len() > 1 {
            return Err(Failure::input(format!(
                "compartment `{compartment}` is sensitive, so it needs a consent of its own\nhint: grant it alone"
            )));
        }
        let text = self.text.ok_or(AgentError::NoConsent(compartment))?;
        let shown = format!("compartment {compartment} is sensitive, such as one for mental health\nyou say: {text}");
        confirm(&shown, "Do you consent to sharing it?", self.given)
    }
}
