// SPDX-License-Identifier: Apache-2.0

//! The end of staging.

use salus_gate_testing::{record, World, CHART, DOCTOR, HOSPITAL, NOW};
use salus_primitives::{
    time::{HOUR, MINUTE},
    ChartId, Digest, Moment, RecordId, RecordKey,
};
use salus_vault_service::staging::{
    collect, Account, CollectError, Collected, Ledger, Limits, NamedObjects, StagedObject,
};
use std::{collections::BTreeSet, fs, io, sync::Arc};

const ACCOUNT: Account = Account { writer: DOCTOR, institution: HOSPITAL, staff: true, guest: false };
const LIMITS: Limits =
    Limits { expires_after_hours: 24, member_mebibytes: 1, total_mebibytes: 1, keep_free_mebibytes: 0 };

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
    let ledger = Arc::new(Ledger::open(&world.vault, LIMITS).unwrap());
    let mut ids = Vec::new();
    for (byte, key) in [(1, None), (2, None), (3, Some(RecordKey([1; 16]))), (4, Some(RecordKey([1; 16])))] {
        let (id, account) = (world.put(vec![byte; 10]).await, ACCOUNT);
        ledger.enter(id, StagedObject { chart: CHART, record: key, account, size: 10, at: NOW }).unwrap();
        ids.push(id);
    }
    let before = world.vault.len().await.unwrap();
    let mut chain = Named { by_chart: [ids[0]].into(), by_record: [ids[2]].into(), answers: false };
    // Ten minutes more, for a transaction of the last moment.
    let end = NOW + 24 * HOUR + 10 * MINUTE;
    let (silent, fault) = collect(&ledger, &world.vault, &chain, end).await;
    assert!(matches!(fault, Some(CollectError::Chain(_))) && silent == Collected::default());
    assert_eq!((ledger.usage(), world.vault.len().await.unwrap()), ((4, 40), before), "nothing is deleted unasked");

    chain.answers = true;
    let (early, fault) = collect(&ledger, &world.vault, &chain, end - 1).await;
    assert!(fault.is_none());
    assert_eq!((early, ledger.usage()), (Collected { kept: 2, deleted: 0 }, (2, 20)));
    let restarted = Ledger::open(&world.vault, LIMITS).unwrap();
    assert_eq!(restarted.usage(), (2, 20));
    let (late, _) = collect(&restarted, &world.vault, &chain, end).await;
    assert_eq!((late, restarted.usage()), (Collected { kept: 0, deleted: 2 }, (0, 0)));
    for (id, stays) in ids.iter().zip([true, false, true, false]) {
        assert_eq!(world.vault.has(id).await.unwrap(), stays);
    }
    assert_eq!(Ledger::open(&world.vault, LIMITS).unwrap().usage(), (0, 0));
}

#[tokio::test]
async fn half_a_line_that_a_power_failure_left_is_none_and_a_damaged_one_is_named() {
    let world = World::new().await;
    let ledger = Ledger::open(&world.vault, LIMITS).unwrap();
    let (whole, half) = (world.put(vec![1; 10]).await, world.put(vec![2; 10]).await);
    let staged = StagedObject { chart: CHART, record: None, account: ACCOUNT, size: 10, at: NOW };
    for id in [whole, half] {
        ledger.enter(id, staged.clone()).unwrap();
    }
    let file = world.vault.folder().join("staging/journal");
    let journal = fs::read_to_string(&file).unwrap();
    fs::write(&file, &journal[..journal.len() - 5]).unwrap();
    let restarted = Ledger::open(&world.vault, LIMITS).unwrap();
    assert_eq!(restarted.usage(), (1, 10));
    // Its object stays, and can be staged again.
    assert!(world.vault.has(&half).await.unwrap());
    restarted.enter(half, staged).unwrap();
    assert_eq!(Ledger::open(&world.vault, LIMITS).unwrap().usage(), (2, 20));

    fs::write(&file, journal.replacen(':', ";", 1)).unwrap();
    let fault = Ledger::open(&world.vault, LIMITS).err().unwrap().to_string();
    assert!(fault.contains(&file.display().to_string()) && fault.contains("\nhint: "), "{fault}");
    // The operator does what it says.
    fs::rename(&file, world.vault.folder().join("aside")).unwrap();
    assert_eq!(Ledger::open(&world.vault, LIMITS).unwrap().usage(), (0, 0));
}

#[tokio::test]
async fn objects_that_were_entered_and_struck_out_by_turns_are_counted_once() {
    let world = World::new().await;
    let ledger = Ledger::open(&world.vault, LIMITS).unwrap();
    let (one, other) = (Digest([1; 32]), Digest([2; 32]));
    let staged = |size| StagedObject { chart: CHART, record: None, account: ACCOUNT, size, at: NOW };
    ledger.enter(one, staged(10)).unwrap();
    for size in 1..5 {
        ledger.enter(other, staged(size)).unwrap();
        ledger.strike(&other).unwrap();
    }
    assert_eq!(Ledger::open(&world.vault, LIMITS).unwrap().usage(), (1, 10));
    ledger.enter(other, staged(5)).unwrap();
    let restarted = Ledger::open(&world.vault, LIMITS).unwrap();
    assert_eq!((restarted.usage(), restarted.has(&other)), ((2, 15), true));
}
