// SPDX-License-Identifier: Apache-2.0

//! `salus-vault run`.

use super::{
    configured::{configured, declaration, desk, institution_key, own, partner_services, receipt_book, service_member},
    Failure,
};
use crate::rounds::{
    collect_always, copy_always, forget_always, migrate_always, post_always, send_letters_always, shred_always,
    sweep_always, verify_always, write_letters_always,
};
use axum_server::Handle;
use salus_gate::{system_now, ReleaseGate, UsedNumbers};
use salus_primitives::{
    time::{DAY, SECOND},
    Moment,
};
use salus_vault_service::{
    copies::{Agreement, Copier, Copying},
    notices::{HomeChain, Way},
    receipts::Poster,
    server::serve,
    shredding::Shredder,
    staging::Ledger,
    unnamed::Marks,
    Custody, Metrics, Service, ServiceSettings, MAX_LEAD,
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::signal::unix::{signal, SignalKind};

/// How long answers that are under way may take after a signal.
const DRAIN: Duration = Duration::from_secs(30);

pub(super) async fn perform(path: &Path) -> Result<(), Failure> {
    let (config, node) = configured(path).await?;
    let declaration = declaration(&config, &node)?;
    let (vault, _lock) = own(&config).await?;
    // Requests say in which second they were made, so the service opens with a second.
    let opens_at = system_now().saturating_add(MAX_LEAD).next_multiple_of(SECOND);
    let numbers = Arc::new(UsedNumbers::since(opens_at));
    let (metrics, ledger) = (Metrics::new()?, Arc::new(Ledger::open(&vault, config.staging)?));
    tokio::spawn(collect_always(node.clone(), vault.clone(), ledger.clone(), metrics.clone()));
    if vault.previous().is_some() {
        tokio::spawn(migrate_always(vault.clone(), ledger.clone(), metrics.clone()));
    }
    let key = institution_key(&config, &node).await?;
    let member = service_member(&config, &node).await?;
    let receipts = receipt_book(&config, &node, &vault).await?;
    let poster = Poster::new(receipts.clone())?;
    tokio::spawn(post_always(poster, node.clone(), member.clone(), metrics.clone()));
    let partners = config.copies.as_ref().map(|copies| copies.partners.clone()).unwrap_or_default();
    let agreement = Agreement::with_partners(config.institution, partners);
    let copying = Arc::new(Copying::open(&vault, agreement)?);
    let unnamed = Marks::of(&vault);
    let parts = (vault.clone(), ledger.clone(), copying.clone(), unnamed.clone());
    let shredder = Shredder::new(config.institution, config.store.kind(), member.is_some());
    tokio::spawn(shred_always(shredder, node.clone(), parts.clone(), member.clone(), metrics.clone()));
    if let (Some(copies), Some(member)) = (&config.copies, member) {
        let services = partner_services(config.institution, copies, &node, member).await?;
        let (policy, shared) = (copies.policy.clone(), copying.clone());
        let copier = Copier::new(config.institution, policy, shared, vault.clone(), ledger.clone());
        let every = Duration::from_secs(copies.every_seconds.max(1).into());
        tokio::spawn(copy_always(copier, services, every, node.clone(), metrics.clone()));
    }
    tokio::spawn(verify_always(vault.clone(), copying.clone(), metrics.clone()));
    let notices = desk(&config, &node)?;
    if let (Some(desk), Some(settings)) = (&notices, &config.notices) {
        let chain = HomeChain { node: node.clone(), institution: config.institution };
        let every = Duration::from_secs(settings.every_seconds.max(1).into());
        tokio::spawn(write_letters_always(desk.clone(), chain, every));
        for way in Way::ALL {
            tokio::spawn(send_letters_always(desk.clone(), way, metrics.clone()));
        }
    }
    let age = Moment::from(config.unnamed_after_days).saturating_mul(DAY);
    tokio::spawn(sweep_always(node.clone(), parts, age, metrics.clone()));
    let gate = ReleaseGate::new(config.authority.as_str(), node, vault.clone());
    let gate = gate.with_numbers(numbers).with_receipts(receipts);
    let custody = Custody { institution: config.institution, vault, ledger, copying, unnamed, key };
    let limits = config.limits;
    let settings = ServiceSettings { opens_at, limits, notices, declaration, ..ServiceSettings::default() };
    let service = Service::new(gate, custody, metrics.clone(), settings);

    tokio::spawn(forget_always(service.clone()));
    let handle = Handle::new();
    tokio::spawn(end_on_signal(handle.clone())?);
    if let Some(address) = config.monitoring {
        let listener = tokio::net::TcpListener::bind(address).await?;
        println!("monitoring at http://{}/ready", listener.local_addr()?);
        let monitoring = service.monitoring();
        tokio::spawn(async move { axum::serve(listener, monitoring).await });
    }
    tokio::spawn(announce(handle.clone(), config.authority.clone()));
    serve(&config, config.cors.open(service.router()), metrics, handle).await?;
    service.next_log_line().into_iter().for_each(|line| println!("{line}"));
    println!("ended");
    Ok(())
}

/// Says where the service listens, once it does.
async fn announce(handle: Handle<SocketAddr>, authority: String) {
    if let Some(address) = handle.listening().await {
        println!("listening at {address} as {authority}; answers begin in {} s", MAX_LEAD / SECOND);
    }
}

/// On SIGTERM or SIGINT the service takes no new requests, and ends when the answers that are under way are out.
fn end_on_signal(handle: Handle<SocketAddr>) -> Result<impl std::future::Future<Output = ()> + Send, std::io::Error> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        println!("ending: answers that are under way have {} s", DRAIN.as_secs());
        handle.graceful_shutdown(Some(DRAIN));
    })
}
