// SPDX-License-Identifier: Apache-2.0

//! `salus voucher`: offers of membership, and refusals.

use crate::{
    applications::{self, ShownApplication},
    confirm::confirm,
    context::Context,
    failure::Failure,
    files,
    output::{fields, moment, moment_or, word, Output},
    parse::{self, Until},
};
use salus_chain::{Call, Chain};
use salus_client::agent::{issue_voucher, Application, Commitment, Offer, VoucherFile};
use salus_primitives::{
    membership::{Role, Voucher},
    Digest, InstitutionId, Moment,
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Bytes of an application that was made without this program, at most: it may be a scan.
const LARGEST_SCAN: usize = 256 << 20;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a voucher, acting as the institution's own identity. Who holds the file can join with it, once
    Issue {
        /// The institution that offers membership
        #[arg(long)]
        institution: InstitutionId,
        /// The role that is offered
        #[arg(long, value_parser = parse::word::<Role>())]
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
        /// The newcomer's application (salus join apply), which is checked and shown; the voucher's commitment binds its hash, too
        #[arg(long, value_name = "FILE")]
        application: Option<PathBuf>,
        /// Take an application although the newcomer was shown other texts than those that the institution declares now
        #[arg(long, requires = "application")]
        outdated: bool,
        /// Offer membership to the applicant without being asked
        #[arg(long, requires = "application")]
        yes: bool,
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
        /// An application that was made without this program; its SHA-256 is recorded, with a salt
        #[arg(value_name = "FILE", required_unless_present = "application", conflicts_with = "application")]
        other: Option<PathBuf>,
        /// An application (salus join apply); it has a salt of its own, so the applicant finds its SHA-256 in the log
        #[arg(long, value_name = "FILE")]
        application: Option<PathBuf>,
    },
}

#[derive(Serialize)]
struct Issued {
    file: PathBuf,
    /// The opening of the commitment to the profile; keep it.
    opening: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    applicant: Option<ShownApplication>,
    #[serde(flatten)]
    voucher: Voucher,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Issue { institution, role, life, valid_until, profile, application, outdated, yes, out: file } => {
            let profile = match profile {
                Some(path) => files::read_text(&path)?,
                None => Zeroizing::default(),
            };
            let application = application.map(|path| applications::load(&path)).transpose()?;
            let identity = context.identity()?;
            let chain = context.chain().await?;
            let now = chain.clock().await?;
            let valid_until = valid_until.map(|until| until.from(now));
            if valid_until.is_some_and(|end| end <= now) {
                return Err(Failure::input("--valid-until is past: a member with this voucher could not act"));
            }
            let (profile, applicant) = match application {
                Some(application) => {
                    application.check(chain.genesis(), institution, role, now)?;
                    if !outdated {
                        check_declared(&application, context, &chain).await?;
                    }
                    let (profile, applicant) = (application.profile(&profile), ShownApplication::from(application));
                    confirm(&applicant.human(), "Offer membership?", yes)?;
                    (profile, Some(applicant))
                }
                None => (profile, None),
            };
            let offer = Offer { institution, role, life, valid_until, profile };
            let (voucher, opening) = issue_voucher(&chain, identity.membership(), offer).await?;
            let opening_file = file.with_extension("opening.json");
            files::write_new(&opening_file, &Zeroizing::new(serde_json::to_vec_pretty(&opening)?))?;
            files::write_new(&file, &Zeroizing::new(serde_json::to_vec_pretty(&voucher)?))
                .inspect_err(|_| files::remove(&opening_file))?;
            let issued = Issued { file, opening: opening_file, applicant, voucher: voucher.voucher };
            out.show(&issued, |issued| {
                let files = fields(&[
                    ("file", issued.file.display().to_string()),
                    ("profile opening", format!("{} (keep it)", issued.opening.display())),
                ]);
                let applicant = issued.applicant.as_ref().map(|applicant| applicant.human() + "\n").unwrap_or_default();
                format!("{applicant}{}{files}", human(&issued.voucher))
            })
        }
        Command::Show { file } => out.show(&load(&file)?.voucher, human),
        Command::Refuse { application: Some(path), .. } => refuse(&path, context, out).await,
        Command::Refuse { other: Some(path), .. } => refuse_other(&path, context, out).await,
        // The parser has seen that one of them is there.
        Command::Refuse { other: None, application: None } => Err(Failure::input("no application is named")),
    }
}

/// Fails unless the newcomer was shown what the institution declares now.
async fn check_declared(application: &Application, context: &Context, chain: &Chain) -> Result<(), Failure> {
    let services = context.remote_services(chain)?;
    application.check_declared(&services.declaration(application.institution).await?)?;
    Ok(())
}

/// Refuses an application to the issuer's own institution, whose log names it by its own hash.
async fn refuse(path: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let application = applications::load(path)?;
    let agent = context.agent().await?;
    if let Some(institution) = agent.member().await?.institution() {
        application.check_addressee(agent.chain().genesis(), institution)?;
    }
    agent.submit(&Call::refuse_applicant(application.hash())).await?;
    out.show(&ShownApplication::from(application), |refused| format!("refused\n{}", refused.human()))
}

/// Refuses an application of any form, which has no salt of its own.
async fn refuse_other(path: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let commitment = Commitment::to(&files::read(path, LARGEST_SCAN)?);
    let agent = context.agent().await?;
    agent.submit(&Call::refuse_applicant(commitment.hash)).await?;
    out.show(&commitment, |Commitment { hash, salt }| {
        fields(&[("refused", hash.to_string()), ("salt", format!("{} (keep it with the application)", salt.as_str()))])
    })
}

/// The voucher in a file.
pub(crate) fn load(path: &Path) -> Result<VoucherFile, Failure> {
    serde_json::from_str(&files::read_text(path)?).map_err(|_| {
        let hint = "take the file that `salus voucher issue` wrote, whole and unaltered";
        Failure::input(format!("`{}` is not a voucher\nhint: {hint}", path.display()))
    })
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
