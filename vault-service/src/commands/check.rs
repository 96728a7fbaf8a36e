// SPDX-License-Identifier: Apache-2.0

//! `salus-vault check`.

use super::{
    configured::{configured, declaration, desk, institution_key, partner_services, service_member},
    Failure,
};
use salus_chain::At;
use salus_vault_service::{config::Config, node::Node, notices::MailConfig, tls::load};
use std::path::Path;

pub(super) async fn perform(path: &Path) -> Result<(), Failure> {
    let (config, node) = configured(path).await?;
    if let Some(tls) = &config.tls {
        load(tls).await?;
    }
    let declaration = declaration(&config, &node)?;
    institution_key(&config, &node).await?;
    let member = service_member(&config, &node).await?;
    if let (Some(copies), Some(member)) = (&config.copies, member) {
        partner_services(config.institution, copies, &node, member).await?;
    }
    let letters = letters(&config, &node).await?;
    println!("institution {} at {}", config.institution, config.authority);
    for (word, store) in [("vault", Some(&config.store)), ("previous", config.previous_store.as_ref())] {
        let Some(store) = store else { continue };
        println!("{word:11} {store}{}", store.try_out().await?);
    }
    println!("chain       {} ({})", node.chain().name().await?, node.chain().genesis());
    letters.into_iter().for_each(|letters| println!("notices     {letters}"));
    if let Some(declaration) = declaration {
        println!("criteria    {}", declaration.criteria.sha256());
        println!("data policy {}", declaration.data_policy.sha256());
    }
    Ok(())
}

/// How members are told of notices, if they are. Each addressee has to be a member whom the institution admitted, and the mail
/// server has to let the service in.
async fn letters(config: &Config, node: &Node) -> Result<Option<String>, Failure> {
    let (Some(desk), Some(notices)) = (desk(config, node)?, &config.notices) else { return Ok(None) };
    let members = desk.members();
    for member in &members {
        let found = node.chain().member(At::Finalized, *member).await?;
        if found.is_none_or(|found| found.admitted_by != config.institution) {
            return Err(format!(
                "addressee `{member}` is not a member whom institution {} admitted\n\
                 hint: the institution that admitted a member tells it of notices",
                config.institution
            )
            .into());
        }
    }
    desk.try_mail().await?;
    let by_mail = |mail: &MailConfig| format!(", by mail over {}:{} ({})", mail.server, mail.port(), mail.tls.word());
    let mail = notices.mail.as_ref().map(by_mail).unwrap_or_default();
    let webhook = notices.webhook.as_ref().map(|_| ", to webhooks").unwrap_or_default();
    Ok(Some(format!("{} addressees{mail}{webhook}", members.len())))
}
