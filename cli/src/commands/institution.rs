// SPDX-License-Identifier: Apache-2.0

//! `salus institution`: what the council decides about institutions, and what they declare.

use super::council::propose;
use crate::{
    context::Context,
    declarations,
    failure::Failure,
    output::{fields, table, word, Output},
    parse,
};
use salus_chain::{At, Chain, Proposal};
use salus_founding::list::TRAFFIC;
use salus_primitives::{
    membership::{Institution, InstitutionKind, InstitutionProfile, NumberedInstitution},
    EncryptionKey, InstitutionId, SigningKey,
};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List institutions
    List,
    /// Show an institution
    Show {
        /// Its number
        institution: InstitutionId,
    },
    /// Show whom an institution admits and how it treats data, as its own vault service declares it
    Policy {
        /// Its number
        institution: InstitutionId,
    },
    /// Propose to the council to admit an institution
    Admit(Profile),
    /// Propose to the council to change an institution's vault key, address or quotas
    Update(Update),
    /// Propose to the council to give an institution a new issuing key, which voids its vouchers
    RotateIssuingKey {
        /// Its number
        institution: InstitutionId,
        /// The new key
        key: SigningKey,
    },
    /// Propose to the council to suspend an institution: its staff may do nothing
    Suspend {
        /// Its number
        institution: InstitutionId,
    },
    /// Propose to the council to reinstate a suspended institution
    Reinstate {
        /// Its number
        institution: InstitutionId,
    },
    /// Propose to the council to remove an institution for good
    Remove {
        /// Its number
        institution: InstitutionId,
    },
}

#[derive(clap::Args)]
pub(crate) struct Profile {
    /// The kind of institution
    #[arg(long, value_parser = parse::word::<InstitutionKind>())]
    kind: InstitutionKind,
    /// The key whose signature on a voucher admits members: the membership key of the institution's identity
    #[arg(long, value_name = "KEY")]
    issuing_key: SigningKey,
    /// The X25519 key of its vault service: the encryption key of the institution's identity
    #[arg(long, value_name = "KEY")]
    encryption_key: SigningKey,
    /// Where its vault answers
    #[arg(long, value_name = "URL", value_parser = parse::vault_address, default_value = "")]
    vault_address: String,
    /// Members that it may admit
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    admission_quota: u32,
}

#[derive(clap::Args)]
pub(crate) struct Update {
    /// Its number
    institution: InstitutionId,
    /// The X25519 key of its vault service
    #[arg(long, value_name = "KEY")]
    encryption_key: Option<SigningKey>,
    /// Where its vault answers
    #[arg(long, value_name = "URL", value_parser = parse::vault_address)]
    vault_address: Option<String>,
    /// Members that it may admit
    #[arg(long, value_name = "NUMBER")]
    admission_quota: Option<u32>,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let proposal = match command {
        Command::List => return list(context, out).await,
        Command::Show { institution } => {
            let found = find(&context.chain().await?, institution).await?;
            return out.show(&found, |found| human(institution, found));
        }
        Command::Policy { institution } => {
            let chain = context.chain().await?;
            find(&chain, institution).await?;
            let declaration = context.remote_services(&chain)?.declaration(institution).await?;
            return out.show(&declaration, declarations::human);
        }
        Command::Admit(profile) => {
            let profile = Box::new(InstitutionProfile {
                kind: profile.kind,
                issuing_key: profile.issuing_key,
                encryption_key: encryption_key(profile.encryption_key)?,
                vault_address: address(profile.vault_address)?,
                admission_quota: profile.admission_quota,
                traffic_quota: TRAFFIC,
            });
            Proposal::AdmitInstitution { profile }
        }
        Command::Update(update) => {
            let mut profile = find(&context.chain().await?, update.institution).await?.profile;
            if let Some(key) = update.encryption_key {
                profile.encryption_key = encryption_key(key)?;
            }
            if let Some(text) = update.vault_address {
                profile.vault_address = address(text)?;
            }
            profile.admission_quota = update.admission_quota.unwrap_or(profile.admission_quota);
            Proposal::UpdateInstitution { institution: update.institution, profile: Box::new(profile) }
        }
        Command::RotateIssuingKey { institution, key } => Proposal::RotateIssuingKey { institution, key },
        Command::Suspend { institution } => Proposal::SuspendInstitution { institution },
        Command::Reinstate { institution } => Proposal::ReinstateInstitution { institution },
        Command::Remove { institution } => Proposal::RemoveInstitution { institution },
    };
    propose(proposal, context, out).await
}

async fn find(chain: &Chain, institution: InstitutionId) -> Result<Institution, Failure> {
    let found = chain.institution(At::Finalized, institution).await?;
    found
        .ok_or_else(|| Failure::input(format!("there is no institution `{institution}`\nhint: salus institution list")))
}

async fn list(context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let all = context.chain().await?.institutions(At::Finalized).await?;
    out.show(&all, |all| {
        let rows = all.iter().map(|NumberedInstitution { number, institution }| {
            vec![
                number.to_string(),
                word(&institution.profile.kind),
                word(&institution.status),
                institution.admitted.to_string(),
            ]
        });
        table(&["institution", "kind", "status", "admitted"], rows)
    })
}

fn human(institution: InstitutionId, found: &Institution) -> String {
    fields(&[
        ("institution", institution.to_string()),
        ("kind", word(&found.profile.kind)),
        ("status", word(&found.status)),
        ("issuing key", format!("{} (epoch {})", found.profile.issuing_key, found.issuing_epoch)),
        ("encryption key", SigningKey(found.profile.encryption_key.key).to_string()),
        ("vault", String::from_utf8_lossy(&found.profile.vault_address).into_owned()),
        ("admitted", format!("{} of {}", found.admitted, found.profile.admission_quota)),
    ])
}

/// Envelopes can be sealed to every key but a few, whose private part is public knowledge.
fn encryption_key(key: SigningKey) -> Result<EncryptionKey, Failure> {
    let key = EncryptionKey::x25519(key.0);
    match key.is_acceptable() {
        true => Ok(key),
        false => Err(Failure::input(
            "the encryption key cannot be used: any reader could open what is sealed to it\nhint: salus key show NAME, as the institution",
        )),
    }
}

fn address<B: TryFrom<Vec<u8>>>(text: String) -> Result<B, Failure> {
    text.into_bytes().try_into().map_err(|_| Failure::input("a vault address has at most 256 bytes"))
}
