// SPDX-License-Identifier: Apache-2.0

//! How entries leave the state.

use crate::{Config, Denials, Entries, FirstHeld, NextInTimeline, OldestInTimeline, Pallet, Timeline, WeightInfo};
use frame_support::{
    traits::{Get, Time},
    weights::Weight,
};
use salus_primitives::{
    audit::{Actor, AuditEvent, Entry, LogId},
    Moment,
};

impl<T: Config> Pallet<T> {
    /// Removes as many entries past the horizon as `remaining` and [`Config::MaxPruned`] allow; returns what it took.
    /// What is left over is the next block's.
    pub(crate) fn prune_within(remaining: Weight) -> Weight {
        let none = T::WeightInfo::prune(0);
        let each = T::WeightInfo::prune(1).saturating_sub(none);
        let Some(spare) = remaining.checked_sub(&none) else { return Weight::zero() };
        let affordable = spare.checked_div_per_component(&each).unwrap_or(u64::MAX);
        let limit = T::MaxPruned::get().min(affordable.try_into().unwrap_or(u32::MAX));
        if limit == 0 {
            return Weight::zero();
        }

        T::WeightInfo::prune(Self::prune(T::Time::now(), limit))
    }

    /// Removes at most `limit` entries that are past the horizon at `now`, oldest first; returns how many.
    pub(crate) fn prune(now: Moment, limit: u32) -> u32 {
        let oldest = OldestInTimeline::<T>::get();
        let end = NextInTimeline::<T>::get().min(oldest.saturating_add(limit.into()));
        let mut pruned = 0u32;
        for place in oldest..end {
            let Some((log, entry)) = Self::at_place(place) else { break };
            if now < entry.at.saturating_add(T::Horizon::get()) {
                break;
            }
            Timeline::<T>::remove(place);
            Entries::<T>::remove(log, entry.sequence);
            FirstHeld::<T>::insert(log, entry.sequence.saturating_add(1));
            Self::close_run_of(now, log, entry);
            pruned = pruned.saturating_add(1);
        }
        if pruned > 0 {
            OldestInTimeline::<T>::put(oldest.saturating_add(pruned.into()));
        }
        pruned
    }

    fn at_place(place: u64) -> Option<(LogId, Entry)> {
        let (log, sequence) = Timeline::<T>::get(place)?;
        Some((log, Entries::<T>::get(log, sequence)?))
    }

    /// Forgets the actor's run of denials when it is over, but not before its repetitions are written down: runs would
    /// otherwise outlive their entries and stay for ever.
    fn close_run_of(now: Moment, log: LogId, entry: Entry) {
        let (LogId::Chart(chart), Actor::Member(member)) = (log, entry.actor) else { return };
        let Some(run) = Denials::<T>::get(chart, member).filter(|run| run.is_over(now)) else { return };
        Denials::<T>::remove(chart, member);
        let Entry { actor, on_behalf, institution, action, subject, purpose, reason, .. } = entry;
        let event = AuditEvent { actor, on_behalf, institution, action, subject, purpose, reason };
        Self::append_repetitions(now, chart, run, event);
    }
}
