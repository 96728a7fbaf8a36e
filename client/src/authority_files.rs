// SPDX-License-Identifier: Apache-2.0

//! The keys of an authority's node, in the folder in which the node reads them.

use std::{io, path::Path};

use salus_primitives::{FinalityKey, SigningKey};
use salus_sealing::keys::{session_keys_among, AuthorityKeys};

use crate::keystore::{write_folder, KeystoreError};

/// Writes the keys, and `others` beside them, into the new folder `folder`, for its owner only. It appears whole or not at
/// all.
pub fn write_authority_keys(
    keys: &AuthorityKeys,
    folder: &Path,
    others: &[(&str, String)],
) -> Result<(), KeystoreError> {
    let own = keys.files();
    let own = own.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let files: Vec<_> = own.chain(others.iter().map(|(name, text)| (*name, text.as_str()))).collect();
    write_folder(folder, &files).map_err(|failure| failure.at(folder))
}

/// The public session keys whose private parts lie in a node's keystore folder, by their files' names.
pub fn session_keys_in(folder: &Path) -> io::Result<(Vec<SigningKey>, Vec<FinalityKey>)> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(session_keys_among(names.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_sealing::keys::{NODE_KEY, SESSION};

    #[test]
    fn written_keys_are_read_back_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, place) = (AuthorityKeys::generate(), folder.path().join("keys"));
        write_authority_keys(&keys, &place, &[("hospital.toml", "public".to_owned())]).unwrap();
        let (aura, grandpa) = session_keys_in(&place.join(SESSION)).unwrap();
        assert_eq!((aura, grandpa), (vec![keys.public().aura], vec![keys.public().grandpa]));
        assert!(write_authority_keys(&keys, &place, &[]).is_err(), "nothing is overwritten");
        let seed = std::fs::read_to_string(place.join(NODE_KEY)).unwrap();
        assert_eq!(seed.len(), 64);
    }
}
