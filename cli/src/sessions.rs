// SPDX-License-Identifier: Apache-2.0

//! The reading sessions that the command line opened and remembers between runs. Nothing secret, nothing clinical.
//!
//! Who reads whose chart is personal all the same, so only the owner of the home folder reads the file.

use crate::{failure::Failure, locked_json::LockedJson};
use salus_client::agent::RunningSession;
use salus_primitives::Moment;
use std::path::Path;

/// The sessions that are remembered in a home folder.
pub(crate) struct Sessions {
    file: LockedJson,
    known: Vec<RunningSession>,
}

impl Sessions {
    /// The sessions that `home` remembers. A file that cannot be read counts as empty: the reader can open another session.
    pub(crate) fn load(home: &Path) -> Self {
        let file = LockedJson::new(home.join("sessions.json"));
        let known = file.read();
        Self { file, known }
    }

    /// All of them, those that are over included.
    pub(crate) fn all(&self) -> &[RunningSession] {
        &self.known
    }

    /// Remembers a session beside those that other commands remember, and forgets those that are over.
    pub(crate) fn remember(&mut self, now: Moment, session: RunningSession) -> Result<(), Failure> {
        let remembered = self.file.change(|known: &mut Vec<RunningSession>| {
            known.retain(|known| now < known.expires_at);
            known.push(session);
        });
        self.known = remembered.map_err(|error| {
            Failure::input(format!("the session cannot be remembered in `{}`: {error}", self.file.path().display()))
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{
        access::{Purpose, Scope},
        ChartId, CompartmentId, Digest, MemberId, ReadingSessionId,
    };
    use std::{fs, os::unix::fs::PermissionsExt};

    fn session(number: u64, expires_at: Moment) -> RunningSession {
        RunningSession {
            genesis: Digest([1; 32]),
            reader: MemberId(number),
            chart: ChartId(number),
            scope: Scope::Compartment(CompartmentId(0)),
            purpose: Purpose::Treatment,
            session: ReadingSessionId([7; 16]),
            expires_at,
        }
    }

    #[test]
    fn a_session_that_another_command_remembered_meanwhile_stays() {
        let home = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| Sessions::load(home.path()));
        one.remember(0, session(1, 10)).unwrap();
        other.remember(0, session(2, 10)).unwrap();
        let both = Sessions::load(home.path());
        assert_eq!(both.known, [session(1, 10), session(2, 10)]);
    }

    #[test]
    fn many_commands_at_once_lose_no_session_and_leave_no_file() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..16 {
                let home = home.path();
                scope.spawn(move || Sessions::load(home).remember(0, session(number, 10)).unwrap());
            }
        });
        let mut readers: Vec<_> = Sessions::load(home.path()).known.iter().map(|known| known.reader.0).collect();
        readers.sort_unstable();
        assert_eq!(readers, (0..16).collect::<Vec<_>>());
        let mut names: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["sessions.json", "sessions.lock"]);
    }

    #[test]
    fn only_the_owner_reads_who_read_what() {
        let home = tempfile::tempdir().unwrap();
        // As an earlier version left it.
        fs::write(home.path().join("sessions.json"), "[]").unwrap();
        Sessions::load(home.path()).remember(0, session(1, 10)).unwrap();
        for name in ["sessions.json", "sessions.lock"] {
            let mode = fs::metadata(home.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn what_is_over_is_forgotten_and_what_is_broken_counts_as_empty() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("sessions.json"), "{").unwrap();
        let mut sessions = Sessions::load(home.path());
        sessions.remember(0, session(1, 10)).unwrap();
        sessions.remember(10, session(2, 20)).unwrap();
        assert!(!sessions.all().iter().any(|known| known.reader == MemberId(1)));
        assert!(sessions.all().iter().any(|known| known.reader == MemberId(2)));
        assert_eq!(Sessions::load(home.path()).known, [session(2, 20)]);
    }
}
