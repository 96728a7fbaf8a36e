// SPDX-License-Identifier: Apache-2.0

//! Things that never enter a backup, wherever they lie.

use std::path::Path;

/// The folder of a node's keys in its data, by the name that the SDK gives it.
const KEYSTORE: &str = "keystore";
/// Digits of a key's kind (four letters) and of its public part, as the SDK names the files of its keystore.
const SESSION_KEY: usize = 8 + 64;
/// The file that marks a vault.
pub(crate) const VAULT: &str = "salus-vault";
/// The file that marks a repository of backups.
pub(crate) const REPOSITORY: &str = "salus-backup";

/// Why something is left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    /// A key with which a second node would equivocate.
    SessionKeys,
    /// A vault among files: its objects come back by the chain's word only.
    Vault,
    /// A repository of backups.
    Repository,
    /// A socket, pipe or device.
    Special,
}

impl Reason {
    /// The reason in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::SessionKeys => "session keys: a node with a copy of them would equivocate",
            Self::Vault => "a vault: name it as one to save it",
            Self::Repository => "a repository of backups",
            Self::Special => "neither a file, a folder nor a link",
        }
    }
}

/// Whether the file `name` holds a key of a node's keystore.
pub(crate) fn is_session_key(name: &str) -> bool {
    name.len() == SESSION_KEY && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Why the folder at `path` is left out, if it is.
pub(crate) fn folder(path: &Path) -> Option<Reason> {
    if path.file_name().is_some_and(|name| name == KEYSTORE) {
        return Some(Reason::SessionKeys);
    }
    if path.join(VAULT).is_file() {
        return Some(Reason::Vault);
    }
    path.join(REPOSITORY).is_file().then_some(Reason::Repository)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn keys_of_a_node_are_known_by_their_names() {
        let key = "11".repeat(32);
        for kind in ["61757261", "6772616e", "00000000"] {
            assert!(is_session_key(&format!("{kind}{key}")));
        }
        for other in ["node-key", &key, &format!("61757261{key}0"), &format!("aura{key}"), "identity.json"] {
            assert!(!is_session_key(other), "{other}");
        }
    }

    #[test]
    fn vaults_repositories_and_keystores_are_left_out() {
        let home = tempfile::tempdir().unwrap();
        for (name, marker, reason) in [
            ("0", VAULT, Some(Reason::Vault)),
            ("saved", REPOSITORY, Some(Reason::Repository)),
            ("keystore", "x", Some(Reason::SessionKeys)),
            ("identities", "x", None),
        ] {
            let path = home.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::write(path.join(marker), b"").unwrap();
            assert_eq!(folder(&path), reason, "{name}");
        }
    }
}
