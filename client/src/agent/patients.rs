// SPDX-License-Identifier: Apache-2.0

//! The patient of an import against the Patient records of a chart.
//!
//! Records of this member's earlier imports tell by their keys. The Patient record of another author tells by its content,
//! if this member may read it. If no record tells, the person who imports has to decide.

use super::{
    comparing::{Comparison, Reading},
    compartments::meaning_of,
    AgentError,
};
use futures::{stream, FutureExt, StreamExt};
use salus_fhir::{Bundle, PatientMatch, GENERAL};
use salus_primitives::{
    records::Record, CompartmentId, InstitutionId, MemberId, ReadingSessionId, RecordId, RecordKey,
};
use salus_sealing::secret::Plaintext;
use std::collections::{BTreeMap, BTreeSet};

/// Headers that are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// The verdict of one compartment.
enum Found {
    /// It has no Patient record.
    NoPatient,
    /// It has none that this member can read, and some records that it cannot.
    Unread,
    /// Its Patient records tell so much.
    Patient(PatientMatch),
}

impl Comparison<'_> {
    /// Fails if the chart is about another patient than the import, or if no record tells.
    ///
    /// It opens the compartment for general records, where a Patient record is unless it has a label. It opens the others
    /// only if that one has none.
    pub(super) async fn check_patient(
        &mut self,
        bundle: &Bundle<'_>,
        present: &BTreeMap<RecordKey, Record>,
        own: InstitutionId,
    ) -> Result<(), AgentError> {
        if present.is_empty() || !bundle.names_patient() {
            return Ok(());
        }
        let chart = self.chart;
        let keys = keys_of(present, self.agent.id);
        let judged = |told| match told {
            PatientMatch::Same => Ok(()),
            PatientMatch::Other => Err(AgentError::OtherPatient(chart)),
            PatientMatch::Unknown => Err(AgentError::PatientUnknown(chart)),
        };
        match bundle.compare_keys(&keys, &*self.fingerprints.0) {
            PatientMatch::Unknown => {}
            told => return judged(told),
        }
        let general = self.known.get(&meaning_of(GENERAL.name)).copied();
        let compartments: BTreeSet<_> =
            present.values().map(|record| (Some(record.compartment) != general, record.compartment)).collect();
        for (_, compartment) in compartments {
            match self.patient_in(bundle, present, compartment, own).await? {
                Found::NoPatient => {}
                Found::Unread => return judged(PatientMatch::Unknown),
                Found::Patient(told) => return judged(told),
            }
        }
        Ok(())
    }

    async fn patient_in(
        &mut self,
        bundle: &Bundle<'_>,
        present: &BTreeMap<RecordKey, Record>,
        compartment: CompartmentId,
        own: InstitutionId,
    ) -> Result<Found, AgentError> {
        let Reading::May(session) = self.reading(compartment).await? else { return Ok(Found::Unread) };
        // A record that was shredded or refused tells nothing.
        let tells = |record: &Record| record.compartment == compartment && record.state.has_content();
        let records: Vec<_> = present.iter().filter(|(_, record)| tells(record)).collect();
        let wanted = records.iter().map(|(key, record)| (**key, record.versions)).collect();
        self.agent.wait_until_final(self.chart, wanted).await?;
        let headers: Vec<_> =
            records.into_iter().map(|(key, record)| self.patient_record(*key, record, session).boxed()).collect();
        let mut patients = stream::iter(headers).buffer_unordered(SIDE_BY_SIDE);
        let mut found = Found::NoPatient;
        while let Some(patient) = patients.next().await {
            let told = match patient {
                Ok(None) => continue,
                Ok(Some((content, custodian))) => bundle.compare_patient(content.expose(), custodian == own),
                // The key may be of an epoch before this member's grant.
                Err(_) if matches!(found, Found::NoPatient) => {
                    found = Found::Unread;
                    continue;
                }
                Err(_) => continue,
            };
            found = Found::Patient(told);
            if told == PatientMatch::Same {
                break;
            }
        }
        Ok(found)
    }

    /// The content and the custodian of a record, if it is a Patient record.
    async fn patient_record(
        &self,
        key: RecordKey,
        record: &Record,
        session: Option<ReadingSessionId>,
    ) -> Result<Option<(Plaintext, InstitutionId)>, AgentError> {
        let id = RecordId { chart: self.chart, key };
        if self.agent.read_metadata(id, None, session).await?.kind != "Patient" {
            return Ok(None);
        }
        Ok(Some((self.agent.read(id, None, session).await?.content, record.custodian)))
    }
}

/// The keys of the records that `author` wrote. One that another author copied tells nothing of the patient.
fn keys_of(present: &BTreeMap<RecordKey, Record>, author: MemberId) -> BTreeSet<[u8; 16]> {
    present.iter().filter(|(_, record)| record.author == author).map(|(key, _)| key.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::records::RecordState;

    const AUTHOR: MemberId = MemberId(1);
    const COLLEAGUE: MemberId = MemberId(2);
    const SALT: &[u8] = &[1; 32];

    #[test]
    fn only_records_of_the_importing_author_tell_the_patient_by_their_keys() {
        let bundle = Bundle::parse(br#"{ "resourceType": "Patient", "id": "p1" }"#).unwrap();
        let key = RecordKey(bundle.patient().unwrap().record_key(SALT));
        let told = |author| {
            let record = Record {
                compartment: CompartmentId(0),
                author,
                custodian: InstitutionId(7),
                state: RecordState::Active,
                versions: 1,
                created_at: 0,
                hold: None,
            };
            bundle.compare_keys(&keys_of(&BTreeMap::from([(key, record)]), AUTHOR), SALT)
        };
        assert_eq!(told(AUTHOR), PatientMatch::Same);
        assert_eq!(told(COLLEAGUE), PatientMatch::Unknown, "the import reads it, or the person who imports decides");
    }
}
