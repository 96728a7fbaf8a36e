// SPDX-License-Identifier: Apache-2.0

//! The keys of a service, in files that only their owner reads.

use base64::{prelude::BASE64_STANDARD, Engine};
use salus_sealing::{
    keys::{EncryptionPair, KeyError, SigningPair},
    secret::random,
};
use salus_vault::S3Credentials;
use std::{
    fs,
    io::{self, Write},
    path::Path,
};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a secret for webhooks.
const SHORTEST_SECRET: usize = 24;
const LONGEST_SECRET: usize = 64;
/// The sign that a text is a secret for webhooks.
const WEBHOOK_SECRET: &str = "whsec_";

/// A user of a mail server.
pub struct MailUser {
    /// The name.
    pub name: Zeroizing<String>,
    /// The password.
    pub password: Zeroizing<String>,
}

/// A key cannot be used.
#[derive(Debug, Error)]
pub enum KeyFault {
    /// The file cannot be read or written.
    #[error("the file cannot be used: {0}")]
    Unusable(#[from] io::Error),
    /// Others on the machine may read the file.
    #[error("users other than the file's owner may read it: chmod 600")]
    Open,
    /// The file does not begin with the secret of a transaction key.
    #[error("its first line is not a secret: words, `0x` and 64 digits, or a path such as `//Hospital1//Service`")]
    NotTransaction(#[from] KeyError),
    /// The file does not begin with the secret of an encryption key.
    #[error("its first line is not 64 hexadecimal digits, as `salus-vault key` writes them")]
    NotEncryption,
    /// The file does not hold an access key of an S3-compatible server.
    #[error("it has to have the name of an access key in its first line and the secret in its second; the token of a key for a while in a third")]
    NotAccessKey,
    /// The file does not begin with the secret of a user of an IPFS node's RPC.
    #[error(
        "its first line has to be the secret of a user of the node's RPC: letters, digits and signs without spaces"
    )]
    NotToken,
    /// The file does not hold a user of a mail server.
    #[error("it has to have the name of the mail server's user in its first line, and the password in its second")]
    NotMailUser,
    /// The file does not begin with a secret for webhooks.
    #[error("its first line has to be `whsec_` and the base64 of {SHORTEST_SECRET} to {LONGEST_SECRET} random bytes")]
    NotWebhookSecret,
    /// The environment does not hold one.
    #[error("without `credentials`, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY have to be set")]
    NoAccessKey,
}

/// Reads a transaction key from the file `path`: a secret in its first line, as `subkey` and Polkadot.js write it.
///
/// With it a service posts receipts and asks its partners for copies. It is that of a member with the role service.
pub fn read_transaction_key(path: &Path) -> Result<SigningPair, KeyFault> {
    Ok(SigningPair::from_uri(&first_line(path)?)?)
}

/// Reads the encryption key of an institution from the file `path`.
pub fn read_encryption_key(path: &Path) -> Result<EncryptionPair, KeyFault> {
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(first_line(path)?.as_bytes(), &mut *secret).map_err(|_| KeyFault::NotEncryption)?;
    Ok(EncryptionPair::derive(&secret))
}

/// Makes an encryption key for an institution, and writes it to the new file `path`.
pub fn make_encryption_key(path: &Path) -> Result<EncryptionPair, KeyFault> {
    let secret = Zeroizing::new(random::<32>());
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(Zeroizing::new(hex::encode(*secret) + "\n").as_bytes())?;
    file.sync_all()?;
    Ok(EncryptionPair::derive(&secret))
}

/// Reads an access key of an S3-compatible server from the file `path`.
pub fn read_s3_credentials(path: &Path) -> Result<S3Credentials, KeyFault> {
    let text = private_text(path)?;
    let mut lines = text.lines().map(|line| Zeroizing::new(line.trim().to_owned())).filter(|line| !line.is_empty());
    match (lines.next(), lines.next(), lines.next(), lines.next()) {
        (Some(id), Some(secret), token, None) => Ok(S3Credentials { id, secret, token }),
        _ => Err(KeyFault::NotAccessKey),
    }
}

/// Reads the secret of a user of an IPFS node's RPC from the file `path`.
pub fn read_token(path: &Path) -> Result<Zeroizing<String>, KeyFault> {
    let token = first_line(path)?;
    let is_whole = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_whole.then_some(token).ok_or(KeyFault::NotToken)
}

