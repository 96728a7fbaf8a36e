// SPDX-License-Identifier: Apache-2.0

//! Metrics for Prometheus, besides those of the SDK. They cover actions on the chain, pending members, authorities and
//! seats, absent authorities, the age of the finalized state, and free disk space.
//!
//! The node reads only finalized state, so it never takes a number back. It counts actions by the events of each block:
//! every entry of an audit log has one, which raises the counter of its action. So a new action has its counter without
//! a change here. Repeated denials have a counter of their own, because the log writes them down later.
//!
//! No metric names a member, a chart or a record. Institutions with a seat appear by their numbers.
//!
//! Keys and types are those of the runtime that the node was built with. A newer runtime may have values that they do
//! not fit. Then `salus_metrics_undecoded_blocks_total` rises, and the other metrics go on.

use crate::client::Client;
use codec::{Decode, DecodeAll};
use frame_system::EventRecord;
use futures::StreamExt;
use pallet_salus_audit::Event as AuditEvent;
use pallet_salus_authorities::{Absences, Seat, SeatStatus, Seats};
use pallet_salus_membership::{Event as MembershipEvent, Members, NextMember};
use salus_primitives::{
    audit::Action,
    membership::{Member, MemberStatus},
    InstitutionId, MemberId, Moment,
};
use salus_runtime::{Hash, Runtime, RuntimeEvent};
use sc_client_api::{BlockchainEvents, HeaderBackend, StorageProvider};
use sc_service::TaskManager;
use sp_core::storage::StorageKey;
use sp_io::hashing::twox_128;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use substrate_prometheus_endpoint::{
    register, Counter, CounterVec, Gauge, GaugeVec, MetricSource, Opts, PrometheusError, Registry, SourcedGauge, F64,
    U64,
};

/// At the start, the node looks for pending members among this many of the newest. A challenge stays open for 30
/// minutes, so older ones have given up.
const MAX_MEMBERS: u64 = 10_000;
/// The most values that are read below one prefix: more than there can be seats.
const MAX_VALUES: usize = 1_024;
/// The log target.
const LOG_TARGET: &str = "salus";

/// Registers the metrics, and updates them as long as the node runs. Does nothing without a registry.
pub(crate) fn spawn(tasks: &TaskManager, registry: Option<&Registry>, client: Arc<Client>, data: &Path) {
    let Some(registry) = registry else { return };
    match Figures::register(registry).and_then(|figures| DiskSpace::register(registry, data).map(|()| figures)) {
        // A blocking task, because it reads the database.
        Ok(figures) => tasks.spawn_handle().spawn_blocking("metrics", None, follow(client, figures)),
        Err(error) => log::error!(target: LOG_TARGET, "there are no metrics of the chain: error={error}"),
    }
}

async fn follow(client: Arc<Client>, figures: Figures) {
    let mut finalized = client.finality_notification_stream();
    let mut follower = Follower::new(figures);
    follower.begin(&AtBlock { client: &client, block: client.info().finalized_hash });
    while let Some(notification) = finalized.next().await {
        let at = |block: &Hash| AtBlock { client: &client, block: *block };
        let blocks: Vec<_> = notification.tree_route.iter().map(at).collect();
        follower.note(&blocks, &at(&notification.hash));
    }
}

/// A value is missing in the state, or does not fit the type that this node knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Unread;

/// The state after a block.
trait State {
    /// Returns the value under the key.
    fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unread>;

    /// Returns the values under keys with this prefix, at most [`MAX_VALUES`].
    fn bytes_below(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, Unread>;

    /// Returns the decoded value under the key.
    fn value<T: Decode>(&self, key: &[u8]) -> Result<Option<T>, Unread> {
        self.bytes(key)?.map(|bytes| decoded(&bytes)).transpose()
    }
}

fn decoded<T: Decode>(bytes: &[u8]) -> Result<T, Unread> {
    T::decode_all(&mut &*bytes).map_err(|_| Unread)
}

struct AtBlock<'a> {
    client: &'a Client,
    block: Hash,
}

