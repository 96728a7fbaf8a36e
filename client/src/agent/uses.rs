// SPDX-License-Identifier: Apache-2.0

//! Declaring a use of records.

use super::{Agent, AgentError};
use salus_chain::{Call, Outcome};
use salus_primitives::{
    access::{Purpose, Scope},
    ChartId,
};

impl Agent {
    /// Declares that this member uses these parts of a chart for something other than reading them, all or nothing.
    pub async fn declare_use(&self, chart: ChartId, scopes: &[Scope], purpose: Purpose) -> Result<Outcome, AgentError> {
        let calls = scopes.iter().map(|scope| Call::declare_use(chart, *scope, purpose)).collect();
        self.submit(&Call::all_or_none(calls).ok_or(AgentError::NotInMetadata)?).await
    }
}
