// SPDX-License-Identifier: Apache-2.0

//! `salus-vault check`.

use super::{
    configured::{configured, institution_key, partner_services, service_member},
    Failure,
};
use salus_vault_service::tls::load;
use std::path::Path;

pub(super) async fn perform(path: &Path) -> Result<(), Failure> {
    let (config, node) = configured(path).await?;
    if let Some(tls) = &config.tls {
        load(tls).await?;
    }
    institution_key(&config, &node).await?;
    let member = service_member(&config, &node).await?;
    if let (Some(copies), Some(member)) = (&config.copies, member) {
        partner_services(config.institution, copies, &node, member).await?;
    }
    println!("institution {} at {}", config.institution, config.authority);
    for (word, store) in [("vault", Some(&config.store)), ("previous", config.previous_store.as_ref())] {
        let Some(store) = store else { continue };
        println!("{word:11} {store}{}", store.try_out().await?);
    }
    println!("chain       {} ({})", node.chain().name().await?, node.chain().genesis());
    Ok(())
}
