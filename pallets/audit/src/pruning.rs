// SPDX-License-Identifier: Apache-2.0

//! Pruning: a pass over all runs of denials and one over all logs, a few steps of each in each idle block.

use crate::{
    types::page_of, Config, Denials, Heads, NextLog, NextRun, Pages, Pallet, Receipts, StoredHead, WeightInfo,
};
use frame_support::{
    traits::{Get, Time},
    weights::Weight,
};
use salus_primitives::{audit::LogId, ChartId, MemberId, Moment};

impl<T: Config> Pallet<T> {
    /// Takes as many steps of each pass as `remaining` and [`Config::MaxPruned`] allow, and returns their weight. The
    /// next block continues where this one ends.
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

    /// Takes at most `limit` steps of each pass, and none past its end; returns the greater number of steps.
    ///
    /// The passes do not wait for each other. Many logs do not keep the counts of denials out of them, and many denials
    /// do not keep logs from being pruned.
    pub(crate) fn prune(now: Moment, limit: u32) -> u32 {
        Self::close_runs(now, limit).max(Self::prune_logs(now, limit))
    }

    /// Visits at most `limit` runs of denials; returns how many steps it took.
    fn close_runs(now: Moment, limit: u32) -> u32 {
        let start = NextRun::<T>::get();
        let (mut last, mut steps) = (start, 0u32);
        while steps < limit {
            steps = steps.saturating_add(1);
            last = Self::run_after(last);
            let Some((chart, member)) = last else { break };
            Self::close_run(now, chart, member);
        }
        if last != start {
            NextRun::<T>::set(last);
        }
        steps
    }

    /// Takes at most `limit` steps over the logs; returns how many. A step visits a log, or removes a page. So a log
    /// that grows fast is pruned as fast.
    fn prune_logs(now: Moment, limit: u32) -> u32 {
        let start = NextLog::<T>::get();
        let horizon = T::Horizon::get();
        let (mut last, mut steps) = (start, 0u32);
        while steps < limit {
            steps = steps.saturating_add(1);
            let Some(log) = Self::log_after(last) else {
                last = None;
                break;
            };
            let (removed, is_done) = Self::prune_log(now, horizon, log, limit.saturating_sub(steps));
            steps = steps.saturating_add(removed);
            if !is_done {
                break;
            }
            last = Some(log);
        }
        if last != start {
            NextLog::<T>::set(last);
        }
        steps
    }

    fn log_after(last: Option<LogId>) -> Option<LogId> {
        match last {
            Some(log) => Heads::<T>::iter_keys_from(Heads::<T>::hashed_key_for(log)).next(),
            None => Heads::<T>::iter_keys().next(),
        }
    }

    fn run_after(last: Option<(ChartId, MemberId)>) -> Option<(ChartId, MemberId)> {
        match last {
            Some((chart, member)) => Denials::<T>::iter_keys_from(Denials::<T>::hashed_key_for(chart, member)).next(),
            None => Denials::<T>::iter_keys().next(),
        }
    }

    /// Removes at most `spare` pages whose entries are all past the horizon; returns how many, and whether none is left.
    fn prune_log(now: Moment, horizon: Moment, log: LogId, spare: u32) -> (u32, bool) {
        let Some(mut head) = Heads::<T>::get(log) else { return (0, true) };
        let (mut removed, mut is_done) = (0u32, true);
        while let Some(page) = Self::page_past(now, horizon, log, &head) {
            if removed >= spare {
                is_done = false;
                break;
            }
            head.first = head.places_in(page).end;
            Pages::<T>::remove((log, page));
            Receipts::<T>::remove((log, page));
            removed = removed.saturating_add(1);
        }
        if removed > 0 {
            Heads::<T>::insert(log, head);
        }
        (removed, is_done)
    }

    /// The oldest page of `log`, if even its newest entry is past the horizon.
    fn page_past(now: Moment, horizon: Moment, log: LogId, head: &StoredHead) -> Option<u64> {
        let page = page_of(head.first);
        let newest = Pages::<T>::get((log, page)).last().copied()?;
        (head.first < head.length && now >= newest.at.saturating_add(horizon)).then_some(page)
    }

    /// Forgets a run of denials when its hour is over, and writes down its repetitions.
    fn close_run(now: Moment, chart: ChartId, member: MemberId) {
        if let Some(run) = Denials::<T>::get(chart, member).filter(|run| run.is_over(now)) {
            Denials::<T>::remove(chart, member);
            Self::append_repetitions(now, chart, member, run);
        }
    }
}