impl State for AtBlock<'_> {
    fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unread> {
        let value = self.client.storage(self.block, &StorageKey(key.to_vec())).map_err(|_| Unread)?;
        Ok(value.map(|value| value.0))
    }

    fn bytes_below(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, Unread> {
        let pairs = self.client.storage_pairs(self.block, Some(&StorageKey(prefix.to_vec())), None);
        Ok(pairs.map_err(|_| Unread)?.take(MAX_VALUES).map(|(_, value)| value.0).collect())
    }
}

/// Returns the key of a value of the SDK's pallets, whose storage types are private.
fn key_of(pallet: &str, item: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

/// Reads finalized blocks.
struct Follower {
    figures: Figures,
    /// Pending members.
    pending: BTreeSet<MemberId>,
    /// Institutions with a seat, which the metrics name.
    seated: BTreeSet<InstitutionId>,
}

impl Follower {
    fn new(figures: Figures) -> Self {
        Self { figures, pending: BTreeSet::new(), seated: BTreeSet::new() }
    }

    /// Reads the state in which the node starts. Counters begin at zero, which Prometheus takes for a restart.
    fn begin(&mut self, state: &impl State) {
        let read = [self.find_pending(state), self.take_stock(state)];
        self.figures.note_whether_decoded(&read);
    }

    /// Updates the metrics with a finalized block, and with the blocks `before` it that became final together with it.
    fn note<S: State>(&mut self, before: &[S], block: &S) {
        let mut read: Vec<_> = before.iter().chain([block]).map(|block| self.count_events(block)).collect();
        read.push(self.take_stock(block));
        self.figures.note_whether_decoded(&read);
    }

    fn find_pending(&mut self, state: &impl State) -> Result<(), Unread> {
        let end = state.value::<MemberId>(&NextMember::<Runtime>::hashed_key())?.unwrap_or_default().0;
        for member in end.saturating_sub(MAX_MEMBERS)..end {
            self.look_at(state, MemberId(member))?;
        }
        Ok(())
    }

    fn look_at(&mut self, state: &impl State, id: MemberId) -> Result<(), Unread> {
        let member: Option<Member> = state.value(&Members::<Runtime>::hashed_key_for(id))?;
        match member.is_some_and(|member| member.status == MemberStatus::Pending) {
            true => self.pending.insert(id),
            false => self.pending.remove(&id),
        };
        Ok(())
    }

    /// Counts the events of a block, and checks the members whose status they changed.
    fn count_events(&mut self, state: &impl State) -> Result<(), Unread> {
        let events: Vec<EventRecord<RuntimeEvent, Hash>> =
            state.value(&key_of("System", "Events"))?.unwrap_or_default();
        let mut result = Ok(());
        for EventRecord { event, .. } in events {
            match event {
                RuntimeEvent::Audit(AuditEvent::Appended { action, .. }) => {
                    self.figures.entries.with_label_values(&[action.name()]).inc();
                }
                // The log writes down the count of these only at the end of the hour.
                RuntimeEvent::Audit(AuditEvent::DenialRepeated { .. }) => self.figures.repeated_denials.inc(),
                RuntimeEvent::Membership(
                    MembershipEvent::MemberJoined { member, .. }
                    | MembershipEvent::MemberActivated { member }
                    | MembershipEvent::MemberRevoked { member }
                    | MembershipEvent::MemberExpired { member },
                ) => result = result.and(self.look_at(state, member)),
                _ => {}
            }
        }
        result
    }

    /// Reads the gauges from the state.
    fn take_stock(&mut self, state: &impl State) -> Result<(), Unread> {
        let Figures { pending, authorities, finalized_at, spec_version, .. } = &self.figures;
        pending.set(u64::try_from(self.pending.len()).unwrap_or(u64::MAX));
        let keys: Vec<[u8; 32]> = state.value(&key_of("Aura", "Authorities"))?.unwrap_or_default();
        authorities.set(u64::try_from(keys.len()).unwrap_or(u64::MAX));
        let now: Moment = state.value(&key_of("Timestamp", "Now"))?.unwrap_or_default();
        finalized_at.set(Duration::from_millis(now).as_secs_f64());
        let version = state.value::<frame_system::LastRuntimeUpgradeInfo>(&key_of("System", "LastRuntimeUpgrade"))?;
        spec_version.set(version.map_or(0, |version| version.spec_version.0.into()));
        self.take_stock_of_seats(state)
    }

    fn take_stock_of_seats(&mut self, state: &impl State) -> Result<(), Unread> {
        let (mut active, mut suspended, mut absent) = (0, 0, 0);
        for bytes in state.bytes_below(&Seats::<Runtime>::map_storage_final_prefix())? {
            let counter: &mut u64 = match decoded::<Seat>(&bytes)?.status {
                SeatStatus::Active => &mut active,
                SeatStatus::Suspended => &mut suspended,
            };
            *counter = counter.saturating_add(1);
        }
        let seats = institutions_with_a_seat(state)?;
        for gone in self.seated.difference(&seats) {
            // Fails only if the label is missing, which is fine.
            let _ = self.figures.missed_sessions.remove_label_values(&[&gone.0.to_string()]);
        }
        for institution in &seats {
            let missed = state.value::<u32>(&Absences::<Runtime>::hashed_key_for(institution))?.unwrap_or_default();
            absent = u64::from(missed > 0).saturating_add(absent);
            self.figures.missed_sessions.with_label_values(&[&institution.0.to_string()]).set(missed.into());
        }
        self.seated = seats;
        self.figures.seats.with_label_values(&["active"]).set(active);
        self.figures.seats.with_label_values(&["suspended"]).set(suspended);
        self.figures.absent.set(absent);
        Ok(())
    }
}

/// Returns the institutions with a seat, by the accounts that name their authorities.
fn institutions_with_a_seat(state: &impl State) -> Result<BTreeSet<InstitutionId>, Unread> {
    let owners = state.bytes_below(&key_of("Authorities", "SeatOfAuthority"))?;
    owners.iter().map(|bytes| decoded(bytes)).collect()
}

/// The metrics.
struct Figures {
    entries: CounterVec<U64>,
    repeated_denials: Counter<U64>,
    pending: Gauge<U64>,
    authorities: Gauge<U64>,
    seats: GaugeVec<U64>,
    absent: Gauge<U64>,
    missed_sessions: GaugeVec<U64>,
    finalized_at: Gauge<F64>,
    spec_version: Gauge<U64>,
    undecoded: Counter<U64>,
}

impl Figures {
    fn register(registry: &Registry) -> Result<Self, PrometheusError> {
        let gauge = |name, help| register(Gauge::<U64>::new(name, help)?, registry);
        let counter = |name, help| register(Counter::<U64>::new(name, help)?, registry);
        let gauges = |name, help, label| register(GaugeVec::<U64>::new(Opts::new(name, help), &[label])?, registry);
        let figures = Self {
            entries: register(
                CounterVec::new(
                    Opts::new(
                        "salus_audit_entries_total",
                        "Entries of all audit logs that became final since the node started, by action",
                    ),
                    &["action"],
                )?,
                registry,
            )?,
            repeated_denials: counter(
                "salus_denials_repeated_total",
                "Denials since the node started that repeated one with an entry in the log, within the hour",
            )?,
            pending: gauge("salus_members_pending", "Members that wait for their verification")?,
            authorities: gauge("salus_authorities", "Authorities of the current session")?,
            seats: gauges("salus_seats", "Institutions with a seat, by its status", "status")?,
            absent: gauge(
                "salus_authorities_absent",
                "Seats whose authority made no block in its latest whole session",
            )?,
            missed_sessions: gauges(
                "salus_authority_missed_sessions",
                "Sessions in a row in which an authority made no block, by the number of its institution",
                "institution",
            )?,
            finalized_at: register(
                Gauge::new("salus_finalized_timestamp_seconds", "Unix time of the newest finalized block")?,
                registry,
            )?,
            spec_version: gauge("salus_runtime_spec_version", "Version of the chain's runtime in finalized state")?,
            undecoded: counter(
                "salus_metrics_undecoded_blocks_total",
                "Finalized blocks of which something is missing in these metrics, because the node could not read it",
            )?,
        };
        // Every counter exists from the start, so that Prometheus sees the first of a kind as a rise.
        for action in Action::ALL {
            figures.entries.with_label_values(&[action.name()]).inc_by(0);
        }
        Ok(figures)
    }

    fn note_whether_decoded(&self, read: &[Result<(), Unread>]) {
        if read.contains(&Err(Unread)) {
            self.undecoded.inc();
        }
    }
}

/// The space on the disk of the node's data, measured at each scrape.
#[derive(Clone)]
struct DiskSpace {
    data: PathBuf,
    of: fn(&rustix::fs::StatVfs) -> u64,
}

impl DiskSpace {
    fn register(registry: &Registry, data: &Path) -> Result<(), PrometheusError> {
        let gauge = |name, help, of: fn(&rustix::fs::StatVfs) -> u64| {
            let space = Self { data: data.to_owned(), of };
            register(SourcedGauge::new(&Opts::new(name, help), space)?, registry)
        };
        gauge("salus_data_free_bytes", "Free space on the disk of the node's data", |disk| disk.f_bavail)?;
        gauge("salus_data_size_bytes", "Size of the disk of the node's data", |disk| disk.f_blocks)?;
        Ok(())
    }
}

impl MetricSource for DiskSpace {
    type N = u64;

    fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
        if let Ok(disk) = rustix::fs::statvfs(&self.data) {
            set(&[], (self.of)(&disk).saturating_mul(disk.f_frsize));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use pallet_salus_audit::Pallet as Audit;
    use salus_primitives::{
        access::Scope,
        audit::{AuditEvent as Happening, LogId, Reason, Subject},
        decision::Denial,
        traits::AuditLog,
        ChartId, CompartmentId, Digest, EncryptionKey, SigningKey,
    };
    use salus_runtime::System;
    use sp_io::TestExternalities;
    use sp_runtime::AccountId32;

    const CHART: LogId = LogId::Chart(ChartId(1));

    /// The state inside the externalities in which a test runs.
    struct Here;

    impl State for Here {
        fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unread> {
            Ok(sp_io::storage::get(key).map(|value| value.to_vec()))
        }

        fn bytes_below(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, Unread> {
            let (mut found, mut key) = (Vec::new(), prefix.to_vec());
            while let Some(next) = sp_io::storage::next_key(&key).filter(|next| next.starts_with(prefix)) {
                found.extend(self.bytes(&next)?);
                key = next;
            }
            Ok(found)
        }
    }

    /// A follower that has begun, in the state of a chain's first block.
    fn following(test: impl FnOnce(&mut Follower)) {
        TestExternalities::default().execute_with(|| {
            System::set_block_number(1);
            let mut follower = Follower::new(Figures::register(&Registry::new()).unwrap());
            follower.begin(&Here);
            test(&mut follower);
        });
    }

    fn append(action: Action, subject: Subject) {
        let event = Happening::by_member(MemberId(1), None, action, subject);
        Audit::<Runtime>::append(CHART, event);
    }

    fn happens(event: MembershipEvent<Runtime>) {
        System::deposit_event(RuntimeEvent::from(event));
    }

    fn count(follower: &Follower, action: &str) -> u64 {
        follower.figures.entries.with_label_values(&[action]).get()
    }

    fn member(status: MemberStatus) -> Member {
        Member {
            role: salus_primitives::membership::Role::Patient,
            membership_key: SigningKey([0; 32]),
            encryption_key: EncryptionKey::x25519([0; 32]),
            status,
            valid_until: None,
            profile: Digest([0; 32]),
            admitted_by: InstitutionId(0),
            verified_by: Default::default(),
            transaction_keys: Default::default(),
            key_changes: 0,
            joined_at: 0,
            voucher: None,
            usage: Default::default(),
        }
    }

    fn seat(institution: u32, status: SeatStatus) {
        let account = AccountId32::from([u8::try_from(institution).unwrap(); 32]);
        let delegate = AccountId32::from([100; 32]);
        let seat = Seat {
            account: account.clone(),
            delegate,
            authority: account.clone(),
            status,
            admitted_at: 0,
            liable_from: 0,
        };
        Seats::<Runtime>::insert(InstitutionId(institution), seat);
        pallet_salus_authorities::SeatOfAuthority::<Runtime>::insert(account, InstitutionId(institution));
    }

    #[test]
    fn every_action_is_counted_under_its_name() {
        following(|follower| {
            let names = Action::ALL.map(Action::name);
            assert!(names.len() > 30 && names.contains(&"AccessGranted") && names.contains(&"ReadDenied"));
            for action in Action::ALL {
                assert_eq!(count(follower, action.name()), 0);
                append(action, Subject::Chart(ChartId(1)));
            }
            follower.note(&[], &Here);
            assert!(names.iter().all(|name| count(follower, name) == 1));
            // The next block has its own events.
            System::reset_events();
            follower.note(&[], &Here);
            assert!(names.iter().all(|name| count(follower, name) == 1));
            assert_eq!(follower.figures.undecoded.get(), 0);
        });
    }

    #[test]
    fn what_happened_before_the_node_started_is_not_counted() {
        TestExternalities::default().execute_with(|| {
            System::set_block_number(1);
            append(Action::AccessGranted, Subject::Chart(ChartId(1)));
            let mut follower = Follower::new(Figures::register(&Registry::new()).unwrap());
            follower.begin(&Here);
            System::reset_events();
            append(Action::AccessRevoked, Subject::Chart(ChartId(1)));
            follower.note(&[], &Here);
            assert_eq!((count(&follower, "AccessGranted"), count(&follower, "AccessRevoked")), (0, 1));
        });
    }

    #[test]
    fn repeated_denials_are_counted_from_the_events() {
        following(|follower| {
            let subject = Subject::Scope(Scope::Compartment(CompartmentId(0)));
            let denial = Happening::by_member(MemberId(1), None, Action::ReadDenied, subject)
                .because(Reason::Denial(Denial::NoGrant));
            for _ in 0..5 {
                Audit::<Runtime>::append_denial(ChartId(1), MemberId(1), denial);
            }
            follower.note(&[], &Here);
            assert_eq!((count(follower, "ReadDenied"), follower.figures.repeated_denials.get()), (1, 4));
            // Blocks that became final together with this one count too.
            follower.note(&[Here, Here], &Here);
            assert_eq!(follower.figures.repeated_denials.get(), 4 + 3 * 4);
        });
    }

    #[test]
    fn events_of_another_runtime_are_told_apart() {
        following(|follower| {
            sp_io::storage::set(&key_of("System", "Events"), &[4, 0, 0, 0, 0, 0, 200, 200]);
            follower.note(&[], &Here);
            assert_eq!(follower.figures.undecoded.get(), 1);
        });
    }

    #[test]
    fn members_wait_until_they_are_active() {
        TestExternalities::default().execute_with(|| {
            System::set_block_number(1);
            let set = |id, status| Members::<Runtime>::insert(MemberId(id), member(status));
            set(0, MemberStatus::Active);
            set(1, MemberStatus::Pending);
            NextMember::<Runtime>::put(MemberId(2));
            let mut follower = Follower::new(Figures::register(&Registry::new()).unwrap());
            follower.begin(&Here);
            assert_eq!(follower.figures.pending.get(), 1);

            set(2, MemberStatus::Pending);
            let (institution, role) = (InstitutionId(0), salus_primitives::membership::Role::Patient);
            happens(MembershipEvent::MemberJoined { member: MemberId(2), institution, role });
            follower.note(&[], &Here);
            assert_eq!(follower.figures.pending.get(), 2);

            set(1, MemberStatus::Active);
            happens(MembershipEvent::MemberActivated { member: MemberId(1) });
            set(2, MemberStatus::Revoked);
            happens(MembershipEvent::MemberRevoked { member: MemberId(2) });
            follower.note(&[], &Here);
            assert_eq!((follower.figures.pending.get(), follower.figures.undecoded.get()), (0, 0));
        });
    }

    #[test]
    fn seats_and_absences_are_told_as_they_are() {
        following(|follower| {
            (0..3).for_each(|institution| seat(institution, SeatStatus::Active));
            seat(3, SeatStatus::Suspended);
            Absences::<Runtime>::insert(InstitutionId(2), 5);
            sp_io::storage::set(&key_of("Aura", "Authorities"), &vec![[0u8; 32]; 3].encode());
            sp_io::storage::set(&key_of("Timestamp", "Now"), &1_500u64.encode());
            follower.note(&[], &Here);
            let Figures { seats, missed_sessions, absent, authorities, finalized_at, undecoded, .. } =
                &follower.figures;
            let missed = |institution| missed_sessions.with_label_values(&[institution]).get();
            assert_eq!(seats.with_label_values(&["active"]).get(), 3);
            assert_eq!(seats.with_label_values(&["suspended"]).get(), 1);
            assert_eq!((missed("2"), missed("0"), absent.get(), authorities.get()), (5, 0, 1, 3));
            assert!((finalized_at.get() - 1.5).abs() < 1e-9);
            assert_eq!(undecoded.get(), 0);

            // The metrics drop an institution that has lost its seat.
            Seats::<Runtime>::remove(InstitutionId(2));
            pallet_salus_authorities::SeatOfAuthority::<Runtime>::remove(AccountId32::from([2; 32]));
            follower.note(&[], &Here);
            assert_eq!(follower.figures.absent.get(), 0);
            assert!(follower.figures.missed_sessions.remove_label_values(&["2"]).is_err());
        });
    }

    #[test]
    fn the_keys_of_the_sdks_pallets_are_those_that_they_write() {
        TestExternalities::default().execute_with(|| {
            System::set_block_number(1);
            append(Action::AccessGranted, Subject::Chart(ChartId(1)));
            let events: Vec<EventRecord<RuntimeEvent, Hash>> =
                Here.value(&key_of("System", "Events")).unwrap().unwrap();
            assert_eq!(events.len(), 1);
            salus_runtime::Timestamp::set_timestamp(77);
            assert_eq!(Here.value::<Moment>(&key_of("Timestamp", "Now")), Ok(Some(77)));
            assert!(key_of("Authorities", "Seats") == Seats::<Runtime>::map_storage_final_prefix());
            let owner = AccountId32::from([7; 32]);
            let key = pallet_salus_authorities::SeatOfAuthority::<Runtime>::hashed_key_for(owner);
            assert!(key.starts_with(&key_of("Authorities", "SeatOfAuthority")));
        });
    }

    #[test]
    fn the_space_on_a_disk_is_told_and_that_of_none_is_not() {
        let registry = Registry::new();
        DiskSpace::register(&registry, &std::env::temp_dir()).unwrap();
        let value = |name: &str| {
            let families = registry.gather();
            let family = families.iter().find(|family| family.get_name() == name).unwrap();
            family.get_metric()[0].get_gauge().get_value()
        };
        assert!(value("salus_data_size_bytes") >= value("salus_data_free_bytes"));
        assert!(value("salus_data_size_bytes") > 0.0);

        let registry = Registry::new();
        DiskSpace::register(&registry, Path::new("/does/not/exist")).unwrap();
        assert!(registry.gather().iter().all(|family| family.get_metric().is_empty()));
    }
}
