// SPDX-License-Identifier: Apache-2.0

//! A certificate against a node: the same network, block, record and entries, and all that institutions had attested by then.

use super::{
    facts::{is_whole, Facts},
    form::{states_of, CertifiedAttestation, CertifiedEntry, CertifiedInstitution, CertifiedLog, ShreddingCertificate},
    ungoverned::UngovernedCopies,
};
use crate::agent::AgentError;
use salus_chain::{At, Chain};
use salus_primitives::{
    audit::{Action, Actor, Entry, LogHead, LogId, Reason},
    Digest, InstitutionId, Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

/// A certificate that was compared with a node.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct CheckedCertificate {
    /// The facts that are otherwise on the node's chain, in words. A certificate without differences holds.
    pub differences: Vec<String>,
    /// The facts that came since, and those that this node cannot tell.
    pub notes: Vec<String>,
}

/// The node's chain at the height of a certificate's block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Block {
    /// The number of the newest finalized block.
    finalized: u64,
    /// The hash of the block; none if there is no such block.
    hash: Option<Digest>,
    /// Its time; none if the node does not have its state any more.
    at: Option<Moment>,
}

impl CheckedCertificate {
    /// Whether the certificate holds.
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    fn differs(&mut self, difference: impl Into<String>) {
        self.differences.push(difference.into());
    }

    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Compares one fact.
    fn compare<T: PartialEq + Display>(&mut self, fact: &str, certified: T, found: T) {
        if certified != found {
            self.differs(format!("{fact}: `{certified}` in the certificate, `{found}` on the chain"));
        }
    }

    /// Compares one time.
    fn compare_time(&mut self, fact: &str, certified: Moment, found: Moment) {
        self.compare(fact, exact(certified), exact(found));
    }
}

impl ShreddingCertificate {
    /// Compares each fact with a node. The node may know more by now: attestations that came since are notes, not differences.
    pub async fn check(&self, chain: &Chain) -> Result<CheckedCertificate, AgentError> {
        let mut checked = CheckedCertificate::default();
        checked.compare("genesis block", self.genesis, chain.genesis());
        if !checked.holds() {
            return Ok(checked);
        }
        let block = self.block_on(chain).await?;
        self.check_block(&block, &mut checked);
        match Facts::fetch(chain, self.record).await {
            Ok(facts) => self.check_facts(&facts, &block, &mut checked),
            Err(missing @ (AgentError::NoRecord(_) | AgentError::NotShredded(_))) => {
                checked.differs(missing.to_string())
            }
            Err(error) => return Err(error),
        }
        Ok(checked)
    }

    async fn block_on(&self, chain: &Chain) -> Result<Block, AgentError> {
        let finalized = chain.head(At::Finalized).await?.number;
        let hash = match u32::try_from(self.block.number) {
            Ok(number) if self.block.number <= finalized => chain.block_hash(number).await?,
            _ => None,
        };
        // Nodes keep the states of some hundred blocks, unless they are archives.
        let at = match hash {
            Some(hash) => chain.now(At::Block(hash)).await.ok(),
            None => None,
        };
        Ok(Block { finalized, hash, at })
    }

    fn check_block(&self, block: &Block, checked: &mut CheckedCertificate) {
        let number = self.block.number;
        match block.hash {
            None if block.finalized < number => {
                let last = block.finalized;
                checked.differs(format!("block `{number}` is not final at this node, whose last is `{last}`"));
            }
            None => checked.differs(format!("this node does not know block `{number}`")),
            Some(hash) => checked.compare(&format!("hash of block `{number}`"), self.block.hash, hash),
        }
    }

    fn check_facts(&self, facts: &Facts, block: &Block, checked: &mut CheckedCertificate) {
        let now = facts.certificate();
        checked.compare("compartment", self.compartment, now.compartment);
        checked.compare("author", self.author, now.author);
        checked.compare("custodian", self.custodian, now.custodian);
        self.check_versions(&now, checked);
        self.check_shredding(&now, checked);
        self.check_entries(facts, &now, checked);
        self.check_log(facts, checked);
        self.check_time(facts, block, checked);
        self.check_institutions(facts, &now, checked);
        if self.not_governed != UngovernedCopies::ALL {
            checked.differs("the certificate does not list exactly the copies that it does not govern");
        }
    }

    fn check_versions(&self, now: &Self, checked: &mut CheckedCertificate) {
        checked.compare("number of versions", self.versions.len(), now.versions.len());
        for (certified, found) in self.versions.iter().zip(&now.versions) {
            if certified != found {
                checked.differs(format!("version `{}` is another on the chain", found.number));
            }
        }
    }

