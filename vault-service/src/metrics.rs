// SPDX-License-Identifier: Apache-2.0

//! The metrics of the service, for Prometheus. They count requests, and say nothing about readers or records.

use super::{
    copies::Copied,
    migration::Migrated,
    notices::{Delivered, Desk, Way},
    shredding::Shredded,
    staging::Collected,
    unnamed::{SweepError, Swept},
};
use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use salus_gate::protocol::GateRefusal;
use salus_primitives::InstitutionId;

/// Why the service closes a connection.
const TOO_MANY: &str = "too-many";
const STALLED: &str = "stalled";
const CLOSED: [&str; 2] = [TOO_MANY, STALLED];
/// How an object of the vault turns out.
const WHOLE: &str = "whole";
const DAMAGED: &str = "damaged";
/// The outcomes of an attempt to send a letter about notices.
const SENT: &str = "sent";
const FAILED: &str = "failed";
const GIVEN_UP: &str = "given-up";
const LETTERS: [&str; 3] = [SENT, FAILED, GIVEN_UP];

/// The counters.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    staged_objects: IntGauge,
    staged_bytes: IntGauge,
    collected: IntCounterVec,
    missing: IntGaugeVec,
    copied: IntCounterVec,
    receipts_posted: IntCounter,
    receipts_overdue: IntGauge,
    migrated: IntGaugeVec,
    never_came: IntGaugeVec,
    own_objects: IntGaugeVec,
    under_replicated: IntGauge,
    copy_checks: IntCounterVec,
    repaired: IntCounter,
    hashed: IntCounterVec,
    unnamed: IntGauge,
    unnamed_deleted: IntCounter,
    sweeps: IntCounterVec,
    shredded: IntCounter,
    attested: IntCounter,
    shreddings_waiting: IntGauge,
    under_way: IntGauge,
    connections: IntGauge,
    closed: IntCounterVec,
    ready: IntGauge,
    free_bytes: IntGauge,
    letters: IntCounterVec,
    letters_waiting: IntGaugeVec,
}

/// The outcome of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// It was answered.
    Served,
    /// The gate refused it, with this code.
    Refused(String),
    /// The message was not a request that the gate can judge.
    Invalid,
    /// Node or vault failed.
    Failed,
}

impl Outcome {
    /// The outcome that a problem with this status and refusal tells.
    pub(super) fn of(status: u16, refusal: Option<&GateRefusal>) -> Self {
        let code = refusal.and_then(|refusal| serde_json::to_value(refusal).ok());
        let code = code.and_then(|refusal| Some(refusal.get("code")?.as_str()?.to_owned()));
        match (code, status) {
            (Some(code), _) => Self::Refused(code),
            (None, 500..) => Self::Failed,
            (None, _) => Self::Invalid,
        }
    }

    pub(super) fn label(&self) -> &str {
        match self {
            Self::Served => "served",
            Self::Refused(code) => code,
            Self::Invalid => "invalid",
            Self::Failed => "failed",
        }
    }
}

