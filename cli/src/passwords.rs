// SPDX-License-Identifier: Apache-2.0

//! Where passwords come from: a file, the environment, or a person.

use crate::{failure::Failure, files, terminal};
use salus_sealing::secret::Password;
use std::{env::VarError, io::IsTerminal, path::Path};

/// Characters that a new password has at least; the keystore's key derivation is slow, which makes up for the rest.
const SHORTEST: usize = 8;

/// Where the password of identities may stand.
const OF_IDENTITIES: &str = "SALUS_PASSWORD";
/// Where the password of a repository of backups may stand. It is another one: an identity's owner need not open backups.
const OF_BACKUPS: &str = "SALUS_BACKUP_PASSWORD";

/// The password of an identity that is there.
pub(crate) fn existing(file: Option<&Path>, prompt: &str) -> Result<Password, Failure> {
    match given(file, OF_IDENTITIES)? {
        Some(password) => Ok(password),
        None => ask(prompt, OF_IDENTITIES),
    }
}

/// The password of a repository of backups that is there.
pub(crate) fn of_backup(file: Option<&Path>) -> Result<Password, Failure> {
    match given(file, OF_BACKUPS)? {
        Some(password) => Ok(password),
        None => ask("Password of the backup: ", OF_BACKUPS),
    }
}

/// The password of a new repository of backups. A person types it twice.
pub(crate) fn new_of_backup(file: Option<&Path>) -> Result<Password, Failure> {
    new_in(file, OF_BACKUPS)
}

/// The password of a new identity. A person types it twice.
pub(crate) fn new(file: Option<&Path>) -> Result<Password, Failure> {
    new_in(file, OF_IDENTITIES)
}

fn new_in(file: Option<&Path>, variable: &str) -> Result<Password, Failure> {
    let (password, typed) = match given(file, variable)? {
        Some(password) => (password, false),
        None => (ask("New password: ", variable)?, true),
    };
    if password.length() < SHORTEST {
        return Err(Failure::input(format!("the password is too short\nhint: at least {SHORTEST} characters")));
    }
    if typed && !ask("Again: ", variable)?.equals(&password) {
        return Err(Failure::input("the two passwords differ"));
    }
    Ok(password)
}

fn given(file: Option<&Path>, variable: &str) -> Result<Option<Password>, Failure> {
    if let Some(path) = file {
        let text = files::read_text(path)?;
        let first = text.lines().next().filter(|first| !first.is_empty());
        let first = first.ok_or_else(|| {
            Failure::input(format!("`{}` holds no password\nhint: its first line is taken", path.display()))
        })?;
        return Ok(Some(Password::from(first)));
    }
    match std::env::var(variable) {
        // A file of settings that another system wrote leaves a return behind each value.
        Ok(password) => Ok(Some(Password::from(password.trim_end_matches(['\r', '\n'])))),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::input(format!("the password in {variable} is not text in UTF-8"))),
    }
}

fn ask(prompt: &str, variable: &str) -> Result<Password, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::input(format!(
            "a password is needed, and there is no terminal to ask at\nhint: --password-file FILE, or {variable}"
        )));
    }
    Ok(Password::new(rpassword::prompt_password(terminal::line(prompt))?))
}
