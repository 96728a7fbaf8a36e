// SPDX-License-Identifier: Apache-2.0

//! Where the built programs are.

use anyhow::{ensure, Context, Result};
use std::path::PathBuf;

/// The program `name`: in `SALUS_BIN_DIR` if that is set, else beside this very program.
pub fn find(name: &str) -> Result<PathBuf> {
    let folder = match std::env::var_os("SALUS_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let own = std::env::current_exe().context("this program's own path is unknown")?;
            let folder = own.parent().context("this program is in no folder")?;
            // Tests and examples are built one folder further down.
            let nested = folder.ends_with("deps") || folder.ends_with("examples");
            let folder = if nested { folder.parent().unwrap_or(folder) } else { folder };
            folder.to_owned()
        }
    };
    let path = folder.join(name);
    ensure!(path.is_file(), "`{}` is not built\nhint: cargo build --release --workspace", path.display());
    Ok(path)
}
