// SPDX-License-Identifier: Apache-2.0

//! Lists of hospitals, in files.

use crate::{failure::Failure, files};
use salus_founding::list::{self, Hospital, List};
use std::path::Path;

/// The list in a file, and the file's text.
pub(crate) fn list_in(path: &Path) -> Result<(List, String), Failure> {
    let text = files::read_text(path)?;
    Ok((list::read(&text, path)?, text.to_string()))
}

/// The only hospital in a file, as `salus network keys` wrote it.
pub(crate) fn hospital_in(path: &Path) -> Result<Hospital, Failure> {
    Ok(list::read_hospital(&files::read_text(path)?, path)?)
}
