// SPDX-License-Identifier: Apache-2.0

//! Putting sealed objects into a vault, before a transaction makes them count.

use super::{
    asking::{Patience, PATIENCE},
    Agent, AgentError,
};
use salus_gate::protocol::{AnnouncedObject, StageRequest, MAX_OBJECTS};
use salus_primitives::{access::Scope, charts::Chart, ChartId, Digest, InstitutionId, RecordKey};
use salus_vault_client::SealedObject;

/// Sealed objects for one vault, and what will name them.
pub(super) struct ForVault {
    chart: ChartId,
    scope: Option<Scope>,
    record: Option<RecordKey>,
    objects: Vec<SealedObject>,
}

impl ForVault {
    /// Objects that the chart itself, its grants or its requests will name.
    pub(super) fn of_chart(chart: ChartId) -> Self {
        Self { chart, scope: None, record: None, objects: Vec::new() }
    }

    /// Objects that a version of a record will name, in a part of the chart to which the member may add.
    pub(super) fn of_record(chart: ChartId, scope: Scope, record: RecordKey) -> Self {
        Self { chart, scope: Some(scope), record: Some(record), objects: Vec::new() }
    }

    /// Adds an object; its id.
    pub(super) fn add(&mut self, object: impl Into<SealedObject>) -> Digest {
        let object = object.into();
        let id = object.id();
        self.objects.push(object);
        id
    }
}

impl Agent {
    /// Puts objects into the vault where the chart's own objects lie.
    pub(super) async fn store_at_home(&self, chart: &Chart, objects: ForVault) -> Result<(), AgentError> {
        let home = self.home_of(chart).await?;
        self.store(home, vec![objects]).await
    }

    /// Puts objects of one chart into the vault of `institution`. Once this returns, they are on its disk.
    pub(super) async fn store(&self, institution: InstitutionId, parts: Vec<ForVault>) -> Result<(), AgentError> {
        let Some(ForVault { chart, scope, .. }) = parts.first() else { return Ok(()) };
        let (chart, scope) = (*chart, *scope);
        let announced = parts.into_iter().flat_map(|part| part.objects.into_iter().map(move |it| (part.record, it)));
        let (records, objects): (Vec<_>, Vec<_>) = announced.unzip();
        for (records, objects) in records.chunks(MAX_OBJECTS).zip(objects.chunks(MAX_OBJECTS)) {
            let announced = objects.iter().zip(records);
            let announced =
                announced.map(|(it, record)| AnnouncedObject { id: it.id(), size: it.size(), record: *record });
            let request = StageRequest { chart, scope, writer: self.id, objects: announced.collect() };
            let mut patience = Patience::of(PATIENCE);
            loop {
                let signed = self.signed(request.clone(), institution).await?;
                match self.services.store(institution, &signed, objects).await {
                    Err(error) if error.is_passing() && patience.lasts().await => {}
                    stored => break stored?,
                }
            }
        }
        Ok(())
    }
}
