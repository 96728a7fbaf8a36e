// SPDX-License-Identifier: Apache-2.0

//! `salus join`: redeems a voucher. It needs no account.

use super::voucher;
use crate::{context::Context, failure::Failure, output::Output};
use salus_chain::At;
use salus_client::agent::redeem;
use salus_primitives::{membership::Role, MemberId};
use serde::Serialize;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The voucher
    voucher: PathBuf,
}

#[derive(Serialize)]
struct Joined {
    member: MemberId,
    role: Role,
    verifications: u32,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let file = voucher::load(&arguments.voucher)?;
    let identity = context.identity()?;
    let chain = context.chain().await?;
    let member = redeem(&chain, &identity, &file).await?;
    let verifications = chain.required_verifications(At::Finalized).await?;
    out.show(&Joined { member, role: file.voucher.role, verifications }, |joined| {
        format!(
            "you are member {}, pending: {} verifiers of different institutions have to challenge you\n\
             afterwards: salus verify answer",
            joined.member, joined.verifications
        )
    })
}
