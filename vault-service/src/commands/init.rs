// SPDX-License-Identifier: Apache-2.0

//! `salus-vault init`.

use super::{key::hexadecimal, Failure};
use salus_primitives::InstitutionId;
use salus_vault_service::init::{init, Begun, Wishes};
use std::{net::SocketAddr, path::PathBuf};

#[derive(clap::Args)]
pub(crate) struct Arguments {
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

pub(super) fn perform(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { institution, authority, listen, node, store, tls_certificate, tls_key, folder } = arguments;
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
