// SPDX-License-Identifier: Apache-2.0

//! Posts what the gate gave out, once no more can come.

use super::posted_log::{Posted, PostedLog};
use salus_chain::SubmitError;
use salus_gate::ReceiptBook;
use salus_primitives::{
    audit::{Action, Entry, Subject},
    receipts::{Opening, ReceiptsHead, RECEIPTS_TERM},
    records::SESSION_LENGTH,
    time::DAY,
    ChartId, Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};
use thiserror::Error;

/// How long receipts are kept after the end of their session: longer than the log's entry stays in the state.
const KEPT: Moment = 400 * DAY;
/// Heads that are posted in one round.
const ROUND: usize = 64;

/// A round stopped. The next one begins with what the chain says then.
#[derive(Debug, Error)]
pub enum PostError<E: std::error::Error + 'static> {
    /// The chain cannot be asked.
    #[error("cannot ask the chain which receipts it has")]
    Chain(#[source] E),
    /// The receipts on the disk cannot be used.
    #[error("cannot use the receipts on the disk")]
    Disk(#[from] io::Error),
    /// The chain did not take them all.
    #[error("cannot post receipts")]
    Submit(#[source] SubmitError),
}

/// How far one chart's log was read.
#[derive(Clone, Copy)]
struct Seen {
    /// The place after the last entry that was looked at.
    next: u64,
    /// Whether this is the home vault of the chart.
    is_home: bool,
}

/// Brings the receipts of one gate into the logs.
pub struct Poster {
    book: Arc<ReceiptBook>,
    charts: BTreeMap<ChartId, Seen>,
    /// Openings that wait for this institution's receipts, and when their sessions end.
    waiting: BTreeMap<Opening, Moment>,
    /// The openings among them that have a list on the disk.
    listed: BTreeSet<Opening>,
    /// The opening after which the next round begins, so that one which the chain refuses does not keep others waiting.
    after: Option<Opening>,
    forgot_at: Moment,
}

impl Poster {
    /// A poster of the receipts in `book`.
    pub fn new(book: Arc<ReceiptBook>) -> io::Result<Self> {
        let waiting = book.unsettled()?;
        Ok(Self { book, charts: BTreeMap::new(), waiting, listed: BTreeSet::new(), after: None, forgot_at: 0 })
    }

    /// How many openings are overdue at `now`: their sessions ended half an hour ago, and the finalized logs do not have
    /// this institution's receipts.
    pub fn overdue(&self, now: Moment) -> usize {
        self.waiting.values().filter(|end| now >= end.saturating_add(RECEIPTS_TERM)).count()
    }

    /// Looks into the logs, and posts what is due, if `posted` can. Returns what an operator has to know, in words.
    pub async fn round<L: PostedLog>(
        &mut self,
        log: &L,
        posted: Option<&impl Posted>,
    ) -> Result<(u64, Vec<String>), PostError<L::Error>> {
        let now = log.time().await.map_err(PostError::Chain)?;
        let unsettled = self.book.unsettled()?;
        self.listed = unsettled.keys().copied().collect();
        self.waiting.extend(unsettled);
        let (count, complaints) = self.look(log).await?;
        if now >= self.forgot_at.saturating_add(DAY) {
            self.book.forget(now.saturating_sub(KEPT))?;
            self.forgot_at = now;
        }
        let due = self.due(now);
        let mut heads = Vec::new();
        for opening in due {
            let Some(end) = self.waiting.get(&opening) else { continue };
            heads.push((opening, self.book.close(opening, *end)?));
        }
        if let (Some(posted), Some((first, _)), Some((last, _))) = (posted, heads.first(), heads.last()) {
            // Whatever happens meanwhile, the next round does not begin with the same opening.
            self.after = Some(*first);
            posted.post(&heads).await.map_err(PostError::Submit)?;
            self.after = Some(*last);
        }
        Ok((count, complaints))
    }

    /// The openings whose sessions are over at `now`, from the one after the last round's on.
    fn due(&self, now: Moment) -> Vec<Opening> {
        let is_over = |(opening, end): (&Opening, &Moment)| (now >= *end).then_some(*opening);
        let is_later = |opening: &Opening| self.after.is_none_or(|after| *opening > after);
        let all: Vec<_> = self.waiting.iter().filter_map(is_over).collect();
        let later = all.iter().copied().filter(|opening| is_later(opening));
        later.chain(all.iter().copied().filter(|opening| !is_later(opening))).take(ROUND).collect()
    }

    /// Reads what came into the logs: of the charts that are at home here, and of those with receipts that wait. Returns how
    /// many of this institution's receipts it found posted.
    async fn look<L: PostedLog>(&mut self, log: &L) -> Result<(u64, Vec<String>), PostError<L::Error>> {
        for number in self.charts.len() as u64.. {
            let chart = ChartId(number);
            let Some(home) = log.home(chart).await.map_err(PostError::Chain)? else { break };
            // The controller of a chart never changes, so its home does not.
            self.charts.insert(chart, Seen { next: 0, is_home: home == self.book.institution() });
        }
        let with_receipts: BTreeSet<_> = self.waiting.keys().map(|opening| opening.chart).collect();
        let is_ours = |(chart, seen): (&ChartId, &Seen)| {
            (seen.is_home || with_receipts.contains(chart)).then_some((*chart, *seen))
        };
        let charts: Vec<_> = self.charts.iter().filter_map(is_ours).collect();
        let (mut count, mut complaints) = (0u64, Vec::new());
        for (chart, seen) in charts {
            if log.length(chart).await.map_err(PostError::Chain)? == seen.next {
                continue;
            }
            let entries = log.entries(chart, seen.next).await.map_err(PostError::Chain)?;
            if let Some(first) = entries.first() {
                self.give_up(chart, first.sequence, &mut complaints)?;
            }
            for entry in &entries {
                let is_own = self.take(chart, entry, seen.is_home, &mut complaints)?;
                count = count.saturating_add(u64::from(is_own));
            }
            if let Some(last) = entries.last() {
                self.charts.insert(chart, Seen { next: last.sequence.saturating_add(1), ..seen });
            }
        }
        Ok((count, complaints))
    }

    /// Openings before the `first` entry that the state has can never have receipts, unless they were looked at before.
    fn give_up(&mut self, chart: ChartId, first: u64, complaints: &mut Vec<String>) -> io::Result<()> {
        if self.charts.get(&chart).is_none_or(|seen| seen.next > 0) {
            return Ok(());
        }
        let lost = |(opening, end): (&Opening, &Moment)| {
            (opening.chart == chart && opening.entry < first).then_some((*opening, *end))
        };
        let lost: Vec<_> = self.waiting.iter().filter_map(lost).collect();
        for (opening, end) in lost {
            complaints.push(format!(
                "the receipts for entry {} of chart {} came too late: the entry has left the state",
                opening.entry, opening.chart
            ));
            self.book.close(opening, end)?;
            self.book.settle(opening)?;
            self.waiting.remove(&opening);
        }
        Ok(())
    }

    /// Takes note of one entry; whether it has this institution's receipts.
    fn take(&mut self, chart: ChartId, entry: &Entry, is_home: bool, complaints: &mut Vec<String>) -> io::Result<bool> {
        match (entry.action, entry.subject) {
            // Of what was opened before the book began, it cannot say that nothing was given out.
            (Action::ReadPermitted, _) if is_home && entry.at >= self.book.since() => {
                let opening = Opening { chart, entry: entry.sequence };
                self.waiting.entry(opening).or_insert(entry.at.saturating_add(SESSION_LENGTH));
                Ok(false)
            }
            (Action::ReceiptsPosted, Subject::Receipts(place, head))
                if entry.institution == Some(self.book.institution()) =>
            {
                let opening = Opening { chart, entry: place };
                // Of what was settled before, the list may be forgotten by now.
                let is_new = self.listed.remove(&opening);
                if let (Some(end), true) = (self.waiting.remove(&opening), is_new) {
                    self.settle(opening, end, head, complaints)?;
                }
                Ok(is_new)
            }
            _ => Ok(false),
        }
    }

    /// The log has this institution's receipts, which should be those on the disk.
    fn settle(
        &self,
        opening: Opening,
        end: Moment,
        posted: ReceiptsHead,
        complaints: &mut Vec<String>,
    ) -> io::Result<()> {
        let own = self.book.close(opening, end)?;
        if own != posted {
            complaints.push(format!(
                "the log of chart {} has other receipts of this institution for entry {} than its disk: {} there, {} here",
                opening.chart, opening.entry, posted.count, own.count
            ));
        }
        self.book.settle(opening)
    }
}
