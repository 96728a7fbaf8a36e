// SPDX-License-Identifier: Apache-2.0

//! `salus-vault`: an institution's release gate and vault over HTTP.
//!
//! Exit status: 0 ended by a signal or well, 1 some objects are damaged, 2 failed (bad configuration, no node, no vault, no port).

use axum::Router;
use axum_server::{
    tls_rustls::{RustlsAcceptor, RustlsConfig},
    Handle,
};
use clap::{Parser, Subcommand};
use rustix::fs::{flock, FlockOperation};
use salus_chain::At;
use salus_gate::{system_now, ChainView, ReceiptBook, ReleaseGate, UsedNumbers, HEAD_LIFE};
use salus_primitives::{
    receipts::Opening,
    time::{DAY, SECOND},
    ChartId, EncryptionKey, InstitutionId, Moment,
};
use salus_sealing::keys::EncryptionPair;
use salus_vault::Vault;
use salus_vault_client::Address;
use salus_vault_service::{
    config::{Config, Copies, Tls},
    connections::Connections,
    copies::{Agreement, Copier, Copying},
    init::{init, Begun, Wishes},
    key_files::{make_encryption_key, read_encryption_key, read_transaction_key},
    member::ServiceMember,
    migration::{migrate, Migrated},
    node::Node,
    partners::PartnerServices,
    receipts::{folder_of, take_over, Poster},
    staging::{collect, Ledger},
    status::Status,
    tls::load,
    unnamed::{sweep, Marks, SweepError, Swept, Vaults},
    verify::{verify, Verified},
    Custody, Metrics, Service, MAX_LEAD,
};
use std::{
    error::Error,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::{
    signal::unix::{signal, SignalKind},
    time::timeout,
};

/// How long the head of a request may take.
const LONGEST_HEAD: Duration = Duration::from_secs(10);
/// How often staged objects are looked through.
const BETWEEN_COLLECTIONS: Duration = Duration::from_secs(60);
/// How often the logs are looked at for receipts to post.
const BETWEEN_POSTS: Duration = Duration::from_secs(15);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// How long what was posted may take to become final.
const LONGEST_POST: Duration = Duration::from_secs(600);
/// When the first sweep for unnamed objects begins, and how long after each the next one does.
const FIRST_SWEEP: Duration = Duration::from_secs(10 * 60);
const BETWEEN_SWEEPS: Duration = Duration::from_secs(24 * 60 * 60);
/// How long answers that are under way may take after a signal.
const DRAIN: Duration = Duration::from_secs(30);

/// Serve an institution's sealed records to those whom the chain permits.
#[derive(Parser)]
#[command(name = "salus-vault", version, about, max_term_width = 100)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a configuration and make the institution's encryption key; replaces nothing
    Init(Init),
    /// Serve until SIGTERM or SIGINT
    Run {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
    },
    /// Read every object of the vault, and name those that are damaged; the service may run meanwhile
    #[command(after_help = "Exit status: 0 all are whole, 1 some are damaged, 2 failed.")]
    Verify {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
        /// Delete damaged objects: with partners, the service fetches them again, whether they are deleted or not
        #[arg(long)]
        delete_damaged: bool,
    },
    /// Show the receipts of what the gate gave out, for others to compare with the chain; the service may run meanwhile
    Receipts {
        #[command(subcommand)]
        command: Receipts,
    },
    /// Move all objects of the previous store to the new one; a service that runs does so by itself
    #[command(after_help = "Exit status: 0 all are in the new store, 1 some are damaged, 2 failed.")]
    Migrate {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
    },
    /// Ask the service that runs here how many copies there are of its objects, and which are missing
    #[command(after_help = "Exit status: 0 well, 1 objects are missing or have too few copies, 2 failed.")]
    Status {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make an encryption key for the institution, and print its public part
    Key {
        /// A new file for the key
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Check configuration, vault, node and the institution's entry on the chain, and serve nothing
    Check {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
    },
}

#[derive(clap::Args)]
struct Init {
    /// The institution, by its number on the chain
    #[arg(long, value_name = "NUMBER")]
    institution: InstitutionId,
    /// Host, and port unless it is 443, at which readers will know the service
    #[arg(long, value_name = "HOST[:PORT]")]
    authority: String,
    /// Where the service listens; by default at the authority's port, on all interfaces with a certificate and on loopback without
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The hospital's own node
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:9944")]
    node: String,
    /// The folder of the vault
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/salus-vault")]
    store: PathBuf,
    /// The certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// The folder of the configuration and the key
    #[arg(long, value_name = "FOLDER", default_value = "/etc/salus")]
    folder: PathBuf,
}

#[derive(Subcommand)]
enum Receipts {
    /// Print the receipts for one opening as JSON; `salus receipts FILE` compares them with the chart's log
    Export {
        /// The chart
        chart: ChartId,
        /// The place of the opening in the chart's log, as `salus log` shows it
        entry: u64,
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = "/etc/salus/vault.toml")]
        config: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Options::parse().command {
        Command::Init(wishes) => begin(wishes),
        Command::Run { config } => run(config).await,
        Command::Check { config } => check(config).await,
        Command::Key { out } => make_key(&out),
        Command::Receipts { command: Receipts::Export { chart, entry, config } } => {
            export(&config, Opening { chart, entry })
        }
        Command::Migrate { config } => match migrate_once(&config).await {
            Ok(false) => return ExitCode::from(1),
            moved => moved.map(|_| ()),
        },
        Command::Status { config, json } => match status(&config, json).await {
            Ok(false) => return ExitCode::from(1),
            asked => asked.map(|_| ()),
        },
        Command::Verify { config, delete_damaged } => match look(&config, delete_damaged).await {
            Ok(false) => return ExitCode::from(1),
            looked => looked.map(|_| ()),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(deeper) = cause {
                eprintln!("cause: {deeper}");
                cause = deeper.source();
            }
            ExitCode::from(2)
        }
    }
}

/// The configuration in the file `path`, and the node that it names, which has to know the institution.
async fn configured(path: PathBuf) -> Result<(Config, Node), Box<dyn Error>> {
    let config = Config::read(&path)?;
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

/// The vault, which no other process serves or migrates as long as the files are open. The book of receipts moves first.
async fn own(config: &Config) -> Result<(Vault, Vec<File>), Box<dyn Error>> {
    let vault = config.store.open_with(config.previous_store.as_ref()).await?;
    let locks = lock(&vault)?;
    if let Some(previous) = vault.previous() {
        take_over(previous.folder(), vault.folder())?;
    }
    Ok((vault, locks))
}

/// Keeps every other service away from the vault and the previous one, as long as the files are open: a second service would
/// answer a request again.
fn lock(vault: &Vault) -> Result<Vec<File>, Box<dyn Error>> {
    [Some(vault), vault.previous()].into_iter().flatten().map(lock_one).collect()
}

fn lock_one(vault: &Vault) -> Result<File, Box<dyn Error>> {
    let folder = File::open(vault.folder())?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(folder),
        Err(_) => Err(format!("another service has the vault `{}`", vault.folder().display()).into()),
    }
}

/// Whether the vault of the service that runs is well.
async fn status(config: &Path, json: bool) -> Result<bool, Box<dyn Error>> {
    let config = Config::read(config)?;
    let address = config.monitoring.ok_or("the configuration has no `monitoring`, where the service could be asked")?;
    let status = Status::ask(address).await;
    let status = status.map_err(|cause| format!("the service does not answer at `{address}`: {cause}"))?;
    match json {
        true => println!("{}", serde_json::to_string(&status)?),
        false => print!("{status}"),
    }
    Ok(status.is_well())
}

/// Whether all objects are whole.
async fn look(config: &Path, delete: bool) -> Result<bool, Box<dyn Error>> {
    let config = Config::read(config)?;
    if !config.store.is_there() {
        return Err(format!("there is no vault at `{}`", config.store).into());
    }
    let vault = config.store.open_with(config.previous_store.as_ref()).await?;
    let Verified { whole, damaged } = verify(&vault, delete, |whole| eprintln!("{whole} objects are whole")).await?;
    for id in &damaged {
        println!("{id}");
    }
    let rest = match (damaged.len(), delete) {
        (0, _) => String::new(),
        (count, true) => format!(", {count} damaged and deleted"),
        (count, false) => {
            format!(", {count} damaged: restore them from the backup, or delete them and have partners' copies come")
        }
    };
    eprintln!("{whole} objects are whole{rest}");
    Ok(damaged.is_empty())
}

fn begin(arguments: Init) -> Result<(), Box<dyn Error>> {
    let Init { institution, authority, listen, node, store, tls_certificate, tls_key, folder } = arguments;
    let tls = tls_certificate.zip(tls_key);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let Begun { config, key } =
        init(&folder, &Wishes { institution, authority: authority.clone(), listen, node, store, tls })?;
    println!("written: {}", config.display());
    println!("next:    salus-vault check --config {}", config.display());
    println!(
        "then:    a delegate proposes, and the council approves:\n         \
         salus institution update {institution} --vault-address {scheme}://{authority} --encryption-key {}",
        hexadecimal(&key)
    );
    Ok(())
}

/// A public key as the command line `salus` takes it.
fn hexadecimal(key: &EncryptionKey) -> String {
    format!("0x{}", key.key.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn export(config: &Path, opening: Opening) -> Result<(), Box<dyn Error>> {
    let folder = folder_of(Config::read(config)?.store.folder());
    let stored = ReceiptBook::stored(&folder, opening)?;
    let Opening { chart, entry } = opening;
    let stored = stored.ok_or_else(|| format!("there are no receipts for entry `{entry}` of chart `{chart}`"))?;
    println!("{}", serde_json::to_string_pretty(&stored)?);
    Ok(())
}

fn make_key(path: &Path) -> Result<(), Box<dyn Error>> {
    let key = make_encryption_key(path).map_err(|cause| format!("the key `{}`: {cause}", path.display()))?;
    println!("{}", hexadecimal(&key.public()));
    Ok(())
}

async fn check(path: PathBuf) -> Result<(), Box<dyn Error>> {
    let (config, node) = configured(path).await?;
    if let Some(tls) = &config.tls {
        certificate(tls).await?;
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

async fn run(path: PathBuf) -> Result<(), Box<dyn Error>> {
    let (config, node) = configured(path).await?;
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
    if let (Some(copies), Some(member)) = (&config.copies, member) {
        let services = partner_services(config.institution, copies, &node, member).await?;
        let (policy, shared) = (copies.policy.clone(), copying.clone());
        let copier = Copier::new(config.institution, policy, shared, vault.clone(), ledger.clone());
        let every = Duration::from_secs(copies.every_seconds.max(1).into());
        tokio::spawn(copy_always(copier, services, every, node.clone(), metrics.clone()));
    }
    let unnamed = Marks::of(&vault);
    let age = Moment::from(config.unnamed_after_days).saturating_mul(DAY);
    let parts = (vault.clone(), ledger.clone(), copying.clone(), unnamed.clone());
    tokio::spawn(sweep_always(node.clone(), parts, age, metrics.clone()));
    let gate = ReleaseGate::new(config.authority.as_str(), node, vault.clone());
    let gate = gate.with_numbers(numbers).with_receipts(receipts);
    let custody = Custody { institution: config.institution, vault, ledger, copying, unnamed, key };
    let service =
        Service::with_limits(gate, custody, &config.authority, metrics.clone(), opens_at, system_now, config.limits);

    let swept = service.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(BETWEEN_COLLECTIONS).await;
            swept.sweep();
        }
    });
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
    println!("ended");
    Ok(())
}

/// Asks the chain again and again what became of staged objects. Only one process has the vault, so only one deletes from it.
async fn collect_always(node: Node, vault: Vault, ledger: Arc<Ledger>, metrics: Metrics) {
    loop {
        tokio::time::sleep(BETWEEN_COLLECTIONS).await;
        // A node that lags behind may not know yet what the chain names.
        if !is_alive(&node).await {
            continue;
        }
        let (collected, fault) = collect(&ledger, &vault, &node, system_now()).await;
        metrics.count_collected(&collected);
        if let Some(error) = fault {
            eprintln!("fault: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
        }
    }
}

/// Moves objects to the new store until all are there, and says so.
async fn migrate_always(vault: Vault, ledger: Arc<Ledger>, metrics: Metrics) {
    loop {
        match migrate(&vault, &ledger, |migrated| metrics.show_migrated(migrated)).await {
            Ok(migrated) => {
                metrics.show_migrated(&migrated);
                migrated.damaged.iter().for_each(|id| eprintln!("migration: damaged in the previous store: {id}"));
                return println!("migration: {}", in_words(&migrated));
            }
            Err(error) => {
                eprintln!("migration: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
                tokio::time::sleep(BETWEEN_COLLECTIONS).await;
            }
        }
    }
}

/// Whether all objects of the previous store are in the new one now.
async fn migrate_once(path: &Path) -> Result<bool, Box<dyn Error>> {
    let config = Config::read(path)?;
    if config.previous_store.is_none() {
        return Err("the configuration has no `previous-store`, so nothing moves".into());
    }
    let (vault, _lock) = own(&config).await?;
    let ledger = Ledger::open(&vault, config.staging)?;
    let migrated = migrate(&vault, &ledger, |migrated| eprintln!("{}", in_words(migrated))).await?;
    migrated.damaged.iter().for_each(|id| println!("{id}"));
    eprintln!("{}", in_words(&migrated));
    Ok(migrated.damaged.is_empty())
}

fn in_words(migrated: &Migrated) -> String {
    let Migrated { copied, present, deleted, damaged } = migrated;
    let damaged = damaged.len();
    let end = match damaged {
        0 => "all objects of the previous store that are whole are in the new one",
        _ => "damaged ones stay where they are: have partners' copies come, or restore them from the backup",
    };
    format!("{copied} objects copied, {present} were there, {deleted} deleted meanwhile, {damaged} damaged; {end}")
}

/// Deletes what the chain named once and names no more, day by day.
async fn sweep_always(
    node: Node,
    (vault, ledger, copying, marks): (Vault, Arc<Ledger>, Arc<Copying>, Marks),
    age: Moment,
    metrics: Metrics,
) {
    tokio::time::sleep(FIRST_SWEEP).await;
    loop {
        match ChainView::finalized_head(&node).await {
            Ok(head) => {
                let vaults = Vaults { vault: &vault, ledger: &ledger, copying: &copying, marks: &marks };
                let swept = sweep(vaults, &node, head, age, system_now).await;
                metrics.count_sweep(&swept);
                match swept {
                    Ok(Swept { deleted: 0, .. }) => {}
                    Ok(Swept { deleted, .. }) => println!("deleted {deleted} objects that the chain names no more"),
                    Err(error) => eprintln!("fault: {error}"),
                }
            }
            Err(error) => metrics.count_sweep(&Err(SweepError::Chain(error))),
        }
        tokio::time::sleep(BETWEEN_SWEEPS).await;
    }
}

/// Whether the node's finalized head is young.
async fn is_alive(node: &Node) -> bool {
    let head = ChainView::finalized_head(node).await;
    head.is_ok_and(|head| system_now().saturating_sub(head.time) <= HEAD_LIFE)
}

/// The institution's key, which has to be the one on the chain to open anything.
async fn institution_key(config: &Config, node: &Node) -> Result<Option<EncryptionPair>, Box<dyn Error>> {
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
async fn service_member(config: &Config, node: &Node) -> Result<Option<ServiceMember>, Box<dyn Error>> {
    let Some(path) = &config.member_key else {
        eprintln!(
            "warning: without `member-key` the service posts no receipts, and patients see them as overdue\n\
             hint: it names a file with the transaction key of a member with the role service"
        );
        return Ok(None);
    };
    let key = read_transaction_key(path).map_err(|cause| format!("the key `{}`: {cause}", path.display()))?;
    Ok(Some(ServiceMember::find(node, config.institution, key).await?))
}

/// The receipts of the gate. A book that is made here begins now, by the later of two clocks.
async fn receipt_book(config: &Config, node: &Node, vault: &Vault) -> Result<Arc<ReceiptBook>, Box<dyn Error>> {
    let head = ChainView::finalized_head(node).await?;
    let (folder, now) = (folder_of(vault.folder()), system_now().max(head.time));
    let book = ReceiptBook::open(folder.clone(), node.chain().genesis(), config.institution, now);
    Ok(Arc::new(book.map_err(|cause| format!("the receipts `{}`: {cause}", folder.display()))?))
}

async fn partner_services(
    institution: InstitutionId,
    copies: &Copies,
    node: &Node,
    member: ServiceMember,
) -> Result<PartnerServices, Box<dyn Error>> {
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

/// Brings receipts into the logs again and again. After a failure it waits longer each time.
async fn post_always(mut poster: Poster, node: Node, member: Option<ServiceMember>, metrics: Metrics) {
    let (mut pause, mut told) = (BETWEEN_POSTS, Vec::new());
    let posted = member.map(|member| (node.clone(), member));
    loop {
        tokio::time::sleep(pause).await;
        let mut complaints = Vec::new();
        // While nothing becomes final, no session is known to be over, and nothing that is posted arrives.
        if is_alive(&node).await {
            match timeout(LONGEST_POST, poster.round(&node, posted.as_ref())).await {
                Ok(Ok((found, more))) => {
                    metrics.count_posted(found);
                    complaints = more;
                    pause = BETWEEN_POSTS;
                }
                Ok(Err(error)) => {
                    let cause = error.source().map(ToString::to_string).unwrap_or_default();
                    complaints.push(format!("{error}: {cause}"));
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
                Err(_) => {
                    complaints.push("what was posted does not become final".to_owned());
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
        metrics.show_overdue(poster.overdue(system_now()));
        if complaints != told {
            complaints.iter().for_each(|complaint| eprintln!("receipts: {complaint}"));
            told = complaints;
        }
    }
}

/// Fetches again and again what should be in the vault.
async fn copy_always(mut copier: Copier, partners: PartnerServices, every: Duration, node: Node, metrics: Metrics) {
    let mut told = Vec::new();
    loop {
        tokio::time::sleep(every).await;
        if !is_alive(&node).await {
            continue;
        }
        let complaints = match copier.round(&node, &partners).await {
            Ok(copied) => {
                metrics.show_copied(&copier.institutions(), &copied);
                copied.complaints
            }
            Err(error) => vec![error.to_string()],
        };
        // A partner that stays away is told of once.
        if complaints != told {
            complaints.iter().for_each(|complaint| eprintln!("copies: {complaint}"));
            told = complaints;
        }
    }
}

async fn serve(
    config: &Config,
    router: Router,
    metrics: Metrics,
    handle: Handle<SocketAddr>,
) -> Result<(), Box<dyn Error>> {
    // HTTP/1.1 only. A connection on which no whole head of a request arrives in time is closed.
    let service = router.into_make_service();
    let connections = Connections::new(&config.limits, metrics);
    match &config.tls {
        Some(tls) => {
            let tls = RustlsAcceptor::new(certificate(tls).await?).acceptor(connections);
            let mut server = axum_server::bind(config.listen).acceptor(tls);
            server.http_builder().http1().header_read_timeout(LONGEST_HEAD);
            server.http1_only().first_request_timeout(LONGEST_HEAD).handle(handle).serve(service).await?;
        }
        None => {
            let mut server = axum_server::bind(config.listen).acceptor(connections);
            server.http_builder().http1().header_read_timeout(LONGEST_HEAD);
            server.http1_only().first_request_timeout(LONGEST_HEAD).handle(handle).serve(service).await?;
        }
    }
    Ok(())
}

async fn certificate(tls: &Tls) -> Result<RustlsConfig, Box<dyn Error>> {
    load(tls).await.map_err(|cause| {
        format!("cannot read certificate `{}` and key `{}`: {cause}", tls.certificate.display(), tls.key.display())
            .into()
    })
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
