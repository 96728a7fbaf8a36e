// SPDX-License-Identifier: Apache-2.0

//! `salus verify`: challenges and answers.

use crate::{
    context::Context,
    failure::Failure,
    output::{word, Output},
};
use salus_client::agent::{answer_challenges, Answered};
use salus_primitives::MemberId;
use serde::Serialize;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Challenge a pending member, as a verifier who checked the person
    Challenge {
        /// The member
        member: MemberId,
    },
    /// Answer every open challenge, as the newcomer
    Answer,
}

#[derive(Serialize)]
struct Challenged {
    member: MemberId,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Challenge { member } => {
            context.agent().await?.challenge(member).await?;
            out.show(&Challenged { member }, |_| format!("member {member} is challenged"))
        }
        Command::Answer => {
            let identity = context.identity()?;
            let done = answer_challenges(&context.chain().await?, &identity).await?;
            out.show(&done, human)
        }
    }
}

fn human(done: &Answered) -> String {
    let mut text = format!("{} challenges answered; you are {}", done.institutions.len(), word(&done.status));
    for (institution, verifier) in &done.untrusted {
        text.push_str(&format!(
            "\nnot answered: member {verifier}, who challenges for institution {institution}, is not an active verifier of it"
        ));
    }
    text
}
