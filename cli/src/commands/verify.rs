// SPDX-License-Identifier: Apache-2.0

//! `salus verify`: challenges and answers.

use crate::{
    context::Context,
    failure::Failure,
    output::{word, Output},
};
use salus_client::agent::answer_challenges;
use salus_primitives::{membership::MemberStatus, InstitutionId, MemberId};
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

#[derive(Serialize)]
struct Answered {
    answered: Vec<InstitutionId>,
    status: MemberStatus,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Challenge { member } => {
            context.agent().await?.challenge(member).await?;
            out.show(&Challenged { member }, |_| format!("member {member} is challenged"))
        }
        Command::Answer => {
            let identity = context.identity()?;
            let (answered, status) = answer_challenges(&context.chain().await?, &identity).await?;
            out.show(&Answered { answered, status }, |done| {
                format!("{} challenges answered; you are {}", done.answered.len(), word(&done.status))
            })
        }
    }
}
