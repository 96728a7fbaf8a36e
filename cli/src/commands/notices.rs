// SPDX-License-Identifier: Apache-2.0

//! `salus notices`: what happened in the charts that concern a member (S1-32, S2-03, S4-29, S4-43).

use crate::{
    context::Context,
    derived_copies,
    failure::Failure,
    notice_book::NoticeBook,
    output::{moment, table, word, Output},
    terminal,
};
use salus_chain::{At, Chain, Notice, Notices, NoticesError, QueryError};
use salus_client::agent::AgentError;
use salus_primitives::{
    notices::{Delivery, NoticeKind},
    vocabulary::UnknownWord,
    ChartId, MemberId, Moment,
};
use serde::Serialize;
use std::{collections::BTreeMap, io::Write, time::Duration};

/// How often `--watch` looks. A block becomes final every second or two.
const INTERVAL: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Count them by chart and kind, instead of showing each
    #[arg(long, conflicts_with = "watch")]
    digest: bool,
    /// Leave them unread: they are shown again
    #[arg(long, conflicts_with = "watch")]
    keep: bool,
    /// Stay, and show what is urgent as it becomes final; it stays unread
    #[arg(long)]
    watch: bool,
    /// Be told of a kind so from now on, such as reading=off; may be given several times
    #[arg(long, value_name = "KIND=urgent|digest|off", value_parser = preference, conflicts_with_all = ["digest", "keep", "watch"])]
    prefer: Vec<Preference>,
    /// Show how you are told of each kind
    #[arg(long, conflicts_with_all = ["digest", "keep", "watch"])]
    preferences: bool,
}

#[derive(Clone, Copy, Serialize)]
struct Preference {
    kind: NoticeKind,
    delivery: Delivery,
}

#[derive(Serialize)]
struct Counted {
    chart: ChartId,
    kind: NoticeKind,
    count: usize,
    first: Moment,
    last: Moment,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let account = context.public_keys()?.transaction;
    let chain = context.chain().await?;
    let member = chain.member_of_account(At::Finalized, account).await?.ok_or(AgentError::NotMember(account))?;
    let mut book = NoticeBook::load(context.home(), &chain.genesis(), member);
    let Arguments { digest, keep, watch: stay, prefer, preferences: shown } = arguments;
    if shown || !prefer.is_empty() {
        for Preference { kind, delivery } in prefer {
            book.prefer(kind, delivery)?;
        }
        return preferences(&book, out);
    }
    if stay {
        return watch(context, chain, member, &book, out).await;
    }
    let unread = Notices::fetch(&chain, member, book.marks()).await.map_err(AgentError::from)?;
    let wanted: Vec<_> = unread.notices.iter().filter(|it| book.delivery(it.kind) != Delivery::Off).collect();
    match digest {
        true => out.show(&counted(&wanted), |counted| human_counted(counted))?,
        false => out.show(&wanted, |wanted| human(wanted))?,
    }
    derived_copies::forget(context, &chain, derived_copies::shredded_in(&unread.notices)).await?;
    // A notice that could not be shown stays unread.
    match keep {
        true => Ok(()),
        false => book.have_seen(&unread.marks),
    }
}

fn preference(text: &str) -> Result<Preference, String> {
    let (kind, delivery) = text.split_once('=').ok_or("expected KIND=urgent, KIND=digest or KIND=off")?;
    let kind = kind.parse().map_err(|error: UnknownWord| error.to_string())?;
    let delivery = delivery.parse().map_err(|_: UnknownWord| "expected urgent, digest or off after `=`")?;
    Ok(Preference { kind, delivery })
}

/// Shows urgent notices as they become final, those that are unread already first. It stays while the node is away.
async fn watch(
    context: &Context,
    mut chain: Chain,
    member: MemberId,
    book: &NoticeBook,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let (genesis, mut marks, mut is_away) = (chain.genesis(), book.marks().clone(), false);
    loop {
        match Notices::fetch(&chain, member, &marks).await {
            Ok(new) => {
                if is_away {
                    tell("the node answers again");
                    is_away = false;
                }
                let is_urgent = |notice: &&Notice| book.delivery(notice.kind) == Delivery::Urgent;
                let urgent: Vec<_> = new.notices.iter().filter(is_urgent).collect();
                if !urgent.is_empty() {
                    out.show(&urgent, |urgent| human(urgent))?;
                }
                marks = new.marks;
            }
            Err(NoticesError::Query(error @ (QueryError::Node(_) | QueryError::UnknownBlock(_)))) => {
                if !is_away {
                    tell(&format!("{error}; retrying every {} seconds", INTERVAL.as_secs()));
                    is_away = true;
                }
                // The connection ended with the node.
                if let Ok(next) = context.chain().await {
                    if next.genesis() != genesis {
                        return Err(Failure::input("the node runs another chain now"));
                    }
                    chain = next;
                }
            }
            Err(error) => return Err(AgentError::from(error).into()),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Says something beside the notices.
fn tell(text: &str) {
    // If no one listens there, the notices count all the same.
    let _ = writeln!(std::io::stderr(), "{}", terminal::line(text));
}

fn preferences(book: &NoticeBook, out: &mut Output<'_>) -> Result<(), Failure> {
    let preferences = NoticeKind::ALL.map(|kind| Preference { kind, delivery: book.delivery(kind) });
    out.show(&preferences.as_slice(), |preferences| {
        let row = |it: &Preference| vec![word(&it.kind), word(&it.delivery), it.kind.text().to_owned()];
        table(&["kind", "delivery", "what it tells"], preferences.iter().map(row))
    })
}

fn counted(notices: &[&Notice]) -> Vec<Counted> {
    let mut counts: BTreeMap<(ChartId, NoticeKind), Counted> = BTreeMap::new();
    for Notice { chart, kind, at, .. } in notices.iter().copied() {
        let (chart, kind, at) = (*chart, *kind, *at);
        let counted = counts.entry((chart, kind)).or_insert(Counted { chart, kind, count: 0, first: at, last: at });
        counted.count = counted.count.saturating_add(1);
        (counted.first, counted.last) = (counted.first.min(at), counted.last.max(at));
    }
    counts.into_values().collect()
}

fn human_counted(counted: &[Counted]) -> String {
    let row = |it: &Counted| {
        let (first, last) = (moment(it.first), moment(it.last));
        vec![it.chart.to_string(), word(&it.kind), it.count.to_string(), first, last, it.kind.text().to_owned()]
    };
    table(&["chart", "kind", "count", "first", "last", "what it tells"], counted.iter().map(row))
}

fn human(notices: &[&Notice]) -> String {
    let row = |notice: &&Notice| {
        vec![
            moment(notice.at),
            notice.chart.to_string(),
            word(&notice.kind),
            notice.actor.as_ref().map(word).unwrap_or_default(),
            notice.institution.map(|it| it.to_string()).unwrap_or_default(),
            notice.action.as_ref().map_or_else(|| "ran out".to_owned(), word),
            word(&notice.subject),
            notice.purpose.as_ref().map(word).unwrap_or_default(),
            notice.entry.map(|it| it.to_string()).unwrap_or_default(),
        ]
    };
    table(&["time", "chart", "kind", "who", "of", "did", "what", "for", "entry"], notices.iter().map(row))
}
