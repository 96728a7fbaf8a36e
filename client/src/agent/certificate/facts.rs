// SPDX-License-Identifier: Apache-2.0

//! The facts about the end of a record, from one node and as of one finalized block.

use super::{
    form::{
        is_certified, states_of, CertifiedAttestation, CertifiedBlock, CertifiedEntry, CertifiedInstitution,
        CertifiedLog, CertifiedShredding, CertifiedVersion, Form, ShreddingCertificate, Word,
    },
    ungoverned::UngovernedCopies,
};
use crate::agent::AgentError;
use salus_chain::{At, Chain};
use salus_primitives::{
    audit::{verify_log, Action, Entry, LogHead, LogId, Subject},
    membership::NumberedInstitution,
    records::{NumberedVersion, Record},
    shredding::{Attestation, NumberedShredding, ATTESTATION_TIME},
    Digest, InstitutionId, Moment, RecordId,
};
use std::collections::BTreeMap;

/// The facts.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) genesis: Digest,
    pub(super) block: CertifiedBlock,
    pub(super) record: RecordId,
    pub(super) known: Record,
    pub(super) versions: Vec<NumberedVersion>,
    pub(super) shredding: NumberedShredding,
    /// The chart's log, as far as the state has it.
    pub(super) entries: Vec<Entry>,
    pub(super) log: LogHead,
    pub(super) attestations: BTreeMap<InstitutionId, Attestation>,
    pub(super) institutions: Vec<NumberedInstitution>,
    /// When institutions were admitted, as far as the state has that log. Founders were there before the first block.
    pub(super) admitted: BTreeMap<InstitutionId, Moment>,
    /// Whether the state has all of that log.
    pub(super) has_all_admissions: bool,
}

impl ShreddingCertificate {
    /// Asks a node for the facts about a record that was shredded.
    pub async fn make(chain: &Chain, record: RecordId) -> Result<Self, AgentError> {
        Ok(Facts::fetch(chain, record).await?.certificate())
    }
}

impl Facts {
    pub(super) async fn fetch(chain: &Chain, record: RecordId) -> Result<Self, AgentError> {
        let head = chain.head(At::Finalized).await?;
        let at = At::Block(head.hash);
        let known = chain.record(at, record).await?.ok_or(AgentError::NoRecord(record))?;
        let number = chain.shredding_state(at, record).await?.shredding.ok_or(AgentError::NotShredded(record))?;
        let shredding = chain.shreddings_from(at, number).await?.into_iter().find(|it| it.number == number);
        let log = LogId::Chart(record.chart);
        let (entries, log_head) = (chain.log(at, log).await?, chain.log_head(at, log).await?);
        if is_whole(&entries) {
            verify_log(log, &entries, &log_head)?;
        }
        let decisions = chain.log(at, LogId::Consortium).await?;
        Ok(Self {
            genesis: chain.genesis(),
            block: CertifiedBlock { number: head.number, hash: head.hash, at: chain.now(at).await? },
            record,
            known,
            versions: chain.versions(at, record).await?,
            shredding: shredding.ok_or(AgentError::NotShredded(record))?,
            entries,
            log: log_head,
            attestations: chain
                .attestations(at, number)
                .await?
                .into_iter()
                .map(|it| (it.institution, it.attestation))
                .collect(),
            institutions: chain.institutions(at).await?,
            admitted: decisions.iter().filter_map(admission).collect(),
            has_all_admissions: decisions.is_empty() || is_whole(&decisions),
        })
    }

    /// The certificate of these facts.
    pub(super) fn certificate(&self) -> ShreddingCertificate {
        let entries: Vec<_> = self.entries.iter().filter_map(|entry| self.certified_entry(entry)).collect();
        let shredding = &self.shredding.shredding;
        ShreddingCertificate {
            form: Form::First,
            genesis: self.genesis,
            block: self.block,
            record: self.record,
            compartment: self.known.compartment,
            author: self.known.author,
            custodian: self.known.custodian,
            states: states_of(&entries),
            versions: self.versions.iter().map(certified_version).collect(),
            shredding: CertifiedShredding {
                number: self.shredding.number,
                requested_by: shredding.requested_by,
                requested_at: shredding.requested_at,
                by: shredding.by,
                at: shredding.at,
                block: shredding.block,
                due_at: shredding.due_at(),
            },
            log: CertifiedLog { length: self.log.length, head: self.log.hash, entries },
            institutions: self.institutions.iter().filter_map(|it| self.certified_institution(it)).collect(),
            not_governed: UngovernedCopies::ALL.to_vec(),
        }
    }

    /// By when the word of an institution is due. One that was admitted later has as long as all others had.
    pub(super) fn due_at(&self, institution: InstitutionId) -> Moment {
        let due = self.shredding.shredding.due_at();
        let admitted = self.admitted.get(&institution);
        admitted.map_or(due, |admitted| due.max(admitted.saturating_add(ATTESTATION_TIME)))
    }

    /// The institution, if it kept the record, has a vault or attested.
    fn certified_institution(&self, found: &NumberedInstitution) -> Option<CertifiedInstitution> {
        let NumberedInstitution { number, institution } = found;
        let attestation = self.attestations.get(number).map(CertifiedAttestation::from);
        let is_custodian = *number == self.known.custodian;
        let has_vault = !institution.profile.vault_address.is_empty();
        if !is_custodian && !has_vault && attestation.is_none() {
            return None;
        }
        let (status, due_at) = (institution.status, self.due_at(*number));
        let (institution, word) = (*number, Word::Waiting);
        let certified =
            CertifiedInstitution { institution, is_custodian, status, has_vault, due_at, word, attestation };
        Some(CertifiedInstitution { word: certified.judged(self.block.at), ..certified })
    }

    fn certified_entry(&self, entry: &Entry) -> Option<CertifiedEntry> {
        let Entry { sequence, at, block, actor, institution, action, subject, reason, .. } = *entry;
        let is_about = matches!(subject, Subject::Record(id, _) if id == self.record);
        (is_about && is_certified(action)).then_some(CertifiedEntry {
            place: sequence,
            at,
            block,
            action,
            by: actor,
            institution,
            reason,
        })
    }
}

/// Whether the state still has the beginning of a log.
pub(super) fn is_whole(entries: &[Entry]) -> bool {
    entries.first().is_some_and(|first| first.sequence == 0)
}

/// The institution that an entry says was admitted, and when.
fn admission(entry: &Entry) -> Option<(InstitutionId, Moment)> {
    match (entry.action, entry.subject) {
        (Action::InstitutionAdmitted, Subject::Institution(institution)) => Some((institution, entry.at)),
        _ => None,
    }
}

fn certified_version(found: &NumberedVersion) -> CertifiedVersion {
    let NumberedVersion { number, version } = found;
    CertifiedVersion {
        number: *number,
        content: version.content,
        key_envelope: version.key_envelope,
        epoch: version.epoch,
        grant_envelopes: version.grant_envelopes.iter().map(|sealed| sealed.envelope).collect(),
    }
}

impl From<&Attestation> for CertifiedAttestation {
    fn from(attestation: &Attestation) -> Self {
        let Attestation { by, at, absence } = *attestation;
        Self { by, at, absent: absence.absent, kept: absence.kept, store: absence.store }
    }
}
