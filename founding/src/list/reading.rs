// SPDX-License-Identifier: Apache-2.0

//! Reads lists, and single entries.

use super::{
    check::{line, Check},
    checked::{Hospital, List},
    raw::Raw,
};
use crate::{error::FoundingError, fault::Fault};
use std::{collections::BTreeMap, path::Path};

/// Reads the list in the text of `path`.
pub fn read(text: &str, path: &Path) -> Result<List, FoundingError> {
    parse(text).map_err(|faults| FoundingError::List { path: path.to_owned(), faults })
}

/// Reads the only hospital in the text of `path`, without the checks of a whole network.
pub fn read_hospital(text: &str, path: &Path) -> Result<Hospital, FoundingError> {
    let header = "[network]\nname = \"One\"\nid = \"one\"\naccept-no-failures = true\n";
    // The header comes last, so that lines are those of the file.
    let list = read(&format!("{text}\n{header}"), path)?;
    match <[Hospital; 1]>::try_from(list.hospitals) {
        Ok([hospital]) => Ok(hospital),
        Err(_) => Err(FoundingError::NotOneEntry(path.to_owned())),
    }
}

/// Reads the list in this text. Returns every fault, by line, if it has any.
pub fn parse(text: &str) -> Result<List, Vec<Fault>> {
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let line = line(text, error.span().unwrap_or_default().start);
        vec![Fault { line, reason: error.message().trim().replace('\n', ", ") }]
    })?;
    let mut check = Check { text, faults: Vec::new(), seen: BTreeMap::new() };
    let list = check.list(&raw);
    check.faults.sort();
    match (list, check.faults.is_empty()) {
        (Some(list), true) => Ok(list),
        _ => Err(check.faults),
    }
}
