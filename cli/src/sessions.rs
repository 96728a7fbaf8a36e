// SPDX-License-Identifier: Apache-2.0

//! What the command line remembers between runs: the reading sessions that it opened. Nothing secret, nothing clinical.

use crate::failure::Failure;
use salus_primitives::{
    access::{Purpose, Scope},
    ChartId, Digest, MemberId, Moment, SessionKey,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A session that was opened.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KnownSession {
    /// The chain.
    pub(crate) genesis: Digest,
    /// Who reads.
    pub(crate) reader: MemberId,
    /// The chart.
    pub(crate) chart: ChartId,
    /// What was opened.
    pub(crate) scope: Scope,
    /// For which purpose.
    pub(crate) purpose: Purpose,
    /// Its name.
    pub(crate) session: SessionKey,
    /// From when on a new one is needed.
    pub(crate) expires_at: Moment,
}

/// The sessions that are remembered in a home folder.
pub(crate) struct Sessions {
    file: PathBuf,
    known: Vec<KnownSession>,
}

impl Sessions {
    /// What `home` remembers. A file that cannot be read counts as empty: sessions can be opened anew.
    pub(crate) fn load(home: &Path) -> Self {
        let file = home.join("sessions.json");
        let known = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { file, known }
    }

    /// A session that still runs at `now` and fits.
    pub(crate) fn find(&self, now: Moment, fits: impl Fn(&KnownSession) -> bool) -> Option<&KnownSession> {
        self.known.iter().find(|known| now < known.expires_at && fits(known))
    }

    /// Remembers a session, and forgets those that are over.
    pub(crate) fn remember(&mut self, now: Moment, session: KnownSession) -> Result<(), Failure> {
        self.known.retain(|known| now < known.expires_at);
        self.known.push(session);
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.unwritable(&error))?;
        }
        let next = self.file.with_extension("json.new");
        let text = serde_json::to_vec_pretty(&self.known)?;
        std::fs::write(&next, text)
            .and_then(|()| std::fs::rename(next, &self.file))
            .map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &std::io::Error) -> Failure {
        Failure::input(format!("the session cannot be remembered in `{}`: {error}", self.file.display()))
    }
}