impl Metrics {
    /// Counters that begin with zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new(
                "salus_vault_requests_total",
                "Requests by path and outcome; an outcome may be the code of a refusal",
            ),
            &["path", "outcome"],
        )?;
        let staged_objects =
            IntGauge::new("salus_vault_staged_objects", "Objects in the vault that the chain does not name yet")?;
        let staged_bytes = IntGauge::new("salus_vault_staged_bytes", "Bytes of these objects")?;
        let collected = IntCounterVec::new(
            Opts::new("salus_vault_collected_total", "Staged objects that the chain named, or that expired"),
            &["outcome"],
        )?;
        let missing = IntGaugeVec::new(
            Opts::new(
                "salus_vault_missing_objects",
                "Objects that should be in the vault, were there once or are with a partner that is away, by the institution in whose vault they belong",
            ),
            &["institution"],
        )?;
        let copied = IntCounterVec::new(
            Opts::new(
                "salus_vault_copied_total",
                "Objects fetched from partners, by the institution in whose vault they belong",
            ),
            &["institution"],
        )?;
        let receipts_posted = IntCounter::new(
            "salus_vault_receipts_posted_total",
            "Openings for which the finalized log has this institution's receipts",
        )?;
        let receipts_overdue = IntGauge::new(
            "salus_vault_receipts_overdue",
            "Openings whose sessions ended half an hour ago, and for which the log does not have them",
        )?;
        let migrated = IntGaugeVec::new(
            Opts::new(
                "salus_vault_migrated_objects",
                "Objects of the previous store that the last migration looked at, by what became of them",
            ),
            &["outcome"],
        )?;
        let never_came = IntGaugeVec::new(
            Opts::new(
                "salus_vault_never_came_objects",
                "Objects that the chain names and that never came, by the institution in whose vault they belong",
            ),
            &["institution"],
        )?;
        let own_objects = IntGaugeVec::new(
            Opts::new("salus_vault_own_objects", "Objects of the institution, by how many other vaults keep them"),
            &["copies"],
        )?;
        let under_replicated = IntGauge::new(
            "salus_vault_under_replicated_objects",
            "Objects of the institution that fewer other vaults keep than there should be",
        )?;
        let copy_checks = IntCounterVec::new(
            Opts::new(
                "salus_vault_copy_checks_total",
                "Copies that were read back, by the institution that keeps them",
            ),
            &["institution", "outcome"],
        )?;
        let repaired =
            IntCounter::new("salus_vault_repaired_total", "Damaged objects whose place another vault's copy took")?;
        let hashed = IntCounterVec::new(
            Opts::new("salus_vault_hashed_total", "Objects of the vault that the service hashed unasked, by outcome"),
            &["outcome"],
        )?;
        [WHOLE, DAMAGED].iter().for_each(|outcome| hashed.with_label_values(&[*outcome]).reset());
        let unnamed = IntGauge::new(
            "salus_vault_unnamed_objects",
            "Objects that the chain named once, names no more, and that wait for their end",
        )?;
        let unnamed_deleted = IntCounter::new(
            "salus_vault_unnamed_deleted_total",
            "Objects that were deleted because they were unnamed",
        )?;
        let sweeps = IntCounterVec::new(
            Opts::new("salus_vault_sweeps_total", "Sweeps for unnamed objects, by outcome"),
            &["outcome"],
        )?;
        // `increase` sees the first of them only if the counter was there before.
        ["finished", "refused", "failed"].iter().for_each(|outcome| drop(sweeps.with_label_values(&[*outcome])));
        let shredded = IntCounter::new(
            "salus_vault_shredded_objects_total",
            "Objects that were deleted because their records are shredded",
        )?;
        let attested = IntCounter::new(
            "salus_vault_shreddings_attested_total",
            "Shreddings for which the finalized chain got this institution's attestation",
        )?;
        let shreddings_waiting = IntGauge::new(
            "salus_vault_shreddings_waiting",
            "Shreddings of which an object cannot be deleted yet, or which this institution has not attested",
        )?;
        let under_way =
            IntGauge::new("salus_vault_under_way", "Requests and answers that are under way, of 1,024 at most")?;
        let connections = IntGauge::new("salus_vault_connections", "Connections, with or without requests")?;
        let closed = IntCounterVec::new(
            Opts::new(
                "salus_vault_closed_connections_total",
                "Connections that the service closed: there were too many, or one took no bytes",
            ),
            &["reason"],
        )?;
        let ready = IntGauge::new("salus_vault_ready", "1 while the service is ready, as `/ready` says it, else 0")?;
        let free_bytes = IntGauge::new("salus_vault_free_bytes", "Bytes that are free on the disk of the vault")?;
        let letters = IntCounterVec::new(
            Opts::new("salus_vault_letters_total", "Letters about notices, by way and by what became of an attempt"),
            &["way", "outcome"],
        )?;
        let letters_waiting = IntGaugeVec::new(
            Opts::new("salus_vault_letters_waiting", "Letters about notices that wait to be sent, by way"),
            &["way"],
        )?;
        for way in Way::ALL {
            LETTERS.iter().for_each(|outcome| drop(letters.with_label_values(&[way.word(), *outcome])));
        }
        // Alerts see the first one only if they saw none before.
        CLOSED.iter().for_each(|reason| closed.with_label_values(&[reason]).reset());
        let registry = Registry::new();
        registry.register(Box::new(migrated.clone()))?;
        registry.register(Box::new(unnamed.clone()))?;
        registry.register(Box::new(unnamed_deleted.clone()))?;
        registry.register(Box::new(sweeps.clone()))?;
        registry.register(Box::new(shredded.clone()))?;
        registry.register(Box::new(attested.clone()))?;
        registry.register(Box::new(shreddings_waiting.clone()))?;
        registry.register(Box::new(never_came.clone()))?;
        registry.register(Box::new(own_objects.clone()))?;
        registry.register(Box::new(under_replicated.clone()))?;
        registry.register(Box::new(copy_checks.clone()))?;
        registry.register(Box::new(repaired.clone()))?;
        registry.register(Box::new(hashed.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(staged_objects.clone()))?;
        registry.register(Box::new(staged_bytes.clone()))?;
        registry.register(Box::new(collected.clone()))?;
        registry.register(Box::new(missing.clone()))?;
        registry.register(Box::new(copied.clone()))?;
        registry.register(Box::new(receipts_posted.clone()))?;
        registry.register(Box::new(receipts_overdue.clone()))?;
        registry.register(Box::new(under_way.clone()))?;
        registry.register(Box::new(connections.clone()))?;
        registry.register(Box::new(closed.clone()))?;
        registry.register(Box::new(ready.clone()))?;
        registry.register(Box::new(free_bytes.clone()))?;
        registry.register(Box::new(letters.clone()))?;
        registry.register(Box::new(letters_waiting.clone()))?;
        Ok(Self {
            registry,
            requests,
            staged_objects,
            staged_bytes,
            collected,
            missing,
            copied,
            receipts_posted,
            receipts_overdue,
            migrated,
            never_came,
            own_objects,
            under_replicated,
            copy_checks,
            repaired,
            hashed,
            unnamed,
            unnamed_deleted,
            sweeps,
            shredded,
            attested,
            shreddings_waiting,
            under_way,
            connections,
            closed,
            ready,
            free_bytes,
            letters,
            letters_waiting,
        })
    }

    pub(super) fn count(&self, path: &str, outcome: Outcome) {
        self.requests.with_label_values(&[path, outcome.label()]).inc();
    }

    pub(super) fn show_staged(&self, objects: u64, bytes: u64) {
        self.staged_objects.set(objects.try_into().unwrap_or(i64::MAX));
        self.staged_bytes.set(bytes.try_into().unwrap_or(i64::MAX));
    }

    /// Shows how far a migration has come.
    pub fn show_migrated(&self, migrated: &Migrated) {
        let damaged = migrated.damaged.len() as u64;
        for (outcome, count) in [("copied", migrated.copied), ("present", migrated.present), ("damaged", damaged)] {
            self.migrated.with_label_values(&[outcome]).set(count.try_into().unwrap_or(i64::MAX));
        }
    }

    pub(super) fn show_under_way(&self, requests: usize) {
        self.under_way.set(requests.try_into().unwrap_or(i64::MAX));
    }

    pub(super) fn show_ready(&self, ready: bool) {
        self.ready.set(ready.into());
    }

    pub(super) fn show_free(&self, bytes: u64) {
        self.free_bytes.set(bytes.try_into().unwrap_or(i64::MAX));
    }

    /// Counts a connection that begins, or one that ends.
    pub(super) fn count_connection(&self, begins: bool) {
        match begins {
            true => self.connections.inc(),
            false => self.connections.dec(),
        }
    }

    pub(super) fn count_turned_away(&self) {
        self.closed.with_label_values(&[TOO_MANY]).inc();
    }

    pub(super) fn count_stalled(&self) {
        self.closed.with_label_values(&[STALLED]).inc();
    }

    /// Counts what a collection did.
    pub fn count_collected(&self, collected: &Collected) {
        self.collected.with_label_values(&["kept"]).inc_by(collected.kept);
        self.collected.with_label_values(&["deleted"]).inc_by(collected.deleted);
    }

    /// Counts a sweep for unnamed objects.
    pub fn count_sweep<E: std::error::Error>(&self, outcome: &Result<Swept, SweepError<E>>) {
        let label = match outcome {
            Ok(swept) => {
                self.unnamed.set(swept.unnamed.try_into().unwrap_or(i64::MAX));
                self.unnamed_deleted.inc_by(swept.deleted);
                "finished"
            }
            Err(error) if error.is_refusal() => "refused",
            Err(_) => "failed",
        };
        self.sweeps.with_label_values(&[label]).inc();
    }

    /// Counts what a round over shreddings did, and shows what it left.
    pub fn count_shredded(&self, shredded: &Shredded) {
        self.shredded.inc_by(shredded.deleted);
        self.attested.inc_by(shredded.attested);
        self.shreddings_waiting.set(shredded.waiting.try_into().unwrap_or(i64::MAX));
    }

    /// Counts shreddings that the chain took an attestation for.
    pub fn count_attested(&self, shreddings: u64) {
        self.attested.inc_by(shreddings);
    }

    /// How many shreddings wait.
    pub(super) fn shreddings_waiting(&self) -> u64 {
        self.shreddings_waiting.get().try_into().unwrap_or_default()
    }

    /// Shows what a round of copying left, for these institutions, and counts what came.
    pub fn show_copied(&self, institutions: &[InstitutionId], copied: &Copied) {
        for institution in institutions {
            let label = institution.to_string();
            let missing = copied.missing.get(institution).copied().unwrap_or_default();
            self.missing.with_label_values(&[label.as_str()]).set(missing.try_into().unwrap_or(i64::MAX));
            let never_came = copied.never_came.get(institution).copied().unwrap_or_default();
            self.never_came.with_label_values(&[label.as_str()]).set(never_came.try_into().unwrap_or(i64::MAX));
            let came = copied.copied.get(institution).copied().unwrap_or_default();
            self.copied.with_label_values(&[label.as_str()]).inc_by(came);
            let checks = copied.checks.get(institution).copied().unwrap_or_default();
            self.copy_checks.with_label_values(&[label.as_str(), "whole"]).inc_by(checks.whole);
            self.copy_checks.with_label_values(&[label.as_str(), "false"]).inc_by(checks.false_claims);
        }
        // A number of copies that no object has any more is shown as none, for as long as the process lives.
        let most = copied.copies.keys().last().copied().unwrap_or_default().max(copied.wanted);
        for number in 0..=most {
            let objects = copied.copies.get(&number).copied().unwrap_or_default();
            let label = number.to_string();
            self.own_objects.with_label_values(&[label.as_str()]).set(objects.try_into().unwrap_or(i64::MAX));
        }
        self.under_replicated.set(copied.under_replicated.try_into().unwrap_or(i64::MAX));
        self.repaired.inc_by(copied.repaired);
    }

    /// Counts an object that was hashed unasked.
    pub fn count_hashed(&self, is_whole: bool) {
        self.hashed.with_label_values(&[if is_whole { WHOLE } else { DAMAGED }]).inc();
    }

    /// Counts openings whose receipts were found in the log.
    pub fn count_posted(&self, openings: u64) {
        self.receipts_posted.inc_by(openings);
    }

    /// Counts what a round of sending letters did.
    pub fn count_letters(&self, way: Way, delivered: &Delivered) {
        let Delivered { sent, failed, given_up, .. } = delivered;
        for (outcome, count) in [(SENT, sent), (FAILED, failed), (GIVEN_UP, given_up)] {
            self.letters.with_label_values(&[way.word(), outcome]).inc_by(*count);
        }
    }

    pub(super) fn show_letters(&self, desk: &Desk) {
        for way in Way::ALL {
            let waiting = desk.waiting(way).try_into().unwrap_or(i64::MAX);
            self.letters_waiting.with_label_values(&[way.word()]).set(waiting);
        }
    }

    /// Shows how many openings are overdue.
    pub fn show_overdue(&self, openings: usize) {
        self.receipts_overdue.set(openings.try_into().unwrap_or(i64::MAX));
    }

    /// The counters in the text format of Prometheus.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
