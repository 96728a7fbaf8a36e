// SPDX-License-Identifier: Apache-2.0

//! `salus status`: node, chain and identity at a glance.

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, moment, word, Output},
};
use salus_chain::{At, Head};
use salus_primitives::{
    membership::{MemberStatus, Role},
    Digest, MemberId, Moment, SigningKey,
};
use salus_sealing::keys::address;
use serde::Serialize;

#[derive(Serialize)]
struct Status {
    node: String,
    node_version: String,
    chain: String,
    genesis: Digest,
    best: Head,
    finalized: Head,
    time: Moment,
    peers: usize,
    syncing: bool,
    institutions: usize,
    account: Option<SigningKey>,
    member: Option<Membership>,
}

#[derive(Serialize)]
struct Membership {
    id: MemberId,
    role: Role,
    status: MemberStatus,
}

pub(crate) async fn run(context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let account = context.known_public_keys()?;
    let chain = context.chain().await?;
    let health = chain.health().await?;
    // Without a chosen identity the rest is still worth showing.
    let account = account.map(|keys| keys.transaction);
    let mut member = None;
    if let Some(account) = account {
        if let Some(id) = chain.member_of_account(At::Finalized, account).await? {
            let found = chain.member(At::Finalized, id).await?;
            member = found.map(|found| Membership { id, role: found.role, status: found.status });
        }
    }
    let status = Status {
        node: context.node().to_owned(),
        node_version: chain.node_version().await?,
        chain: chain.name().await?,
        genesis: chain.genesis(),
        best: chain.head(At::Best).await?,
        finalized: chain.head(At::Finalized).await?,
        time: chain.now(At::Best).await?,
        peers: health.peers,
        syncing: health.syncing,
        institutions: chain.institutions(At::Finalized).await?.len(),
        account,
        member,
    };
    out.show(&status, |status| {
        fields(&[
            ("node", format!("{} ({})", status.node, status.node_version)),
            ("chain", format!("{} ({})", status.chain, status.genesis)),
            ("best block", status.best.number.to_string()),
            ("finalized block", status.finalized.number.to_string()),
            ("time", moment(status.time)),
            ("peers", format!("{}{}", status.peers, if status.syncing { ", still catching up" } else { "" })),
            ("institutions", status.institutions.to_string()),
            ("account", status.account.as_ref().map_or_else(|| "none chosen (--as NAME)".to_owned(), address)),
            (
                "member",
                status.member.as_ref().map_or_else(
                    || "no".to_owned(),
                    |member| format!("{}, {}, {}", member.id, word(&member.role), word(&member.status)),
                ),
            ),
        ])
    })
}
