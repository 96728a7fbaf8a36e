// SPDX-License-Identifier: Apache-2.0

//! Prints the public keys that secret URIs stand for, such as those of a development chain's actors.
//!
//! `cargo run -p salus-sealing --example dev_keys -- //Hospital1//Issuer //Hospital1//vault`
//!
//! A URI without a phrase stands for keys that all know. Never pass one with a phrase that matters: other people
//! on the machine see the command line.

use std::process::ExitCode;

use salus_sealing::keys::{address, Identity, KeyError, SigningPair};

fn main() -> ExitCode {
    let uris: Vec<String> = std::env::args().skip(1).collect();
    if uris.is_empty() || uris.iter().any(|uri| uri == "--help") {
        eprintln!("usage: dev_keys URI…\n\nsuch as: dev_keys //Hospital1//Issuer //Hospital1//vault");
        return ExitCode::from(2);
    }
    for uri in uris {
        if let Err(error) = print(&uri) {
            // Not the URI itself: it may hold a phrase.
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn print(uri: &str) -> Result<(), KeyError> {
    let (itself, keys) = (SigningPair::from_uri(uri)?.public(), Identity::from_uri(uri)?.public());
    println!("{}", uri.find('/').and_then(|at| uri.get(at..)).unwrap_or("(root)"));
    println!("  the URI itself (sr25519)        {itself}");
    println!("  //transaction (sr25519)         {}  {}", keys.transaction, address(&keys.transaction));
    println!("  //membership (sr25519)          {}", keys.membership);
    println!(
        "  encryption (suite {}, X25519)    {}",
        keys.encryption.suite,
        salus_primitives::Digest(keys.encryption.key)
    );
    Ok(())
}
