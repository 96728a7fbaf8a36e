// SPDX-License-Identifier: Apache-2.0

//! The words of a letter: how many notices, and of which kinds. Nothing else of them is known here.

use super::lane::{Counts, Letter};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write};

/// The subject of a mail.
pub(super) fn subject(letter: &Letter) -> String {
    format!("Salus: {}", how_many(&letter.kinds))
}

/// The text of a letter, under the institution's own words.
pub(super) fn text(letter: &Letter, greeting: Option<&str>) -> String {
    let mut text = String::new();
    // Writing into a text never fails.
    if let Some(greeting) = greeting {
        let _ = writeln!(text, "{greeting}\n");
    }
    let verb = if letter.kinds.total() == 1 { "is" } else { "are" };
    let _ = writeln!(text, "There {verb} {} for you:\n", how_many(&letter.kinds));
    for (kind, count) in letter.kinds.iter() {
        let _ = writeln!(text, "{count:>6}  {}: {}", kind.word(), kind.text());
    }
    text + "\nTo read them: salus notices\n"
}

/// A letter to a webhook.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    count: u64,
    kinds: BTreeMap<&'static str, u64>,
    text: String,
}

/// The body of a letter to a webhook, in JSON.
pub(super) fn json(letter: &Letter, greeting: Option<&str>) -> Result<Vec<u8>, serde_json::Error> {
    let kinds = letter.kinds.iter().map(|(kind, count)| (kind.word(), count)).collect();
    let body = Body { id: &letter.id, count: letter.kinds.total(), kinds, text: text(letter, greeting) };
    serde_json::to_vec(&body)
}

fn how_many(kinds: &Counts) -> String {
    match kinds.total() {
        1 => "1 new notice".to_owned(),
        count => format!("{count} new notices"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::notices::NoticeKind;

    fn letter(kinds: &[NoticeKind]) -> Letter {
        let mut counts = Counts::default();
        kinds.iter().for_each(|kind| counts.add(*kind));
        Letter { id: "ab".repeat(16), kinds: counts, since: 1, attempts: 0, next: 1 }
    }

    #[test]
    fn a_letter_says_how_many_notices_of_which_kinds() {
        let three = letter(&[NoticeKind::Denial, NoticeKind::Reading, NoticeKind::Reading]);
        assert_eq!(subject(&three), "Salus: 3 new notices");
        let expected = "Hospital A\n\nThere are 3 new notices for you:\n\n     \
                        2  reading: another member opened records of your chart\n     \
                        1  denial: another member asked to open records of your chart and was denied\n\n\
                        To read them: salus notices\n";
        assert_eq!(text(&three, Some("Hospital A")), expected);
        assert!(text(&letter(&[NoticeKind::Use]), None).starts_with("There is 1 new notice for you:\n"));
    }

    #[test]
    fn a_webhook_gets_the_same_as_json() {
        let body: serde_json::Value =
            serde_json::from_slice(&json(&letter(&[NoticeKind::Use]), None).unwrap()).unwrap();
        assert_eq!((&body["count"], &body["kinds"]["use"]), (&1.into(), &1.into()));
        assert_eq!(body["id"], "ab".repeat(16));
        assert_eq!(body.as_object().unwrap().len(), 4);
    }
}
