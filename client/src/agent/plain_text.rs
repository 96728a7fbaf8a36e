// SPDX-License-Identifier: Apache-2.0

//! Text that other members could not trust is refused where it is written: see [`salus_primitives::text`].

use super::AgentError;
use salus_primitives::{membership::InstitutionProfile, text};
use salus_sealing::blob::Metadata;

/// Text of one line.
pub(super) fn line(what: &'static str, text: &str) -> Result<(), AgentError> {
    text::unfit(text).map_or(Ok(()), |character| Err(AgentError::Unfit { what, character }))
}

/// Text of several lines.
pub(super) fn lines(what: &'static str, text: &str) -> Result<(), AgentError> {
    text::unfit_in_lines(text).map_or(Ok(()), |character| Err(AgentError::Unfit { what, character }))
}

/// The words of a sealed header.
pub(super) fn metadata(metadata: &Metadata) -> Result<(), AgentError> {
    let Metadata { kind, title, date, issued, media_type, file_name, nonconformant: _ } = metadata;
    line("kind", kind)?;
    line("title", title)?;
    line("media type", media_type)?;
    for (what, text) in [("date", date), ("date of issue", issued), ("file's name", file_name)] {
        line(what, text.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// The profile that the council is asked to decide about.
pub(super) fn profile(profile: &InstitutionProfile) -> Result<(), AgentError> {
    line("vault address", &String::from_utf8_lossy(&profile.vault_address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_takes_no_character_that_its_reader_cannot_trust() {
        for character in ['\u{1b}', '\r', '\n', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{ad}'] {
            let text = format!("Blood{character}count");
            let plain = || Metadata { title: "Blood count".to_owned(), ..Metadata::default() };
            for forged in [
                Metadata { kind: text.clone(), ..plain() },
                Metadata { title: text.clone(), ..plain() },
                Metadata { date: Some(text.clone()), ..plain() },
                Metadata { issued: Some(text.clone()), ..plain() },
                Metadata { media_type: text.clone(), ..plain() },
                Metadata { file_name: Some(text.clone()), ..plain() },
            ] {
                assert!(
                    matches!(metadata(&forged), Err(AgentError::Unfit { character: found, .. }) if found == character)
                );
            }
            assert!(metadata(&plain()).is_ok());
            assert_eq!(lines("reason", &text).is_err(), character != '\n');
        }
    }
}
