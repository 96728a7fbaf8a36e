// SPDX-License-Identifier: Apache-2.0

//! `salus voucher`: offers of membership, and refusals.

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, moment, moment_or, word, Output},
    parse::{self, Until},
};
use salus_client::{
    agent::{issue_voucher, Commitment, Offer, VoucherFile},
    chain::Call,
};
use salus_primitives::{
    membership::{Role, Voucher},
    Digest, InstitutionId, Moment,
};
use serde::Serialize;
use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a voucher, acting as the institution's own identity. Who holds the file can join with it, once
    Issue {
        /// The institution that offers membership
        #[arg(long)]
        institution: InstitutionId,
        /// The role that is offered
        #[arg(long, value_parser = parse::role)]
        role: Role,
        /// How long it can be redeemed; at most 30d
        #[arg(long, value_parser = parse::duration, default_value = "7d", value_name = "DURATION")]
        life: Moment,
        /// Until when a member of staff may act
        #[arg(long, value_parser = parse::until, value_name = "WHEN")]
        valid_until: Option<Until>,
        /// A file with what was checked about the newcomer; only a salted commitment to it is in the voucher
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
        /// Where to write the voucher
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Show what a voucher offers
    Show {
        /// The voucher
        file: PathBuf,
    },
    /// Record, by its hash, that an application for membership was refused (as an issuer)
    Refuse {
        /// The application; only its salted SHA-256 is recorded
        application: PathBuf,
    },
}

#[derive(Serialize)]
struct Issued {
    file: PathBuf,
    /// What opens the commitment to the profile; keep it.
    opening: PathBuf,
    #[serde(flatten)]
    voucher: Voucher,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Issue { institution, role, life, valid_until, profile, out: file } => {
            let profile = match profile {
                Some(path) => Zeroizing::new(read(&path)?),
                None => Zeroizing::default(),
            };
            let identity = context.identity()?;
            let chain = context.chain().await?;
            let now = chain.clock().await?;
            let valid_until = valid_until.map(|until| until.from(now));
            let offer = Offer { institution, role, life, valid_until, profile };
            let (voucher, opening) = issue_voucher(&chain, identity.membership(), offer).await?;
            let opening_file = file.with_extension("opening.json");
            write_new(&opening_file, &Zeroizing::new(serde_json::to_vec_pretty(&opening)?))?;
            write_new(&file, &Zeroizing::new(serde_json::to_vec_pretty(&voucher)?))?;
            let issued = Issued { file, opening: opening_file, voucher: voucher.voucher };
            out.show(&issued, |issued| {
                let files = fields(&[
                    ("file", issued.file.display().to_string()),
                    ("profile opening", format!("{} (keep it)", issued.opening.display())),
                ]);
                format!("{}{files}", human(&issued.voucher))
            })
        }
        Command::Show { file } => out.show(&load(&file)?.voucher, human),
        Command::Refuse { application } => {
            let agent = context.agent().await?;
            let commitment = Commitment::to(Zeroizing::new(read(&application)?).as_bytes());
            agent.submit(&Call::refuse_applicant(commitment.hash)).await?;
            out.show(&commitment, |Commitment { hash, salt }| {
                fields(&[
                    ("refused", hash.to_string()),
                    ("salt", format!("{} (keep it with the application)", salt.as_str())),
                ])
            })
        }
    }
}

/// The voucher in a file.
pub(crate) fn load(path: &Path) -> Result<VoucherFile, Failure> {
    serde_json::from_str(&Zeroizing::new(read(path)?))
        .map_err(|_| Failure::input(format!("`{}` is no voucher", path.display())))
}

fn human(voucher: &Voucher) -> String {
    fields(&[
        ("institution", voucher.institution.to_string()),
        ("role", word(&voucher.role)),
        ("redeem before", moment(voucher.expires_at)),
        ("valid until", moment_or(voucher.valid_until, "without end")),
        ("serial", voucher.serial.to_string()),
        ("profile", Digest(voucher.profile.0).to_string()),
    ])
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", path.display())))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|error| Failure::input(format!("`{}` cannot be written: {error}", path.display())))?;
    Ok(file.write_all(bytes)?)
}
