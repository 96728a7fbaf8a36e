// SPDX-License-Identifier: Apache-2.0

//! The vaults' word on how much they gave out under each opening, and exported receipts held against it.

use super::AgentError;
use salus_chain::{At, Chain};
use salus_gate::StoredReceipts;
use salus_primitives::{
    audit::{Action, Actor, Entry, LogId, Subject},
    receipts::{ReceiptsHead, RECEIPTS_TERM},
    records::SESSION_LENGTH,
    InstitutionId, Moment,
};
use serde::Serialize;

/// The receipts for one opening, as far as the log has them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OpeningReceipts {
    /// The place of the opening in the log.
    pub entry: u64,
    /// The institution of the chart's home vault, which says something of every opening.
    pub home: InstitutionId,
    /// Where its receipts are.
    pub state: ReceiptsState,
    /// The institutions' words, in the order of the log.
    pub posted: Vec<PostedReceipts>,
}

/// Where the receipts of the home vault are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptsState {
    /// The session goes on.
    Running,
    /// The session ended less than half an hour ago.
    Awaited,
    /// The log has them.
    Posted,
    /// The session ended half an hour ago or longer, and the log does not have them.
    Overdue,
    /// The institution has no vault service on the chain that could post them.
    NoService,
}

/// An institution said how much its vault gave out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PostedReceipts {
    /// The institution.
    pub institution: InstitutionId,
    /// Releases, and the digest over their receipts.
    #[serde(flatten)]
    pub head: ReceiptsHead,
}

/// The chart's home, and the time at which the log is looked at.
pub(super) struct Situation {
    pub(super) home: InstitutionId,
    pub(super) has_service: bool,
    pub(super) now: Moment,
}

/// The receipts for each opening among these entries of a chart's log.
pub(super) async fn receipts_in(
    chain: &Chain,
    at: At,
    log: LogId,
    entries: &[Entry],
) -> Result<Vec<OpeningReceipts>, AgentError> {
    let LogId::Chart(id) = log else { return Ok(Vec::new()) };
    let Some(chart) = chain.chart(at, id).await? else { return Ok(Vec::new()) };
    let home = chain.member(at, chart.controller).await?.ok_or(AgentError::NoMember(chart.controller))?.admitted_by;
    let institution = chain.institution(at, home).await?;
    let has_service = institution.is_some_and(|institution| !institution.profile.vault_address.is_empty());
    let now = chain.now(at).await?;
    Ok(receipts_of(entries, &Situation { home, has_service, now }))
}

fn receipts_of(entries: &[Entry], situation: &Situation) -> Vec<OpeningReceipts> {
    let Situation { home, has_service, now } = *situation;
    let of_opening = |opening: &Entry| {
        let said = entries.iter().filter_map(|entry| match (entry.subject, entry.institution) {
            (Subject::Receipts(place, head), Some(institution)) if place == opening.sequence => {
                Some(PostedReceipts { institution, head })
            }
            _ => None,
        });
        let posted: Vec<_> = said.collect();
        let end = opening.at.saturating_add(SESSION_LENGTH);
        let state = match posted.iter().any(|posted| posted.institution == home) {
            true => ReceiptsState::Posted,
            false if now < end => ReceiptsState::Running,
            false if !has_service => ReceiptsState::NoService,
            false if now < end.saturating_add(RECEIPTS_TERM) => ReceiptsState::Awaited,
            false => ReceiptsState::Overdue,
        };
        OpeningReceipts { entry: opening.sequence, home, state, posted }
    };
    entries.iter().filter(|entry| entry.action == Action::ReadPermitted).map(of_opening).collect()
}

/// Exported receipts, held against the chart's log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ComparedReceipts {
    /// Count and digest of the receipts in the file.
    pub exported: ReceiptsHead,
    /// Count and digest in the finalized log; none while the institution has posted none.
    pub posted: Option<ReceiptsHead>,
    /// The first thing that does not fit; none when the file has exactly what the institution posted.
    pub fault: Option<ReceiptsFault>,
}

