// SPDX-License-Identifier: Apache-2.0

//! The things that a configuration names: opened, and compared with the chain.

use super::Failure;
use rustix::fs::{flock, FlockOperation};
use salus_chain::At;
use salus_gate::{system_now, ChainView, ReceiptBook};
use salus_primitives::InstitutionId;
use salus_sealing::keys::EncryptionPair;
use salus_vault::Vault;
use salus_vault_client::{Address, Declaration};
use salus_vault_service::{
    config::{Config, Copies},
    copies::Agreement,
    key_files::{read_encryption_key, read_transaction_key},
    member::ServiceMember,
    node::Node,
    notices::{self, Desk},
    partners::PartnerServices,
    receipts::{self, folder_of},
    shredding,
    taking_over::take_over,
};
use std::{fs::File, path::Path, sync::Arc};

/// The configuration in the file `path`, and the node that it names, which has to know the institution.
pub(super) async fn configured(path: &Path) -> Result<(Config, Node), Failure> {
    let config = Config::read(path)?;
    let node = Node::connect(&config.node).await?;
    let institution = node.chain().institution(At::Finalized, config.institution).await?;
    let Some(institution) = institution else {
        return Err(format!("the chain has no institution `{}`", config.institution).into());
    };
    let address = String::from_utf8_lossy(&institution.profile.vault_address).into_owned();
    if Address::parse(&address).is_none_or(|address| address.authority() != config.authority) {
        let known =
            if address.is_empty() { "no vault address".to_owned() } else { format!("the vault address `{address}`") };
        eprintln!(
            "warning: institution {0} has {known} on the chain, so readers will not come to `{1}`\n\
             hint: the council enters it: salus institution update {0} --vault-address https://{1}",
            config.institution, config.authority
        );
    }
    Ok((config, node))
}

/// The vault, which no other process serves or migrates as long as the files are open. Receipts, letters and the notes of shredded
/// blobs move first.
pub(super) async fn own(config: &Config) -> Result<(Vault, Vec<File>), Failure> {
    let vault = config.store.open_with(config.previous_store.as_ref()).await?;
    let locks = lock(&vault)?;
    if let Some(previous) = vault.previous() {
        for name in [receipts::FOLDER, notices::FOLDER, shredding::FOLDER] {
            take_over(name, previous.folder(), vault.folder())?;
        }
    }
    Ok((vault, locks))
}

/// Keeps every other service away from the vault and the previous one, as long as the files are open: a second service would
/// answer a request again.
fn lock(vault: &Vault) -> Result<Vec<File>, Failure> {
    [Some(vault), vault.previous()].into_iter().flatten().map(lock_one).collect()
}

fn lock_one(vault: &Vault) -> Result<File, Failure> {
    let folder = File::open(vault.folder())?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(folder),
        Err(_) => Err(format!("another service has the vault `{}`", vault.folder().display()).into()),
    }
}

/// The institution's key, which has to be the one on the chain to open anything.
pub(super) async fn institution_key(config: &Config, node: &Node) -> Result<Option<EncryptionPair>, Failure> {
    let Some(path) = &config.key else { return Ok(None) };
    let key = read_encryption_key(path).map_err(|cause| format!("the key `{}`: {cause}", path.display()))?;
    let institution = node.chain().institution(At::Finalized, config.institution).await?;
    if institution.is_none_or(|institution| institution.profile.encryption_key != key.public()) {
        eprintln!(
            "warning: the chain has another encryption key for institution {}: what was sealed to it does not open here",
            config.institution
        );
    }
    Ok(Some(key))
}

/// The member in whose name the service acts.
pub(super) async fn service_member(config: &Config, node: &Node) -> Result<Option<ServiceMember>, Failure> {
    let Some(path) = &config.member_key else {
        eprintln!(
            "warning: without `member-key` the service posts no receipts and attests no shredding, and both are overdue\n\
             hint: it names a file with the transaction key of a member with the role service"
        );
        return Ok(None);
    };
    let key = read_transaction_key(path).map_err(|cause| format!("the key `{}`: {cause}", path.display()))?;
    Ok(Some(ServiceMember::find(node, config.institution, key).await?))
}

/// The texts that the institution declares, if it does.
pub(super) fn declaration(config: &Config, node: &Node) -> Result<Option<Declaration>, Failure> {
    let Some(joining) = &config.joining else { return Ok(None) };
    Ok(Some(joining.read(config.institution, node.chain().genesis())?))
}

/// The desk of letters about notices, if there is one.
pub(super) fn desk(config: &Config, node: &Node) -> Result<Option<Arc<Desk>>, Failure> {
    let Some(notices) = &config.notices else { return Ok(None) };
    let name = config.authority.as_str();
    Ok(Some(Arc::new(Desk::open(notices, config.store.folder(), node.chain().genesis(), name)?)))
}

/// The receipts of the gate. A book that is made here begins now, by the later of two clocks.
pub(super) async fn receipt_book(config: &Config, node: &Node, vault: &Vault) -> Result<Arc<ReceiptBook>, Failure> {
    let head = ChainView::finalized_head(node).await?;
    let (folder, now) = (folder_of(vault.folder()), system_now().max(head.time));
    let book = ReceiptBook::open(folder.clone(), node.chain().genesis(), config.institution, now);
    Ok(Arc::new(book.map_err(|cause| format!("the receipts `{}`: {cause}", folder.display()))?))
}

pub(super) async fn partner_services(
    institution: InstitutionId,
    copies: &Copies,
    node: &Node,
    member: ServiceMember,
) -> Result<PartnerServices, Failure> {
    for partner in &copies.partners {
        let found = node.chain().institution(At::Finalized, *partner).await?;
        let found = found.ok_or_else(|| format!("the chain has no institution `{partner}`, which is a partner"))?;
        if Address::parse(&String::from_utf8_lossy(&found.profile.vault_address)).is_none() {
            eprintln!("warning: partner {partner} has no vault address on the chain that could be asked");
        }
    }
    if let Some(policy) = &copies.policy {
        let institutions = node.chain().institutions(At::Finalized).await?;
        let alone = Agreement::with_partners(institution, Vec::new());
        let others = alone.with_policy(policy, &institutions).others();
        if others.len() < usize::from(policy.number) {
            eprintln!(
                "warning: the policy wants {} copies, and the chain has {} other institutions that could keep them\n\
                 hint: each has to be active, of a kind that the policy names, and have a vault address; so has this one",
                policy.number,
                others.len()
            );
        }
    }
    PartnerServices::new(node.clone(), member)
}
