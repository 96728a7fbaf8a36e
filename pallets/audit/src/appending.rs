// SPDX-License-Identifier: Apache-2.0

//! Appending entries.

use crate::{Config, DenialRun, Denials, Entries, Event, Heads, NextInTimeline, Pallet, Timeline};
use frame_support::traits::Time;
use salus_primitives::{
    audit::{Action, AuditEvent, Entry, LogId, Reason, Subject},
    questions::AuditLog,
    ChartId, MemberId, Moment,
};
use sp_runtime::SaturatedConversion;

impl<T: Config> AuditLog for Pallet<T> {
    fn append(log: LogId, event: AuditEvent) {
        Self::append_at(T::Time::now(), log, event);
    }

    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        Self::append_denial_at(T::Time::now(), chart, member, event);
    }
}

impl<T: Config> Pallet<T> {
    /// Appends what happened at `now` and chains it to the log's head.
    pub(crate) fn append_at(now: Moment, log: LogId, event: AuditEvent) {
        let head = Self::head(log);
        let block = frame_system::Pallet::<T>::block_number().saturated_into();
        let entry = Entry::new(head.length, now, block, event);
        let next_head = head.after(&entry);

        Entries::<T>::insert(log, entry.sequence, entry);
        Heads::<T>::insert(log, next_head);
        let place = NextInTimeline::<T>::get();
        Timeline::<T>::insert(place, (log, entry.sequence));
        NextInTimeline::<T>::put(place.saturating_add(1));
        Self::deposit_event(Event::Appended { log, sequence: entry.sequence, head: next_head.hash });
    }

    /// Appends a denial at `now`, or counts it when the member's last one with an entry was within the hour.
    pub(crate) fn append_denial_at(now: Moment, chart: ChartId, member: MemberId, event: AuditEvent) {
        match Denials::<T>::get(chart, member) {
            Some(run) if !run.is_over(now) => {
                let count = run.repeated.saturating_add(1);
                Denials::<T>::insert(chart, member, DenialRun { repeated: count, ..run });
                Self::deposit_event(Event::DenialRepeated { chart, member, count });
            }
            earlier => {
                if let Some(run) = earlier {
                    Self::append_repetitions(now, chart, run, event);
                }
                Denials::<T>::insert(chart, member, DenialRun { since: now, repeated: 0 });
                Self::append_at(now, LogId::Chart(chart), event);
            }
        }
    }

    /// Writes down how often the denial of `run` was repeated, in the name of the actor of `denial`.
    pub(crate) fn append_repetitions(now: Moment, chart: ChartId, run: DenialRun, denial: AuditEvent) {
        if run.repeated > 0 {
            let event =
                AuditEvent { action: Action::DenialsRepeated, subject: Subject::Chart(chart), purpose: None, ..denial };
            Self::append_at(now, LogId::Chart(chart), event.because(Reason::Count(run.repeated)));
        }
    }
}
