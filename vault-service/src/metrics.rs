// SPDX-License-Identifier: Apache-2.0

//! The metrics of the service, for Prometheus. They count requests, and say nothing about readers or records.

use super::staging::Collected;
use prometheus::{IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use salus_gate::protocol::GateRefusal;

/// The counters.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    staged_objects: IntGauge,
    staged_bytes: IntGauge,
    collected: IntCounterVec,
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

    fn label(&self) -> &str {
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
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(staged_objects.clone()))?;
        registry.register(Box::new(staged_bytes.clone()))?;
        registry.register(Box::new(collected.clone()))?;
        Ok(Self { registry, requests, staged_objects, staged_bytes, collected })
    }

    pub(super) fn count(&self, path: &str, outcome: Outcome) {
        self.requests.with_label_values(&[path, outcome.label()]).inc();
    }

    pub(super) fn show_staged(&self, objects: u64, bytes: u64) {
        self.staged_objects.set(objects.try_into().unwrap_or(i64::MAX));
        self.staged_bytes.set(bytes.try_into().unwrap_or(i64::MAX));
    }

    /// Counts what a collection did.
    pub fn count_collected(&self, collected: &Collected) {
        self.collected.with_label_values(&["kept"]).inc_by(collected.kept);
        self.collected.with_label_values(&["deleted"]).inc_by(collected.deleted);
    }

    /// The counters in the text format of Prometheus.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
