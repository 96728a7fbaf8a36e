// SPDX-License-Identifier: Apache-2.0

//! The end of staging.

use salus_gate::{
    protocol::{AnnouncedObject, StageRequest},
    StagingPermit, WriterKind,
};
use salus_gate_testing::{record, World, CHART, DOCTOR, HOSPITAL, NOW};
use salus_primitives::{time::HOUR, ChartId, Digest, Moment, RecordId, RecordKey};
use salus_vault_service::staging::{collect, CollectError, Collected, Ledger, Limits, NamedObjects};
use std::{collections::BTreeSet, io};

/// A chain that names these objects, or does not answer.
struct Named {
    by_chart: BTreeSet<Digest>,
    by_record: BTreeSet<Digest>,
    answers: bool,
}

impl Named {
    fn answer(&self, objects: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, io::Error> {
        match self.answers {
            true => Ok(objects.clone()),
            false => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl NamedObjects for Named {
    type Error = io::Error;

    async fn by_chart(&self, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, io::Error> {
        assert!(chart == CHART && since < NOW);
        self.answer(&self.by_chart)
    }

    async fn by_record(&self, id: RecordId) -> Result<BTreeSet<Digest>, io::Error> {
        assert_eq!(id, record(1));
        self.answer(&self.by_record)
    }
}

#[tokio::test]
async fn named_objects_stay_and_others_are_deleted_when_they_expire() {
    let world = World::new().await;
    let ledger = Ledger::open(&world.vault, Limits::default()).unwrap();
    let mut ids = Vec::new();
    for (byte, key) in [(1, None), (2, None), (3, Some(RecordKey([1; 16]))), (4, Some(RecordKey([1; 16])))] {
        let id = world.put(vec![byte; 10]).await;
        let object = AnnouncedObject { id, size: 10, record: key };
        let request = StageRequest { chart: CHART, scope: None, writer: DOCTOR, objects: vec![object] };
        let permit = StagingPermit { writer: DOCTOR, institution: HOSPITAL, kind: WriterKind::Own };
        ledger.enter(&permit, &request, &BTreeSet::new(), NOW).unwrap();
        ids.push(id);
    }
    let before = world.vault.len().await.unwrap();
    let mut chain = Named { by_chart: [ids[0]].into(), by_record: [ids[2]].into(), answers: false };
    let end = NOW + 24 * HOUR;
    let silent = collect(&ledger, &world.vault, &chain, end).await;
    assert!(matches!(silent, Err(CollectError::Chain(_))));
    assert_eq!((ledger.usage(), world.vault.len().await.unwrap()), ((4, 40), before), "nothing is deleted unasked");

    chain.answers = true;
    let early = collect(&ledger, &world.vault, &chain, end - 1).await.unwrap();
    assert_eq!((early, ledger.usage()), (Collected { kept: 2, deleted: 0 }, (2, 20)));
    let restarted = Ledger::open(&world.vault, Limits::default()).unwrap();
    assert_eq!(restarted.usage(), (2, 20));
    let late = collect(&restarted, &world.vault, &chain, end).await.unwrap();
    assert_eq!((late, restarted.usage()), (Collected { kept: 0, deleted: 2 }, (0, 0)));
    for (id, stays) in ids.iter().zip([true, false, true, false]) {
        assert_eq!(world.vault.has(id).await.unwrap(), stays);
    }
    assert_eq!(Ledger::open(&world.vault, Limits::default()).unwrap().usage(), (0, 0));
}
