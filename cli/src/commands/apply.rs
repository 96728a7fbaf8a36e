// SPDX-License-Identifier: Apache-2.0

//! `salus join apply`: a newcomer reads what an institution declares, and asks it for membership.

use crate::{
    applications::ShownApplication, confirm::confirm, context::Context, declarations, failure::Failure, files,
    output::Output, parse,
};
use salus_client::agent::{admitting, Application};
use salus_primitives::{membership::Role, InstitutionId};
use serde::Serialize;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The institution that you ask
    #[arg(long)]
    institution: InstitutionId,
    /// The role that you ask for
    #[arg(long, value_parser = parse::word::<Role>())]
    role: Role,
    /// Your own words to the institution, which may say who you are: they stay off the chain
    #[arg(long, value_parser = parse::lines, default_value = "", value_name = "TEXT")]
    statement: String,
    /// Say that you have read both texts (salus institution policy), and agree
    #[arg(long)]
    yes: bool,
    /// Where to write the application
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Applied {
    file: PathBuf,
    #[serde(flatten)]
    shown: ShownApplication,
}

pub(super) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { institution, role, statement, yes, out: file } = arguments;
    let identity = context.identity()?;
    let chain = context.chain().await?;
    admitting(&chain, institution, role).await?;
    let declaration = context.remote_services(&chain)?.declaration(institution).await?;
    confirm(&declarations::human(&declaration), "Do you agree, and apply?", yes)?;
    let at = chain.clock().await?;
    let application = Application::sign(&identity, &declaration, role, statement, at)?;
    files::write_new(&file, &serde_json::to_vec_pretty(&application)?)?;
    out.show(&Applied { file, shown: application.into() }, |applied| {
        format!(
            "{}written to {}: bring it or send it to the institution, which gives you a voucher or refuses\n\
             afterwards: salus join VOUCHER",
            applied.shown.human(),
            applied.file.display()
        )
    })
}
