// SPDX-License-Identifier: Apache-2.0

//! `salus council`: votes on what others proposed.

use crate::{
    context::Context,
    failure::Failure,
    output::{table, Output},
};
use salus_client::{
    agent::{Agent, Progress},
    chain::{At, Outcome},
};
use salus_primitives::{Digest, InstitutionId};
use serde::Serialize;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List what waits for votes
    List,
    /// Vote in favour; the last vote that is needed also carries it out
    Approve {
        /// The hash of the proposal
        proposal: Digest,
    },
    /// Vote against
    Reject {
        /// The hash of the proposal
        proposal: Digest,
    },
}

/// What became of a proposal.
#[derive(Serialize)]
pub(crate) struct Decided {
    progress: Progress,
    /// The institution that was admitted by it.
    institution: Option<InstitutionId>,
    transaction: Digest,
}

impl Decided {
    pub(crate) fn new(progress: Progress, outcome: &Outcome) -> Result<Self, Failure> {
        Ok(Self { progress, institution: Agent::admitted(outcome)?, transaction: outcome.transaction })
    }

    pub(crate) fn human(&self) -> String {
        match (&self.progress, self.institution) {
            (Progress::Executed, Some(institution)) => format!("carried out: institution {institution} is admitted"),
            (Progress::Executed, None) => "carried out".to_owned(),
            (Progress::Disapproved, _) => "voted down".to_owned(),
            (Progress::Waiting(waiting), _) => format!(
                "proposed; {} votes in favour are needed\nothers: salus council approve {}",
                waiting.threshold, waiting.proposal
            ),
        }
    }
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let (proposal, approve) = match command {
        Command::List => {
            let motions = context.chain().await?.motions(At::Finalized).await?;
            return out.show(&motions, |motions| {
                let rows = motions.iter().map(|motion| {
                    let votes = format!("{} of {}, {} against", motion.ayes.len(), motion.threshold, motion.nays.len());
                    vec![motion.proposal.to_string(), votes, motion.call.clone()]
                });
                table(&["proposal", "in favour", "what"], rows)
            });
        }
        Command::Approve { proposal } => (proposal, true),
        Command::Reject { proposal } => (proposal, false),
    };
    let (progress, outcome) = context.agent().await?.vote(proposal, approve).await?;
    out.show(&Decided::new(progress, &outcome)?, Decided::human)
}
