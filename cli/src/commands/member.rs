// SPDX-License-Identifier: Apache-2.0

//! `salus member`: members, their transaction keys, and staff that is suspended or leaves.

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, moment, moment_or, word, Output},
    parse::{self, Until},
};
use salus_chain::{At, Call, StaffChange};
use salus_client::agent::Agent;
use salus_primitives::{
    membership::{key_change_payload, KeyChange, Member},
    MemberId, SigningKey,
};
use salus_sealing::keys::address;
use serde::Serialize;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Show a member; yourself when no number is given
    Show {
        /// The member
        member: Option<MemberId>,
    },
    /// Bind the transaction key of another identity in this home folder to yourself, so that it may sign for you
    ///
    /// The other identity may then submit transactions in your name, for example from Polkadot.js Apps. It reads nothing and
    /// changes no keys: that takes your encryption key and your membership key, which stay with you.
    AddKey {
        /// The other identity
        #[arg(value_name = "IDENTITY")]
        other: String,
    },
    /// Unbind a transaction key, other than the one you act with
    RemoveKey {
        /// The key
        key: SigningKey,
    },
    /// Suspend a member of your institution's staff (as an issuer)
    Suspend {
        /// The member
        member: MemberId,
    },
    /// Reinstate a suspended member of your institution's staff (as an issuer)
    Reinstate {
        /// The member
        member: MemberId,
    },
    /// Renew the membership of a member of your institution's staff (as another issuer)
    #[command(group = clap::ArgGroup::new("end").required(true))]
    Renew {
        /// The member
        member: MemberId,
        /// Until when: a duration such as 365d, or a time
        #[arg(long, group = "end", value_parser = parse::until, value_name = "WHEN")]
        until: Option<Until>,
        /// For as long as nothing else ends it
        #[arg(long, group = "end")]
        without_end: bool,
    },
    /// Revoke a member of your institution's staff for good (as an issuer)
    Revoke {
        /// The member
        member: MemberId,
    },
}

#[derive(Serialize)]
struct Shown {
    id: MemberId,
    #[serde(flatten)]
    member: Member,
}

impl Shown {
    fn human(&self) -> String {
        let member = &self.member;
        let keys: Vec<_> = member.transaction_keys.iter().map(address).collect();
        let verifiers: Vec<_> = member
            .verified_by
            .voices()
            .iter()
            .map(|voice| format!("{} of {}", voice.member, voice.institution))
            .collect();
        fields(&[
            ("member", self.id.to_string()),
            ("role", word(&member.role)),
            ("status", word(&member.status)),
            ("institution", member.institution().map_or("none".to_owned(), |institution| institution.to_string())),
            ("admitted by", member.admitted_by.to_string()),
            ("verified by", verifiers.join(", ")),
            ("joined", moment(member.joined_at)),
            ("valid until", moment_or(member.valid_until, "without end")),
            ("accounts", keys.join(", ")),
        ])
    }
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let (member, change) = match command {
        Command::Show { member } => {
            let chain = context.chain().await?;
            let id = match member {
                Some(member) => member,
                None => {
                    let account = context.public_keys()?.transaction;
                    let found = chain.member_of_account(At::Finalized, account).await?;
                    found.ok_or_else(|| Failure::input("this identity is not a member\nhint: salus join VOUCHER"))?
                }
            };
            let member = chain.member(At::Finalized, id).await?;
            let member = member.ok_or_else(|| Failure::input(format!("there is no member `{id}`")))?;
            return out.show(&Shown { id, member }, Shown::human);
        }
        Command::AddKey { other: name } => {
            let agent = context.agent().await?;
            let password = context.password(&format!("Password of {name}: "))?;
            let other = context.keystore(&name)?.unlock_transaction(&password)?;
            let key = other.public();
            let number = agent.member().await?.key_changes;
            let payload = key_change_payload(&agent.chain().genesis(), agent.id(), number, &KeyChange::Add(key));
            let signature = agent.identity().membership().sign(&payload);
            agent.submit(&Call::add_transaction_key(key, &other.sign(&payload), &signature)).await?;
            return out.show(&key, |key| format!("{} may now sign for member {}", address(key), agent.id()));
        }
        Command::RemoveKey { key } => {
            let agent = context.agent().await?;
            if key == agent.identity().transaction().public() {
                return Err(Failure::input(
                    "this is the key you act with: without it this identity could not sign any more\n\
                     hint: --as names another identity",
                ));
            }
            let number = agent.member().await?.key_changes;
            let payload = key_change_payload(&agent.chain().genesis(), agent.id(), number, &KeyChange::Remove(key));
            let signature = agent.identity().membership().sign(&payload);
            agent.submit(&Call::remove_transaction_key(key, &signature)).await?;
            return out.show(&key, |key| format!("{} may no longer sign for member {}", address(key), agent.id()));
        }
        Command::Renew { member, until, .. } => {
            let agent = context.agent().await?;
            let now = agent.chain().clock().await?;
            let call = Call::renew_member(member, until.map(|until| until.from(now)));
            return submit(&agent, member, &call, out).await;
        }
        Command::Suspend { member } => (member, StaffChange::Suspend),
        Command::Reinstate { member } => (member, StaffChange::Reinstate),
        Command::Revoke { member } => (member, StaffChange::Revoke),
    };
    let agent = context.agent().await?;
    submit(&agent, member, &Call::change_member(member, change), out).await
}

/// Submits a change of a member, and shows the member as it is then.
async fn submit(agent: &Agent, member: MemberId, call: &Call, out: &mut Output<'_>) -> Result<(), Failure> {
    agent.submit(call).await?;
    let member = agent.chain().member(At::Finalized, member).await?.map(|found| Shown { id: member, member: found });
    out.show(&member, |member| member.as_ref().map(Shown::human).unwrap_or_default())
}
