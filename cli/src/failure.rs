// SPDX-License-Identifier: Apache-2.0

//! How a command ends when it does not end well: refused (1) or failed (2).

use crate::{hints, terminal};
use salus_chain::SubmitError;
use salus_client::{
    agent::{AgentError, ApplicationFault},
    services::ServiceError,
};
use salus_founding::FoundingError;
use std::{io::Write, process::ExitCode};

/// Why a command did not do what it was told.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The chain or a release gate said no.
    Refused(anyhow::Error),
    /// Something is broken, missing or wrongly written.
    Failed(anyhow::Error),
    /// It was done, but the reader of standard output has gone.
    NobodyReads,
    /// A report that has been printed says it all; only this status is left to tell.
    Reported(u8),
}

impl Failure {
    /// Bad input, in words; a hint may follow on a second line.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Failed(anyhow::anyhow!(message.into()))
    }

    /// Standard output cannot be written.
    pub(crate) fn unwritten(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::input(format!("standard output cannot be written: {error}")),
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::from(1),
            Self::Failed(_) => ExitCode::from(2),
            Self::NobodyReads => ExitCode::SUCCESS,
            Self::Reported(status) => ExitCode::from(*status),
        }
    }

    /// Tells people, or programs, what happened.
    pub(crate) fn report(&self, json: bool, err: &mut dyn Write) {
        let (outcome, error) = match self {
            Self::Refused(error) => ("refused", error),
            Self::Failed(error) => ("failed", error),
            Self::NobodyReads => return,
            Self::Reported(_) => return,
        };
        let text = terminal::lines(&text_with_hint(error));
        // Without standard error there is no reader left to tell.
        let _ = match json {
            true => {
                let report = serde_json::json!({ "outcome": outcome, "error": text }).to_string();
                writeln!(err, "{}", terminal::json_lines(&report))
            }
            false => writeln!(err, "salus: {text}"),
        };
    }
}

/// The error in words, and what to do about it.
fn text_with_hint(error: &anyhow::Error) -> String {
    let text = text(error);
    match hints::after(error) {
        Some(hint) if !text.contains(HINT) => format!("{text}{HINT}{hint}"),
        _ => text,
    }
}

/// The error and its causes, then the hints; what the error has in its own text already is not said twice.
fn text(error: &anyhow::Error) -> String {
    let (mut text, mut hints) = (String::new(), String::new());
    for cause in error.chain().map(ToString::to_string) {
        let (cause, hint) = cause.find(HINT).and_then(|at| cause.split_at_checked(at)).unwrap_or((&cause, ""));
        if !text.contains(cause) {
            text = if text.is_empty() { cause.to_owned() } else { format!("{text}: {cause}") };
        }
        if !hints.contains(hint) {
            hints.push_str(hint);
        }
    }
    text + &hints
}

/// The beginning of a hint.
const HINT: &str = "\nhint: ";

impl From<AgentError> for Failure {
    fn from(error: AgentError) -> Self {
        match error.is_refusal() {
            true => Self::Refused(error.into()),
            false => Self::Failed(error.into()),
        }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        AgentError::from(error).into()
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        AgentError::from(error).into()
    }
}

impl From<ApplicationFault> for Failure {
    fn from(fault: ApplicationFault) -> Self {
        AgentError::from(fault).into()
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

macro_rules! failed_from {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        })*
    };
}

failed_from!(
    std::io::Error,
    serde_json::Error,
    salus_sealing::keys::KeyError,
    salus_client::keystore::KeystoreError,
    salus_fhir::BundleError,
    salus_chain::QueryError,
    salus_chain::ConnectError,
    salus_chain::OutcomeError,
    FoundingError,
    salus_backup::BackupError,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let refusal = salus_gate::protocol::GateRefusal::NoSession;
        let error = anyhow::Error::from(AgentError::from(refusal));
        assert_eq!(text(&error).matches(&refusal.to_string()).count(), 1);
        let nested = anyhow::anyhow!("inner").context("outer");
        assert_eq!(text(&nested), "outer: inner");
        let hinted = anyhow::anyhow!("inner\nhint: mend it").context("outer\nhint: look");
        assert_eq!(text(&hinted), "outer: inner\nhint: look\nhint: mend it");
    }

    #[test]
    fn what_the_chain_denies_is_refused_and_what_is_missing_failed() {
        let refused = Failure::from(AgentError::NotMember(Default::default()));
        assert!(matches!(refused, Failure::Refused(_)));
        let failed = Failure::from(AgentError::NoChart(Default::default()));
        assert!(matches!(failed, Failure::Failed(_)));
    }
}
