// SPDX-License-Identifier: Apache-2.0

//! The key with which a service asks its partners for copies: the transaction key of a member with the role service.

use salus_sealing::keys::{KeyError, SigningPair};
use std::{fs, io, path::Path};
use thiserror::Error;
use zeroize::Zeroizing;

/// The key cannot be used.
#[derive(Debug, Error)]
pub enum KeyFault {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Others on the machine may read the file.
    #[error("users other than the file's owner may read it: chmod 600")]
    Open,
    /// The file does not begin with a secret.
    #[error("its first line is not a secret: words, `0x` and 64 digits, or a path such as `//Hospital1//Service`")]
    Invalid(#[from] KeyError),
}

/// Reads the key in the file `path`: a secret in its first line, as `subkey` and Polkadot.js write it.
pub fn read_key(path: &Path) -> Result<SigningPair, KeyFault> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFault::Open);
        }
    }
    let text = Zeroizing::new(fs::read_to_string(path)?);
    Ok(SigningPair::from_uri(text.lines().next().unwrap_or_default().trim())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_a_file_of_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copies.key");
        assert!(matches!(read_key(&path), Err(KeyFault::Unreadable(_))));
        fs::write(&path, "//Service\nwritten in November\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(read_key(&path), Err(KeyFault::Open)));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let expected = SigningPair::from_uri("//Service").unwrap().public();
        assert_eq!(read_key(&path).unwrap().public(), expected);
        fs::write(&path, "not a secret").unwrap();
        assert!(matches!(read_key(&path), Err(KeyFault::Invalid(_))));
    }
}
