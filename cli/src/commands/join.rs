// SPDX-License-Identifier: Apache-2.0

//! `salus join`: redeems a voucher, or applies for one. It needs no account.

use super::{apply, voucher};
use crate::{
    applications::{self, ShownApplication},
    context::Context,
    failure::Failure,
    output::Output,
};
use salus_chain::At;
use salus_client::agent::redeem;
use salus_primitives::{membership::Role, MemberId};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    /// The voucher
    #[arg(required = true)]
    voucher: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Read whom an institution admits and how it treats data, and write an application for it; no voucher is needed
    Apply(apply::Arguments),
    /// Show an application, and check its signature
    Show {
        /// The application
        application: PathBuf,
    },
}

#[derive(Serialize)]
struct Joined {
    member: MemberId,
    role: Role,
    verifications: u32,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match (arguments.voucher, arguments.command) {
        (None, Some(Command::Apply(arguments))) => apply::run(arguments, context, out).await,
        (None, Some(Command::Show { application })) => {
            let shown = ShownApplication::from(applications::load(&application)?);
            out.show(&shown, ShownApplication::human)
        }
        (Some(voucher), None) => join(&voucher, context, out).await,
        // The parser has seen that one of them is there.
        _ => Err(Failure::input("a voucher is redeemed alone\nhint: `apply` and `show` take no voucher before them")),
    }
}

async fn join(voucher: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let file = voucher::load(voucher)?;
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
