// SPDX-License-Identifier: Apache-2.0

//! The specifications of the built-in chains with their genesis states. Each node would compile the runtime to compute the state,
//! which takes seconds of a processor; so this process asks for each once.

use crate::binaries;
use anyhow::{ensure, Context, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// Writes the specification of the built-in chain `name` into a folder.
pub(crate) fn write(name: &'static str, folder: &Path) -> Result<PathBuf> {
    static KNOWN: Mutex<BTreeMap<&str, Arc<[u8]>>> = Mutex::new(BTreeMap::new());
    let spec = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(name) {
            Some(spec) => spec.clone(),
            None => known.entry(name).or_insert(built(name)?).clone(),
        }
    };
    fs::create_dir_all(folder)?;
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, spec)?;
    Ok(file)
}

fn built(name: &str) -> Result<Arc<[u8]>> {
    let built = Command::new(binaries::find("salus-node")?)
        .args(["build-spec", "--raw", "--disable-default-bootnode", "--chain", name])
        .stdin(Stdio::null())
        .output()
        .context("the node does not start")?;
    ensure!(built.status.success(), "no specification of `{name}`: {}", String::from_utf8_lossy(&built.stderr));
    Ok(built.stdout.into())
}
