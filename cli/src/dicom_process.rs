// SPDX-License-Identifier: Apache-2.0

//! Reads the header of a DICOM file in a process of its own, with limits on memory, time and files.
//!
//! The file comes from anywhere, and its parser is foreign code. Whatever a hostile file does to the parser, it does in a
//! process that has the file's first bytes and nothing else: no key, no environment, no open file, no way to open one or a
//! connection. The process gets at most [`MAX_HEADER`] bytes through a pipe, and answers in JSON.

use crate::{failure::Failure, files};
use rustix::process::{setrlimit, Resource, Rlimit};
use salus_content::dicom::{read_header, DicomFault, DicomHeader, MAX_HEADER};
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    process::{ExitCode, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    time::timeout,
};

/// The hidden command of the process.
pub(crate) const COMMAND: &str = "read-dicom-header";

/// Seconds of a processor that the process may use. A header takes some milliseconds.
const CPU_SECONDS: u64 = 5;
/// Bytes of memory that the process may fill.
const MEMORY: u64 = 64 << 20;
/// Bytes of address space, with this program's own code.
const ADDRESSES: u64 = 1 << 30;
/// How long the process may take, on a machine that is busy.
const LONGEST: Duration = Duration::from_secs(20);
/// Bytes of an answer, at most.
const LONGEST_ANSWER: u64 = 16 * 1024;

/// The answer of the process.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Header(DicomHeader),
    Fault(DicomFault),
}

/// Why there is no header.
#[derive(Debug, PartialEq, Eq)]
enum NoHeader {
    /// The file is the reason.
    Fault(DicomFault),
    /// The process did not answer in time.
    TooSlow,
    /// The process ended without an answer.
    Ended,
}

/// Returns the header of the DICOM file `path`.
pub(crate) async fn header_of(path: &Path) -> Result<DicomHeader, Failure> {
    let unreadable = |error| files::unreadable(path, &error);
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let size = file.metadata().await.map_err(unreadable)?.len();
    let program = std::env::current_exe().map_err(unreadable)?;
    let mut command = Command::new(program);
    command.arg(COMMAND).arg(size.to_string());
    let answer = ask(command, file, LONGEST).await.map_err(unreadable)?;
    answer.map_err(|reason| {
        let reason = match reason {
            NoHeader::Fault(fault) => fault.to_string(),
            NoHeader::TooSlow => format!("reading its header takes more than {} s", LONGEST.as_secs()),
            NoHeader::Ended => "reading its header ends the process that does so".to_owned(),
        };
        let hint = "hint: --untyped stores the file as it is, without looking into it";
        Failure::input(format!("`{}` cannot be taken as DICOM: {reason}\n{hint}", path.display()))
    })
}

/// Gives the beginning of `source` to a process, and returns its answer. The process ends with this function.
async fn ask(
    mut command: Command,
    source: impl AsyncRead + Unpin,
    longest: Duration,
) -> std::io::Result<Result<DicomHeader, NoHeader>> {
    command.env_clear().current_dir("/").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let talk = async move {
        let give = async move {
            if let Some(mut stdin) = stdin {
                // A process that has read enough closes its end.
                let _ = tokio::io::copy(&mut source.take(MAX_HEADER), &mut stdin).await;
            }
        };
        let hear = async move {
            let mut answer = Vec::new();
            if let Some(stdout) = stdout {
                // Without a whole answer it counts as none.
                let _ = stdout.take(LONGEST_ANSWER).read_to_end(&mut answer).await;
            }
            answer
        };
        tokio::join!(give, hear).1
    };
    let Ok(answer) = timeout(longest, talk).await else { return Ok(Err(NoHeader::TooSlow)) };
    Ok(match serde_json::from_slice(&answer) {
        Ok(Answer::Header(header)) => Ok(header.cleaned()),
        Ok(Answer::Fault(fault)) => Err(NoHeader::Fault(fault)),
        Err(_) => Err(NoHeader::Ended),
    })
}

/// The process itself: limits what it may use, and reads the header of a file of `size` bytes from standard input.
pub(crate) fn answer(size: u64) -> ExitCode {
    if limit_this_process().is_err() {
        return ExitCode::from(2);
    }
    let answer = match read_header(std::io::stdin().lock(), size) {
        Ok(header) => Answer::Header(header),
        Err(fault) => Answer::Fault(fault),
    };
    match serde_json::to_writer(std::io::stdout().lock(), &answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// No limit can be lifted again. Pipes that are open stay open, and nothing else can be opened: neither file nor socket.
fn limit_this_process() -> rustix::io::Result<()> {
    let limits = [
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Data, MEMORY),
        (Resource::As, ADDRESSES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nproc, 0),
        (Resource::Nofile, 0),
    ];
    limits
        .into_iter()
        .try_for_each(|(resource, limit)| setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    async fn answer_of(program: &str, arguments: &[&str], longest: Duration) -> Option<NoHeader> {
        let mut command = Command::new(program);
        command.args(arguments);
        // Endless, as far as the process is concerned.
        ask(command, tokio::io::repeat(0), longest).await.unwrap().err()
    }

    #[tokio::test]
    async fn a_process_that_hangs_ends_with_the_time() {
        let begun = Instant::now();
        let short = Duration::from_millis(200);
        assert_eq!(answer_of("sleep", &["600"], short).await, Some(NoHeader::TooSlow));
        assert!(begun.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn a_process_that_ends_or_talks_nonsense_has_no_answer() {
        for (program, arguments) in [
            ("false", &[][..]),
            ("echo", &["{}"]),
            ("echo", &[r#"{"header":{"modality":"MR","name":"x"}}"#]),
            ("sh", &["-c", "kill -SEGV $$"]),
            // Endless.
            ("yes", &[]),
        ] {
            assert_eq!(answer_of(program, arguments, LONGEST).await, Some(NoHeader::Ended), "{program}");
        }
    }

    #[tokio::test]
    async fn a_process_has_no_environment_and_its_words_are_cleaned() {
        // `env` prints nothing without an environment; the shell sets few variables of its own.
        assert_eq!(answer_of("/usr/bin/env", &[], LONGEST).await, Some(NoHeader::Ended));
        let forged = r#"{"header":{"modality":"M\u001b[2JR","sop_class":null,"study_date":"x","study_description":null,"body_part":null}}"#;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("test -z \"$HOME$SALUS_PASSWORD$CARGO\" && printf '%s' '{forged}'")]);
        let header = ask(command, tokio::io::empty(), LONGEST).await.unwrap();
        assert!(header.is_ok_and(|it| it.modality.as_deref() == Some("M[2JR") && it.study_date.is_none()));
    }
}
