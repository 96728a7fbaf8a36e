// SPDX-License-Identifier: Apache-2.0

//! The consent with which a patient accepts staged records (S4-06, S4-07, S4-09).
//!
//! A form has the text that the patient is shown, and questions. Text and answers together are sealed to the author of the
//! records. The chain holds the hash of the sealed bytes in the log entry of each record, so neither can be changed later.

use super::{staging::WaitingRecord, Agent, AgentError};
use salus_chain::{At, Call};
use salus_primitives::{
    audit::{Action, LogId, Reason, Subject},
    staging::CollectionBasis,
    ChartId, CompartmentId, Digest, MemberId, Moment, RecordId, RecordKey,
};
use salus_sealing::blob::Metadata;
use std::{collections::BTreeMap, fmt::Write as _};

/// Records that one form covers, at most: their titles have to fit into a note.
const RECORDS_OF_A_FORM: usize = 6;
/// Bytes of a title, of a kind or of a compartment's name in a form, at most.
const LONGEST_WORDS: usize = 60;

/// The text and the questions for a patient, before records become part of the chart.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentForm {
    /// The chart.
    pub chart: ChartId,
    /// Who staged the records, to whom text and answers are sealed.
    pub author: MemberId,
    /// The records.
    pub records: Vec<RecordId>,
    /// The text.
    pub text: String,
    /// The questions. Each has to be answered with yes.
    pub questions: Vec<String>,
}

/// Records that the patient accepted.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Accepted {
    /// The records.
    pub records: Vec<RecordId>,
    /// SHA-256 of the sealed text and answers.
    pub consent: Digest,
    /// The transaction.
    pub transaction: Digest,
}

impl Agent {
    /// Returns the forms for `records`, which wait in the own chart. A form covers records of one author, and of one sensitive
    /// compartment or of others.
    pub async fn consent_forms(&self, chart: ChartId, records: &[RecordId]) -> Result<Vec<ConsentForm>, AgentError> {
        if self.chart(chart).await?.controller != self.id {
            return Err(AgentError::NotController(chart));
        }
        let waiting = self.waiting_records(chart).await?;
        let bases = self.bases(chart).await?;
        let named: BTreeMap<_, _> = self.compartments(chart).await?.into_iter().map(|it| (it.number, it)).collect();
        let is_sensitive = |id: CompartmentId| named.get(&id).is_some_and(|it| it.flags.sensitive);
        let mut parts: BTreeMap<(MemberId, Option<CompartmentId>), Vec<&WaitingRecord>> = BTreeMap::new();
        for id in records {
            let record = waiting.iter().find(|it| it.record == *id).ok_or(AgentError::NotWaiting(*id))?;
            if record.is_over {
                return Err(AgentError::StagingOver(*id));
            }
            let sensitive = Some(record.compartment).filter(|it| is_sensitive(*it));
            parts.entry((record.author, sensitive)).or_default().push(record);
        }
        let now = self.chain.now(At::Finalized).await?;
        let mut forms = Vec::new();
        for ((author, sensitive), records) in parts {
            for records in records.chunks(RECORDS_OF_A_FORM) {
                let mut lines = Vec::new();
                for record in records {
                    let held = record.hold.filter(|hold| hold.lasts(now));
                    // The patient sees what a record is about before the patient consents.
                    let about = match held {
                        Some(_) => None,
                        None => Some(self.read_metadata(record.record, Some(0), None).await?),
                    };
                    let compartment = named.get(&record.compartment).and_then(|it| it.name.clone());
                    lines.push(line(record, about.as_ref(), compartment, bases.get(&record.record).copied()));
                }
                let text = text(author, records, sensitive.is_some(), &lines);
                let questions = questions(sensitive.is_some());
                let records = records.iter().map(|it| it.record).collect();
                forms.push(ConsentForm { chart, author, records, text, questions });
            }
        }
        Ok(forms)
    }

    /// Seals a form, of which each question was answered with yes, and puts it into the chart's home vault. Returns its hash.
    ///
    /// For wallets that submit the acceptance themselves.
    pub async fn seal_consent(&self, form: &ConsentForm) -> Result<Digest, AgentError> {
        self.put_note(form.chart, form.author, &form.answered()).await
    }

    /// Accepts the records of a form, of which each question was answered with yes.
    pub async fn accept(&self, form: &ConsentForm) -> Result<Accepted, AgentError> {
        let consent = self.seal_consent(form).await?;
        let keys: Vec<RecordKey> = form.records.iter().map(|it| it.key).collect();
        let outcome = self.submit(&Call::accept_records(form.chart, &keys, consent)).await?;
        Ok(Accepted { records: form.records.clone(), consent, transaction: outcome.transaction })
    }

    /// On which basis each record was collected, as far as the state still has the log.
    async fn bases(&self, chart: ChartId) -> Result<BTreeMap<RecordId, CollectionBasis>, AgentError> {
        let entries = self.chain.log_from(At::Finalized, LogId::Chart(chart), 0).await?;
        let basis = |entry: &salus_primitives::audit::Entry| match (entry.action, entry.subject, entry.reason) {
            (Action::RecordStaged, Subject::Record(id, _), Some(Reason::Collection(basis))) => Some((id, basis)),
            _ => None,
        };
        Ok(entries.iter().filter_map(basis).collect())
    }
}

impl ConsentForm {
    /// The text, with each question and its answer.
    fn answered(&self) -> String {
        let mut answered = self.text.clone();
        for question in &self.questions {
            let _ = write!(answered, "\n{question} Yes.");
        }
        answered
    }
}

