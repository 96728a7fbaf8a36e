// SPDX-License-Identifier: Apache-2.0

//! Appending entries.

use crate::{types::page_of, Config, DenialRun, Denials, Event, Heads, Pages, Pallet, StoredHead};
use frame_support::{defensive, traits::Time};
use salus_primitives::{
    audit::{Action, AuditEvent, Entry, LogId, Reason, StoredEntry, Subject},
    receipts::NotNoted,
    traits::AuditLog,
    ChartId, InstitutionId, MemberId, Moment,
};
use sp_runtime::SaturatedConversion;

impl<T: Config> AuditLog for Pallet<T> {
    fn append(log: LogId, event: AuditEvent) -> u64 {
        Self::append_at(T::Time::now(), log, event)
    }

    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        Self::append_denial_at(T::Time::now(), chart, member, event);
    }

    fn entry(log: LogId, place: u64) -> Option<Entry> {
        Self::page(log, place, 1).pop().filter(|entry| entry.sequence == place)
    }

    fn note_receipts(log: LogId, place: u64, institution: InstitutionId) -> Result<(), NotNoted> {
        Self::do_note_receipts(log, place, institution)
    }
}

impl<T: Config> Pallet<T> {
    /// Appends what happened at `now` and chains it to the log's head. It reads and writes one head and one page, and
    /// returns the entry's place.
    pub(crate) fn append_at(now: Moment, log: LogId, event: AuditEvent) -> u64 {
        let head = Heads::<T>::get(log).unwrap_or_else(|| StoredHead::empty(log));
        let block = frame_system::Pallet::<T>::block_number().saturated_into();
        let entry = StoredEntry { at: now, block, event };
        let next = head.log_head().after(&entry);

        // A page takes entries by their places, so it cannot be full.
        if Pages::<T>::try_append((log, page_of(head.length)), entry).is_err() {
            defensive!("a page of a log is full");
        }
        Heads::<T>::insert(log, StoredHead { length: next.length, hash: next.hash, ..head });
        Self::deposit_event(Event::Appended { log, sequence: head.length, action: event.action, head: next.hash });
        head.length
    }

    /// Appends a denial at `now`, or counts it when the member was denied for the same purpose within the hour. Of one
    /// hour there are no more entries than purposes, and as many counts.
    pub(crate) fn append_denial_at(now: Moment, chart: ChartId, member: MemberId, event: AuditEvent) {
        let earlier = Denials::<T>::get(chart, member);
        let run = earlier.filter(|run| !run.is_over(now));
        if let Some(run) = run.filter(|run| run.has(&event)) {
            let count = run.repeated.saturating_add(1);
            Denials::<T>::insert(chart, member, DenialRun { repeated: count, ..run });
            Self::deposit_event(Event::DenialRepeated { chart, member, count });
            return;
        }
        if let Some(earlier) = earlier {
            Self::append_repetitions(now, chart, member, earlier);
        }
        let run = run.map_or_else(|| DenialRun::begin(now, &event), |run| run.with(&event));
        Denials::<T>::insert(chart, member, run);
        Self::append_at(now, LogId::Chart(chart), event);
    }

    /// Writes down how often the denials of `run` were repeated.
    pub(crate) fn append_repetitions(now: Moment, chart: ChartId, member: MemberId, run: DenialRun) {
        if run.repeated > 0 {
            let subject = Subject::Chart(chart);
            let event = AuditEvent::by_member(member, run.institution, Action::DenialsRepeated, subject);
            Self::append_at(now, LogId::Chart(chart), event.because(Reason::Count(run.repeated)));
        }
    }
}
