// SPDX-License-Identifier: Apache-2.0

//! The objects in the folder of a vault, seen without its service.

use anyhow::Result;
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    io::{Error, ErrorKind},
    path::{Path, PathBuf},
};

/// The ids of all objects in the folder of a vault: an object lies in the folder of its id's first two digits.
pub fn names(vault: &Path) -> Result<BTreeSet<Digest>> {
    Ok(objects(vault)?.into_iter().map(|(id, _)| id).collect())
}

/// The objects in the folder of a vault whose bytes are not what their names say. There may never be one.
pub fn halves(vault: &Path) -> Result<Vec<Digest>> {
    let mut found = Vec::new();
    for (id, path) in objects(vault)? {
        match fs::read(&path) {
            Ok(bytes) if Sha256::digest(&bytes).as_slice() != id.0 => found.push(id),
            // The service may have deleted it meanwhile.
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(found)
}

fn objects(vault: &Path) -> Result<Vec<(Digest, PathBuf)>> {
    let mut found = Vec::new();
    for shard in entries(vault)? {
        let name = shard.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_shard = name.len() == 2 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
        for object in if is_shard { entries(&shard)? } else { Vec::new() } {
            let rest = object.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let id = hex::decode(format!("{name}{rest}")).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            found.extend(id.map(|id| (Digest(id), object)));
        }
    }
    Ok(found)
}

/// The paths in a folder; none if it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?.map(|entry| Ok(entry?.path())).collect::<Result<_, Error>>()?,
    };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_whole_or_found() {
        let vault = tempfile::tempdir().unwrap();
        let put = |bytes: &[u8], kept: &[u8]| {
            let id = hex::encode(Sha256::digest(bytes));
            fs::create_dir_all(vault.path().join(&id[..2])).unwrap();
            fs::write(vault.path().join(&id[..2]).join(&id[2..]), kept).unwrap();
            Digest(Sha256::digest(bytes).into())
        };
        let whole = put(b"whole", b"whole");
        fs::create_dir_all(vault.path().join("incoming")).unwrap();
        fs::write(vault.path().join("incoming/1"), b"ha").unwrap();
        assert_eq!(halves(vault.path()).unwrap(), []);
        let half = put(b"half an object", b"half an");
        assert_eq!(halves(vault.path()).unwrap(), [half]);
        assert_eq!(names(vault.path()).unwrap(), [whole, half].into());
        assert_eq!(names(&vault.path().join("elsewhere")).unwrap(), [].into());
    }
}