fn text(author: MemberId, records: &[&WaitingRecord], is_sensitive: bool, lines: &[String]) -> String {
    let custodian = records.first().map_or_else(String::new, |it| format!(" of institution {}", it.custodian));
    let mut text = format!("Member {author}{custodian} staged these records for you:\n");
    for line in lines {
        let _ = writeln!(text, "- {line}");
    }
    text.push_str(
        "Only you can read them until you accept. If you accept, they become part of your chart for good, and members with \
         grants over their compartments can read them. If you refuse, or do not answer in time, the institution deletes them.",
    );
    if is_sensitive {
        text.push_str(
            "\nThey belong in a sensitive compartment, such as one for mental health. You accept these alone, and separately.",
        );
    }
    text
}

fn line(
    record: &WaitingRecord,
    about: Option<&Metadata>,
    compartment: Option<String>,
    basis: Option<CollectionBasis>,
) -> String {
    let what = match about {
        Some(Metadata { kind, title, date, .. }) => {
            let date = date.as_ref().map(|date| format!(", {date}")).unwrap_or_default();
            format!("{}: {}{date}", shortened(kind), shortened(title))
        }
        None => format!("Record {}, which its author keeps from you for now", record.record.key),
    };
    let compartment =
        compartment.map_or_else(|| format!("compartment {}", record.compartment), |name| shortened(&name));
    let basis = basis.map(|basis| format!("; {}", basis.text())).unwrap_or_default();
    format!("{what} ({compartment}; staged at {}{basis})", time(record.staged_at))
}

fn questions(is_sensitive: bool) -> Vec<String> {
    let mut questions = vec!["Do you want these records in your chart?".to_owned()];
    if is_sensitive {
        questions.push("Do you consent to it although they are sensitive?".to_owned());
    }
    questions
}

fn shortened(text: &str) -> String {
    let fits = text.char_indices().map(|(at, character)| at.saturating_add(character.len_utf8()));
    match fits.take_while(|end| *end <= LONGEST_WORDS).last() {
        Some(end) if end < text.len() => format!("{}…", text.get(..end).unwrap_or_default()),
        _ => text.to_owned(),
    }
}

fn time(at: Moment) -> String {
    i64::try_from(at)
        .ok()
        .and_then(|at| jiff::Timestamp::from_millisecond(at).ok())
        .map_or_else(|| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::InstitutionId;
    use salus_sealing::envelope::MAX_REASON;

    fn waiting(number: u8) -> WaitingRecord {
        WaitingRecord {
            record: RecordId { chart: ChartId(1), key: RecordKey([number; 16]) },
            compartment: CompartmentId(3),
            author: MemberId(2),
            custodian: InstitutionId(1),
            staged_at: 1_764_000_000_000,
            acceptable_until: 1_766_592_000_000,
            is_over: false,
            hold: None,
        }
    }

    fn form(records: &[WaitingRecord], title: &str, is_sensitive: bool) -> ConsentForm {
        let about = Metadata { kind: "Observation".to_owned(), title: title.to_owned(), ..Metadata::default() };
        let basis = Some(CollectionBasis::VitalInterest);
        let lines: Vec<_> = records.iter().map(|it| line(it, Some(&about), Some(title.to_owned()), basis)).collect();
        let text = text(MemberId(2), &records.iter().collect::<Vec<_>>(), is_sensitive, &lines);
        let ids = records.iter().map(|it| it.record).collect();
        ConsentForm { chart: ChartId(1), author: MemberId(2), records: ids, text, questions: questions(is_sensitive) }
    }

    #[test]
    fn a_form_says_who_what_where_and_on_which_basis() {
        // S4-07: the purpose, and which information.
        let shown = form(&[waiting(1)], "Blood count", false);
        assert!(shown.text.contains("Member 2 of institution 1"), "{}", shown.text);
        assert!(shown.text.contains(
            "- Observation: Blood count (Blood count; staged at 2025-11-24 16:00 UTC; collected to protect a life"
        ));
        assert_eq!(shown.questions.len(), 1);
        let answered = shown.answered();
        assert!(answered.starts_with(&shown.text) && answered.ends_with("in your chart? Yes."));
    }

    #[test]
    fn a_sensitive_form_asks_separately() {
        // S4-09
        let shown = form(&[waiting(1)], "Blood count", true);
        assert!(shown.text.contains("sensitive compartment"));
        assert!(shown.answered().ends_with("although they are sensitive? Yes."));
    }

    #[test]
    fn as_many_records_as_a_form_covers_fit_into_a_note() {
        let records: Vec<_> = (0..RECORDS_OF_A_FORM as u8).map(waiting).collect();
        for (words, longest) in [("\"", LONGEST_WORDS), ("ä", LONGEST_WORDS / 2), ("a", LONGEST_WORDS)] {
            let words = words.repeat(100);
            assert_eq!(shortened(&words).chars().count(), longest + 1);
            let long = form(&records, &words, true).answered();
            let note = serde_json::to_string(&crate::agent::Note { text: long, compartment: None }).unwrap();
            assert!(note.len() < MAX_REASON, "{} bytes", note.len());
        }
        assert_eq!(shortened("Blood count"), "Blood count");
    }

    #[test]
    fn a_held_record_is_not_described() {
        let text = line(&waiting(1), None, None, None);
        assert!(text.contains("keeps from you for now") && text.contains("compartment 3"), "{text}");
    }
}