/// Reads a user of a mail server from the file `path`: the name in its first line, the password in its second.
pub fn read_mail_user(path: &Path) -> Result<MailUser, KeyFault> {
    let text = private_text(path)?;
    let mut lines = text.lines().map(|line| Zeroizing::new(line.trim().to_owned())).filter(|line| !line.is_empty());
    match (lines.next(), lines.next(), lines.next()) {
        (Some(name), Some(password), None) => Ok(MailUser { name, password }),
        _ => Err(KeyFault::NotMailUser),
    }
}

/// Reads the secret with which letters to webhooks are signed from the file `path`.
pub fn read_webhook_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let line = first_line(path)?;
    let text = line.strip_prefix(WEBHOOK_SECRET).ok_or(KeyFault::NotWebhookSecret)?;
    let secret = Zeroizing::new(BASE64_STANDARD.decode(text).map_err(|_| KeyFault::NotWebhookSecret)?);
    match (SHORTEST_SECRET..=LONGEST_SECRET).contains(&secret.len()) {
        true => Ok(secret),
        false => Err(KeyFault::NotWebhookSecret),
    }
}

/// The access key that the variables of the environment hold, as other programs for S3 read them.
pub fn s3_credentials_of_environment() -> Result<S3Credentials, KeyFault> {
    let of = |name| std::env::var(name).ok().filter(|value| !value.is_empty()).map(Zeroizing::new);
    match (of("AWS_ACCESS_KEY_ID"), of("AWS_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret)) => Ok(S3Credentials { id, secret, token: of("AWS_SESSION_TOKEN") }),
        _ => Err(KeyFault::NoAccessKey),
    }
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, KeyFault> {
    Ok(Zeroizing::new(private_text(path)?.lines().next().unwrap_or_default().trim().to_owned()))
}

/// The text of a file that only its owner reads.
pub(crate) fn private_text(path: &Path) -> Result<Zeroizing<String>, KeyFault> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFault::Open);
        }
    }
    Ok(Zeroizing::new(fs::read_to_string(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_key_is_read_from_a_file_of_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copies.key");
        assert!(matches!(read_transaction_key(&path), Err(KeyFault::Unusable(_))));
        fs::write(&path, "//Service\nwritten in November\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(read_transaction_key(&path), Err(KeyFault::Open)));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let expected = SigningPair::from_uri("//Service").unwrap().public();
        assert_eq!(read_transaction_key(&path).unwrap().public(), expected);
        fs::write(&path, "not a secret").unwrap();
        assert!(matches!(read_transaction_key(&path), Err(KeyFault::NotTransaction(_))));
        assert!(matches!(read_encryption_key(&path), Err(KeyFault::NotEncryption)));
    }

    #[test]
    fn an_encryption_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("institution.key");
        let made = make_encryption_key(&path).unwrap();
        assert_eq!(read_encryption_key(&path).unwrap().public(), made.public());
        assert!(matches!(make_encryption_key(&path), Err(KeyFault::Unusable(_))), "it was replaced");
    }

    #[cfg(unix)]
    #[test]
    fn letters_have_a_user_and_a_secret_in_files_of_their_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail.key");
        let write = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        write("salus\npass word\n", 0o640);
        assert!(matches!(read_mail_user(&path), Err(KeyFault::Open)));
        write("salus\npass word\n", 0o600);
        let user = read_mail_user(&path).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((user.name.as_str(), user.password.as_str()), ("salus", "pass word"));
        for bad in ["", "salus", "a\nb\nc"] {
            write(bad, 0o600);
            assert!(matches!(read_mail_user(&path), Err(KeyFault::NotMailUser)), "{bad}");
        }
        write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 0o600);
        assert_eq!(read_webhook_secret(&path).unwrap_or_else(|fault| panic!("{fault}")).len(), 24);
        for bad in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_MfKQ9r8G", "whsec_?"] {
            write(bad, 0o600);
            assert!(matches!(read_webhook_secret(&path), Err(KeyFault::NotWebhookSecret)), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_access_key_has_two_lines_in_a_file_of_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s3.key");
        let write = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        write("name\nsecret\n", 0o644);
        assert!(matches!(read_s3_credentials(&path), Err(KeyFault::Open)));
        write("name\nsecret\n", 0o600);
        let key = read_s3_credentials(&path).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((key.id.as_str(), key.secret.as_str(), key.token), ("name", "secret", None));
        write("name\n secret\ntoken", 0o600);
        let token = read_s3_credentials(&path).unwrap_or_else(|fault| panic!("{fault}")).token;
        assert_eq!(token.unwrap().as_str(), "token");
        for bad in ["", "name\n", "a\nb\nc\nd"] {
            write(bad, 0o600);
            assert!(matches!(read_s3_credentials(&path), Err(KeyFault::NotAccessKey)), "{bad}");
        }
    }
}