    fn check_shredding(&self, now: &Self, checked: &mut CheckedCertificate) {
        let (certified, found) = (&self.shredding, &now.shredding);
        checked.compare("number of the shredding", certified.number, found.number);
        checked.compare("member who asked", certified.requested_by, found.requested_by);
        checked.compare_time("time of the request", certified.requested_at, found.requested_at);
        checked.compare("member who carried it out", certified.by, found.by);
        checked.compare_time("time of the shredding", certified.at, found.at);
        checked.compare("block of the shredding", certified.block, found.block);
        checked.compare_time("time by which attestations are due", certified.due_at, found.due_at);
        if self.block.number < found.block.into() {
            checked.differs(format!("the record was shredded only after block `{}`", self.block.number));
        }
    }

    /// Whether the entries stand at their places, and whether all are there that the log had by then.
    fn check_entries(&self, facts: &Facts, now: &Self, checked: &mut CheckedCertificate) {
        let held = facts.entries.first().map_or(facts.log.length, |first| first.sequence);
        let found: BTreeMap<u64, &CertifiedEntry> = now.log.entries.iter().map(|entry| (entry.place, entry)).collect();
        let mut gone = 0usize;
        for entry in &self.log.entries {
            let CertifiedEntry { place, action, .. } = *entry;
            match found.get(&place) {
                _ if place >= self.log.length => {
                    let length = self.log.length;
                    checked.differs(format!("entry `{place}` does not belong to a log of `{length}` entries"));
                }
                _ if place < held => gone = gone.saturating_add(1),
                Some(found) if *found == entry => {}
                _ => checked.differs(format!("entry `{place}` ({}) is another on the chain", action.word())),
            }
        }
        let certified: BTreeSet<u64> = self.log.entries.iter().map(|entry| entry.place).collect();
        for (place, entry) in found.range(..self.log.length).filter(|(place, _)| !certified.contains(place)) {
            checked.differs(format!("entry `{place}` ({}) is missing in the certificate", entry.action.word()));
        }
        if !self.log.entries.is_sorted_by(|one, other| one.place < other.place) {
            checked.differs("the entries of the certificate do not stand in the order of their places");
        }
        if self.states != states_of(&self.log.entries) {
            checked.differs("the states of the record are not those of which its entries tell");
        }
        if gone > 0 {
            checked.note(format!(
                "{gone} entries are older than the log of this node's state, so they could not be compared"
            ));
        }
    }

    /// Whether the log had so many entries at the block, and this head.
    fn check_log(&self, facts: &Facts, checked: &mut CheckedCertificate) {
        let CertifiedLog { length, head, .. } = self.log;
        let is_by_then = |entry: &&Entry| u64::from(entry.block) <= self.block.number;
        let is_cut = |entry: &Entry| (entry.sequence < length) != is_by_then(&entry);
        if facts.log.length < length || facts.entries.iter().any(is_cut) {
            return checked.differs(format!("the chart's log did not have `{length}` entries at the block"));
        }
        if facts.log.length == length {
            return checked.compare("head of the chart's log", head, facts.log.hash);
        }
        if !is_whole(&facts.entries) {
            return checked.note(
                "the state of this node does not have the beginning of the chart's log, so the head could not be compared",
            );
        }
        let empty = LogHead::empty(LogId::Chart(self.record.chart));
        let reached =
            facts.entries.iter().take_while(is_by_then).fold(empty, |head, entry| head.after(&entry.stored()));
        checked.compare("head of the chart's log", head, reached.hash);
    }

    /// Whether the block was made when the certificate says so. It decides who was late or overdue.
    fn check_time(&self, facts: &Facts, block: &Block, checked: &mut CheckedCertificate) {
        let certified = self.block.at;
        if let Some(at) = block.at {
            return checked.compare_time("time of the block", certified, at);
        }
        let (before, after): (Vec<&Entry>, Vec<&Entry>) =
            facts.entries.iter().partition(|it| it.sequence < self.log.length);
        let is_before_one = before.last().is_some_and(|last| certified < last.at);
        let is_after_one = after.first().is_some_and(|first| first.at < certified);
        match is_before_one || is_after_one {
            true => {
                checked.differs(format!("time of the block: `{}` does not fit into the chart's log", exact(certified)))
            }
            false => checked.note(format!(
                "this node does not have the state of block `{}` any more; its time fits into the chart's log",
                self.block.number
            )),
        }
    }

