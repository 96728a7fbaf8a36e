// SPDX-License-Identifier: Apache-2.0

//! The section `[joining]` of the configuration: the texts that the institution declares to all who ask (S0-13, S0-56).

use salus_primitives::{Digest, InstitutionId};
use salus_vault_client::{Declaration, DeclaredText, DeclaredTextFault, LONGEST_DECLARED};
use serde::Deserialize;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Where the texts are.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JoiningConfig {
    /// The file that says whom the institution admits.
    pub criteria: PathBuf,
    /// The file that says how it treats data.
    pub data_policy: PathBuf,
}

/// A text cannot be declared.
#[derive(Debug, Error)]
#[error("`{setting}` of `[joining]`: the text `{}` {fault}", path.display())]
pub struct JoiningError {
    /// The setting that names it.
    setting: &'static str,
    /// Its file.
    path: PathBuf,
    /// Why.
    fault: TextFault,
}

/// Why a text cannot be declared.
#[derive(Debug, Error)]
enum TextFault {
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("is not UTF-8")]
    NotText,
    #[error(transparent)]
    Unfit(#[from] DeclaredTextFault),
}

impl JoiningConfig {
    /// The same with paths that count from `folder`.
    pub(crate) fn within(self, folder: &Path) -> Self {
        Self { criteria: folder.join(self.criteria), data_policy: folder.join(self.data_policy) }
    }

    /// The texts, in the name of `institution` on the chain of `genesis`.
    ///
    /// They are read once: a service declares the same as long as it runs, so a text that is half written goes to no reader.
    pub fn read(&self, institution: InstitutionId, genesis: Digest) -> Result<Declaration, JoiningError> {
        let text = |setting: &'static str, path: &Path| {
            declared(path).map_err(|fault| JoiningError { setting, path: path.to_owned(), fault })
        };
        let criteria = text("criteria", &self.criteria)?;
        let data_policy = text("data-policy", &self.data_policy)?;
        Ok(Declaration { institution, genesis, criteria, data_policy })
    }
}

fn declared(path: &Path) -> Result<DeclaredText, TextFault> {
    let mut bytes = Vec::new();
    // One byte more than a text may have shows that it is too long.
    let most = (LONGEST_DECLARED as u64).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    // The bound may cut a character in two, and too long is what the operator has to know.
    if bytes.len() > LONGEST_DECLARED {
        return Err(DeclaredTextFault::TooLong.into());
    }
    Ok(DeclaredText::new(String::from_utf8(bytes).map_err(|_| TextFault::NotText)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The declaration of these criteria beside a policy that is good.
    fn with(criteria: &[u8]) -> Result<Declaration, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("criteria.txt"), criteria).unwrap();
        fs::write(folder.path().join("data-policy.txt"), "Records are read for treatment only.\n").unwrap();
        let config = JoiningConfig { criteria: "criteria.txt".into(), data_policy: "data-policy.txt".into() };
        let read = config.within(folder.path()).read(InstitutionId(3), Digest([1; 32]));
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn both_texts_are_declared_as_they_are() {
        let declared = with("Éva shows her license.\n".as_bytes()).unwrap();
        assert_eq!((declared.institution, declared.genesis), (InstitutionId(3), Digest([1; 32])));
        assert_eq!(declared.criteria.text(), "Éva shows her license.\n");
        assert_eq!(declared.data_policy.text(), "Records are read for treatment only.\n");
    }

    #[test]
    fn a_text_that_readers_could_not_trust_is_named() {
        for (bytes, word) in [
            (&b""[..], "has no words"),
            (b"one\r\ntwo", "has the character `U+000D` in line `1`"),
            (b"\xef\xbb\xbfone", "`U+FEFF`"),
            ("one\ntwo \u{202e}three".as_bytes(), "has the character `U+202E` in line `2`"),
            (b"\xff", "is not UTF-8"),
            (&[b'a'; LONGEST_DECLARED + 1], "has more than 65536 bytes"),
            ("é".repeat(LONGEST_DECLARED).as_bytes(), "has more than 65536 bytes"),
        ] {
            let fault = with(bytes).unwrap_err();
            assert!(fault.contains(word) && fault.contains("`criteria` of `[joining]`"), "{fault}");
        }
        let absent = JoiningConfig { criteria: "nowhere".into(), data_policy: "nowhere".into() };
        let fault = absent.read(InstitutionId(3), Digest([1; 32])).unwrap_err().to_string();
        assert!(fault.contains("`nowhere` cannot be read"), "{fault}");
    }
}