/// Why exported receipts are not those that the log tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptsFault {
    /// They are of another chain.
    OtherChain,
    /// The log has no permitted opening at this place.
    NoOpening,
    /// A receipt names another reader than the one who opened.
    OtherReader,
    /// The institution has posted no receipts for the opening yet.
    NotPosted,
    /// The institution posted another count or digest.
    OtherReceipts,
}

impl ReceiptsFault {
    /// The fault in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::OtherChain => "the receipts are of another chain",
            Self::NoOpening => "the log has no permitted opening at this place, or not any more",
            Self::OtherReader => "a receipt names another reader than the one who opened",
            Self::NotPosted => "the institution has posted no receipts for this opening",
            Self::OtherReceipts => "the institution posted another count or digest",
        }
    }
}

/// Makes count and digest of exported receipts again, and compares them with the finalized log.
pub async fn compare_receipts(chain: &Chain, stored: &StoredReceipts) -> Result<ComparedReceipts, AgentError> {
    let log = LogId::Chart(stored.opening.chart);
    let entries = chain.log_from(At::Finalized, log, stored.opening.entry).await?;
    Ok(compare(stored, chain.genesis() == stored.genesis, &entries))
}

/// Compares with the entries from the opening on.
fn compare(stored: &StoredReceipts, is_this_chain: bool, entries: &[Entry]) -> ComparedReceipts {
    let StoredReceipts { genesis, institution, opening, receipts, .. } = stored;
    // The head that the file names for itself does not count.
    let exported = ReceiptsHead::of(genesis, *institution, *opening, receipts);
    let posted = entries.iter().find_map(|entry| match entry.subject {
        Subject::Receipts(place, head) if place == opening.entry && entry.institution == Some(*institution) => {
            Some(head)
        }
        _ => None,
    });
    let opened =
        entries.first().filter(|entry| entry.sequence == opening.entry && entry.action == Action::ReadPermitted);
    let is_reader = |actor: Actor| receipts.iter().all(|receipt| actor == Actor::Member(receipt.reader));
    let fault = match (opened, posted) {
        _ if !is_this_chain => Some(ReceiptsFault::OtherChain),
        (None, _) => Some(ReceiptsFault::NoOpening),
        (Some(entry), _) if !is_reader(entry.actor) => Some(ReceiptsFault::OtherReader),
        (Some(_), None) => Some(ReceiptsFault::NotPosted),
        (Some(_), Some(posted)) => (posted != exported).then_some(ReceiptsFault::OtherReceipts),
    };
    ComparedReceipts { exported, posted, fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_gate::ListState;
    use salus_primitives::{
        access::Scope,
        audit::AuditEvent,
        receipts::{Given, Opening, Receipt},
        ChartId, CompartmentId, Digest, MemberId, RecordKey,
    };

    const HOME: InstitutionId = InstitutionId(7);
    const OTHER: InstitutionId = InstitutionId(8);
    const READER: MemberId = MemberId(2);
    const START: Moment = 1_000_000;
    const OPENING: Opening = Opening { chart: ChartId(1), entry: 4 };

    fn opened(sequence: u64) -> Entry {
        let subject = Subject::Scope(Scope::Compartment(CompartmentId(0)));
        Entry::new(sequence, START, 1, AuditEvent::by_member(READER, None, Action::ReadPermitted, subject))
    }

    fn posted(sequence: u64, of: u64, by: InstitutionId, head: ReceiptsHead) -> Entry {
        let event = AuditEvent::by_member(MemberId(9), Some(by), Action::ReceiptsPosted, Subject::Receipts(of, head));
        Entry::new(sequence, START + SESSION_LENGTH, 2, event)
    }

    fn head(count: u32) -> ReceiptsHead {
        ReceiptsHead { count, digest: Digest([1; 32]) }
    }

    fn state_at(now: Moment, has_service: bool, entries: &[Entry]) -> ReceiptsState {
        receipts_of(entries, &Situation { home: HOME, has_service, now })[0].state
    }

    #[test]
    fn receipts_are_awaited_after_the_session_and_overdue_half_an_hour_later() {
        let end = START + SESSION_LENGTH;
        let none = [opened(4)];
        assert_eq!(state_at(end - 1, true, &none), ReceiptsState::Running);
        assert_eq!(state_at(end, true, &none), ReceiptsState::Awaited);
        assert_eq!(state_at(end + RECEIPTS_TERM - 1, true, &none), ReceiptsState::Awaited);
        assert_eq!(state_at(end + RECEIPTS_TERM, true, &none), ReceiptsState::Overdue);
        assert_eq!(state_at(end + RECEIPTS_TERM, false, &none), ReceiptsState::NoService);
        // Another institution's receipts do not stand for those of the home vault.
        let of_other = [opened(4), posted(5, 4, OTHER, head(2))];
        assert_eq!(state_at(end + RECEIPTS_TERM, true, &of_other), ReceiptsState::Overdue);
        let of_home = [opened(4), posted(5, 4, HOME, head(0))];
        assert_eq!(state_at(end + RECEIPTS_TERM, true, &of_home), ReceiptsState::Posted);
    }

    #[test]
    fn each_opening_has_what_was_posted_for_it() {
        let entries = [
            opened(4),
            opened(5),
            posted(6, 5, HOME, head(1)),
            posted(7, 4, OTHER, head(2)),
            posted(8, 4, HOME, head(3)),
        ];
        let found = receipts_of(&entries, &Situation { home: HOME, has_service: true, now: START });
        let said =
            |of: &OpeningReceipts| of.posted.iter().map(|it| (it.institution, it.head.count)).collect::<Vec<_>>();
        assert_eq!((found[0].entry, said(&found[0])), (4, vec![(OTHER, 2), (HOME, 3)]));
        assert_eq!((found[1].entry, said(&found[1])), (5, vec![(HOME, 1)]));
        let json = serde_json::to_value(&found[1]).unwrap();
        assert_eq!((&json["state"], &json["posted"][0]["count"]), (&"posted".into(), &1.into()));
    }

    fn exported() -> StoredReceipts {
        let receipt = Receipt { record: RecordKey([1; 16]), version: 0, given: Given::Blob, reader: READER, at: START };
        StoredReceipts {
            genesis: Digest([3; 32]),
            institution: HOME,
            opening: OPENING,
            expires_at: START + SESSION_LENGTH,
            state: ListState::Settled,
            // A file may say what it likes.
            head: head(99),
            receipts: vec![receipt, receipt],
        }
    }

    #[test]
    fn exported_receipts_agree_with_the_log_or_it_is_said_why_not() {
        let file = exported();
        let own = ReceiptsHead::of(&file.genesis, HOME, OPENING, &file.receipts);
        let log = [opened(4), posted(5, 4, OTHER, head(9)), posted(6, 4, HOME, own)];
        let agreed = compare(&file, true, &log);
        assert_eq!((agreed.exported, agreed.posted, agreed.fault), (own, Some(own), None));

        let fault = |file: &StoredReceipts, log: &[Entry]| compare(file, true, log).fault;
        assert_eq!(compare(&file, false, &log).fault, Some(ReceiptsFault::OtherChain));
        assert_eq!(fault(&file, &[]), Some(ReceiptsFault::NoOpening));
        assert_eq!(fault(&file, &log[1..]), Some(ReceiptsFault::NoOpening));
        assert_eq!(fault(&file, &log[..2]), Some(ReceiptsFault::NotPosted));
        let mut fewer = exported();
        fewer.receipts.pop();
        assert_eq!(fault(&fewer, &log), Some(ReceiptsFault::OtherReceipts));
        let mut changed = exported();
        changed.receipts[0].version = 1;
        assert_eq!(fault(&changed, &log), Some(ReceiptsFault::OtherReceipts));
        let mut foreign = exported();
        foreign.receipts[1].reader = MemberId(3);
        assert_eq!(fault(&foreign, &log), Some(ReceiptsFault::OtherReader));
    }

    #[test]
    fn an_exported_file_is_read_back() {
        let text = serde_json::to_string(&exported()).unwrap();
        assert_eq!(serde_json::from_str::<StoredReceipts>(&text).unwrap(), exported());
    }
}