    fn check_institutions(&self, facts: &Facts, now: &Self, checked: &mut CheckedCertificate) {
        if !self.institutions.is_sorted_by(|one, other| one.institution < other.institution) {
            checked.differs("the institutions of the certificate do not stand in the order of their numbers");
        }
        for certified in &self.institutions {
            self.check_institution(certified, facts, now, checked);
        }
        let named: BTreeSet<_> = self.institutions.iter().map(|it| it.institution).collect();
        for found in now.institutions.iter().filter(|it| !named.contains(&it.institution)) {
            let CertifiedInstitution { institution, is_custodian, .. } = *found;
            match is_custodian || self.had_attested(institution, now) {
                true => checked.differs(format!("institution `{institution}` is missing in the certificate")),
                false => checked.note(format!(
                    "institution `{institution}` has a vault now and is not in the certificate: it may have none at that time"
                )),
            }
        }
    }

    fn check_institution(
        &self,
        certified: &CertifiedInstitution,
        facts: &Facts,
        now: &Self,
        checked: &mut CheckedCertificate,
    ) {
        let institution = certified.institution;
        if !facts.institutions.iter().any(|it| it.number == institution) {
            return checked.differs(format!("there is no institution `{institution}`"));
        }
        let due_at = facts.due_at(institution);
        let may_be_new = !facts.has_all_admissions && !facts.admitted.contains_key(&institution);
        match may_be_new && due_at < certified.due_at {
            true => checked.note(format!(
                "the state of this node does not tell any more when institution `{institution}` was admitted, so the time for \
                 its word could not be compared"
            )),
            false => checked.compare_time(
                &format!("time by which the word of institution `{institution}` is due"),
                certified.due_at,
                due_at,
            ),
        }
        if certified.is_custodian != (institution == facts.known.custodian) {
            checked.differs(format!("institution `{institution}`: the chain has another custodian"));
        }
        if let Some(found) = now.institutions.iter().find(|it| it.institution == institution) {
            match (certified.has_vault, found.has_vault) {
                // Else a certificate could call one excused that is overdue.
                (false, true) => checked.differs(format!(
                    "institution `{institution}` has a vault, as the chain says; if it has one since, make the certificate again"
                )),
                (true, false) => checked.note(format!("institution `{institution}` has no vault any more")),
                _ => {}
            }
            if certified.status != found.status {
                checked.note(format!("institution `{institution}` has another status now"));
            }
        }
        if certified.word != certified.judged(self.block.at) {
            checked.differs(format!(
                "institution `{institution}` is judged otherwise than the certificate's own times say"
            ));
        }
        let found = facts.attestations.get(&institution).map(CertifiedAttestation::from);
        match (certified.attestation, found) {
            (None, None) => {}
            (None, Some(found)) if self.had_attested(institution, now) || found.at <= self.block.at => {
                checked.differs(format!("institution `{institution}` had attested by then, as the chain says"))
            }
            (None, Some(_)) => checked.note(format!("institution `{institution}` has attested since")),
            (Some(certified), Some(found)) if certified == found => {
                if self.block.at < certified.at {
                    checked.differs(format!("institution `{institution}` had not attested by then"));
                }
            }
            // Objects stayed at first, and later they did not.
            (Some(certified), Some(found)) if certified.kept > 0 && certified.at < found.at => {
                self.check_earlier_word(institution, &certified, now, checked)
            }
            (Some(_), _) => {
                checked.differs(format!("institution `{institution}` attested something else on the chain"))
            }
        }
    }

    /// Whether the log has a word that a later one took the place of.
    fn check_earlier_word(
        &self,
        institution: InstitutionId,
        certified: &CertifiedAttestation,
        now: &Self,
        checked: &mut CheckedCertificate,
    ) {
        let CertifiedAttestation { by, at, absent, .. } = *certified;
        let is_it = |entry: &CertifiedEntry| {
            entry.action == Action::ShreddingAttested
                && entry.institution == Some(institution)
                && (entry.by, entry.at, entry.reason) == (Actor::Member(by), at, Some(Reason::Count(absent)))
        };
        match now.log.entries.iter().any(is_it) {
            true => checked.note(format!("institution `{institution}` has attested again since")),
            false => checked.differs(format!("the log has no such attestation of institution `{institution}`")),
        }
    }

    /// Whether the log had an attestation of the institution when it was as long as the certificate says.
    fn had_attested(&self, institution: InstitutionId, now: &Self) -> bool {
        now.log.entries.iter().any(|entry| {
            let is_by_then = entry.place < self.log.length;
            is_by_then && entry.action == Action::ShreddingAttested && entry.institution == Some(institution)
        })
    }
}

/// A time in words, to the millisecond.
fn exact(moment: Moment) -> String {
    let time = i64::try_from(moment).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{moment} ms"), |time| time.to_string())
}

#[cfg(test)]
mod tests;
