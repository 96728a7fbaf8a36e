// SPDX-License-Identifier: Apache-2.0

//! `salus-vault key`.

use super::Failure;
use salus_primitives::EncryptionKey;
use salus_vault_service::key_files::make_encryption_key;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A new file for the key
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn perform(Arguments { out: path }: &Arguments) -> Result<(), Failure> {
    let key = make_encryption_key(path).map_err(|cause| format!("the key `{}`: {cause}", path.display()))?;
    println!("{}", hexadecimal(&key.public()));
    Ok(())
}

/// A public key as the command line `salus` takes it.
pub(super) fn hexadecimal(key: &EncryptionKey) -> String {
    format!("0x{}", key.key.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
